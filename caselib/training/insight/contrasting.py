"""相似而结果不同: precedents near one that end differently, with the facts that decide between them side by side."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.text import clean, library_numbers
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import PrecedentRow, rows_of
from caselib.search.contrasts import ends_apart, partners_of
from caselib.search.families import Point, Sibling, differences
from caselib.search.lexicon.facts import DocumentFacts, facts_of
from caselib.search.similar import Near, near_to

# So many near ones are looked at: beyond them stories have little in common.
_NEAR = 12
LONGEST_TYPED = 64


@dataclass(frozen=True, slots=True)
class Line:
    """One point: what this precedent says to it and what the other does; `differs` where both say something and not the same."""

    label: str
    here: str
    there: str

    @property
    def differs(self) -> bool:
        return self.here != self.there


@dataclass(frozen=True, slots=True)
class Contrast:
    row: PrecedentRow
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TeachScreen:
    """`row`: the precedent that was asked about, None for none; `typed`: what was typed; `is_unknown`: whether it names nothing that
    this viewer may see and follow."""

    row: PrecedentRow | None
    contrasts: tuple[Contrast, ...]
    typed: str
    is_unknown: bool = False


def teach_for_page(scope: ViewerScope, like: str, *, on: dt.date) -> TeachScreen:
    """`like`: code or number of a precedent, as typed. 7 queries at most."""
    typed = clean(like).strip()[:LONGEST_TYPED]
    if not typed:
        return TeachScreen(None, (), "")
    own = _own_row(typed, scope, on=on)
    if own is None:
        return TeachScreen(None, (), typed, is_unknown=True)
    tags = [tag.name for tag in own.precedent.live_revision.tags.all()]
    near = near_to(own.precedent, own.precedent.live_revision, scope=scope, tags=tags, most=_NEAR)
    keys = list(dict.fromkeys([*partners_of(own.precedent), *near]))
    found = rows_of(Precedent.objects.findable().filter(pk__in=keys), scope, on=on) if keys else []
    rows = {row.precedent.pk: row for row in found}
    apart = [_contrast(own, rows[key], near.get(key)) for key in keys if key in rows]
    return TeachScreen(own, tuple(filter(None, apart)), typed)


def _own_row(typed: str, scope: ViewerScope, *, on: dt.date) -> PrecedentRow | None:
    number = next(iter(library_numbers(typed)), "")
    named = Precedent.objects.findable().filter(**({"number": number} if number else {"code": typed}))
    return next(iter(rows_of(named, scope, on=on)), None)


def _contrast(own: PrecedentRow, other: PrecedentRow, near: Near | None) -> Contrast | None:
    """None where both end alike and no condition tells them apart."""
    ours, theirs = own.precedent.live_revision, other.precedent.live_revision
    deciding = _lines(differences(_sibling(own, 1), _sibling(other, 2, near=near)))
    if not ends_apart(ours, theirs) and not any(line.here and line.there for line in deciding):
        return None
    # Statements may hold what is to be hidden; facts of the lexicon and results hold nothing of anybody.
    if not deciding and not own.precedent.is_personal and not other.precedent.is_personal:
        deciding = _lines(differences(_sibling(own, 1, words=True), _sibling(other, 2, near=near, words=True)))
    ends = [
        Line(gettext("结果"), gettext(ours.get_result_type_display()), gettext(theirs.get_result_type_display())),
        Line(gettext("办法"), gettext(ours.get_measure_display()), gettext(theirs.get_measure_display())),
    ]
    return Contrast(other, (*(line for line in ends if line.differs or line is ends[0]), *deciding))


def _lines(points: Sequence[Point]) -> list[Line]:
    return [Line(point.question, *(cell.text for cell in point.cells)) for point in points]


def _sibling(row: PrecedentRow, place: int, *, near: Near | None = None, words: bool = False) -> Sibling:
    revision = row.precedent.live_revision
    facts: DocumentFacts | Near = facts_of(revision) if near is None else near
    return Sibling(
        place=place,
        code=row.precedent.code,
        title=row.revision.title,
        story="",
        matter="",
        applies_when=tuple(revision.applies_when) if words else (),
        not_when=tuple(revision.not_when) if words else (),
        fits=tuple(facts.fits),
        unfits=tuple(facts.unfits),
    )
