// caselib: the questions of a lesson. Steps are put in order by buttons or by dragging, and what is answered saves itself; it says
// saved only when the server has said so. Without this file places are chosen from lists, and a button saves.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  // -- 排顺序 --
  const order = (list) => {
    const items = () => all("[data-item]", list);
    const foot = list.nextElementSibling;
    const told = one("[data-told]", foot), settle = one("[data-settle]", foot);
    const words = (item) => one("[id$='-t']", item).textContent.trim();
    const placed = () => "placed" in list.dataset;
    const number = () => {
      items().forEach((item, at) => {
        const no = one("[data-no]", item);
        no.textContent = String(at + 1);
        one("select", item).value = placed() ? String(at + 1) : "";
        const [up, down] = [one("[data-up]", item), one("[data-down]", item)];
        up.setAttribute("aria-disabled", String(at === 0));
        down.setAttribute("aria-disabled", String(at === items().length - 1));
      });
    };
    const changed = (said) => {
      list.dataset.placed = "";
      settle.hidden = true;
      number();
      told.textContent = said;
      list.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const moveTo = (item, at) => {
      const others = items().filter((each) => each !== item);
      if (at < 0 || at > others.length) return;
      list.insertBefore(item, others[at] || null);
      changed(`“${words(item)}”排到第 ${at + 1}`);
    };
    for (const item of items()) {
      one("select", item).hidden = true;
      for (const part of all("[data-no], [data-up], [data-down]", item)) part.hidden = false;
      item.draggable = true;
      item.addEventListener("click", (event) => {
        const button = event.target.closest("[data-up], [data-down]");
        if (!button) return;
        const at = items().indexOf(item);
        moveTo(item, "up" in button.dataset ? at - 1 : at + 1);
        // Moving an element takes the focus off it.
        button.focus();
      });
      item.addEventListener("dragstart", (event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", words(item));
        item.classList.add("is-moving");
      });
      item.addEventListener("dragend", () => item.classList.remove("is-moving"));
    }
    list.addEventListener("dragover", (event) => { if (one(".is-moving", list)) event.preventDefault(); });
    list.addEventListener("drop", (event) => {
      const moving = one(".is-moving", list);
      if (!moving) return;
      event.preventDefault();
      const others = items().filter((each) => each !== moving);
      const before = others.findIndex((each) => {
        const box = each.getBoundingClientRect();
        return event.clientY < box.top + box.height / 2;
      });
      moveTo(moving, before < 0 ? others.length : before);
    });
    settle.addEventListener("click", () => changed("排好了"));
    if (!placed() && items().some((item) => one("select", item).value)) {
      // Places that make no whole order, chosen without script: begin with them in their order.
      const at = (item) => Number(one("select", item).value) || Infinity;
      for (const item of items().sort((a, b) => at(a) - at(b))) list.append(item);
    }
    number();
  };
  all("[data-order]").forEach(order);

  // -- 自动保存 --
  const form = one("form[data-answers]");
  if (!form) return;
  const QUIET = 1500, PATIENCE = 20000, LONGEST_WAIT = 30000, ON_THE_WAY_OUT = 60000;
  const line = one("[data-saved]", form), notices = document.getElementById("told");
  const field = (name) => form.elements.namedItem(name);
  const NO_ANSWER = new Set(["csrfmiddlewaretoken", "stamp", "lock", "into", "account", "deed", "anyway"]);
  const answers = () => JSON.stringify([...new FormData(form)].filter(([name]) => !NO_ANSWER.has(name)));
  const spoken = document.createElement("p");
  spoken.className = "vh";
  spoken.setAttribute("role", "status");
  form.before(spoken);
  const say = (words, kind) => {
    line.textContent = words;
    for (const each of ["ok", "stop"]) line.classList.toggle(`is-${each}`, each === kind);
    // Eyes see each save, ears hear what went wrong.
    if (kind === "stop") spoken.textContent = words;
  };
  const element = (tag, className, words) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (words) made.textContent = words;
    return made;
  };
  const unsay = (name) => { const box = one(`[data-notice="${name}"]`, notices); if (box) box.remove(); };
  const notice = (name, title, words, ...acts) => {
    unsay(name);
    const box = element("div", "banner banner--care"), told = element("p");
    box.dataset.notice = name;
    box.setAttribute("role", "alert");
    told.append(element("b", "", title), ` ${words}`);
    box.append(told, ...acts);
    notices.append(box);
    return box;
  };
  const link = (words, href) => Object.assign(element("a", "btn", words), { href, target: "_blank", rel: "noopener" });

  let acknowledged = one("#wrong") ? "" : answers();
  let lost = null; // what was sent and never answered: sent again as it was, before anything newer
  let sending = null, timer = 0, failures = 0, leaving = false;
  // Going on into what another window wrote is decided by a button, never by itself.
  let blocked = "stale" in form.dataset ? "stale" : "";
  const dirty = () => answers() !== acknowledged;
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(send, wait); };

  const parcel = () => ({ sent: answers(), data: new FormData(form) });
  const body = (data) => {
    for (const name of ["lock", "into", "csrfmiddlewaretoken"]) data.set(name, field(name).value);
    return data;
  };
  const post = async (data) => {
    const giveUp = new AbortController(), limit = setTimeout(() => giveUp.abort(), PATIENCE);
    const size = [...data].reduce((sum, [name, value]) => sum + name.length + 3 * String(value).length + 120, 0);
    try {
      const response = await fetch(form.dataset.answers, {
        method: "POST", body: data, redirect: "manual", signal: giveUp.signal, keepalive: size < ON_THE_WAY_OUT,
        headers: { Accept: "application/json" },
      });
      if ((response.headers.get("Content-Type") || "").startsWith("application/json")) return await response.json();
      return { state: response.status === 403 || response.type === "opaqueredirect" ? "untrusted" : "none" };
    } catch { return { state: "none" }; } finally { clearTimeout(limit); }
  };
  // Signing in again makes a new token below an open page; without a sign-in a form is believed no more.
  const refreshed = async () => {
    try {
      const response = await fetch(form.dataset.token, { headers: { Accept: "application/json" }, redirect: "manual" });
      const now = await response.json();
      if (now.account === field("account").value && now.csrf) {
        for (const each of all("input[name=csrfmiddlewaretoken]")) each.value = now.csrf;
        return { state: "trusted" };
      }
      return now.account
        ? { state: "other_account", words: "现在登录的是另一个账号，答的没有存，都在这一页。换回您的账号再存。", address: now.address }
        : { state: "signed_out", words: "答的还没有存，都在这一页。登录以后接着存。", address: now.address };
    } catch { return { state: "none" }; }
  };
  const settled = (answer, sent) => {
    failures = 0;
    if (answer.lock !== undefined && answer.state === "saved") field("lock").value = answer.lock;
    if (answer.state === "saved") {
      acknowledged = sent;
      blocked = "";
      for (const name of ["account", "stale", "refused"]) unsay(name);
      say(dirty() ? `${answer.words}，后来答的还没存` : answer.words, "ok");
      if (answer.masked) notice("masked", "遮掉了一点。", answer.masked);
      return;
    }
    say("没有存，答的都在这一页", "stop");
    if (answer.state === "handed_in") {
      blocked = "handed_in";
      notice("stale", "已经交了。", answer.words, link("看成绩", answer.address));
    } else if (answer.state === "stale") {
      blocked = "stale";
      const acts = [link("看那一份", location.pathname)];
      if (answer.into) {
        const take = element("button", "btn", "用这一页的");
        take.type = "button";
        take.addEventListener("click", () => {
          field("into").value = answer.into;
          field("lock").value = answer.lock;
          blocked = "";
          unsay("stale");
          send();
        });
        acts.push(take);
      }
      notice("stale", "另一个窗口先了一步。", answer.words, ...acts);
    } else if (["signed_out", "other_account"].includes(answer.state)) {
      blocked = "account";
      notice("account", answer.state === "signed_out" ? "登录过期了。" : "登录的不是您。", answer.words, link("去登录", answer.address));
      waitForAccount();
    } else notice("refused", "没有存。", answer.words || "");
  };
  // Nobody has to come back and press: as soon as the account is there again, it is saved.
  const waitForAccount = () => setTimeout(async () => {
    if (blocked !== "account") return;
    if ((await refreshed()).state === "trusted") { blocked = ""; unsay("account"); send(); } else waitForAccount();
  }, 4000);
  const attempt = async () => {
    const now = lost || parcel();
    if (!lost && now.sent === acknowledged) return;
    let answer = await post(body(now.data));
    if (answer.state === "untrusted") {
      answer = await refreshed();
      if (answer.state === "trusted") answer = await post(body(now.data));
    }
    if (answer.state === "none" || answer.state === "untrusted") {
      lost = now;
      failures += 1;
      say("连不上，答的都在这一页，连上就存", "stop");
      return later(Math.min(LONGEST_WAIT, 1500 * 2 ** failures));
    }
    lost = null;
    settled(answer, now.sent);
    if (answer.state === "saved" && dirty()) later(QUIET);
  };
  const send = () => {
    clearTimeout(timer);
    if (blocked || sending) return sending;
    sending = attempt().finally(() => { sending = null; });
    return sending;
  };
  form.addEventListener("input", () => { unsay("refused"); if (!blocked && !failures) later(QUIET); });
  form.addEventListener("change", () => { if (!blocked && !failures) later(QUIET / 3); });
  addEventListener("online", () => { failures = 0; send(); });
  addEventListener("pagehide", () => { if (!leaving && !failures) send(); });
  addEventListener("beforeunload", (event) => { if (!leaving && dirty() && (failures || blocked)) event.preventDefault(); });
  // What is on its way must arrive first, or the form would be behind itself.
  form.addEventListener("submit", (event) => {
    if (navigator.onLine === false) {
      event.preventDefault();
      say("连不上，还没有交。答的都在这一页，连上再交", "stop");
      return;
    }
    leaving = true;
    clearTimeout(timer);
    if (!sending) return;
    event.preventDefault();
    const button = event.submitter;
    sending.finally(() => form.requestSubmit(button));
  });
  // Coming back by the button of the browser: the form may be an old one.
  addEventListener("pageshow", (event) => { if (event.persisted && (leaving || !dirty())) location.reload(); });
})();
