// caselib: the form of a draft saves itself. It says saved only when the server has said so, keeps a copy on this machine until
// then, and never writes over what somebody else saved. Without this file the form is saved by its buttons.
//
// On this machine: only text that no server has acknowledged, under the account that typed it, for 14 days at the most. Machines of
// a hall are shared: nobody else is shown it, and it goes away with the answer of the server.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const input = (name) => form.elements.namedItem(name);
  const value = (name) => { const found = input(name); return found && "value" in found ? found.value : ""; };

  const QUIET = 2000, AT_MOST = 5000, PATIENCE = 20000, BESIDE_EVERY = 10000, POLL = 5000, AWAY = 30000, LONGEST_WAIT = 30000;
  const DAYS = 14, ON_THE_WAY_OUT = 60000, STORE = "caselib.draft:";
  // What the form was read at, and what is no part of the text.
  const SEEN = ["lock_version", "revision", "base", "window", "account"];
  const NO_TEXT = new Set([...SEEN, "csrfmiddlewaretoken", "cite", "cite_relation"]);
  // An answer to a remark goes with a button, never by itself.
  const isText = (name) => !NO_TEXT.has(name) && !name.startsWith("answer-");
  const WATCHED = ["title", "problem", "blocker", "matter", "causes", "tags"];
  const address = form.dataset.autosave;
  const tokens = form.dataset.token;
  const account = value("account");
  // One copy for each window: two of them must not take the other's.
  const mine = `${STORE}${account}:${form.dataset.code}:`;
  const slot = mine + value("window");

  const TOO_LARGE = "这一次要存的字太多，没有存到服务器，本机留着。删掉误贴的部分，就会再存。";

  // -- what the form holds --
  const plain = (text) => text.replace(/\r\n?/g, "\n");
  const answering = () => [...form.elements].some((field) => (field.name || "").startsWith("answer-") && field.value !== field.defaultValue);
  const pairs = () => [...new FormData(form)]
    .filter(([name, held]) => typeof held === "string" && isText(name)).map(([name, held]) => [name, plain(held)]);
  const text = (list = pairs()) => JSON.stringify(list);
  // As the server drew it: a browser that comes back to a page puts what was typed into it before any script runs.
  const drawn = () => {
    const found = [];
    for (const field of form.elements) {
      if (!field.name || field.disabled || !isText(field.name) || ["submit", "button", "file", "fieldset"].includes(field.type)) continue;
      if (field.type === "checkbox" || field.type === "radio") { if (field.defaultChecked) found.push([field.name, field.value]); }
      else if (field.tagName === "SELECT") {
        const options = [...field.options], chosen = options.filter((option) => option.defaultSelected);
        for (const option of chosen.length || field.multiple ? chosen : options.slice(0, 1)) found.push([field.name, option.value]);
      } else found.push([field.name, plain(field.defaultValue)]);
    }
    return found;
  };
  const seen = () => Object.fromEntries(SEEN.map((name) => [name, value(name)]));
  const watched = () => text(pairs().filter(([name]) => WATCHED.includes(name)));

  // -- what is said --
  const notices = document.createElement("div");
  form.before(notices);
  let lines = all("[data-saved]");
  if (!lines.length) {
    const line = document.createElement("p");
    line.className = "saved";
    form.before(line);
    lines = [line];
  }
  // Eyes see each save, ears hear only what is new: a page that is written for an hour is saved a hundred times.
  const spoken = document.createElement("p");
  spoken.className = "vh";
  spoken.setAttribute("role", "status");
  form.before(spoken);
  for (const line of lines) line.removeAttribute("role");
  let spokenKind = "";
  const clock = (at = new Date()) => at.toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
  const say = (words, kind) => {
    if (kind && (kind !== "ok" || spokenKind !== "ok")) spoken.textContent = words;
    spokenKind = kind || spokenKind;
    for (const line of lines) {
      const picture = one("svg", line);
      for (const each of ["ok", "care", "stop"]) line.classList.toggle(`saved--${each}`, each === kind);
      // The picture says saved.
      if (picture) picture.toggleAttribute("hidden", kind !== "ok");
      if (line.textContent.trim() !== words) line.replaceChildren(...(picture ? [picture, " "] : []), words);
    }
  };
  const element = (tag, className, words) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (words) made.textContent = words;
    return made;
  };
  const notice = (name, kind, title, words, ...acts) => {
    const before = one(`[data-notice="${name}"]`, notices);
    if (before && before.dataset.words === title + words) return before;
    const box = element("div", `banner banner--${kind} head-gap-s keep`);
    box.dataset.notice = name;
    box.dataset.words = title + words;
    box.setAttribute("role", "alert");
    const told = element("p");
    told.append(element("b", "", title), ` ${words}`);
    box.append(told, ...acts);
    if (before) before.replaceWith(box);
    else notices.append(box);
    return box;
  };
  const unsay = (name) => { const box = one(`[data-notice="${name}"]`, notices); if (box) box.remove(); };
  const button = (words, className, deed) => {
    const made = element("button", `btn ${className}`, words);
    made.type = "button";
    made.addEventListener("click", () => deed(made));
    return made;
  };
  const link = (words, href) => {
    const made = element("a", "btn", words);
    Object.assign(made, { href, target: "_blank", rel: "noopener" });
    made.append(element("span", "vh", "（新窗口）"));
    return made;
  };

  // -- the copy on this machine --
  const storage = (deed) => { try { return deed(localStorage); } catch { return null; } };
  const keepHere = () => storage((store) => {
    store.setItem(slot, JSON.stringify({ at: Date.now(), seen: seen(), fields: pairs() }));
    return true;
  });
  const forget = (key = slot) => storage((store) => store.removeItem(key));
  const prune = () => storage((store) => {
    for (const key of Object.keys(store).filter((name) => name.startsWith(STORE))) {
      let at = 0;
      try { at = JSON.parse(store.getItem(key)).at; } catch { /* not ours any more */ }
      if (!(Date.now() - at < DAYS * 86400e3)) store.removeItem(key);
    }
  });

  // -- saving --
  let acknowledged = text(drawn()); // what the server has, in the draft or beside it
  let base = document.getElementById("stale") ? null : drawn(); // what the draft held when this window last agreed with it
  let answered = ""; // what it has answered to, whatever the answer was
  let lost = null; // what was sent and never answered: it is sent again as it was, before anything newer
  let sending = null, timer = 0, since = 0, failures = 0, blocked = "", trouble = false, polling = 0;
  if (one(".error[id^='e-']:not([hidden])", form) || "unsaved" in form.dataset) acknowledged = "";

  const dirty = () => text() !== acknowledged;
  const waiting = () => dirty() && text() !== answered;

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => send(), wait);
  };
  let copying = 0;
  const touched = () => {
    clearTimeout(copying);
    if (!dirty()) return forget();
    copying = setTimeout(keepHere, 300);
    if (blocked) return;
    since = since || Date.now();
    if (!failures) later(Math.max(0, Math.min(QUIET, since + AT_MOST - Date.now())));
  };

  // The fields that this window changed, so that who puts two texts together need not ask about the others.
  const touchedIn = (list) => {
    const held = (all) => {
      const found = new Map();
      for (const [name, each] of all) {
        const field = name.split("-")[0];
        found.set(field, `${found.get(field) || ""}${name}\u0000${each}\u0001`);
      }
      return found;
    };
    const before = held(base), now = held(list);
    return [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name));
  };
  const body = (list, at) => {
    const data = new FormData();
    if (base) data.append("touched", touchedIn(list).join(" "));
    for (const [name, held] of [...list, ...Object.entries(at)]) data.append(name, held);
    data.append("csrfmiddlewaretoken", value("csrfmiddlewaretoken"));
    return data;
  };
  let heard = Date.now();
  const size = (list) => new TextEncoder().encode(text(list)).length + 120 * list.length + 600;
  const post = async (where, data, keepalive) => {
    const giveUp = new AbortController(), limit = setTimeout(() => giveUp.abort(), PATIENCE);
    try {
      // A redirect is no answer: it leads to the page of the sign-in.
      const response = await fetch(where, {
        method: "POST", body: data, keepalive, redirect: "manual", signal: giveUp.signal, headers: { Accept: "application/json" },
      });
      heard = Date.now();
      const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
      if (isJson) return await response.json();
      if ([400, 413].includes(response.status)) return { state: "too_large", words: TOO_LARGE };
      return { state: response.status === 403 || response.type === "opaqueredirect" ? "untrusted" : "none" };
    } catch { return { state: "none" }; } finally { clearTimeout(limit); }
  };
  // Signing in again makes a new token below an open page.
  const refresh = async () => {
    try {
      const response = await fetch(tokens, { headers: { Accept: "application/json" }, redirect: "manual" });
      const answer = await response.json();
      if (answer.account === account && answer.csrf) {
        for (const field of all("input[name=csrfmiddlewaretoken]")) field.value = answer.csrf;
        return { state: "trusted" };
      }
      return answer.account
        ? { state: "other_account", words: "现在是另一个账号，字没有存到服务器，本机留着。用您的账号登录再存。", address: answer.address }
        : { state: "signed_out", words: "字没有存到服务器，本机留着。登录以后接着存。", address: answer.address };
    } catch { return { state: "none" }; }
  };
  const asked = async (where, make, keepalive) => {
    const answer = await post(where, make(), keepalive);
    if (answer.state !== "untrusted") return answer;
    const now = await refresh();
    return now.state === "trusted" ? post(where, make(), keepalive) : now;
  };

  const attempt = async () => {
    const now = pairs(), parcel = lost || { list: now, sent: text(now), seen: seen() };
    if (!lost && parcel.sent === acknowledged) return;
    const slow = setTimeout(() => say("正在保存", ""), 700);
    const answer = await asked(address, () => body(parcel.list, parcel.seen), size(parcel.list) < ON_THE_WAY_OUT);
    clearTimeout(slow);
    if (answer.state === "none" || answer.state === "untrusted") {
      lost = parcel;
      return failed();
    }
    lost = null;
    settle(answer, parcel.sent);
  };
  const failed = () => {
    failures += 1;
    trouble = true;
    const here = keepHere();
    say(here ? `没保存到服务器，本机留了一份（${clock()}），连上再存` : "没保存到服务器，本机也没留下。把写的复制出来再关这一页。", "stop");
    later(Math.min(LONGEST_WAIT, 1500 * 2 ** failures));
  };
  const reads = (answer) => {
    for (const name of ["lock_version", "revision", "base"]) if (name in answer && input(name)) input(name).value = answer[name];
    for (const field of all("input[name=lock_version]")) field.value = value("lock_version");
    replace("[data-checks]", answer.checks_html);
    replace("[data-nav]", answer.nav_html);
    for (const link of all("[data-nav] a[href^='#s-']")) {
      const from = one(".state", link), to = one(`${link.getAttribute("href")} > h2 .state`);
      if (!from || !to) continue;
      const part = from.classList.contains("state--part");
      const words = part ? `还差 ${from.firstChild.textContent.trim()}` : from.textContent.trim();
      if (to.textContent.replace(/\s+/g, " ").trim() === `${words}${part ? " 处" : ""}`) continue;
      to.className = from.className;
      to.textContent = words;
      if (part) to.append(element("span", "vh", " 处"));
    }
    const left = all("[data-checks] .block").length, why = document.getElementById("why-not");
    if (why) { why.textContent = `还差 ${left} 处才能提交`; why.hidden = !left; }
  };
  const replace = (selector, html) => {
    if (typeof html !== "string") return;
    for (const place of all(selector)) if (!place.contains(document.activeElement)) place.innerHTML = html;
  };
  const isKept = (sent) => { // the server has it
    acknowledged = sent;
    trouble = false;
    since = dirty() ? Date.now() : 0;
    if (!dirty()) forget();
  };
  const settle = (answer, sent) => {
    failures = 0;
    answered = sent;
    blocked = ["signed_out", "other_account"].includes(answer.state) ? answer.state : "";
    trouble = true;
    if (blocked) {
      keepHere();
      say(`没保存到服务器，本机留了一份（${clock()}）`, "stop");
      notice("account", "stop", answer.state === "signed_out" ? "登录过期了。" : "登录的不是您。", answer.words, link("去登录", answer.address));
      return poll();
    }
    unsay("account");
    problems(answer.problems || {});
    if (answer.state === "saved") {
      reads(answer);
      isKept(sent);
      base = JSON.parse(sent);
      unsay("beside");
      say(dirty() ? `已保存 ${answer.at}，后来写的还没存` : answer.words, "ok");
      if (redraws && !dirty() && !answering()) return location.reload();
    } else if (answer.state === "partly") {
      reads(answer);
      keepHere();
      say(answer.words, "care");
    } else if (answer.state === "sibling" || answer.state === "closed") {
      isKept(sent);
      say(`另存了一份（${answer.at}），没有进草稿`, "care");
      notice("beside", "care", answer.state === "sibling" ? "有人先改了。" : "已经不能改了。", answer.words, link("比一比", answer.address),
        button("看现在的草稿", "btn--plain", () => location.assign(form.action)));
    } else {
      keepHere();
      say("没保存到服务器，本机留了一份", "stop");
      notice("refused", "stop", "没有保存。", answer.words || "");
      return;
    }
    unsay("refused");
    refreshBeside();
  };
  const send = () => {
    clearTimeout(timer);
    if (!sending) {
      sending = attempt().finally(() => {
        sending = null;
        if (waiting() && !blocked && !failures) later(QUIET);
      });
    }
    return sending;
  };
  // Everything that was typed, sent and answered; false where it was not, or did not come into the draft.
  const flush = async () => {
    if (!waiting() && !lost && Date.now() - heard > AWAY) {
      // A page that lay open: the sign-in may be over, and a button would lead there.
      const now = await refresh();
      if (now.state === "none") { say("没连上服务器，没有往下走。连上再点一次。", "stop"); return false; }
      if (now.state !== "trusted") { settle(now, text()); return false; }
      heard = Date.now();
    }
    for (let turn = 0; turn < 4 && (sending || waiting() || lost); turn += 1) {
      await send();
      if (failures || blocked) return false;
    }
    return !one("[data-notice]:not([data-notice=copy])", notices) && !waiting();
  };
  const poll = () => {
    clearTimeout(polling);
    if (!blocked) return;
    polling = setTimeout(resume, POLL);
  };
  const resume = async () => {
    if (!blocked) return;
    const now = await refresh();
    if (now.state === "trusted") {
      blocked = answered = "";
      return send();
    }
    if (now.address && now.state !== blocked) settle(now, answered);
    poll();
  };

  // -- sentences under their fields --
  const problems = (found) => {
    for (const place of all(".error[id^='e-']", form)) {
      const field = document.getElementById(place.id.slice(2)), name = place.dataset.problemFor || (field && field.name);
      if (!name || name === "cite") continue;
      const words = found[name] || "";
      if (!words && place.hidden) continue;
      if (place.textContent !== words) place.textContent = words;
      place.hidden = !words;
      // A field that holds personal data stays marked for that.
      if (field && (words || !document.getElementById(`p-${field.id}`))) field.toggleAttribute("aria-invalid", Boolean(words));
      if (field && words) field.setAttribute("aria-invalid", "true");
    }
  };

  // -- what the library has already --
  let shownFor = watched(), askedAt = 0, asking = 0;
  const refreshBeside = () => {
    const place = one("[data-beside]");
    if (!place || watched() === shownFor) return;
    clearTimeout(asking);
    asking = setTimeout(async () => {
      askedAt = Date.now();
      const asks = watched();
      try {
        const response = await fetch(place.dataset.beside, { headers: { "HX-Request": "true" }, redirect: "manual" });
        if (!response.ok || place.contains(document.activeElement)) return;
        place.innerHTML = await response.text();
        shownFor = asks;
        offerToSet();
      } catch { /* no network: what stands there stays */ }
    }, Math.max(0, askedAt + BESIDE_EVERY - Date.now()));
  };
  const offerToSet = () => { for (const each of all("[data-set]")) each.hidden = false; };
  document.addEventListener("click", (event) => {
    const setter = event.target.closest("[data-set]");
    const field = setter && input(setter.dataset.set);
    if (!field) return;
    field.value = setter.dataset.value;
    field.closest("details")?.setAttribute("open", "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  // -- 加依据 in place --
  const cites = one("[data-cite]", form), citeButton = one("[data-cite-add]", form);
  const wrong = (words) => {
    const place = one('[data-problem-for="cite"]');
    if (!place) return;
    place.textContent = words;
    place.hidden = !words;
  };
  const addCitation = async () => {
    if (!(await flush())) return wrong("没有加：先把上面说的处理好。");
    const answer = await asked(citeButton.formAction, () => {
      const data = body(pairs(), seen());
      data.append("cite", cites.value);
      data.append("cite_relation", value("cite_relation"));
      return data;
    });
    if (answer.state === "none" || answer.state === "untrusted") return wrong("没连上服务器，没有加。连上再点一次。");
    if (answer.state === "refused") return wrong(answer.words);
    settle({ ...answer, words: answer.state === "saved" ? `已保存 ${answer.at}` : answer.words }, text());
    if (typeof answer.citations_html !== "string") return;
    for (const place of all("[data-cited]")) place.outerHTML = answer.citations_html;
    cites.value = "";
    wrong("");
    say(answer.words, "ok");
    cites.focus();
  };
  if (cites && citeButton) {
    citeButton.addEventListener("click", (event) => { event.preventDefault(); addCitation(); });
    cites.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
      event.preventDefault();
      addCitation();
    });
    // The list below the box leads to the page of citations elsewhere; here its words go into the box.
    cites.addEventListener("picked", (event) => {
      event.preventDefault();
      cites.value = new URL(event.detail.dataset.to, location.href).searchParams.get("typed") || cites.value;
      cites.focus();
    });
  }

  // -- names from the vocabularies, where the site offers them while somebody types --
  const KINDS = { matter: "matter", more_matters: "matter", tags: "tag", lead_org: "department", partner_orgs: "department" };
  // Several in one line: what is typed is the last of them.
  const SEVERAL = /^(.*[、，,;；]\s*)?(.*)$/s;
  const offers = form.dataset.offers;
  if (offers) {
    const list = element("datalist");
    list.id = "offers";
    form.append(list);
    let latest = 0;
    form.addEventListener("input", (event) => {
      const field = event.target, kind = KINDS[field.name];
      if (!kind || event.isComposing) return;
      const mine = latest += 1;
      setTimeout(async () => {
        const [, before = "", asks] = ["tags", "partner_orgs"].includes(field.name) ? field.value.match(SEVERAL) : ["", "", field.value];
        if (mine !== latest || !asks.trim()) return;
        try {
          const where = `${offers}?${new URLSearchParams({ kind, q: asks.trim().slice(0, 64) })}`;
          const answer = await fetch(where, { redirect: "manual", headers: { Accept: "application/json" } });
          if (!answer.ok || mine !== latest) return;
          list.replaceChildren(...(await answer.json()).map((row) => {
            const option = element("option");
            option.value = before + row.label;
            // The browser shows only what holds the typed letters: pinyin stands before the name that it means.
            if (!row.label.includes(asks.trim())) option.label = `${asks.trim()}：${[row.label, row.hint].filter(Boolean).join(" · ")}`;
            return option;
          }));
          field.setAttribute("list", list.id);
        } catch { /* no network: the name is typed in full */ }
      }, 150);
    });
  }

  // -- buttons of the form --
  let passing = false, pressed = false;
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    if (passing) return remember(event.submitter);
    event.preventDefault();
    if (pressed) return;
    pressed = true;
    const by = event.submitter;
    const done = await flush();
    pressed = false;
    if (!done) return notices.scrollIntoView({ block: "center" });
    passing = true;
    // While the event is still being handed round, the browser does not hear of a second submission.
    setTimeout(() => form.requestSubmit(by));
  });
  // Where somebody stood before a row was added: the page that comes begins there.
  const PLACE = "caselib.place";
  const remember = (by) => {
    try { sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, y: scrollY, at: Date.now(), name: by ? by.name : "" })); } catch { /* private window */ }
  };
  const comeBack = () => {
    let place = null;
    try { place = JSON.parse(sessionStorage.getItem(PLACE)); sessionStorage.removeItem(PLACE); } catch { /* nothing kept */ }
    if (!place || place.path !== location.pathname || Date.now() - place.at > 30000) return;
    window.scrollTo({ top: place.y, behavior: "instant" });
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const fields = target.matches("input, textarea, select") ? [target] : all("input:not([type=hidden]):not([type=checkbox]), textarea", target);
    const next = place.name === "add" ? fields.find((field) => !field.value) || fields.at(-1) : null;
    if (next) next.focus({ preventScroll: true });
    (next || target).scrollIntoView({ block: "nearest" });
  };

  // -- leaving and coming back --
  const leave = () => {
    clearTimeout(copying);
    if (!dirty()) return;
    keepHere();
    if (!sending && !blocked && !failures && waiting() && size(pairs()) < ON_THE_WAY_OUT) send();
  };
  form.addEventListener("input", (event) => {
    const count = one(`[data-count="${CSS.escape(event.target.id)}"]`, form);
    if (count) count.textContent = [...event.target.value].length;
    if (!event.isComposing) touched();
  });
  form.addEventListener("change", touched);
  form.addEventListener("compositionend", touched);
  form.addEventListener("focusout", () => { if (waiting() && !blocked && !failures) later(50); });
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
    else if (blocked) resume();
    else if (failures) later(0);
  });
  addEventListener("focus", () => { if (blocked) resume(); });
  addEventListener("online", () => { if (failures) later(0); });
  addEventListener("offline", () => { if (dirty()) failed(); });
  addEventListener("beforeunload", (event) => {
    if (passing || !(dirty() || answering())) return;
    if (dirty()) keepHere();
    if (answering()) {
      event.preventDefault();
      event.returnValue = "";
      return;
    }
    // What is small and has not failed goes out with the page.
    if (!trouble && size(pairs()) < ON_THE_WAY_OUT) return;
    event.preventDefault();
    event.returnValue = "";
  });
  addEventListener("pageshow", (event) => {
    passing = pressed = false;
    if (event.persisted && !dirty()) location.reload();
  });

  // -- what an earlier page left on this machine --
  let redraws = false;
  const label = (name) => {
    const field = input(name), first = field && (field.tagName ? field : field[0]);
    const told = first && (first.labels?.[0]?.firstChild?.textContent || first.getAttribute("aria-label"));
    return told ? told.trim() : name;
  };
  const differing = (copy) => {
    const names = [...new Set([...copy.fields, ...pairs()].map(([name]) => name))];
    const of = (list, name) => list.filter(([each]) => each === name).map(([, held]) => held).filter(Boolean).join("\n");
    const now = pairs();
    return names.map((name) => [name, of(now, name), of(copy.fields, name)]).filter(([, here, there]) => here !== there);
  };
  const compare = (copy) => {
    const box = element("div", "panel head-gap-s");
    for (const [name, here, there] of differing(copy)) {
      const part = element("div", "sib"), sides = element("div", "sides");
      for (const [title, words] of [["草稿里", here], ["本机的", there]]) {
        const side = element("div");
        side.append(element("p", "sides__of", title), element("p", words ? "sib__words" : "muted small", words || "没写。"));
        sides.append(side);
      }
      part.append(element("h2", "sib__t", label(name)), sides);
      box.append(part);
    }
    return box;
  };
  const put = (copy) => {
    const left = new Map();
    for (const [name, held] of copy.fields) left.set(name, [...(left.get(name) || []), held]);
    for (const field of form.elements) {
      if (!field.name || !isText(field.name) || ["submit", "button", "file"].includes(field.type)) continue;
      const values = left.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") {
        const at = values.indexOf(field.value);
        field.checked = at >= 0;
        if (at >= 0) values.splice(at, 1);
      } else if (values.length) field.value = values.shift();
      else if (field.type !== "hidden" && field.tagName !== "SELECT") field.value = "";
    }
    // Rows that this page has no room for; the page is drawn again with them once they are saved.
    for (const [name, values] of left) {
      for (const held of values) {
        const more = element("input");
        Object.assign(more, { type: "hidden", name, value: held });
        form.append(more);
        redraws = true;
      }
    }
    // With the lock at which it was typed: if somebody has saved since, it is kept beside and overwrites nothing.
    for (const name of ["lock_version", "revision", "base"]) if (input(name) && copy.seen[name]) input(name).value = copy.seen[name];
    acknowledged = "";
    base = null;
    touched();
    send();
  };
  const offer = (key, copy) => {
    const at = new Date(copy.at), day = at.toDateString() === new Date().toDateString() ? "" : `${at.getMonth() + 1}月${at.getDate()}日 `;
    const close = () => { forget(key); box.remove(); };
    const box = notice("copy", "care", "本机有一份没存上的文字。", `写于 ${day}${clock(at)}，服务器上没有。`,
      button("比一比", "", (by) => {
        if (by.nextElementSibling?.classList.contains("panel")) return;
        by.disabled = true;
        box.after(compare(copy));
      }),
      button("用它", "btn--main", () => { const shown = box.nextElementSibling; if (shown) shown.remove(); close(); put(copy); }),
      button("不要", "btn--plain", (by) => {
        if (by.dataset.sure) { const shown = box.nextElementSibling; if (shown) shown.remove(); return close(); }
        by.dataset.sure = "1";
        by.textContent = "真的不要，再点一次";
      }));
    addEventListener("storage", (event) => { if (event.key === key && event.newValue === null) box.remove(); });
  };
  const lookBack = () => {
    prune();
    const copies = storage((store) => Object.keys(store).filter((key) => key.startsWith(mine) && key !== slot)
      .map((key) => { try { return [key, JSON.parse(store.getItem(key))]; } catch { return [key, null]; } })) || [];
    const told = copies.filter(([key, copy]) => {
      const keeps = copy && Array.isArray(copy.fields) && differing(copy).length;
      if (!keeps) forget(key);
      return keeps;
    }).sort(([, a], [, b]) => b.at - a.at);
    if (told.length) offer(...told[0]);
  };

  offerToSet();
  // The browser itself goes to the place that the address names, last of all.
  if (document.readyState === "complete") comeBack();
  else addEventListener("load", () => setTimeout(comeBack));
  lookBack();
  if (waiting()) touched();
})();
