// caselib training: buttons that change the form of a question bring only the form anew. Without this file the page is sent.
(() => {
  "use strict";
  const SELECTOR = "form[data-parts]";
  let busy = false;

  const placeOf = (details) => details.closest("section").id || details.querySelector("summary").textContent;

  // The same answer that the page would be: the form in it takes the place of the one on the screen.
  const exchange = async (form, button) => {
    const data = new FormData(form);
    data.append(button.name, button.value);
    busy = true;
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body: data });
      if (answer.redirected || !(answer.ok || answer.status === 409 || answer.status === 422)) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(SELECTOR);
      if (!fresh) throw new Error("no form");
      // What was folded out stays so, wherever it stands in the answer.
      const open = new Set([...form.querySelectorAll("details[open]")].map(placeOf));
      for (const each of fresh.querySelectorAll("details")) each.open ||= open.has(placeOf(each));
      form.replaceWith(fresh);
      for (const each of fresh.querySelectorAll("[data-unscripted]")) each.hidden = true;
      const told = page.querySelector("#toasts");
      if (told && told.children.length) document.getElementById("toasts").replaceChildren(...told.children);
      const wrong = page.querySelector("#wrong");
      document.getElementById("wrong")?.remove();
      if (wrong) fresh.before(wrong);
      land(fresh, button, wrong);
    } catch {
      // The browser sends it as it would without this file; nothing typed is lost.
      form.removeAttribute("aria-busy");
      button.dataset.plain = "1";
      button.click();
    } finally {
      busy = false;
    }
  };

  // Where somebody is after the button: at the new row, beside the one that is gone, at what was wrong.
  const land = (form, button, wrong) => {
    const [, key, deed] = /^(?:(.*)\|)?([a-z]+)/.exec(button.value) ?? [];
    const within = key ? form.querySelector(`#p-${CSS.escape(key)}`) : form;
    const rows = [...(within ?? form).querySelectorAll(".bank-row")];
    const at = Number(/(\d+)$/.exec(button.value)?.[1] ?? -1);
    const moved = { up: at - 1, down: at + 1 }[deed];
    let target = null;
    if (wrong) target = wrong;
    else if (deed === "add") target = rows.at(-1)?.querySelector("textarea");
    else if (deed === "remove") target = rows[Math.min(at, rows.length - 1)]?.querySelector("textarea");
    else if (moved !== undefined) target = rows[moved]?.querySelector(`[value$="${deed}-${moved}"]:not([disabled])`) ?? rows[moved]?.querySelector("textarea");
    else if (button.name === "confirm") target = form.querySelector(`#p-${CSS.escape(button.value)}`);
    else if (deed === "kind") target = form.querySelector("#f-kind");
    else target = form.querySelector("#look");
    if (!target) return;
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-part]");
    const form = button?.form;
    if (!form?.matches(SELECTOR) || button.dataset.plain) return;
    event.preventDefault();
    if (!busy) exchange(form, button);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-changes]")) event.target.form.querySelector('button[value="kind"]')?.click();
  });
})();
