"""Reads of reuse records for pages."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q

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
