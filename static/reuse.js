// caselib: what script adds to 用完点一下 and to the flags. Both work without this file.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // 情形不同 and 照办未成 begin with the condition that 能用吗 has already failed: its radios are y1, y2 and n1, n2.
  const lists = { y: "applies_when", n: "not_when" };
  const failed = () => {
    const input = document.querySelector("[data-fits] input[value=bad]:checked");
    return input ? `${lists[input.name[0]]}:${input.name.slice(1)}` : "";
  };
  for (const details of all("[data-reuse] details")) {
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      const select = details.querySelector("[data-point]");
      // What somebody chose is left alone.
      if (select && !select.value && failed()) select.value = failed();
      details.querySelector("select, textarea").focus();
    });
  }

  // One flag open at a time; Escape and a click elsewhere close it.
  const flags = all("[data-flag]");
  const close = (but) => { for (const flag of flags) if (flag !== but) flag.open = false; };
  document.addEventListener("click", (event) => close(event.target.closest("[data-flag]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = flags.find((flag) => flag.open);
    if (!open) return;
    close();
    open.querySelector("summary").focus();
  });
})();
