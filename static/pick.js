// caselib: a choice from a long vocabulary, while typing. Marked up by components/matter_picker.html, which works without this
// file: a search box with a button and the list that it narrows. [data-pick] holds the address that answers
// [{value, label, hint}] for ?q=; [data-pick-many] keeps what is chosen as ticked boxes.
(() => {
  "use strict";
  const make = (name, values = {}, text = "") => {
    const element = document.createElement(name);
    for (const key in values) element.setAttribute(key, values[key]);
    if (text) element.textContent = text;
    return element;
  };
  let serial = 0;

  const start = (field) => {
    const input = field.querySelector("[data-pick-input]");
    const select = field.querySelector("[data-pick-value]");
    const chosen = field.querySelector("[data-pick-chosen]");
    const many = "pickMany" in field.dataset;
    const id = `pick-${(serial += 1)}`;
    const list = make("div", { class: "suggest", id, role: "listbox", "aria-label": input.labels[0].textContent.trim() });
    const told = make("p", { class: "vh", role: "status" });
    let options = [], at = -1, waiting, asking;
    // What is picked: a text that was typed and not chosen is put back to it.
    let label = many || !select.value ? "" : input.value;

    list.hidden = true;
    select.hidden = true;
    field.querySelector("[data-pick-find]").remove();
    const name = select.name;
    // Ticked boxes carry the values; the list would send an empty one beside them.
    if (many) select.removeAttribute("name");
    for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) input.setAttribute(key, value);
    input.parentElement.append(list, told);

    const move = (next) => {
      at = next;
      for (const [place, option] of options.entries()) option.setAttribute("aria-selected", String(place === at));
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    };
    const show = (rows) => {
      list.replaceChildren(...rows.map((row, place) => {
        const option = make("div", { class: "suggest__row", role: "option", id: `${id}-${place}`, "aria-selected": "false" }, row.label);
        if (row.hint) option.append(make("span", { class: "pick__hint" }, row.hint));
        option.row = row;
        return option;
      }));
      options = [...list.children];
      list.hidden = !options.length;
      list.scrollTop = 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      move(-1);
    };
    const close = () => {
      clearTimeout(waiting);
      if (asking) asking.abort();
      asking = null;
      show([]);
    };
    const keep = (value, shown) => {
      const option = [...select.options].find((each) => each.value === value) || make("option", { value }, shown);
      if (!option.parentElement) select.append(option);
      select.value = value;
      label = shown;
      input.value = shown;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const add = (value, shown) => {
      const known = [...chosen.querySelectorAll("input")].find((box) => box.value === value);
      if (known) known.checked = true;
      else {
        const box = make("input", { type: "checkbox", name, value });
        box.checked = true;
        const item = make("label", { class: "opt" });
        item.append(box, shown);
        const row = make("li");
        row.append(item);
        chosen.append(row);
      }
      input.value = "";
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const choose = (option) => {
      const row = option.row;
      close();
      if (many) add(row.value, row.label);
      else keep(row.value, row.label);
      told.textContent = `选了${row.label}`;
    };
    const ask = async () => {
      if (asking) asking.abort();
      const mine = asking = new AbortController();
      try {
        const address = new URL(field.dataset.pick, location.href);
        address.searchParams.set("q", input.value.trim().slice(0, 64));
        const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "application/json" } });
        // Whose session has ended is sent to the sign-in page: that is no list.
        const rows = answer.ok && !answer.redirected ? await answer.json() : [];
        if (mine !== asking || document.activeElement !== input) return;
        show(rows);
        told.textContent = rows.length ? `找到 ${rows.length} 个，上下键选` : "没有对上的";
      } catch { /* aborted by the next letter, or no network: nothing is offered */ }
    };
    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 120);
    };
    const typed = () => {
      if (!input.value.trim() && !many) keep("", "");
      later();
    };

    // Letters of an input method are not typed yet; its Enter and arrows belong to it (229 in Safari).
    input.addEventListener("input", (event) => { if (!event.isComposing) typed(); });
    input.addEventListener("compositionstart", close);
    input.addEventListener("compositionend", typed);
    input.addEventListener("click", () => { if (list.hidden) later(); });
    input.addEventListener("blur", () => {
      close();
      input.value = many ? "" : label;
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) choose(option); });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
      if (list.hidden) {
        if (event.key === "ArrowDown") later();
        // Nothing is chosen by Enter in a box that only searches: the form would be sent half filled.
        else if (event.key !== "Enter" || input.value === label) return;
        return event.preventDefault();
      }
      const places = options.length + 1;
      if (event.key === "ArrowDown") move((at + 2) % places - 1);
      else if (event.key === "ArrowUp") move((at + places) % places - 1);
      else if (event.key === "Escape") { close(); input.value = many ? "" : label; }
      else if (event.key === "Enter") choose(options[Math.max(0, at)]);
      else return;
      event.preventDefault();
    });
  };

  const begin = (root) => { for (const field of root.querySelectorAll("[data-pick]:not([data-pick-on])")) { field.dataset.pickOn = ""; start(field); } };
  begin(document);
  // Rows that a page adds later tell of themselves.
  document.addEventListener("pick:added", (event) => begin(event.target));
})();
