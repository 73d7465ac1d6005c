// Lessons of a training pack are dragged to their place. What is sent is what the buttons of the page send, and the page that
// comes back is put in place of the list: without this file all of it works by buttons.
(() => {
  "use strict";
  const outline = () => document.getElementById("outline");
  const form = () => document.getElementById("arrange");
  const notices = document.getElementById("toasts");
  let dragged = null;
  let busy = false;

  const show = () => outline().querySelectorAll("[data-grip]").forEach((grip) => { grip.hidden = false; grip.draggable = true; });
  const clear = () => outline().querySelectorAll(".is-before, .is-after, .is-into").forEach((each) => each.classList.remove("is-before", "is-after", "is-into"));

  const tell = (words) => {
    const line = document.createElement("p");
    line.className = "toast";
    line.textContent = words;
    notices.replaceChildren(line);
  };

  // The page without script would do the same, only with a jump.
  const sendWhole = (name, value) => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form().append(field);
    form().submit();
  };

  const placeOf = (key) => {
    const row = document.getElementById(`l-${key}`);
    const rows = [...outline().querySelectorAll("[data-lesson]")];
    return row ? `现在是第 ${rows.indexOf(row) + 1} 课，共 ${rows.length} 课。` : "";
  };

  const swap = (text, key) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById("outline");
    if (!fresh || !page.getElementById("arrange")) return false;
    const open = new Set([...outline().querySelectorAll("[data-module][open]")].map((each) => each.dataset.module));
    outline().replaceWith(fresh);
    fresh.querySelectorAll("[data-module]").forEach((each) => { if (open.has(each.dataset.module)) each.open = true; });
    const row = document.getElementById(`l-${key}`);
    if (row) row.closest("[data-module]").open = true;
    show();
    const refused = fresh.querySelector("#wrong");
    const said = [...page.querySelectorAll("#toasts .toast")].map((each) => each.textContent.trim()).join(" ");
    tell(refused ? refused.textContent.trim() : `${said}${placeOf(key)}`);
    return true;
  };

  const send = async (name, value, step) => {
    if (busy) return;
    busy = true;
    outline().classList.add("is-busy");
    const key = value.split(":")[0];
    const body = new FormData(form());
    body.append(name, value);
    try {
      const answer = await fetch(form().action, { method: "POST", body });
      // A refusal is a page as well; a page of another place (the sign-in) is not.
      if (answer.status >= 500 || !swap(await answer.text(), key)) throw new Error("no builder");
      focusOn(key, step);
    } catch {
      sendWhole(name, value);
    } finally {
      busy = false;
      outline().classList.remove("is-busy");
    }
  };

  const focusOn = (key, step) => {
    const row = document.getElementById(`l-${key}`);
    const button = row && (row.querySelector(`[data-step="${step}"]`) || row.querySelector("[data-step]"));
    const target = button || document.querySelector('#removed button') || outline().querySelector("summary");
    if (row) row.scrollIntoView({ block: "nearest" });
    if (target) target.focus({ preventScroll: Boolean(row) });
  };

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target !== form() || !button || !button.dataset.step) return;
    event.preventDefault();
    send(button.name, button.value, button.dataset.step);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-fold]");
    if (!link) return;
    event.preventDefault();
    outline().querySelectorAll("[data-module]").forEach((each) => { each.open = link.dataset.fold === "open"; });
  });

  document.addEventListener("dragstart", (event) => {
    const grip = event.target.closest && event.target.closest("[data-grip]");
    if (!grip) return;
    dragged = grip.closest("[data-lesson]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.title);
    event.dataTransfer.setDragImage(dragged, 16, 16);
    dragged.classList.add("is-dragged");
  });

  // Where it would stand: before a row, behind it, or at the end of a module.
  const placeAt = (event) => {
    const row = event.target.closest("[data-lesson]");
    if (row && row !== dragged) {
      const box = row.getBoundingClientRect();
      return { row, behind: event.clientY > box.top + box.height / 2 };
    }
    const module = event.target.closest("[data-module]");
    return !row && module ? { module } : null;
  };

  document.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const place = placeAt(event);
    clear();
    if (!place) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    if (place.row) place.row.classList.add(place.behind ? "is-after" : "is-before");
    else place.module.classList.add("is-into");
  });

  document.addEventListener("drop", (event) => {
    if (!dragged) return;
    const place = placeAt(event);
    clear();
    if (!place) return;
    event.preventDefault();
    const key = dragged.dataset.lesson;
    let before = place.row;
    if (place.row && place.behind) before = place.row.nextElementSibling;
    if (before === dragged) before = dragged.nextElementSibling;
    const module = (place.row || place.module).closest("[data-module]").dataset.module;
    send("move", before ? `${key}:before:${before.dataset.lesson}` : `${key}:end:${module}`, "up");
  });

  document.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("is-dragged");
    dragged = null;
    clear();
  });

  show();
})();
