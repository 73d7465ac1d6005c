"""By when gaps are to be answered, when the calendar of working days has changed."""

import datetime as dt

from django.db.models import Q

from caselib.core.workdays import Calendar
from caselib.search.models import KnowledgeGap, KnowledgeGapFiling
from caselib.search.urgency import due_on


def gaps_redate(calendar: Calendar, *, first: dt.date, last: dt.date) -> int:
    """Moves the last days of open gaps that a change of the days from `first` to `last` touches; returns how many.

    A part of a change of the calendar, which leaves the event. 2 queries and one for each that moves. Writes KnowledgeGap.
    """
    open_ones = KnowledgeGap.objects.filter(state=KnowledgeGap.State.OPEN, filed_at__date__lt=last, due_on__gte=first)
    touched = list(open_ones.select_for_update().order_by("pk"))
    whole = {gap.pk: gap for gap in touched}
    soonest: dict[int, dt.date] = {}
    for filing in KnowledgeGapFiling.objects.filter(_filed_for(list(whole))).select_related("gap"):
        key = filing.gap.joined_into_id or filing.gap_id
        due = due_on(filing.urgency, asked_at=filing.at, calendar=calendar)
        soonest[key] = min(due, soonest.get(key, due))
    moved = [key for key, due in soonest.items() if due != whole[key].due_on]
    for key in moved:
        KnowledgeGap.objects.filter(pk=key).update(due_on=soonest[key])
    return len(moved)


def _filed_for(keys: list[int]) -> Q:
    return Q(gap__in=keys) | Q(gap__joined_into__in=keys)
