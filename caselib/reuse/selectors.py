"""Reads of reuse records for pages."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q, QuerySet

from caselib.core import prepared
from caselib.core.errors import NotVisible
from caselib.precedents.models import Precedent

from .models import Outcome, ReuseRecord


@dataclass(frozen=True, slots=True)
class ReuseSummary:
    """How a precedent fared: how many records of each outcome, by how many departments, and the last one.

    `other_departments` leaves out the one that owns the precedent (A2: own use does not count as reuse across).
    """

    counts: dict[str, int]
    other_departments: int
    last_at: dt.datetime | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def reuse_summary(precedent: Precedent) -> ReuseSummary:
    """1 query."""
    found = prepared.values_of("reuse", precedent.pk, shape=None, build=_summed)
    *counts, others, last = found[0] if found else (*(0 for _ in Outcome), 0, None)
    return ReuseSummary(
        counts={outcome.value: count for outcome, count in zip(Outcome, counts, strict=True)},
        other_departments=others,
        last_at=last,
    )


def _summed(precedent: int) -> QuerySet:
    """One row, or none without a record: how many of each outcome, other departments, the last one."""
    totals = {outcome.value: Count("pk", filter=Q(outcome=outcome)) for outcome in Outcome}
    by_others = ~Q(department=F("precedent__owner_department"))
    rows = ReuseRecord.objects.filter(precedent=precedent, undone_at=None).order_by().values("precedent")
    others = Count("department", distinct=True, filter=by_others)
    return rows.annotate(**totals, others=others, last=Max("at")).values_list(*totals, "others", "last")


def _last_uses(precedent: int, user: int) -> QuerySet[ReuseRecord]:
    return ReuseRecord.objects.filter(precedent=precedent, user_id=user, undone_at=None)[:1]


def last_use_by(precedent: Precedent, *, user_id: int | None) -> ReuseRecord | None:
    """The viewer's own last record of this precedent that was not taken back, to offer its undo. 1 query."""
    if user_id is None:
        return None
    found = prepared.objects_of("last use", precedent.pk, user_id, shape=None, build=_last_uses)
    return found[0] if found else None


def own_use(precedent: Precedent, *, user_id: int | None, record: str) -> ReuseRecord:
    """The record of that key if it is the viewer's own of this precedent. Raises NotVisible otherwise. 1 query."""
    key = int(record) if record.isascii() and record.isdigit() and len(record) < 19 else 0
    found = ReuseRecord.objects.filter(pk=key, precedent=precedent, user_id=user_id).first()
    if found is None:
        raise NotVisible()
    return found
