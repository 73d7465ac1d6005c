"""The form of a question: what was typed, whatever it is, as plain words; and the way to a body and back.

Every kind of question has the same rows, so that another kind keeps what stands in them. A name is `row-<number>-<part>`, behind a
prefix where several questions stand on one page.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from caselib.core.text import clean, normalise

from ..choices import Aspect, QuestionKind
from ..models import Question, QuestionText
from ..questions.kinds import SELF, TRAINER, keyed

MOST_ROWS = 20
_ROW = re.compile(r"row-(\d{1,4})-[a-z]+")
_PARTS = ("key", "text", "why", "when", "precedent", "revision", "other", "otherkey")
_LEAST = {QuestionKind.ORDER: 3, QuestionKind.SHORT: 2, QuestionKind.MATCH: 3, QuestionKind.WHICH: 2}
_WITH_OPTIONS = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.WHICH})


@dataclass(frozen=True, slots=True)
class Row:
    """An option, a step, a point, or one line of a match (`other`: what stands on the right). `is_right`: ticked as right."""

    key: str = ""
    text: str = ""
    why: str = ""
    when: str = ""
    precedent: str = ""
    revision: str = ""
    other: str = ""
    otherkey: str = ""
    is_right: bool = False

    @property
    def is_blank(self) -> bool:
        return not any((self.text, self.why, self.when, self.other))


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in a form. `number`: of the text that was read; `revision`: of the precedent, by its number; `code`: of the question
    that a new form makes; `prefix`: before the names of its inputs."""

    kind: str = QuestionKind.SINGLE
    aspect: str = Aspect.OTHER
    stem: str = ""
    explanation: str = ""
    clause: str = ""
    locator: str = ""
    matter: str = ""
    cause: str = ""
    owner: str = ""
    rows: tuple[Row, ...] = ()
    sample: str = ""
    marking: str = SELF
    number: int = 0
    revision: int = 0
    code: str = ""
    prefix: str = ""

    @property
    def shown_rows(self) -> tuple[Row, ...]:
        """With empty ones up to what the kind needs at least."""
        least = _LEAST.get(self.kind, 4)
        return (*self.rows, *(Row() for _ in range(least - len(self.rows))))

    @property
    def words(self) -> list[str]:
        """All that a person may have typed."""
        rows = [words for row in self.rows for words in (row.text, row.why, row.when, row.other)]
        return [self.stem, self.explanation, self.locator, self.sample, *rows]

    @property
    def takes_one(self) -> bool:
        """Whether one option alone is right."""
        return self.kind in (QuestionKind.SINGLE, QuestionKind.WHICH)

    @property
    def has_options(self) -> bool:
        return self.kind in _WITH_OPTIONS

    @property
    def has_basis(self) -> bool:
        return bool(self.clause or self.locator.strip())

    @property
    def kinds(self) -> list[tuple[str, str, bool]]:
        """(value, label, whether chosen)."""
        return [(value, label, value == self.kind) for value, label in QuestionKind.choices]

    @property
    def aspects(self) -> list[tuple[str, str, bool]]:
        return [(value, label, value == self.aspect) for value, label in Aspect.choices]

    @property
    def body(self) -> dict[str, Any]:
        """As `questions.kinds` wants it; nothing is checked."""
        if self.kind in _WITH_OPTIONS:
            return self._options()
        if self.kind == QuestionKind.MATCH:
            return self._match()
        name = "items" if self.kind == QuestionKind.ORDER else "points"
        parts = keyed([{"key": row.key, "text": row.text} for row in self.rows if row.text.strip()], within=name)
        return {name: parts} if name == "items" else {name: parts, "sample": self.sample, "marking": self.marking}

    def _options(self) -> dict[str, Any]:
        rows = [row for row in self.rows if not row.is_blank]
        options = keyed(
            [_option(row, with_precedent=self.kind == QuestionKind.WHICH) for row in rows], within="options"
        )
        return {
            "options": options,
            "right": [part["key"] for part, row in zip(options, rows, strict=True) if row.is_right],
        }

    def _match(self) -> dict[str, Any]:
        """Lines with the same right side share one part; a line without a left side is one too many to choose from."""
        shared: dict[str, dict[str, str]] = {}
        for row in self.rows:
            if row.other.strip():
                shared.setdefault(normalise(row.other).strip(), {"key": row.otherkey, "text": row.other})
        rights = dict(zip(shared, keyed(list(shared.values()), within="right"), strict=True))
        rows = [row for row in self.rows if row.text.strip()]
        left = keyed([{"key": row.key, "text": row.text} for row in rows], within="left")
        pairs = {
            part["key"]: rights[wanted]["key"]
            for part, row in zip(left, rows, strict=True)
            if (wanted := normalise(row.other).strip()) in rights
        }
        return {"left": left, "right": list(rights.values()), "pairs": pairs}


def _option(row: Row, *, with_precedent: bool) -> dict[str, Any]:
    part: dict[str, Any] = {"key": row.key, "text": row.text, "why": row.why}
    if with_precedent:
        part |= {"when": row.when, "precedent": row.precedent}
        if row.revision.isascii() and row.revision.isdigit() and len(row.revision) < 6:
            part["revision"] = int(row.revision)
    return part


def read_typed(posted: QueryDict, *, prefix: str = "", known: Typed | None = None) -> Typed:
    """What was sent. Never fails: a kind or aspect that is none is the first, numbers that are none are 0. `known`: what no form may
    change."""
    known = known or Typed()
    kind, aspect = _sent(posted, f"{prefix}kind"), _sent(posted, f"{prefix}aspect")
    return replace(
        known,
        kind=kind if kind in QuestionKind.values else QuestionKind.SINGLE,
        aspect=aspect if aspect in Aspect.values else Aspect.OTHER,
        rows=tuple(_rows(posted, prefix)),
        marking=TRAINER if _sent(posted, f"{prefix}marking") == TRAINER else SELF,
        number=number_in(_sent(posted, f"{prefix}number")),
        revision=number_in(_sent(posted, f"{prefix}revision")),
        prefix=prefix,
        **{
            name: _sent(posted, f"{prefix}{name}")
            for name in ("stem", "explanation", "clause", "locator", "matter", "cause", "owner", "sample", "code")
        },
    )


def _sent(posted: QueryDict, name: str) -> str:
    return clean(posted.get(name, ""))


def number_in(text: str) -> int:
    """A number that a form sends back; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _rows(posted: QueryDict, prefix: str) -> Iterator[Row]:
    own = (name.removeprefix(prefix) for name in posted if name.startswith(prefix))
    numbers = {int(found[1]) for name in own if (found := _ROW.fullmatch(name))}
    right = set(posted.getlist(f"{prefix}right"))
    for number in sorted(numbers)[:MOST_ROWS]:
        # A line is one line, however many a paste brings along.
        parts = {part: " ".join(_sent(posted, f"{prefix}row-{number}-{part}").split()) for part in _PARTS}
        yield Row(**parts, is_right=str(number) in right)


def typed_of(question: Question, text: QuestionText) -> Typed:
    """The form of a stored text. Needs `clause`, `matter` and `revision` loaded."""
    return Typed(
        kind=text.kind,
        aspect=question.aspect,
        stem=text.stem,
        explanation=text.explanation,
        clause=text.clause.code if text.clause else "",
        locator=text.locator,
        matter=question.matter.name if question.matter else "",
        cause=str(question.cause_id or ""),
        rows=rows_of_body(text.kind, text.body),
        sample=str(text.body.get("sample", "")),
        marking=str(text.body.get("marking", SELF)),
        number=text.number,
        revision=text.revision.number if text.revision else 0,
        code=question.code,
    )


def rows_of_body(kind: str, body: Mapping[str, Any]) -> tuple[Row, ...]:
    """The rows of a form that give that body again."""
    if kind in _WITH_OPTIONS:
        return tuple(_row(part, is_right=part["key"] in body["right"]) for part in body["options"])
    if kind != QuestionKind.MATCH:
        return tuple(_row(part) for part in body["items" if kind == QuestionKind.ORDER else "points"])
    rights = {part["key"]: part for part in body["right"]}
    # Of a damaged one a left side may have lost its partner: it stands there to be given one.
    rows = [
        replace(_row(part), other=rights[key]["text"], otherkey=key)
        if (key := body["pairs"].get(part["key"])) in rights
        else _row(part)
        for part in body["left"]
    ]
    spare = [part for key, part in rights.items() if key not in body["pairs"].values()]
    return (*rows, *(Row(other=part["text"], otherkey=part["key"]) for part in spare))


def _row(part: Mapping[str, Any], *, is_right: bool = False) -> Row:
    return Row(
        key=part["key"],
        text=part["text"],
        why=part.get("why", ""),
        when=part.get("when", ""),
        precedent=part.get("precedent", ""),
        revision=str(part.get("revision", "")),
        is_right=is_right,
    )


def changed(typed: Typed, deed: str) -> Typed:
    """The form after one of its buttons: a row more, a row less, a row up or down. Anything else changes nothing."""
    name, _, value = deed.partition("-")
    at = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else -1
    rows = list(typed.shown_rows)
    if name == "add" and len(rows) < MOST_ROWS:
        rows.append(Row())
    elif name == "remove" and 0 <= at < len(rows):
        del rows[at]
    elif name in ("up", "down") and 0 <= at < len(rows):
        to = at - 1 if name == "up" else at + 1
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
    return replace(typed, rows=tuple(rows))
