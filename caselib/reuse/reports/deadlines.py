"""By when a report is to be answered: the one place that says how many working days each kind has."""

import datetime as dt

from caselib.core.workdays import after_working_days

from ..models import ReportKind

WORKING_DAYS = {
    ReportKind.PRIVACY: 1,
    ReportKind.OUTDATED: 3,
    ReportKind.WRONG: 3,
    ReportKind.FAILED: 3,
    ReportKind.UNCLEAR: 5,
}


def due_of_kind(kind: str, *, on: dt.date) -> dt.date:
    """The last day for an answer to a report of that day."""
    return after_working_days(on, WORKING_DAYS[ReportKind(kind)])
