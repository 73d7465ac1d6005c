"""What the search log proposes as knowledge gaps: asked again and again, and nothing found or nothing opened (E7)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q

from caselib.catalog.models import Matter
from caselib.search.models import KnowledgeGap, SearchLogEntry

from .meaning import matters_meant

DAYS = 30
# Once may be a slip of the pen.
LEAST_MISSED = 2
LEAST_ASKED = 3
# Percent of the times a question was asked that somebody opened a result.
MOST_OPENED = 20
MOST = 20


@dataclass(frozen=True, slots=True)
class Missed:
    """A question of the log that is no gap yet. `matter`: what it is about, as far as the question says so: its kind of
    department is who owns it."""

    question: str
    asked: int
    missed: int
    opened: int
    last_at: dt.datetime
    matter: Matter | None

    @property
    def owner(self) -> str:
        return self.matter.department_kind if self.matter else ""


def missed_for_desk(*, now: dt.datetime) -> tuple[Missed, ...]:
    """Questions of the last 30 days, the worst first, at most 20; what is a gap or was one in that time is left out. 3 queries."""
    since = now - dt.timedelta(days=DAYS)
    is_open = Q(state=KnowledgeGap.State.OPEN) | Q(joined_into__state=KnowledgeGap.State.OPEN)
    filed = KnowledgeGap.objects.filter(is_open | Q(last_filed_at__gte=since))
    rows = SearchLogEntry.objects.filter(at__gte=since, narrowed=False).exclude(question_key="")
    rows = rows.exclude(question_key__in=filed.values("question_key")).order_by()
    counted = rows.values("question_key").annotate(
        asked=Count("pk"),
        opened_times=Count("opened_rank"),
        missed=Count("pk", filter=Q(total=0) | Q(fits=False)),
        last_at=Max("at"),
        shown=Max("question"),
    )
    ignored = Q(asked__gte=LEAST_ASKED, opened_times__lt=F("asked") * MOST_OPENED / 100.0)
    worst = counted.filter(Q(missed__gte=LEAST_MISSED) | ignored).order_by("-missed", "-asked", "question_key")
    found = list(worst[:MOST])
    matters = matters_meant([row["shown"] for row in found]) if found else ()
    return tuple(
        Missed(row["shown"], row["asked"], row["missed"], row["opened_times"], row["last_at"], matter)
        for row, matter in zip(found, matters, strict=True)
    )
