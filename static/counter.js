// caselib at the counter: the check list, the slip and their keys. The page works without this file, one press more.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // What was answered and ticked stays in this tab: places and answers, nothing that anybody said.
  const kept = {
    read(name) { try { return JSON.parse(sessionStorage.getItem(`caselib.${name}`)) || {}; } catch { return {}; } },
    write(name, value) { try { sessionStorage.setItem(`caselib.${name}`, JSON.stringify(value)); } catch { /* private window */ } },
  };

  // 能用吗: the same words as the server's, without a page in between (precedents/fitting.py).
  for (const form of all("[data-fits]")) {
    const box = document.querySelector("[data-verdict-box]");
    if (!box) continue;
    const name = `fits.${form.dataset.fits}`;
    const answers = () => Object.fromEntries(all("input:checked", form).map((input) => [input.name, input.value]));
    const judge = () => {
      const given = answers();
      const values = Object.values(given);
      const of = (value) => values.filter((each) => each === value).length;
      const total = all("[data-question]", form).length;
      const count = { total, answered: values.length, open: total - values.length, met: of("good"), failed: of("bad"), unsure: of("unsure") };
      const kind = count.failed ? "stop" : count.open ? (values.length ? "ask" : "blank") : count.unsure ? "care" : "good";
      const [word, words] = form.dataset[kind].split("|");
      box.className = `verdict verdict--${kind === "good" ? form.dataset.goodState : kind}`;
      const said = box.querySelector("[data-verdict]");
      said.querySelector("b").textContent = word;
      said.querySelector("span").textContent = words.replace(/\{(\w+)\}/g, (_, key) => count[key]);
      for (const line of all("[data-go]", box)) {
        line.hidden = !["bad", "unsure"].includes(given[line.dataset.go]);
        for (const part of all("[data-when]", line)) part.hidden = part.dataset.when !== given[line.dataset.go];
      }
      return given;
    };
    const asked = all("input:checked", form).length;
    const before = asked ? {} : kept.read(name);
    for (const input of all("input[type=radio]", form)) if (before[input.name] === input.value) input.checked = true;
    kept.write(name, judge());
    form.addEventListener("change", () => kept.write(name, judge()));
    form.addEventListener("reset", (event) => {
      // What the address brought along counts as answered in the page: 重来 means none.
      event.preventDefault();
      for (const input of all("input", form)) input.checked = false;
      kept.write(name, judge());
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    // A page that comes back as it was has been filled in by the browser behind our back.
    window.addEventListener("pageshow", (event) => { if (event.persisted) judge(); });
  }

  // 一次告知单: the style sheet knows the first twelve papers, this all of them.
  for (const form of all("[data-papers]")) {
    const papers = all("[data-paper]", form), name = `have.${form.dataset.papers}`;
    const update = () => {
      for (const paper of papers) for (const line of all(`.slip .${paper.id}`, form)) line.hidden = paper.checked;
      kept.write(name, Object.fromEntries(papers.filter((paper) => paper.checked).map((paper) => [paper.value, true])));
    };
    const before = kept.read(name);
    for (const paper of papers) paper.checked = Boolean(before[paper.value]);
    form.addEventListener("change", update);
    update();
  }

  // 能用吗 by keys: q goes to the first question that is open, y n u answer the one in focus and go on.
  const next = () => {
    const open = all("[data-question]").find((line) => !line.querySelector(":checked"));
    const goal = open ? open.querySelector("input") : document.querySelector("[data-verdict-box]");
    if (!goal) return;
    goal.focus({ preventScroll: true });
    goal.scrollIntoView({ block: "center" });
  };
  const answer = (key) => {
    const line = document.activeElement.closest("[data-question]");
    const input = line && line.querySelector(`.${key} input`);
    if (!input) return false;
    input.click();
    next();
    return true;
  };
  // 用完登记 by its place.
  const record = (key) => {
    const button = all("#reuse button[name=outcome]")[Number(key) - 1];
    if (!button || button.disabled) return false;
    button.click();
    return true;
  };

  const isOff = () => { try { return localStorage.getItem("caselib.keys") === "off"; } catch { return false; } };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isOff()) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")) return;
    if (event.key === "q") next();
    else if (["y", "n", "u"].includes(event.key)) answer(event.key);
    else if (["1", "2", "3", "4"].includes(event.key) && !document.querySelector(`[data-key="${event.key}"]`)) record(event.key);
  });
})();
