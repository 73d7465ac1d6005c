"""By when a report is to be answered: the one place that says how many working days each kind has."""

import datetime as dt

from caselib.core import clock
from caselib.core.workdays import Calendar, current

from ..models import UNANSWERED, Report, ReportKind

WORKING_DAYS = {
    ReportKind.PRIVACY: 1,
    ReportKind.OUTDATED: 3,
    ReportKind.WRONG: 3,
    ReportKind.FAILED: 3,
    ReportKind.UNCLEAR: 5,
}


def due_of_kind(kind: str, *, on: dt.date, calendar: Calendar | None = None) -> dt.date:
    """The last day for an answer to a report of that day. `calendar`: other than that of now."""
    return (calendar or current()).after_working_days(on, WORKING_DAYS[ReportKind(kind)])


def reports_redate(calendar: Calendar, *, first: dt.date, last: dt.date) -> int:
    """Moves the last days of unanswered reports that a change of the days from `first` to `last` touches; returns how many.

    A part of a change of the calendar, which leaves the event. 1 query and one for each report that moves. Writes Report.
    """
    touched = Report.objects.filter(state__in=UNANSWERED, at__date__lt=last, due_on__gte=first).select_for_update()
    moved = 0
    for report in touched.order_by("pk"):
        due = due_of_kind(report.kind, on=clock.day_of(report.at), calendar=calendar)
        if due != report.due_on:
            moved += Report.objects.filter(pk=report.pk).update(due_on=due)
    return moved
