"""The kinds of questions: what `body` holds, what an answer (`given`) holds, and how one is marked by the other.

| kind | body | given |
| --- | --- | --- |
| single, which | `options`: [{key, text, why}], `right`: [key] | `chosen`: [key] |
| multiple | the same with one `right` or more | `chosen`: [key, …] |
| order | `items`: [{key, text}] in the right order | `order`: [key, …] |
| match | `left`, `right`: [{key, text}], `pairs`: {left key: right key} | `pairs`: {left key: right key} |
| short | `points`: [{key, text}], `sample`, `marking`: self or trainer | `text` |

An option of `which` names the precedent that it stands for besides (`precedent`: its code, `revision`: number, `when`: the condition
that tells it from the other). `why` says why an option is wrong or right, and may be empty. Keys say nothing of what is right:
those that are given out here follow no order that a learner could read from the page.
"""

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.core.text import clean, normalise

from ..choices import QuestionKind

Body = Mapping[str, Any]
Given = Mapping[str, Any]

LONGEST_LINE = 300
LONGEST_ANSWER = 2_000
LONGEST_SAMPLE = 1_000
MOST_OPTIONS = 8
FULL = 100
SELF, TRAINER = "self", "trainer"
_CHOICES = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.WHICH})
_KEYS = "abcdefghjkmnpqrstuvwxyz"
_KEY = re.compile(r"[a-z0-9]{1,12}")
_MOST_REVISIONS = 100_000


@dataclass(frozen=True, slots=True)
class Marked:
    """`score`: per cent, None where a person has to mark it. `is_answered`: whether anything was given at all."""

    score: int | None
    is_answered: bool


def marked(kind: str, body: Body, given: Given) -> Marked:
    """How far an answer is right. Never fails for any answer: what does not fit the question counts as not answered. To a question
    that nobody can answer there is no score either."""
    kind = QuestionKind(kind)
    given = given if isinstance(given, Mapping) else {}
    if not is_sound(kind, body):
        return Marked(0, False)
    if kind in _CHOICES:
        return _choice(kind, body, given)
    if kind == QuestionKind.ORDER:
        return _order(body, given)
    if kind == QuestionKind.MATCH:
        return _match(body, given)
    answered = bool(_text(given.get("text")))
    # Nothing written meets no point, and nobody need look at it.
    return Marked(None if answered else 0, answered)


def _choice(kind: QuestionKind, body: Body, given: Given) -> Marked:
    known = {option["key"] for option in body["options"]}
    chosen = {key for key in _keys(given.get("chosen")) if key in known}
    right = set(body["right"])
    if kind != QuestionKind.MULTIPLE:
        return Marked(FULL if chosen == right else 0, bool(chosen))
    # A wrong one takes a right one away, so that ticking all gains nothing.
    kept = max(0, len(chosen & right) - len(chosen - right))
    return Marked(FULL * kept // len(right), bool(chosen))


def _order(body: Body, given: Given) -> Marked:
    """By the pairs of neighbours that follow each other as they should."""
    wanted = [item["key"] for item in body["items"]]
    order = _keys(given.get("order"))
    if sorted(order) != sorted(wanted):
        return Marked(0, False)
    follow = set(itertools.pairwise(wanted))
    kept = sum(pair in follow for pair in itertools.pairwise(order))
    return Marked(FULL * kept // (len(wanted) - 1), True)


def _match(body: Body, given: Given) -> Marked:
    pairs, answer = body["pairs"], given.get("pairs")
    answer = answer if isinstance(answer, Mapping) else {}
    known = {part["key"] for part in body["right"]}
    # Text alone is compared: anything else that was sent may not even be comparable.
    chosen = {left: right for left, right in answer.items() if isinstance(right, str) and right in known}
    met = sum(chosen.get(left) == right for left, right in pairs.items())
    return Marked(FULL * met // len(pairs), any(left in chosen for left in pairs))


def score_of_points(body: Body, met: Sequence[str]) -> int:
    """Per cent of the key points of a short answer that were met."""
    points, found = [point["key"] for point in body["points"]], set(_keys(met))
    return FULL * sum(key in found for key in points) // len(points) if points else 0


def shuffled(parts: Sequence[Mapping[str, Any]], *, seed: str) -> list[Mapping[str, Any]]:
    """The parts in an order that looks random and is the same each time for the same seed: an attempt's code, say."""
    return sorted(parts, key=lambda part: hashlib.sha256(f"{seed}/{part['key']}".encode()).hexdigest())


def keyed(parts: Sequence[Mapping[str, Any]], *, within: str = "") -> list[dict[str, Any]]:
    """The parts, each with a key of its own: the one that it has, else a fresh one. The same parts get the same keys.

    Fresh keys follow no order: of steps in their right order a, b, c would tell that order to who reads the page.
    `within`: a list of the question, so that two lists that belong together (left and right) are not keyed alike.
    """
    kept: set[str] = set()
    made = [dict(part) for part in parts]
    for part in made:
        key = part.get("key")
        part["key"] = key if isinstance(key, str) and _KEY.fullmatch(key) and key not in kept else ""
        kept.add(part["key"])
    lacking = [part for part in made if not part["key"]]
    free = sorted(set(_KEYS) - kept, key=lambda key: _scattered(f"{within}/{key}", made))
    fresh = itertools.chain(free, (f"k{number}" for number in itertools.count(1) if f"k{number}" not in kept))
    for part in lacking:
        part["key"] = next(fresh)
    return made


def _scattered(key: str, parts: Sequence[Mapping[str, Any]]) -> str:
    words = "\n".join(str(part.get("text", "")) for part in parts)
    return hashlib.sha256(f"{words}/{key}".encode(errors="replace")).hexdigest()


# --- what is stored ---

_LISTS = {QuestionKind.ORDER: ("items",), QuestionKind.MATCH: ("left", "right"), QuestionKind.SHORT: ("points",)}
DAMAGED = "damaged"


def shaped(kind: str, body: Any) -> dict[str, Any]:
    """A stored body with the names and types of its kind, so that no reader need look: itself where it has them.

    Of one that was damaged what can be read is kept, for who mends it, under a mark (`damaged`) with which nobody is asked it.
    Never fails.
    """
    kind = QuestionKind(kind)
    names = _LISTS.get(kind, ("options",))
    kept = body if isinstance(body, dict) else {}
    made: dict[str, Any] = {name: _readable(kept.get(name)) for name in names}
    if kind in _CHOICES:
        made["right"] = _keys(kept.get("right"))
    if kind == QuestionKind.MATCH:
        made["pairs"] = _pairs_between(kept.get("pairs"), *({part["key"] for part in made[name]} for name in names))
    if kind == QuestionKind.SHORT:
        made |= {name: _text(kept.get(name, "")) for name in ("sample", "marking")}
        is_whole = all(isinstance(kept.get(name, ""), str) for name in ("sample", "marking"))
    else:
        is_whole = True
    is_whole = is_whole and all(made[name] == kept.get(name) for name in made if name not in ("sample", "marking"))
    is_whole = is_whole and kept.keys() <= made.keys() | {"sample", "marking"}
    return kept if is_whole else made | {DAMAGED: True}


def _pairs_between(pairs: Any, left: set[str], right: set[str]) -> dict[str, str]:
    pairs = pairs if isinstance(pairs, Mapping) else {}
    return {key: to for key, to in pairs.items() if key in left and isinstance(to, str) and to in right}


def _readable(parts: Any) -> list[dict[str, Any]]:
    """Those that have a key of their own and words."""
    kept: dict[str, dict[str, Any]] = {}
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and _is_key(part.get("key")) and part["key"] not in kept and _has_words(part):
            kept[part["key"]] = part
    return list(kept.values())


def _has_words(part: Mapping[str, Any]) -> bool:
    words = isinstance(part.get("text"), str) and all(
        isinstance(part.get(n, ""), str) for n in ("why", "precedent", "when")
    )
    number = part.get("revision", 0)
    return words and isinstance(number, int)


def is_sound(kind: str, body: Body) -> bool:
    """Whether somebody can answer it at all."""
    body = shaped(kind, body)
    if DAMAGED in body:
        return False
    try:
        checked = body_checked(kind, body)
    except RuleBroken:
        return False
    # One of the right ones that is no option can never be chosen.
    return kind not in _CHOICES or set(checked["right"]) == set(body["right"])


# --- what was typed ---


def given_checked(kind: str, given: Any) -> dict[str, Any]:
    """An answer as it is stored, whatever was sent: known names alone, of bounded length. Never fails."""
    given = given if isinstance(given, Mapping) else {}
    kind = QuestionKind(kind)
    if kind in _CHOICES:
        return {"chosen": _keys(given.get("chosen"))}
    if kind == QuestionKind.ORDER:
        return {"order": _keys(given.get("order"))}
    if kind == QuestionKind.MATCH:
        pairs = given.get("pairs")
        pairs = pairs if isinstance(pairs, Mapping) else {}
        kept = [(left, right) for left, right in pairs.items() if _is_key(left) and _is_key(right)]
        return {"pairs": dict(kept[:MOST_OPTIONS])}
    return {"text": _text(given.get("text"))[:LONGEST_ANSWER]}


def body_checked(kind: str, body: Any) -> dict[str, Any]:
    """A body as it is stored. Raises RuleBroken for what nobody could answer: no right answer, one option, two alike, too long."""
    body = body if isinstance(body, Mapping) else {}
    kind = QuestionKind(kind)
    if kind in _CHOICES:
        return _options_checked(kind, body)
    if kind == QuestionKind.ORDER:
        return {"items": _parts(body.get("items"), "要排的步骤", "items", least=3)}
    if kind == QuestionKind.MATCH:
        return _match_checked(body)
    points = _parts(body.get("points"), "要点", "points", least=1)
    sample = _text(body.get("sample"))
    if len(sample) > LONGEST_SAMPLE:
        raise _broken(f"参考答案最多 {LONGEST_SAMPLE:,} 个字。", "too_long", "sample")
    return {"points": points, "sample": sample, "marking": TRAINER if body.get("marking") == TRAINER else SELF}


def _options_checked(kind: QuestionKind, body: Body) -> dict[str, Any]:
    options = _parts(body.get("options"), "选项", "options", least=2)
    if kind == QuestionKind.WHICH and len(options) != 2:
        raise _broken("“两件里选一件”要正好两件。", "two_options", "options")
    known = [option["key"] for option in options]
    right = [key for key in known if key in _keys(body.get("right"))]
    if not right:
        raise _broken("还没有标哪个是对的，学员怎么答都不对。", "no_right_answer", "right")
    if kind != QuestionKind.MULTIPLE and len(right) > 1:
        raise _broken("标了不止一个对的。要多选，题型改成“多选”。", "several_right", "right")
    return {"options": options, "right": right}


def _match_checked(body: Body) -> dict[str, Any]:
    left = _parts(body.get("left"), "左边", "left", least=2)
    right = _parts(body.get("right"), "右边", "right", least=2)
    rights, given = {part["key"] for part in right}, body.get("pairs")
    given = given if isinstance(given, Mapping) else {}
    pairs = {part["key"]: given.get(part["key"]) for part in left}
    if not all(isinstance(key, str) and key in rights for key in pairs.values()):
        raise _broken("左边每一项都要标出对应右边的哪一项。", "no_right_answer", "pairs")
    return {"left": left, "right": right, "pairs": pairs}


def _parts(given: Any, name: str, field: str, *, least: int) -> list[dict[str, Any]]:
    parts = [_part(part, name, field) for part in given if isinstance(part, Mapping)] if isinstance(given, list) else []
    bare = next((part for part in parts if not part["text"] and part.get("why")), None)
    if bare is not None:
        raise _broken(f"{name}里有一项写了理由“{bare['why'][:20]}”，那一项本身还空着。", "empty_part", field)
    parts = [part for part in parts if part["text"]]
    if len(parts) < least:
        raise _broken(f"{name}至少 {least} 项，现在 {len(parts)} 项。", "too_few", field)
    if len(parts) > MOST_OPTIONS:
        raise _broken(f"{name}最多 {MOST_OPTIONS} 项，现在 {len(parts)} 项。", "too_many", field)
    texts = [normalise(part["text"]) for part in parts]
    twice = next((part for part, text in zip(parts, texts, strict=True) if texts.count(text) > 1), None)
    if twice is not None:
        raise _broken(f"{name}里“{twice['text'][:30]}”写了两遍，学员分不出来。", "twice", field)
    return keyed(parts, within=field)


def _part(part: Mapping[str, Any], name: str, field: str) -> dict[str, Any]:
    kept = {"key": part.get("key"), "text": _text(part.get("text"))}
    for more in ("why", "precedent", "when"):
        if words := _text(part.get(more)):
            kept[more] = words
    number = part.get("revision")
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number < _MOST_REVISIONS:
        kept["revision"] = number
    if any(len(words) > LONGEST_LINE for more, words in kept.items() if more not in ("key", "revision")):
        raise _broken(f"{name}每一项最多 {LONGEST_LINE} 个字。", "too_long", field)
    return kept


def _keys(given: Any) -> list[str]:
    return [key for key in given[: 2 * MOST_OPTIONS] if _is_key(key)] if isinstance(given, list | tuple) else []


def _is_key(given: Any) -> bool:
    return isinstance(given, str) and _KEY.fullmatch(given) is not None


def _text(given: Any) -> str:
    return clean(given).strip() if isinstance(given, str) else ""


def _broken(told: str, code: str, field: str) -> RuleBroken:
    return RuleBroken(gettext("没有存：{told}写的都在。").format(told=told), code=code, field=field)
