"""What is missing in the calendar, for the room and for the work desk."""

import datetime as dt

from caselib.core import workdays
from caselib.core.holidays import festivals_missing
from caselib.core.workdays import Calendar

# The notice for the next year comes in autumn.
ASKED_FROM = 11
_THIS_YEAR = "今年（{year}年）的节假日还没有录入"
_NEXT_YEAR = "明年（{year}年）的节假日还没有录入"
_PARTLY = "{year}年的节假日还没有录全，还缺：{festivals}"


def missing_year(on: dt.date) -> int | None:
    """This year where it is not known, from November on the next one; None where nothing is to be done. No query."""
    years = workdays.current().years
    if on.year not in years:
        return on.year
    return on.year + 1 if on.month >= ASKED_FROM and on.year + 1 not in years else None


def missing_words(on: dt.date) -> str:
    """The same in words, with the festivals that are missing where some were entered; empty for none. No query."""
    year = missing_year(on)
    if year is None:
        return ""
    if missing := entered_missing(workdays.current(), year):
        return _PARTLY.format(year=year, festivals="、".join(missing))
    return (_THIS_YEAR if year == on.year else _NEXT_YEAR).format(year=year)


def entered_missing(calendar: Calendar, year: int) -> tuple[str, ...]:
    """Festivals of a year that nobody entered; none where nothing of it was entered at all."""
    named = [(day, name) for day, (works, name) in calendar.entered.items() if not works and day.year == year]
    return festivals_missing(year, named) if named else ()
