"""A question as a learner sees it, and an answer that is marked and forgotten: for who writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from ..choices import QuestionKind
from ..questions.kinds import Marked, given_checked, marked, shuffled

_WITH_OPTIONS = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.WHICH})


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to choose, to place or to pair. `given`: what was answered about it; `wanted`: what would be right, in words;
    `is_right`: of an option whether it is one of the right ones, of others whether what was given is right."""

    key: str
    text: str
    why: str = ""
    when: str = ""
    precedent: str = ""
    given: str = ""
    wanted: str = ""
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """`parts` in the order of a learner; `choices`: (value, label) to place or pair them with; `result`: how the answer was marked,
    None before one was given."""

    kind: str
    stem: str
    parts: tuple[Part, ...]
    choices: tuple[tuple[str, str], ...] = ()
    points: tuple[str, ...] = ()
    sample: str = ""
    explanation: str = ""
    basis: str = ""
    words: str = ""
    result: Marked | None = None
    prefix: str = field(default="")

    @property
    def takes_many(self) -> bool:
        return self.kind == QuestionKind.MULTIPLE


def given_in(kind: str, body: Mapping[str, Any], posted: QueryDict, *, prefix: str = "") -> dict[str, Any]:
    """The answer that was sent, as it would be stored. Never fails."""
    sent: dict[str, Any] = {"chosen": posted.getlist(f"{prefix}t-chosen"), "text": posted.get(f"{prefix}t-text", "")}
    if kind == QuestionKind.ORDER:
        places = {part["key"]: posted.get(f"{prefix}t-{part['key']}", "") for part in body["items"]}
        # Two in one place are no order.
        filled = {place: key for key, place in places.items() if place}
        sent["order"] = [filled[place] for place in sorted(filled, key=lambda place: (len(place), place))]
    if kind == QuestionKind.MATCH:
        sent["pairs"] = {part["key"]: posted.get(f"{prefix}t-{part['key']}", "") for part in body["left"]}
    return given_checked(kind, sent)


def look_of(
    kind: str,
    body: Mapping[str, Any],
    *,
    stem: str,
    explanation: str = "",
    basis: str = "",
    seed: str,
    given: Mapping[str, Any] | None = None,
    prefix: str = "",
) -> Look:
    """A checked body as a learner sees it. `seed`: the same gives the same order; `given`: an answer, which is marked."""
    told: dict[str, Any] = {"stem": stem, "explanation": explanation, "basis": basis, "prefix": prefix}
    if given is not None:
        told |= {"result": marked(kind, body, given), "words": given.get("text", "")}
    if kind in _WITH_OPTIONS:
        chosen = (given or {}).get("chosen", ())
        parts = [_option(part, body, chosen) for part in shuffled(body["options"], seed=seed)]
        return Look(kind, parts=tuple(parts), **told)
    if kind == QuestionKind.SHORT:
        points = tuple(point["text"] for point in body["points"])
        return Look(kind, parts=(), points=points, sample=body["sample"], **told)
    if kind == QuestionKind.ORDER:
        return Look(kind, parts=_placed(body, given or {}, seed), choices=_places(body), **told)
    choices = tuple((part["key"], part["text"]) for part in shuffled(body["right"], seed=seed))
    return Look(kind, parts=_paired(body, given or {}, seed), choices=choices, **told)


def _option(part: Mapping[str, Any], body: Mapping[str, Any], chosen: object) -> Part:
    return Part(
        key=part["key"],
        text=part["text"],
        why=part.get("why", ""),
        when=part.get("when", ""),
        precedent=part.get("precedent", ""),
        given="1" if part["key"] in chosen else "",
        is_right=part["key"] in body["right"],
    )


def _places(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(place), str(place)) for place in range(1, len(body["items"]) + 1))


def _placed(body: Mapping[str, Any], given: Mapping[str, Any], seed: str) -> tuple[Part, ...]:
    wanted = {part["key"]: str(place) for place, part in enumerate(body["items"], 1)}
    found = {key: str(place) for place, key in enumerate(given.get("order", ()), 1)}
    return tuple(
        Part(
            key=part["key"],
            text=part["text"],
            given=found.get(part["key"], ""),
            wanted=wanted[part["key"]],
            is_right=found.get(part["key"]) == wanted[part["key"]],
        )
        for part in shuffled(body["items"], seed=seed)
    )


def _paired(body: Mapping[str, Any], given: Mapping[str, Any], seed: str) -> tuple[Part, ...]:
    texts = {part["key"]: part["text"] for part in body["right"]}
    found = given.get("pairs", {})
    return tuple(
        Part(
            key=part["key"],
            text=part["text"],
            given=found.get(part["key"], ""),
            wanted=texts[body["pairs"][part["key"]]],
            is_right=found.get(part["key"]) == body["pairs"][part["key"]],
        )
        for part in shuffled(body["left"], seed=seed)
    )
