"""Reads of reuse records for pages."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q

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
    totals = {outcome.value: Count("pk", filter=Q(outcome=outcome)) for outcome in Outcome}
    row = ReuseRecord.objects.filter(precedent=precedent, undone_at=None).aggregate(
        **totals,
        others=Count("department", distinct=True, filter=~Q(department=precedent.owner_department_id)),
        last=Max("at"),
    )
    return ReuseSummary(
        counts={outcome.value: row[outcome.value] for outcome in Outcome},
        other_departments=row["others"],
        last_at=row["last"],
    )


def last_use_by(precedent: Precedent, *, user_id: int | None) -> ReuseRecord | None:
    """The viewer's own last record of this precedent that was not taken back, to offer its undo. 1 query."""
    if user_id is None:
        return None
    return ReuseRecord.objects.filter(precedent=precedent, user_id=user_id, undone_at=None).first()


def own_use(precedent: Precedent, *, user_id: int | None, record: str) -> ReuseRecord:
    """The record of that key if it is the viewer's own of this precedent. Raises NotVisible otherwise. 1 query."""
    key = int(record) if record.isascii() and record.isdigit() and len(record) < 19 else 0
    found = ReuseRecord.objects.filter(pk=key, precedent=precedent, user_id=user_id).first()
    if found is None:
        raise NotVisible()
    return found
