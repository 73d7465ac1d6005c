"""By when a question has to be answered: working days by how urgent it is."""

import datetime as dt

from caselib.core.clock import day_of
from caselib.core.workdays import Calendar, current

from .models import Urgency

# Our own choice: a person at the counter gets an answer on the next working day (feedback within one working day is what the
# offices of 办不成事 promise), the rest within a week, or two.
DAYS = {Urgency.WAITING: 1, Urgency.SOON: 3, Urgency.NORMAL: 10}


def urgency_of(typed: str) -> Urgency:
    """What was chosen; what is no choice is the usual."""
    return Urgency(typed) if typed in Urgency.values else Urgency.NORMAL


def is_more_urgent(one: str, other: str) -> bool:
    """Whether the first has to be answered sooner."""
    return DAYS[Urgency(one)] < DAYS[Urgency(other)]


def due_on(urgency: str, *, asked_at: dt.datetime, calendar: Calendar | None = None) -> dt.date:
    """The last day to answer what was asked at that moment; that day itself does not count. `calendar`: other than that of now."""
    return (calendar or current()).after_working_days(day_of(asked_at), DAYS[Urgency(urgency)])
