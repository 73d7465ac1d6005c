// caselib: what a keyboard and a clipboard add. Every page and every form works without this file.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // Of a row of tabs wider than a phone, the one that is open has to be seen.
  for (const tab of all(".tabs [aria-current]")) {
    const row = tab.parentElement;
    if (row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }

  // A live region speaks only when its text changes: one place for all short notices.
  const notices = document.getElementById("toasts");
  const notify = (text) => {
    const line = document.createElement("p");
    line.className = "toast";
    line.textContent = text;
    notices.replaceChildren(line);
    setTimeout(() => line.remove(), 5000);
  };

  const copyText = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    // Halls often run on plain http, where the clipboard API does not exist.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "vh";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("copy refused");
  };

  // What a person would read: the numbers of a list are drawn by the style sheet and would be lost.
  const textOf = (source) => {
    const lines = all("h2, h3, p, li", source).filter((line) => line.getClientRects().length);
    if (!lines.length) return source.innerText.trim();
    let number = 0;
    return lines.map((line) => (line.matches("ol > li") ? `${(number += 1)}. ` : "") + line.innerText.trim()).join("\n");
  };

  const copyFrom = async (button) => {
    const sources = all(button.dataset.copy);
    try {
      await copyText(sources.map(textOf).join("\n"));
      notify(button.dataset.copied);
    } catch {
      const range = document.createRange();
      range.setStartBefore(sources[0]);
      range.setEndAfter(sources[sources.length - 1]);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      notify("浏览器没让复制，已经选中，按 Ctrl+C");
    }
  };

  // A line of a long text: without this the link beside it leads to its place in the tree.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    const area = link && document.getElementById("f-text");
    if (!area) return;
    event.preventDefault();
    const lines = area.value.split("\n");
    const at = Math.min(Number(link.dataset.line), lines.length) - 1;
    const start = lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0);
    // Text wraps: where a line stands is as good as its share of the characters.
    area.scrollTop = area.scrollHeight * (start / Math.max(1, area.value.length)) - area.clientHeight / 3;
    area.focus({ preventScroll: true });
    area.setSelectionRange(start, start + lines[at].length);
    area.scrollIntoView({ block: "nearest" });
  });

  for (const element of all("[data-copy], [data-print], [data-keys], [data-scripted]")) element.hidden = false;
  for (const element of all("[data-unscripted]")) element.hidden = true;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.copy) copyFrom(button);
    else if ("print" in button.dataset) window.print();
    else if ("keys" in button.dataset) document.getElementById("keys").showModal();
  });

  // Type-ahead over a list that is on the page already.
  for (const input of all("[data-narrow]")) {
    const list = document.getElementById(input.dataset.narrow);
    const none = list.querySelector("[data-none]");
    const narrow = () => {
      const word = input.value.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
      let shown = 0;
      for (const group of all("[data-group]", list)) {
        let here = 0;
        for (const item of all("[data-words]", group)) {
          item.hidden = !item.dataset.words.normalize("NFKC").toLowerCase().replace(/\s+/g, "").includes(word);
          if (!item.hidden) here += 1;
        }
        group.hidden = !here;
        shown += here;
      }
      none.hidden = shown > 0 || !word;
    };
    input.addEventListener("input", narrow);
  }

  // While typing in a search box: an editable combobox with a list (WAI-ARIA); the server draws the options.
  for (const input of all("[data-suggest]")) {
    const list = document.createElement("div");
    const marks = (element, values) => { for (const name in values) element.setAttribute(name, values[name]); };
    list.className = "suggest";
    list.hidden = true;
    marks(list, { id: `${input.id}-suggest`, role: "listbox", "aria-label": "检索建议" });
    marks(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });
    input.parentElement.append(list);
    let options = [], at = -1, waiting, asking;

    const pick = (next) => {
      at = next;
      for (const [place, option] of options.entries()) option.setAttribute("aria-selected", String(place === at));
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    };
    const show = (html) => {
      list.innerHTML = html;
      options = all("[role=option]", list);
      list.hidden = !options.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      list.scrollTop = 0;
      pick(-1);
    };
    const close = () => {
      clearTimeout(waiting);
      if (asking) asking.abort();
      asking = null;
      show("");
    };
    // A page that knows better what to do with the choice says so.
    const open = (option) => {
      close();
      if (input.dispatchEvent(new CustomEvent("picked", { detail: option, cancelable: true }))) location.assign(option.dataset.to);
    };
    const ask = async () => {
      if (asking) asking.abort();
      const mine = asking = new AbortController();
      try {
        const address = `${input.dataset.suggest}?${new URLSearchParams({ q: input.value.trim().slice(0, 64) })}`;
        const answer = await fetch(address, { signal: mine.signal });
        // Whose session has ended is sent to the sign-in page: that is no list.
        const html = answer.ok && !answer.redirected ? await answer.text() : "";
        if (mine === asking && document.activeElement === input) show(html);
      } catch { /* aborted by the next letter, or no network: nothing is offered */ }
    };
    const later = () => {
      if (!input.value.trim()) return close();
      clearTimeout(waiting);
      waiting = setTimeout(ask, 120);
    };

    // Letters of an input method are not typed yet; its Enter and arrows belong to it (229 in Safari).
    input.addEventListener("input", (event) => { if (!event.isComposing) later(); });
    input.addEventListener("compositionstart", close);
    input.addEventListener("compositionend", later);
    input.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) open(option); });
    input.form.addEventListener("submit", close);
    input.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
      const places = options.length + 1;
      if (event.key === "ArrowDown") pick((at + 2) % places - 1);
      else if (event.key === "ArrowUp") pick((at + places) % places - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && at >= 0) open(options[at]);
      else return;
      event.preventDefault();
    });
  }

  // Facets apply as soon as they are ticked; the button stays for who has no script.
  for (const form of all("[data-apply-on-change]")) {
    for (const button of all("[data-apply]", form)) button.hidden = true;
    form.addEventListener("change", () => form.requestSubmit());
  }

  // Filters stay folded on narrow screens and open on wide ones; the server cannot know which it is.
  const wide = matchMedia("(min-width: 48rem)");
  const fold = () => { for (const sheet of all("[data-fold]")) { sheet.open = wide.matches; sheet.dataset.fold = "done"; } };
  wide.addEventListener("change", fold);
  fold();

  // Keys. Single keys can be switched off (WCAG 2.1.4); the choice stays on this machine.
  const off = document.querySelector("[data-keys-off]");
  const store = "caselib.keys";
  const read = () => { try { return localStorage.getItem(store); } catch { return null; } };
  if (off) {
    off.checked = read() === "off";
    off.addEventListener("change", () => { try { localStorage.setItem(store, off.checked ? "off" : "on"); } catch { /* private window */ } });
  }

  const walk = (step) => {
    const hits = all("[data-hit]");
    if (!hits.length) return false;
    const at = hits.findIndex((hit) => hit.contains(document.activeElement));
    const next = hits[Math.min(hits.length - 1, Math.max(0, at + step))];
    next.querySelector("[data-open]").focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key.length === 1) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && event.target === document.body) {
      const first = document.querySelector("[data-hit] [data-open]");
      if (first) return first.click();
    }
    const inSearch = event.target.matches("[data-search]");
    if (event.key === "ArrowDown" && (inSearch || !typing(event.target)) && !event.target.matches("[type=radio]") && walk(1)) return event.preventDefault();
    if (typing(event.target) || read() === "off") return;
    if (event.key === "ArrowUp" && !event.target.matches("[type=radio]") && walk(-1)) return event.preventDefault();
    if (event.key === "/") {
      const box = document.querySelector("[data-search]");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    } else if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys) keys.showModal();
    } else {
      const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (button) button.click();
    }
  });
})();
