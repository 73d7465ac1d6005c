"""Questions as a page shows them: in the form with what is answered so far, and beside the answer once it was handed in.

Keys of options never reach the page: `stamps.hidden_key` stands for them, because their order may tell what is right.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..choices import QuestionKind
from ..models import Response
from ..questions.kinds import SELF
from .asked import CHOICES, Asked, Typed
from .stamps import hidden_key, in_order

NOTHING = Typed({})


@dataclass(frozen=True, slots=True)
class Option:
    """One that can be chosen, put in its place or matched. `place`: counted from 1, as it stands in the form, or empty;
    `partner`: what it was matched with, as it stands in the page."""

    key: str
    text: str
    when: str = ""
    is_chosen: bool = False
    place: str = ""
    partner: str = ""


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """`name`: of its inputs. `options`: of a choice, the steps of an order, the left side of a match; `rights`: what is matched."""

    asked: Asked
    name: str
    options: tuple[Option, ...] = ()
    rights: tuple[Option, ...] = ()
    words: str = ""
    is_placed: bool = False

    @property
    def kind(self) -> str:
        return self.asked.text.kind

    @property
    def is_many(self) -> bool:
        return self.kind == QuestionKind.MULTIPLE

    @property
    def is_choice(self) -> bool:
        return self.kind in CHOICES

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(str(place) for place in range(1, len(self.options) + 1))


def form_of(asked: Sequence[Asked], typed: Mapping[int, Typed], *, seed: str) -> tuple[FormQuestion, ...]:
    """The questions that can be asked, as the form holds them. No query."""
    return tuple(_in_form(each, typed.get(each.text.pk, NOTHING), seed) for each in asked if each.is_ok)


def _in_form(asked: Asked, typed: Typed, seed: str) -> FormQuestion:
    text, name, given = asked.text, f"q{asked.text.pk}", typed.given
    # One form may show several questions whose options have the same keys.
    mixed = f"{seed}/{text.question.code}"
    if text.kind in CHOICES:
        chosen = given.get("chosen") or ()
        parts = in_order(text.body["options"], seed=mixed)
        options = (_option(part, seed, is_chosen=part["key"] in chosen) for part in parts)
        return FormQuestion(asked, name, tuple(options))
    if text.kind == QuestionKind.ORDER:
        return _order_in_form(asked, typed, name, seed=seed, mixed=mixed)
    if text.kind == QuestionKind.MATCH:
        pairs = given.get("pairs") or {}
        lefts = tuple(
            _option(part, seed, partner=hidden_key(seed, pairs[part["key"]]) if pairs.get(part["key"]) else "")
            for part in text.body["left"]
        )
        rights = in_order(text.body["right"], seed=mixed, never_as_given=True)
        return FormQuestion(asked, name, lefts, tuple(_option(part, seed) for part in rights))
    return FormQuestion(asked, name, words=str(given.get("text") or ""))


def _order_in_form(asked: Asked, typed: Typed, name: str, *, seed: str, mixed: str) -> FormQuestion:
    """In the order that was given, else mixed, with the places that were given as far as they make none."""
    items = {part["key"]: part for part in asked.text.body["items"]}
    order = [key for key in typed.given.get("order") or () if key in items]
    if sorted(order) == sorted(items):
        placed = tuple(_option(items[key], seed, place=str(place)) for place, key in enumerate(order, 1))
        return FormQuestion(asked, name, placed, is_placed=True)
    parts = in_order(asked.text.body["items"], seed=mixed, never_as_given=True)
    return FormQuestion(asked, name, tuple(_option(part, seed, place=typed.raw.get(part["key"], "")) for part in parts))


def _option(part: Mapping[str, Any], seed: str, **more: Any) -> Option:
    return Option(hidden_key(seed, part["key"]), part["text"], part.get("when", ""), **more)


# --- after handing in ---


@dataclass(frozen=True, slots=True)
class Line:
    """One option or step beside the answer. `said`: what the learner chose or where it was put, `wanted`: what would have been
    right, both in words; `why` and `wanted` are empty where answers are not shown."""

    text: str
    is_chosen: bool = False
    is_right: bool = False
    said: str = ""
    wanted: str = ""
    why: str = ""
    precedent: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    key: str
    text: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A question that was answered. `points`: of a short answer."""

    asked: Asked
    response: Response | None
    lines: tuple[Line, ...] = ()
    points: tuple[Point, ...] = ()
    words: str = ""
    sample: str = ""
    is_shown: bool = True
    marks_self: bool = False
    waits: bool = False

    @property
    def score(self) -> int | None:
        return self.response.score if self.response else None

    @property
    def comes_again(self) -> dt.datetime | None:
        """When the question comes up again, None for what is stored nowhere."""
        return self.asked.comes_again if self.response is not None and self.response.pk else None

    @property
    def is_full(self) -> bool:
        return self.score == 100

    @property
    def counts(self) -> bool:
        """Whether it counts for the score: not where its question was broken or off view."""
        return self.response is not None and (self.response.score is not None or self.response.marked_at is None)

    @property
    def answered(self) -> bool:
        return self.response is not None and any(self.response.given.values())


def checked_of(asked: Asked, response: Response | None, *, seed: str, is_shown: bool) -> Checked:
    """The answer beside the question. `is_shown`: whether what is right may be seen. No query."""
    text = asked.text
    given = response.given if response else {}
    more: dict[str, Any] = {}
    if asked.is_ok:
        more = _beside(asked, response, given, seed=f"{seed}/{text.question.code}", is_shown=is_shown)
    is_short = text.kind == QuestionKind.SHORT
    waits = response is not None and response.marked_at is None
    return Checked(
        asked=asked,
        response=response,
        words=str(given.get("text") or "") if is_short else "",
        is_shown=is_shown,
        waits=waits,
        **more,
    )


def _beside(
    asked: Asked, response: Response | None, given: Mapping[str, Any], *, seed: str, is_shown: bool
) -> dict[str, Any]:
    text = asked.text
    if text.kind in CHOICES:
        return {"lines": _choice_lines(text.body, given, seed, is_shown)}
    if text.kind == QuestionKind.ORDER:
        return {"lines": _order_lines(text.body, given, seed, is_shown)}
    if text.kind == QuestionKind.MATCH:
        return {"lines": _match_lines(text.body, given, is_shown)}
    waits = response is not None and response.marked_at is None
    marks_self = waits and text.body.get("marking") == SELF
    is_open = is_shown or marks_self
    met = set(response.points) if response else set()
    points = tuple(Point(part["key"], part["text"], part["key"] in met) for part in text.body["points"])
    return {
        "points": points if is_open else (),
        "sample": text.body.get("sample", "") if is_open else "",
        "marks_self": marks_self,
    }


def _choice_lines(body: Mapping[str, Any], given: Mapping[str, Any], seed: str, is_shown: bool) -> tuple[Line, ...]:
    chosen, right = set(given.get("chosen") or ()), set(body["right"]) if is_shown else set()
    return tuple(
        Line(
            part["text"],
            is_chosen=part["key"] in chosen,
            is_right=part["key"] in right,
            why=part.get("why", "") if is_shown else "",
            precedent=part.get("precedent", "") if is_shown else "",
        )
        for part in in_order(body["options"], seed=seed)
    )


def _order_lines(body: Mapping[str, Any], given: Mapping[str, Any], seed: str, is_shown: bool) -> tuple[Line, ...]:
    items = {part["key"]: part["text"] for part in body["items"]}
    places = {key: str(place) for place, key in enumerate(given.get("order") or (), 1) if key in items}
    wanted = {key: str(place) for place, key in enumerate(items, 1)}
    keys = list(items) if is_shown else [*places, *(part["key"] for part in in_order(body["items"], seed=seed))]
    return tuple(
        Line(
            items[key],
            is_right=is_shown and places.get(key) == wanted[key],
            said=places.get(key, ""),
            wanted=wanted[key] if is_shown else "",
        )
        for key in dict.fromkeys(keys)
    )


def _match_lines(body: Mapping[str, Any], given: Mapping[str, Any], is_shown: bool) -> tuple[Line, ...]:
    rights = {part["key"]: part["text"] for part in body["right"]}
    pairs = given.get("pairs") or {}
    return tuple(
        Line(
            part["text"],
            is_right=is_shown and pairs.get(part["key"]) == body["pairs"].get(part["key"]),
            said=rights.get(pairs.get(part["key"], ""), ""),
            wanted=rights.get(body["pairs"].get(part["key"], ""), "") if is_shown else "",
        )
        for part in body["left"]
    )
