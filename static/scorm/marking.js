/* Marks answers as the site does (caselib/training/questions/kinds.py); a browser test holds one to the other. */
(function () {
  "use strict";

  var FULL = 100, MOST_OPTIONS = 8, LONGEST_KEY = 12;

  function keys(given) {
    if (!Array.isArray(given)) return [];
    return given.slice(0, 2 * MOST_OPTIONS).map(function (key) { return String(key).slice(0, LONGEST_KEY); });
  }

  function keysOf(parts) {
    return parts.map(function (part) { return part.key; });
  }

  function unique(list) {
    return list.filter(function (each, at) { return list.indexOf(each) === at; });
  }

  function share(met, whole) {
    return Math.floor((FULL * met) / whole);
  }

  function choice(kind, body, given) {
    var known = keysOf(body.options), right = unique(body.right);
    var chosen = unique(keys(given.chosen)).filter(function (key) { return known.indexOf(key) >= 0; });
    var met = chosen.filter(function (key) { return right.indexOf(key) >= 0; }).length;
    if (kind !== "multiple") {
      return { score: met === right.length && chosen.length === right.length ? FULL : 0, isAnswered: chosen.length > 0 };
    }
    // A wrong one takes a right one away, so that ticking all gains nothing.
    var kept = Math.max(0, met - (chosen.length - met));
    return { score: share(kept, right.length), isAnswered: chosen.length > 0 };
  }

  function order(body, given) {
    var wanted = keysOf(body.items), placed = keys(given.order);
    if (placed.slice().sort().join("\n") !== wanted.slice().sort().join("\n")) return { score: 0, isAnswered: false };
    var kept = 0;
    for (var at = 0; at + 1 < placed.length; at += 1) {
      var place = wanted.indexOf(placed[at]);
      if (wanted[place + 1] === placed[at + 1]) kept += 1;
    }
    return { score: share(kept, wanted.length - 1), isAnswered: true };
  }

  function match(body, given) {
    var lefts = Object.keys(body.pairs), pairs = given.pairs;
    pairs = pairs && typeof pairs === "object" && !Array.isArray(pairs) ? pairs : {};
    var met = lefts.filter(function (left) { return pairs[left] === body.pairs[left]; }).length;
    return { score: share(met, lefts.length), isAnswered: lefts.some(function (left) { return Boolean(pairs[left]); }) };
  }

  function marked(kind, body, given) {
    if (kind === "order") return order(body, given);
    if (kind === "match") return match(body, given);
    if (kind === "short") {
      var answered = typeof given.text === "string" && given.text.trim() !== "";
      // Nothing written meets no point, and nobody need look at it.
      return { score: answered ? null : 0, isAnswered: answered };
    }
    return choice(kind, body, given);
  }

  function scoreOfPoints(body, met) {
    return share(keysOf(body.points).filter(function (key) { return met.indexOf(key) >= 0; }).length, body.points.length);
  }

  window.caselibMarking = { marked: marked, scoreOfPoints: scoreOfPoints };
})();
