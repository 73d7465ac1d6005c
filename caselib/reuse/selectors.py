"""Reads of reuse records for pages."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext

from caselib.core import clock, prepared
from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import may_edit
from caselib.precedents.models import Precedent

from .models import SUCCESSES, Outcome, ReuseRecord
from .points import place_words


@dataclass(frozen=True, slots=True)
class OwnUse:
    """The viewer's own last record that was not taken back, to offer its undo."""

    pk: int
    outcome: Outcome
    at: dt.datetime

    @property
    def label(self) -> str:
        return gettext(self.outcome.label)


@dataclass(frozen=True, slots=True)
class ReuseSummary:
    """How a precedent fared: how many records of each outcome, by how many departments, and the last one.

    `other_departments` leaves out the one that owns the precedent (A2: own use does not count as reuse across).
    `mine`: of the viewer, where one was asked for.
    """

    counts: dict[str, int]
    other_departments: int
    last_at: dt.datetime | None
    mine: OwnUse | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def reuse_summary(precedent: Precedent, *, user_id: int | None = None) -> ReuseSummary:
    """1 query, with the viewer's own last use."""
    # No account has the key 0.
    found = prepared.values_of("reuse", precedent.pk, user_id or 0, shape=None, build=_summed)
    if not found:
        return ReuseSummary({outcome.value: 0 for outcome in Outcome}, 0, None)
    row = iter(found[0])
    counts = {outcome.value: next(row) for outcome in Outcome}
    others, last = next(row), next(row)
    newest = {outcome: key for outcome in Outcome if (key := next(row)) is not None}
    own = max(newest, key=newest.__getitem__, default=None)
    mine = OwnUse(newest[own], own, next(row)) if own is not None else None
    return ReuseSummary(counts, others, last, mine)


def _summed(precedent: int, user: int) -> QuerySet:
    """One row, or none without a record: how many of each outcome, other departments, the last one; then of the account the
    newest key of each outcome, and when its last one was."""
    own = Q(user=user)
    totals = {outcome.value: Count("pk", filter=Q(outcome=outcome)) for outcome in Outcome}
    newest = {f"own_{outcome.value}": Max("pk", filter=own & Q(outcome=outcome)) for outcome in Outcome}
    by_others = ~Q(department=F("precedent__owner_department"))
    rows = ReuseRecord.objects.filter(precedent=precedent, undone_at=None).order_by().values("precedent")
    others = Count("department", distinct=True, filter=by_others)
    summed = rows.annotate(**totals, others=others, last=Max("at"), **newest, own_at=Max("at", filter=own))
    return summed.values_list(*totals, "others", "last", *newest, "own_at")


def own_use(precedent: Precedent, *, user_id: int | None, record: str) -> ReuseRecord:
    """The record of that key if it is the viewer's own of this precedent. Raises NotVisible otherwise. 1 query."""
    key = int(record) if record.isascii() and record.isdigit() and len(record) < 19 else 0
    found = ReuseRecord.objects.filter(pk=key, precedent=precedent, user_id=user_id).first()
    if found is None:
        raise NotVisible()
    return found


@dataclass(frozen=True, slots=True)
class UsedByRow:
    """One department: how many of each outcome, in the order of `Outcome`, and its last use. `is_owner`: it keeps the precedent."""

    department: str
    counts: tuple[int, ...]
    last_at: dt.datetime
    is_owner: bool


@dataclass(frozen=True, slots=True)
class UseLine:
    """One use with its words, for who writes the text."""

    use: ReuseRecord
    place: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class UsedBy:
    """谁用过. `title`: of the live text; `lines`: uses with words, empty for who does not write the text (`sees_notes`)."""

    precedent: Precedent
    title: str
    outcomes: tuple[str, ...]
    rows: tuple[UsedByRow, ...]
    summary: ReuseSummary
    sees_notes: bool
    lines: tuple[UseLine, ...]
    page: PageInfo | None


def used_by(precedent: Precedent, scope: ViewerScope, *, title: str, page: object = 1) -> UsedBy:
    """Which departments used a precedent, and how it went; with the words for its editors. 2 queries, 4 for an editor."""
    sees_notes = bool(may_edit(scope, precedent))
    lines, info = _lines(precedent, page) if sees_notes else ((), None)
    return UsedBy(
        precedent=precedent,
        title=title,
        outcomes=tuple(outcome.label for outcome in Outcome),
        rows=_by_department(precedent),
        summary=reuse_summary(precedent),
        sees_notes=sees_notes,
        lines=lines,
        page=info,
    )


def _by_department(precedent: Precedent) -> tuple[UsedByRow, ...]:
    """The owner first, then whoever used it most with success."""
    totals = {outcome.value: Count("pk", filter=Q(outcome=outcome)) for outcome in Outcome}
    rows = ReuseRecord.objects.filter(precedent=precedent, undone_at=None).order_by()
    found = rows.values_list("department", "department__name").annotate(**totals, last=Max("at"))
    lines = [
        UsedByRow(name, tuple(counts), last, key == precedent.owner_department_id)
        for key, name, *counts, last in found.order_by("department__name", "department")
    ]
    places = [place for place, outcome in enumerate(Outcome) if outcome in SUCCESSES]
    return tuple(sorted(lines, key=lambda row: (not row.is_owner, -sum(row.counts[place] for place in places))))


def _lines(precedent: Precedent, page: object) -> tuple[tuple[UseLine, ...], PageInfo]:
    said = ~Q(note="") | ~Q(point="")
    rows = ReuseRecord.objects.filter(said, precedent=precedent, undone_at=None)
    info = page_info(page, total=rows.count())
    found = rows.select_related("department", "revision")[info.offset : info.offset + info.per_page]
    return tuple(UseLine(use, place_words(use.point), clock.day_of(use.at)) for use in found), info
