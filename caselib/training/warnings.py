"""停用: what learners are told of a pack before they open it."""

from collections.abc import Collection

from django.db.models import Count, F

from caselib.precedents.visibility import PrecedentStatus

from .models import Lesson

# Out of use, or off view: nobody may follow it.
STOPPED = (PrecedentStatus.RETIRED, PrecedentStatus.WITHHELD)


def stopped_in(packs: Collection[int]) -> dict[int, int]:
    """How many lessons of the live version stand on a precedent that is out of use, by the key of the pack; packs without any are
    left out. Read at that moment, so that a precedent that was retired a moment ago is counted. 1 query."""
    rows = Lesson.objects.filter(
        version__pack__in=list(packs), version=F("version__pack__live_version"), precedent__status__in=STOPPED
    )
    counted = rows.order_by().values_list("version__pack").annotate(number=Count("pk"))
    return dict(counted)
