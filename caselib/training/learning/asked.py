"""The questions of a lesson for one viewer: which of them can be asked at all, and what was answered to them in a form.

A question that nobody can answer (no right option, say, in a damaged row) counts for nobody. One about a precedent that is off view
is not shown; what was answered to it before stays and is marked.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import OuterRef, Subquery

from caselib.orgs.scope import ViewerScope
from caselib.policies.validity import Validity, status_columns, status_from, validity_of

from ..choices import QuestionKind
from ..models import Lesson, LessonQuestion, QuestionText, ReviewCard
from ..questions import kinds
from ..telling import texts_unseen
from .stamps import known_keys

CHOICES = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.WHICH})


class State(StrEnum):
    OK = "ok"
    BROKEN = "broken"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in its place, counted from 1. `validity`: of the clause that its explanation cites, on the day that was asked;
    `comes_again`: when it comes up again for the viewer, or None."""

    number: int
    text: QuestionText
    state: State
    validity: Validity | None = None
    comes_again: dt.datetime | None = None

    @property
    def is_ok(self) -> bool:
        return self.state is State.OK

    @property
    def is_broken(self) -> bool:
        return self.state is State.BROKEN


def is_sound(text: QuestionText) -> bool:
    """Whether somebody can answer it at all. No query."""
    return kinds.is_sound(text.kind, text.body)


def asked_in(lesson: Lesson, scope: ViewerScope, *, on: dt.date, is_hidden: bool) -> tuple[Asked, ...]:
    """The questions of a lesson in their order. `is_hidden`: whether the precedent of the lesson is off view.

    1 query, 1 more where a question is about another precedent than the lesson.
    """
    cards = ReviewCard.objects.filter(user=scope.user_id, question=OuterRef("text__question"))
    rows = (
        LessonQuestion.objects.filter(lesson=lesson)
        .select_related("text__question", "text__clause__version__policy")
        .annotate(
            due_at=Subquery(cards.values("due_at")[:1]),
            **status_columns(on, policy="text__clause__version__policy"),
        )
        .order_by("position", "pk")
    )
    found = list(rows)
    unseen = texts_unseen([row.text for row in found], scope, besides=lesson.precedent_id)
    return tuple(
        Asked(
            number,
            row.text,
            _state(row.text, is_hidden=is_hidden or row.text.pk in unseen),
            _validity(row, on=on),
            row.due_at,
        )
        for number, row in enumerate(found, 1)
    )


def _state(text: QuestionText, *, is_hidden: bool) -> State:
    if not is_sound(text):
        return State.BROKEN
    return State.HIDDEN if is_hidden else State.OK


def _validity(row: LessonQuestion, *, on: dt.date) -> Validity | None:
    if row.text.clause is None:
        return None
    status = status_from(row.day_status, row.day_verified)
    return validity_of(row.text.clause.version, on=on, status=status)


# --- what was typed ---


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form held for one question. `given`: as kinds read it; `raw`: places that make no whole order, by key of the item."""

    given: dict[str, Any]
    raw: dict[str, str] = field(default_factory=dict)

    @property
    def is_answered(self) -> bool:
        return any(bool(value) for value in self.given.values())


def read_typed(asked: Sequence[Asked], posted: Mapping[str, list[str]], *, seed: str) -> dict[int, Typed]:
    """What the form says of each question that can be answered, by key of its text. What does not belong there is left out.

    One that is off view may have been in the form, or not: only an answer to it says something. `posted`: lists of values by name.
    `seed`: of the form, by which its keys are known again. Never fails.
    """
    found = {each.text.pk: _typed(each.text, posted, seed) for each in asked if not each.is_broken}
    shown = {each.text.pk for each in asked if each.is_ok}
    return {key: typed for key, typed in found.items() if key in shown or typed.is_answered}


def _typed(text: QuestionText, posted: Mapping[str, list[str]], seed: str) -> Typed:
    name, body = f"q{text.pk}", text.body
    if text.kind in CHOICES:
        known = known_keys(seed, body["options"])
        chosen = list(dict.fromkeys(known[value] for value in posted.get(name, ()) if value in known))
        return Typed({"chosen": chosen if text.kind == QuestionKind.MULTIPLE else chosen[:1]})
    if text.kind == QuestionKind.ORDER:
        return _order_typed(name, body, posted, seed)
    if text.kind == QuestionKind.MATCH:
        rights = known_keys(seed, body["right"])
        lefts = known_keys(seed, body["left"])
        pairs = {key: rights.get(_one(posted, f"{name}-{shown}"), "") for shown, key in lefts.items()}
        return Typed({"pairs": {left: right for left, right in pairs.items() if right}})
    return Typed({"text": _one(posted, name)})


def _order_typed(name: str, body: Mapping[str, Any], posted: Mapping[str, list[str]], seed: str) -> Typed:
    places = {key: _one(posted, f"{name}-{shown}") for shown, key in known_keys(seed, body["items"]).items()}
    wanted = [str(place) for place in range(1, len(places) + 1)]
    if sorted(places.values()) != sorted(wanted):
        return Typed({"order": []}, {key: place for key, place in places.items() if place in wanted})
    return Typed({"order": sorted(places, key=lambda key: int(places[key]))})


def _one(posted: Mapping[str, list[str]], name: str) -> str:
    values = posted.get(name) or [""]
    return values[-1]
