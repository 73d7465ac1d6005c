/* The script of an offline pack: how long it still holds, and the search through its small index. No network, no storage. */
(function () {
  "use strict";
  var root = document.documentElement;

  // --- how long it still holds ---

  function dayOf(text) {
    var parts = text.split("-").map(Number);
    return new Date(parts[0], parts[1] - 1, parts[2]);
  }

  // Told at opening, and again where a page stays open over midnight. The printed dates stand there in any case.
  function tellAge() {
    var now = new Date();
    var today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
    var left = Math.round((dayOf(root.dataset.until) - today) / 86400000);
    var isBefore = today < dayOf(root.dataset.issued);
    var label = document.querySelector("[data-left]");
    document.querySelector("[data-expired]").hidden = left >= 0 || isBefore;
    document.querySelector("[data-clock]").hidden = !isBefore;
    label.classList.toggle("is-over", left < 0 || isBefore);
    label.textContent = isBefore ? "日期不对" : left < 0 ? "已过期 " + -left + " 天" : left === 0 ? "今天到期" : left + " 天后过期";
  }
  tellAge();
  setInterval(tellAge, 600000);

  // --- search ---

  var input = document.querySelector("[data-find]");
  if (!input) {
    // Every other page: one key back to the search.
    document.addEventListener("keydown", function (event) {
      if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) location.href = document.querySelector(".brand").href;
    });
    return;
  }
  document.querySelector("[data-noscript]").hidden = true;
  var pack = window.caselibPack || [];
  var words = window.caselibWords || {};
  var WEIGHTS = [3, 2.5, 2, 1.5, 1, 1]; // title, what citizens say, words, gist, story, basis
  var ALSO = 0.5; // a word that says the same counts less than the word itself
  var SHOWN = 20;
  // The best one has to hold so much of what is rarest in the question. Measured on the judged questions of
  // tests/search/relevance: it tells four in ten of those without an answer, and doubts one in eight with one.
  var FITS = 0.4;
  var RAREST = 8;
  var LONGEST = 4000;

  function normal(text) {
    return text.slice(0, LONGEST).normalize("NFKC").toLowerCase().replace(/[〔【]/g, "[").replace(/[〕】]/g, "]");
  }

  // Pairs of characters of each Chinese run, whole words of the others.
  function gramsOf(text, weight, into) {
    (text.match(/[㐀-鿿]+|[a-z0-9]+(?:-[a-z0-9]+)*/g) || []).forEach(function (run) {
      if (/^[a-z0-9]/.test(run) || run.length === 1) into.set(run, Math.max(weight, into.get(run) || 0));
      else for (var at = 0; at < run.length - 1; at++) {
        var pair = run.slice(at, at + 2);
        into.set(pair, Math.max(weight, into.get(pair) || 0));
      }
    });
  }

  function asked(text) {
    var grams = new Map();
    gramsOf(text, 1, grams);
    var longest = 12;
    for (var at = 0; at < text.length; at++) for (var size = 2; size <= longest && at + size <= text.length; size++) {
      var also = words[text.slice(at, at + size)];
      if (also) also.forEach(function (word) { gramsOf(word, ALSO, grams); });
    }
    return grams;
  }

  function valueIn(entry, gram) {
    for (var field = 0; field < WEIGHTS.length; field++) if (entry.x[field].indexOf(gram) >= 0) return WEIGHTS[field];
    return 0;
  }

  function search(typed) {
    var text = normal(typed);
    var numbers = text.match(/\d{6}-\d{4}-[a-z0-9]{2,6}-\d{4,}/g) || [];
    var letters = /^[a-z]{3,}$/.test(text.replace(/\s/g, "")) ? text.replace(/\s/g, "") : "";
    var scores = new Float64Array(pack.length);
    var rarities = [];
    asked(text).forEach(function (weight, gram) {
      var held = [];
      pack.forEach(function (entry, at) {
        var value = valueIn(entry, gram);
        if (value) held.push([at, value]);
      });
      // What stands in every second one tells little.
      var rarity = Math.log(1 + pack.length / (held.length || 1)) * weight;
      if (weight === 1) rarities.push(rarity);
      held.forEach(function (each) { scores[each[0]] += rarity * each[1]; });
    });
    var found = [];
    pack.forEach(function (entry, at) {
      var score = scores[at];
      if (numbers.indexOf(entry.n.toLowerCase()) >= 0) score += 1e6;
      if (letters && entry.i.indexOf(letters) >= 0) score += 1e3;
      if (score > 0) found.push([score, at, entry]);
    });
    found.sort(function (a, b) { return b[0] - a[0] || a[1] - b[1]; });
    rarities.sort(function (a, b) { return b - a; });
    var whole = rarities.slice(0, RAREST).reduce(function (sum, rarity) { return sum + rarity; }, 0);
    return { hits: found.slice(0, SHOWN).map(function (each) { return each[2]; }), total: found.length, fits: found.length > 0 && found[0][0] >= FITS * whole };
  }

  // --- results ---

  var list = document.getElementById("found");
  var section = document.querySelector("[data-results]");
  var told = document.querySelector("[data-told]");

  function made(tag, name, text) {
    var element = document.createElement(tag);
    if (name) element.className = name;
    if (text) element.textContent = text;
    return element;
  }

  function iconOf(name) {
    var icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    var use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    icon.setAttribute("class", "icon");
    icon.setAttribute("aria-hidden", "true");
    use.setAttribute("href", "#i-" + name);
    icon.append(use);
    return icon;
  }

  function hitOf(entry) {
    var item = made("li", entry.s === "stop" ? "hit hit--stop" : "hit");
    var top = made("div", "hit__top");
    if (entry.s) {
      var signal = made("span", "signal signal--" + entry.s);
      signal.append(iconOf(entry.s), entry.l);
      top.append(signal);
    }
    if (entry.k) top.append(made("span", "tag tag--accent", entry.k));
    top.append(made("span", "num no", entry.n));
    var title = made("h3", "hit__title");
    var link = made("a", "", entry.t);
    link.href = "p/" + entry.c + ".html";
    title.append(link);
    item.append(top, title);
    if (entry.g) item.append(made("p", "hit__gist", entry.g));
    return item;
  }

  function show() {
    var typed = input.value.trim();
    section.hidden = !typed;
    list.replaceChildren();
    try { history.replaceState(null, "", typed ? "#q=" + encodeURIComponent(typed.slice(0, 300)) : location.pathname); } catch (error) { /* the address stays as it is */ }
    if (!typed) return;
    var result = search(typed);
    told.textContent = !result.total ? "没有找到。换个说法，或者按下面的事项、原因找。"
      : result.fits ? "找到 " + result.total + " 件，最像的排在前面。"
      : "可能没有合适的。下面是最接近的，仅供参考，条件对不上就不要照办。";
    result.hits.forEach(function (entry) { list.append(hitOf(entry)); });
  }

  var waiting = 0;
  input.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(show, 120); });
  document.querySelector("[data-go]").addEventListener("click", show);
  input.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.isComposing) return;
    clearTimeout(waiting);
    show();
    var first = list.querySelector("a");
    if (first) first.focus();
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); input.select(); }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    var links = Array.from(list.querySelectorAll("a"));
    var at = links.indexOf(document.activeElement);
    if (at < 0 && document.activeElement !== input || !links.length) return;
    event.preventDefault();
    var next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? input : links[Math.min(next, links.length - 1)]).focus();
  });

  // The way back from a precedent leads to what was found.
  var kept = /^#q=(.+)$/.exec(location.hash);
  if (kept) {
    try { input.value = decodeURIComponent(kept[1]); } catch (error) { input.value = ""; }
    show();
  }
  input.focus();
})();
