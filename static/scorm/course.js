/* The course: one lesson at a time, its questions, and what the platform is told. Without this script all lessons stand below one
   another with their answers folded up. */
(function () {
  "use strict";

  var course = window.caselibCourse, marking = window.caselibMarking, platform = window.caselibPlatform;
  var FORMAT = "1", PENDING = "zz";
  var words = document.body.dataset;
  var current = 0, keptStatus = "", mode = "", interactions = -1;
  // Of each lesson: seen, best (per cent or null), and of each question given, score (null while pending), met, handed.
  var state = course.lessons.map(function (lesson) {
    return { seen: false, best: null, questions: lesson.questions.map(blank) };
  });

  function blank() {
    return { given: null, score: null, met: [], handed: false };
  }

  function each(selector, within, deed) {
    Array.prototype.forEach.call(within.querySelectorAll(selector), deed);
  }

  function section(at) {
    return document.getElementById(course.lessons[at].id);
  }

  function fieldset(at, place) {
    return section(at).querySelector('[data-question="' + place + '"]');
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; });
  }

  // --- what was given ---

  function givenIn(box, kind) {
    if (kind === "order") {
      var placed = [];
      each("select", box, function (select) {
        if (select.value) placed.push({ key: select.dataset.key, place: Number(select.value) });
      });
      placed.sort(function (one, other) { return one.place - other.place; });
      var places = placed.map(function (one) { return one.place; });
      var isWhole = places.every(function (place, at) { return place === at + 1; });
      return { order: isWhole ? placed.map(function (one) { return one.key; }) : [] };
    }
    if (kind === "match") {
      var pairs = {};
      each("select", box, function (select) { if (select.value) pairs[select.dataset.key] = select.value; });
      return { pairs: pairs };
    }
    if (kind === "short") return { text: box.querySelector("textarea").value };
    var chosen = [];
    each("input:checked", box.querySelector("[data-options]"), function (input) { chosen.push(input.value); });
    return { chosen: chosen };
  }

  function putBack(box, kind, given) {
    if (!given) return;
    if (kind === "order") {
      each("select", box, function (select) {
        var place = given.order.indexOf(select.dataset.key);
        select.value = place < 0 ? "" : String(place + 1);
      });
    } else if (kind === "match") {
      each("select", box, function (select) { select.value = given.pairs[select.dataset.key] || ""; });
    } else if (kind === "short") {
      if (given.text) box.querySelector("textarea").value = given.text;
    } else {
      each("input", box.querySelector("[data-options]"), function (input) {
        input.checked = given.chosen.indexOf(input.value) >= 0;
      });
    }
  }

  // --- kept by the platform: SCORM 1.2 has room for 4096 characters ---

  function partsOf(question) {
    var body = question.body;
    return (body.options || body.items || body.points || []).map(function (part) { return part.key; });
  }

  function packedGiven(question, kept) {
    var parts = partsOf(question), given = kept.given;
    if (question.kind === "short") return kept.met.map(function (key) { return parts.indexOf(key); }).join("");
    if (!given) return "";
    if (question.kind === "match") {
      return Object.keys(question.body.pairs).map(function (left) {
        var at = question.body.right.indexOf(given.pairs[left]);
        return at < 0 ? "-" : at;
      }).join("");
    }
    return (given.order || given.chosen).map(function (key) { return parts.indexOf(key); }).join("");
  }

  function unpackedGiven(question, text) {
    var parts = partsOf(question);
    function known(list) {
      return text.split("").map(function (at) { return list[Number(at)]; }).filter(Boolean);
    }
    if (question.kind === "match") {
      var pairs = {};
      Object.keys(question.body.pairs).forEach(function (left, at) {
        var right = question.body.right[Number(text.charAt(at))];
        if (text.charAt(at) && right) pairs[left] = right;
      });
      return { pairs: pairs };
    }
    if (question.kind === "order") return { order: known(parts) };
    return { chosen: known(parts) };
  }

  function scoreWord(score) {
    return score === null ? PENDING : ("0" + score.toString(36)).slice(-2);
  }

  function packed(level) {
    var seen = state.map(function (lesson) { return lesson.seen ? "1" : "0"; }).join("");
    var bits = (seen.match(/.{1,5}/g) || []).map(function (five) { return parseInt(five, 2).toString(36); }).join("");
    var best = state.map(function (lesson) { return lesson.best === null ? "" : scoreWord(lesson.best); }).join(",");
    var told = level > 1 ? "" : state.map(function (lesson, at) {
      return lesson.questions.map(function (kept, place) {
        var question = course.lessons[at].questions[place];
        var given = level > 0 ? "" : packedGiven(question, kept);
        return (kept.handed ? scoreWord(kept.score) : "") + (given ? "." + given : "");
      }).join(",");
    }).join(";");
    return [FORMAT, course.version, current, bits, best, told].join("|");
  }

  function suspended() {
    for (var level = 0; level < 3; level += 1) {
      var text = packed(level);
      if (text.length <= platform.LONGEST_SUSPENDED) return text;
    }
    return "";
  }

  function restore(text) {
    var parts = text.split("|");
    // What another version of the course kept is of other lessons.
    if (parts[0] !== FORMAT || parts[1] !== String(course.version) || parts.length !== 6) return;
    current = Math.min(Math.max(0, Number(parts[2]) || 0), course.lessons.length - 1);
    var seen = parts[3].split("").map(function (digit, at) {
      var width = Math.min(5, course.lessons.length - at * 5);
      return ("0000" + (parseInt(digit, 36) || 0).toString(2)).slice(-width);
    }).join("");
    var best = parts[4].split(","), told = parts[5] ? parts[5].split(";") : [];
    state.forEach(function (lesson, at) {
      lesson.seen = seen.charAt(at) === "1";
      lesson.best = best[at] ? parseInt(best[at], 36) : null;
      var words = told[at] ? told[at].split(",") : [];
      lesson.questions.forEach(function (kept, place) { restoreOne(course.lessons[at].questions[place], kept, words[place] || ""); });
    });
  }

  function restoreOne(question, kept, word) {
    var cut = word.split(".");
    kept.handed = cut[0] !== "";
    kept.score = !cut[0] || cut[0] === PENDING ? null : parseInt(cut[0], 36);
    if (question.kind === "short") {
      var parts = partsOf(question);
      kept.met = (cut[1] || "").split("").map(function (at) { return parts[Number(at)]; }).filter(Boolean);
    } else if (cut[1]) {
      kept.given = unpackedGiven(question, cut[1]);
    }
  }

  // --- what the platform is told ---

  function asking() {
    return state.filter(function (lesson) { return lesson.questions.length > 0; });
  }

  function score() {
    var lessons = asking();
    var sum = lessons.reduce(function (total, lesson) { return total + (lesson.best || 0); }, 0);
    return lessons.length ? Math.floor(sum / lessons.length) : 0;
  }

  function status() {
    var lessons = asking(), isSeen = state.every(function (lesson) { return lesson.seen; });
    if (keptStatus) return keptStatus;
    if (!lessons.length) return isSeen ? "completed" : "incomplete";
    if (!isSeen || lessons.some(function (lesson) { return lesson.best === null; })) return "incomplete";
    return lessons.every(function (lesson) { return lesson.best >= course.passMark; }) ? "passed" : "failed";
  }

  function tell() {
    platform.set("cmi.suspend_data", suspended());
    platform.set("cmi.core.lesson_location", course.lessons[current].id);
    if (mode !== "browse" && mode !== "review") {
      if (asking().length) {
        platform.set("cmi.core.score.min", 0);
        platform.set("cmi.core.score.max", 100);
        platform.set("cmi.core.score.raw", score());
      }
      platform.set("cmi.core.lesson_status", status());
    }
    platform.commit();
  }

  var TYPES = { single: "choice", which: "choice", multiple: "choice", order: "sequencing", match: "matching" };

  function spoken(question, given) {
    // One letter or digit for each part, as the standard has it, by the places in the rules.
    var parts = partsOf(question), letters = "abcdefghijklmnopqrstuvwxyz";
    if (question.kind === "match") {
      return Object.keys(question.body.pairs).map(function (left, at) {
        var right = question.body.right.indexOf(given.pairs[left]);
        return right < 0 ? "" : letters.charAt(at) + "." + letters.charAt(right);
      }).filter(Boolean).join(",");
    }
    return (given.order || given.chosen).map(function (key) { return letters.charAt(parts.indexOf(key)); }).join(",");
  }

  function rightOf(question) {
    if (question.kind === "match") return { pairs: question.body.pairs };
    return question.kind === "order" ? { order: partsOf(question) } : { chosen: question.body.right };
  }

  function tellAnswer(at, place) {
    var question = course.lessons[at].questions[place], kept = state[at].questions[place], type = TYPES[question.kind];
    // What somebody wrote stays on the page: words may hold anything.
    if (interactions < 0 || !type || kept.score === null) return;
    var name = "cmi.interactions." + interactions + ".";
    if (!platform.set(name + "id", course.lessons[at].id + "-" + question.code)) {
      interactions = -1;
      return;
    }
    interactions += 1;
    platform.set(name + "time", platform.clockTime(new Date()));
    platform.set(name + "type", type);
    platform.set(name + "correct_responses.0.pattern", spoken(question, rightOf(question)));
    var given = spoken(question, kept.given);
    if (given) platform.set(name + "student_response", given);
    platform.set(name + "result", kept.score === 100 ? "correct" : kept.score === 0 ? "wrong" : kept.score);
  }

  // --- the page ---

  function say(text) {
    var place = document.getElementById("said");
    place.textContent = text;
  }

  function drawState(at) {
    var link = document.querySelector('[data-lesson="' + course.lessons[at].id + '"]'), lesson = state[at], text = "";
    if (lesson.questions.length && lesson.best !== null) {
      text = fill(lesson.best >= course.passMark ? words.passed : words.failed, { score: lesson.best });
    } else if (lesson.seen) {
      text = lesson.questions.length ? words.open : words.read;
    }
    link.querySelector("[data-state]").textContent = text;
  }

  function drawQuestion(at, place) {
    var question = course.lessons[at].questions[place], kept = state[at].questions[place], box = fieldset(at, place);
    putBack(box, question.kind, kept.given);
    each("[data-answer]", box, function (part) {
      part.hidden = !kept.handed;
      part.open = kept.handed;
    });
    each("[data-why]", box, function (why) { why.hidden = !kept.handed; });
    each("[data-right]", box, function (option) {
      var isRight = question.body.right.indexOf(option.dataset.right) >= 0;
      var isChosen = Boolean(kept.given) && kept.given.chosen.indexOf(option.dataset.right) >= 0;
      option.classList.toggle("sco-opt--right", kept.handed && isRight);
      option.classList.toggle("sco-opt--wrong", kept.handed && isChosen && !isRight);
      var word = option.querySelector("[data-word]");
      word.textContent = !kept.handed ? "" : isRight ? (isChosen ? words.chosenRight : words.right) : isChosen ? words.chosenWrong : "";
    });
    each("[data-options] input, [data-options] select, textarea", box, function (input) { input.disabled = kept.handed; });
    each("[data-point]", box, function (input) {
      input.checked = kept.met.indexOf(input.value) >= 0;
      input.disabled = !kept.handed || kept.score !== null;
    });
    each("[data-points]", box, function (points) { points.hidden = !kept.handed; });
    each("[data-mark]", box, function (button) { button.hidden = !kept.handed || kept.score !== null; });
    var verdict = box.querySelector("[data-verdict]");
    verdict.hidden = !kept.handed;
    verdict.className = "sco-verdict" + (kept.score === 100 ? " sco-verdict--right" : kept.score === null ? "" : " sco-verdict--wrong");
    verdict.textContent = !kept.handed ? "" : kept.score === null ? words.pending
      : kept.score === 100 ? words.correct : kept.score === 0 ? words.wrong : fill(words.partly, { score: kept.score });
  }

  function drawLesson(at) {
    var lesson = state[at], within = section(at);
    var isHanded = lesson.questions.length > 0 && lesson.questions.every(function (kept) { return kept.handed; });
    lesson.questions.forEach(function (kept, place) { drawQuestion(at, place); });
    each("[data-after]", within, function (part) {
      part.hidden = course.lessons[at].hides && !isHanded && lesson.best === null;
      part.open = !part.hidden;
    });
    each("[data-hand-in]", within, function (button) { button.hidden = isHanded; });
    each("[data-again]", within, function (button) { button.hidden = !isHanded; });
    drawState(at);
  }

  function settle(at) {
    var lesson = state[at];
    if (lesson.questions.some(function (kept) { return !kept.handed || kept.score === null; })) return null;
    var sum = lesson.questions.reduce(function (total, kept) { return total + kept.score; }, 0);
    var got = Math.floor(sum / lesson.questions.length);
    lesson.best = Math.max(lesson.best === null ? 0 : lesson.best, got);
    return got;
  }

  function told(at, got) {
    if (got === null) return words.half;
    return fill(got >= course.passMark ? words.lessonPassed : words.lessonFailed, { score: got, mark: course.passMark });
  }

  function handIn(at) {
    var lesson = state[at], empty = 0;
    lesson.questions.forEach(function (kept, place) {
      var question = course.lessons[at].questions[place];
      kept.given = givenIn(fieldset(at, place), question.kind);
      if (!marking.marked(question.kind, question.body, kept.given).isAnswered) empty += 1;
    });
    if (empty && section(at).dataset.warned !== "1") {
      section(at).dataset.warned = "1";
      say(fill(words.empty, { count: empty }));
      return;
    }
    lesson.questions.forEach(function (kept, place) {
      var question = course.lessons[at].questions[place];
      kept.score = marking.marked(question.kind, question.body, kept.given).score;
      kept.handed = true;
      kept.met = [];
      tellAnswer(at, place);
    });
    var got = settle(at);
    drawLesson(at);
    tell();
    say(told(at, got));
    section(at).querySelector("h2").focus();
  }

  function markShort(at, place) {
    var question = course.lessons[at].questions[place], kept = state[at].questions[place];
    kept.met = [];
    each("[data-point]:checked", fieldset(at, place), function (input) { kept.met.push(input.value); });
    kept.score = marking.scoreOfPoints(question.body, kept.met);
    var got = settle(at);
    drawLesson(at);
    tell();
    say(got === null ? words.kept : told(at, got));
  }

  function again(at) {
    state[at].questions = course.lessons[at].questions.map(blank);
    delete section(at).dataset.warned;
    each("input", section(at), function (input) { input.checked = false; });
    each("select, textarea", section(at), function (input) { input.value = ""; });
    drawLesson(at);
    tell();
    say(words.again);
  }

  function draft(at, place) {
    var kept = state[at].questions[place], question = course.lessons[at].questions[place];
    if (kept.handed) return;
    kept.given = givenIn(fieldset(at, place), question.kind);
    platform.set("cmi.suspend_data", suspended());
  }

  function show(at, moves) {
    current = at;
    state[at].seen = true;
    course.lessons.forEach(function (lesson, place) {
      section(place).hidden = place !== at;
      var link = document.querySelector('[data-lesson="' + lesson.id + '"]');
      if (place === at) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
    var place = document.getElementById("place");
    place.textContent = fill(place.dataset.place, { at: at + 1, count: course.lessons.length });
    fold();
    document.getElementById("back").hidden = at === 0;
    document.getElementById("next").hidden = at === course.lessons.length - 1;
    drawLesson(at);
    tell();
    if (moves) {
      section(at).querySelector("h2").focus();
      window.scrollTo(0, 0);
    }
  }

  /* On a phone the contents would push every lesson below the first screen. */
  function fold() {
    document.getElementById("toc").open = !window.matchMedia("(max-width: 47.99rem)").matches;
  }

  function placeOf(hash) {
    var ids = course.lessons.map(function (lesson) { return lesson.id; });
    return ids.indexOf(hash.replace("#", ""));
  }

  function go(at) {
    window.location.hash = course.lessons[at].id;
  }

  function listen() {
    window.addEventListener("hashchange", function () {
      var at = placeOf(window.location.hash);
      if (at >= 0) show(at, true);
    });
    document.getElementById("back").addEventListener("click", function () { go(current - 1); });
    document.getElementById("next").addEventListener("click", function () { go(current + 1); });
    course.lessons.forEach(function (lesson, at) {
      each("form", section(at), function (form) {
        form.addEventListener("submit", function (event) {
          event.preventDefault();
          handIn(at);
        });
      });
      each("[data-again]", section(at), function (button) { button.addEventListener("click", function () { again(at); }); });
      lesson.questions.forEach(function (question, place) {
        var box = fieldset(at, place);
        box.addEventListener("change", function (event) { if (!event.target.dataset.point) draft(at, place); });
        each("[data-mark]", box, function (button) { button.addEventListener("click", function () { markShort(at, place); }); });
      });
    });
    window.addEventListener("pagehide", leave);
    window.addEventListener("beforeunload", function () { platform.set("cmi.suspend_data", suspended()); });
    window.addEventListener("pageshow", function (event) {
      // Brought back by the browser after the platform was told that it is over: nothing would be kept.
      if (event.persisted && platform.isOver()) window.location.reload();
    });
  }

  function leave() {
    tell();
    var over = status();
    platform.close(over === "passed" || over === "completed" ? "" : "suspend");
  }

  function begin() {
    var isKept = platform.open();
    document.getElementById("linked").textContent = isKept ? words.linked : words.alone;
    document.documentElement.classList.add("scripted");
    each("[data-scripted]", document, function (part) { part.hidden = false; });
    if (isKept) {
      mode = platform.get("cmi.core.lesson_mode");
      var before = platform.get("cmi.core.lesson_status");
      // Once passed stays passed, as on the site.
      keptStatus = before === "passed" || before === "completed" ? before : "";
      restore(platform.get("cmi.suspend_data"));
      var count = platform.get("cmi.interactions._count");
      interactions = count === "" ? -1 : Number(count) || 0;
    }
    course.lessons.forEach(function (lesson, at) { drawLesson(at); });
    listen();
    var asked = placeOf(window.location.hash);
    show(asked >= 0 ? asked : current, false);
  }

  begin();
})();
