"""By when points are to be checked, when the calendar of working days has changed."""

import datetime as dt

from caselib.core import clock
from caselib.core.workdays import Calendar

from .keeping import point_due
from .models import Doubt, Precedent


def points_redate(calendar: Calendar, *, first: dt.date, last: dt.date) -> int:
    """Moves the last days of open points that a change of the days from `first` to `last` touches; returns how many.

    A part of a change of the calendar, which leaves the event. 2 queries and one for each day that moves. Writes Doubt.
    """
    touched = Doubt.objects.open().filter(opened_at__date__lt=last, due_on__gte=first)
    # Who checks a precedent holds it before its points: in one order nobody waits for each other.
    held = Precedent.objects.filter(pk__in=touched.order_by().values("precedent")).select_for_update().order_by("pk")
    list(held.values_list("pk", flat=True))
    new: dict[dt.date, list[int]] = {}
    for pk, opened_at, from_on, due_on in touched.order_by("pk").values_list("pk", "opened_at", "from_on", "due_on"):
        due = point_due(clock.day_of(opened_at), from_on, calendar=calendar)
        if due != due_on:
            new.setdefault(due, []).append(pk)
    return sum(_moved(keys, due) for due, keys in new.items())


def _moved(keys: list[int], due: dt.date) -> int:
    return sum(
        Doubt.objects.filter(pk__in=keys[start : start + 500]).update(due_on=due) for start in range(0, len(keys), 500)
    )
