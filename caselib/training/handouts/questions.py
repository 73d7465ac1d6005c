"""Questions as they stand in a hand-out: shown in an order that tells nothing, answered in the letters that are shown."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext

from caselib.policies.models import Clause, PolicyVersion
from caselib.policies.validity import repeal_on, status_columns, status_from, taken_out_from, validity_of
from caselib.precedents.privacy import outgoing_text

from ..choices import QuestionKind
from ..models import LessonQuestion
from ..questions.kinds import is_sound, shuffled
from .shapes import Asked, Cited, Part

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def asked_prefetch(on: dt.date) -> Prefetch:
    """Loads the questions of lessons with what their explanations cite, as `asked` of each. 1 query."""
    clause = "text__clause__version"
    rows = LessonQuestion.objects.select_related("text__question", f"{clause}__policy").order_by("position", "pk")
    gone = taken_out_from("text__clause__stable_key", version=f"{clause}__effective_from")
    return Prefetch("asked", rows.annotate(clause_gone=gone, **status_columns(on, policy=f"{clause}__policy")))


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns questions into what a hand-out says. `unseen`: keys of the texts of which nothing may be told."""

    unseen: frozenset[int]
    answers: bool
    on: dt.date

    def told(self, row: LessonQuestion, *, number: int) -> Asked:
        """Without a stem where it tells about a precedent that is off view. No query."""
        text = row.text
        kind, label = QuestionKind(text.kind), gettext(QuestionKind(text.kind).label)
        if text.pk in self.unseen:
            return Asked(number, kind, label)
        if not is_sound(text.kind, text.body):
            return Asked(number, kind, label, is_broken=True)
        parts, left, answer = _SHOWN[kind](text.body, f"{text.question.code}/{text.number}", self.answers)
        return Asked(
            number=number,
            kind=kind,
            label=label,
            stem=_may_leave(text.stem),
            parts=parts,
            left=left,
            answer=answer if self.answers else (),
            explanation=_may_leave(text.explanation) if self.answers else "",
            cited=self._cited(row) if self.answers else None,
        )

    def _cited(self, row: LessonQuestion) -> Cited | None:
        text = row.text
        if text.clause is None:
            return Cited(_may_leave(text.locator), "", "") if text.locator else None
        return cited_of(
            text.clause.version,
            text.clause,
            locator=_may_leave(text.locator),
            validity=(row.day_status, row.day_verified),
            gone=row.clause_gone,
            on=self.on,
        )


def cited_of(
    version: PolicyVersion,
    clause: Clause | None,
    *,
    locator: str,
    validity: tuple[str | None, str | None],
    gone: dt.date | None,
    on: dt.date,
    is_verified: bool = True,
    **more: str,
) -> Cited:
    """A clause with what became of it. `validity`, `gone`: from `status_columns` and `taken_out_from`; `more`: `relation`, `note`.

    No query.
    """
    found = repeal_on(gone, on=on) or validity_of(version, on=on, status=status_from(*validity))
    is_sure = found.is_verified and is_verified
    words = (clause.text or clause.gist) if clause else ""
    return Cited(
        text=f"{version} {clause.label if clause else ''}{locator}".strip(),
        validity=found.label if is_sure else gettext("{label}（待核）").format(label=found.label),
        word=str(found.word),
        words=words,
        is_gist=bool(words and not clause.text),
        **more,
    )


def _may_leave(text: str) -> str:
    return outgoing_text(text, decided={})


def _part(part: Mapping[str, Any], letter: str, *, right: Collection[str] = (), with_why: bool = False) -> Part:
    return Part(
        letter=letter,
        text=_may_leave(part["text"]),
        when=_may_leave(part.get("when", "")),
        why=_may_leave(part.get("why", "")) if with_why else "",
        is_right=part["key"] in right,
    )


# Each: (body, seed, answers) -> (parts, left, what is right).
Shown = tuple[tuple[Part, ...], tuple[Part, ...], tuple[str, ...]]


def _choice(body: Mapping[str, Any], seed: str, answers: bool) -> Shown:
    right = set(body["right"]) if answers else set()
    order = shuffled(body["options"], seed=seed)
    parts = tuple(
        _part(each, letter, right=right, with_why=answers) for each, letter in zip(order, _LETTERS, strict=False)
    )
    return parts, (), tuple(f"{part.letter}. {part.text}" for part in parts if part.is_right)


def _order(body: Mapping[str, Any], seed: str, answers: bool) -> Shown:
    items = body["items"]
    order = shuffled(items, seed=seed)
    if order == list(items):
        order = [*order[1:], order[0]]
    letters = {each["key"]: letter for each, letter in zip(order, _LETTERS, strict=False)}
    parts = tuple(_part(each, letters[each["key"]]) for each in order)
    return parts, (), (" → ".join(letters[each["key"]] for each in items), *_steps(items, letters))


def _steps(items: Sequence[Mapping[str, Any]], letters: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{letters[each['key']]}. {_may_leave(each['text'])}" for each in items)


def _match(body: Mapping[str, Any], seed: str, answers: bool) -> Shown:
    order = shuffled(body["right"], seed=seed)
    letters = {each["key"]: letter for each, letter in zip(order, _LETTERS, strict=False)}
    left = tuple(_part(each, str(number)) for number, each in enumerate(body["left"], 1))
    parts = tuple(_part(each, letters[each["key"]]) for each in order)
    words = {each["key"]: _may_leave(each["text"]) for each in body["right"]}
    answer = tuple(
        f"{part.letter} — {letters[key]}　{part.text}：{words[key]}"
        for part, each in zip(left, body["left"], strict=True)
        if (key := body["pairs"].get(each["key"])) in letters
    )
    return parts, left, answer


def _short(body: Mapping[str, Any], seed: str, answers: bool) -> Shown:
    points = tuple(f"要点 {number}：{_may_leave(each['text'])}" for number, each in enumerate(body["points"], 1))
    sample = (gettext("参考答案：{sample}").format(sample=_may_leave(body["sample"])),) if body.get("sample") else ()
    return (), (), points + sample


_SHOWN = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.MULTIPLE: _choice,
    QuestionKind.WHICH: _choice,
    QuestionKind.ORDER: _order,
    QuestionKind.MATCH: _match,
    QuestionKind.SHORT: _short,
}
