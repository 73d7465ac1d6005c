"""By when consultations are to be answered, when the calendar of working days has changed."""

import datetime as dt

from caselib.core.workdays import Calendar
from caselib.search.urgency import due_on

from .models import Consultation


def consultations_redate(calendar: Calendar, *, first: dt.date, last: dt.date) -> int:
    """Moves the last days of open consultations that a change of the days from `first` to `last` touches; returns how many.

    A part of a change of the calendar, which leaves the event. 1 query and one for each that moves. Writes Consultation.
    """
    touched = Consultation.objects.filter(state=Consultation.State.OPEN, asked_at__date__lt=last, due_on__gte=first)
    moved = 0
    for row in touched.select_for_update().order_by("pk"):
        due = due_on(row.urgency, asked_at=row.asked_at, calendar=calendar)
        if due != row.due_on:
            moved += Consultation.objects.filter(pk=row.pk).update(due_on=due)
    return moved
