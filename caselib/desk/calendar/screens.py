"""What the pages of the calendar show: a year as twelve months, what was entered, and what a notice would change."""

import calendar as weeks
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from caselib.core import workdays
from caselib.core.holidays import FESTIVALS, NAME_LENGTH, announced_years
from caselib.core.models import CalendarDay
from caselib.core.workdays import Calendar
from caselib.orgs.scope import ViewerScope

from .access import may_keep_calendar
from .asking import entered_missing, missing_words, missing_year
from .keeping import FIRST_YEAR, YEARS_AHEAD, is_news
from .notice import NoticeDay, Read

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month. `mark`: 休 or 班 where it is not as its weekday says or belongs to a festival, else empty.

    `told`: the day for who does not see marks; `is_own`: whether the site entered it.
    """

    day: int
    is_off: bool
    mark: str
    told: str
    is_own: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """`weeks`: from Monday to Sunday, None for days of other months. `working`: how many days are worked on."""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]
    working: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Days of one festival out of one source, as people say them: 10月1日至7日. `source`: empty for the library."""

    name: str
    off: str
    worked: str
    source: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered together. `days`: (day, 放假 or 上班, name)."""

    code: str
    source: str
    by: str
    at: dt.datetime
    days: tuple[tuple[dt.date, str, str], ...]


@dataclass(frozen=True, slots=True)
class YearScreen:
    """`years`: (year, whether it is this one) to go to. `unknown`: a sentence where the year counts weekends alone."""

    year: int
    years: tuple[tuple[int, bool], ...]
    months: tuple[Month, ...]
    arrangements: tuple[Arrangement, ...]
    entries: tuple[Entry, ...]
    working: int
    unknown: str
    missing: str
    missing_year: int | None
    keeps: bool
    generation: int
    known_until: dt.date
    wrong: str = ""
    library_years: frozenset[int] = announced_years()


def year_asked(typed: str, *, on: dt.date) -> int:
    """The year of an address; this one for what is none that can be shown."""
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else on.year
    return year if FIRST_YEAR <= year <= on.year + YEARS_AHEAD else on.year


def year_screen(scope: ViewerScope, year: int, *, on: dt.date, wrong: str = "") -> YearScreen:
    """A year of the calendar. 3 queries: the calendar of now, and who entered what."""
    calendar = workdays.calendar_read()
    rows = list(CalendarDay.objects.live().filter(on__year=year))
    sources = {row.on: row.source for row in rows}
    months = tuple(_month(calendar, year, number, on=on) for number in range(1, 13))
    return YearScreen(
        year=year,
        years=tuple((each, each == year) for each in range(on.year - 1, on.year + YEARS_AHEAD + 1)),
        months=months,
        arrangements=_arrangements(calendar, year, sources),
        entries=_entries(rows),
        working=sum(month.working for month in months),
        unknown=_unknown(calendar, year),
        missing=missing_words(on),
        missing_year=missing_year(on),
        keeps=bool(may_keep_calendar(scope)),
        generation=calendar.generation,
        known_until=calendar.known_until(),
        wrong=wrong,
    )


def _unknown(calendar: Calendar, year: int) -> str:
    if year in calendar.years:
        return ""
    if missing := entered_missing(calendar, year):
        return f"{year}年还缺{'、'.join(missing)}，没录的日子只按周末算，到期日可能变。"
    return f"{year}年的节假日安排还没有录入，只按周末算，到期日可能变。"


def _month(calendar: Calendar, year: int, number: int, *, on: dt.date) -> Month:
    drawn = tuple(
        tuple(_cell(calendar, day, on=on) if day.month == number else None for day in week)
        for week in weeks.Calendar().monthdatescalendar(year, number)
    )
    return Month(number, drawn, sum(not cell.is_off for week in drawn for cell in week if cell))


def _cell(calendar: Calendar, day: dt.date, *, on: dt.date) -> Cell:
    works = calendar.is_working_day(day)
    said = calendar.said(day)
    mark = ("班" if works else "休") if said else ""
    told = "，".join(filter(None, (said[1], "上班" if works else "放假"))) if said else ""
    return Cell(day.day, not works, mark, told, day in calendar.entered, day == on)


def _arrangements(calendar: Calendar, year: int, sources: Mapping[dt.date, str]) -> tuple[Arrangement, ...]:
    days: dict[tuple[str, str], list[dt.date]] = {}
    start = dt.date(year, 1, 1)
    for number in range((dt.date(year, 12, 31) - start).days + 1):
        day = start + dt.timedelta(days=number)
        if said := calendar.said(day):
            days.setdefault((said[1], sources.get(day, "")), []).append(day)
    return tuple(
        Arrangement(
            name=name or "没写名称",
            off=spans([day for day in found if not calendar.is_working_day(day)]),
            worked=spans([day for day in found if calendar.is_working_day(day)]),
            source=source,
            is_own=bool(source),
        )
        for (name, source), found in sorted(days.items(), key=lambda each: each[1][0])
    )


def spans(days: Sequence[dt.date]) -> str:
    """9月28日、10月1日至8日."""
    found: list[list[dt.date]] = []
    for day in sorted(days):
        if found and (day - found[-1][-1]).days == 1:
            found[-1].append(day)
        else:
            found.append([day])
    return "、".join(_span(run[0], run[-1]) for run in found)


def _span(first: dt.date, last: dt.date) -> str:
    said = f"{first.month}月{first.day}日"
    if first == last:
        return said
    return f"{said}至{last.day}日" if first.month == last.month else f"{said}至{last.month}月{last.day}日"


def _entries(rows: Sequence[CalendarDay]) -> tuple[Entry, ...]:
    """What was entered last comes first."""
    entries = [list(found) for _, found in groupby(rows, key=lambda row: row.entry)]
    return tuple(
        Entry(
            code=found[0].entry,
            source=found[0].source,
            by=found[0].entered_by,
            at=found[0].entered_at,
            days=tuple(
                (row.on, "上班" if row.is_working else "放假", row.name)
                for row in sorted(found, key=lambda row: row.on)
            ),
        )
        for found in reversed(entries)
    )


@dataclass(frozen=True, slots=True)
class ProposedDay:
    """`before`: how the day counts now; `is_news`: whether entering it says anything new; `is_chosen`: ticked."""

    on: dt.date
    weekday: str
    now: str
    before: str
    name: str
    is_news: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class NoticeScreen:
    """The form of a notice, and what was understood of it once it was looked at (`read`)."""

    typed: Mapping[str, str]
    code: str
    generation: int
    years: tuple[int, ...]
    read: Read | None = None
    days: tuple[ProposedDay, ...] = ()
    missing: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    stale: str = ""

    @property
    def news(self) -> int:
        return sum(day.is_news for day in self.days)


def proposed(calendar: Calendar, read: Read, chosen: frozenset[dt.date] | None) -> tuple[ProposedDay, ...]:
    """What was read, beside how each day counts now. `chosen`: what was ticked, None for all that is new."""
    return tuple(
        ProposedDay(
            on=day.on,
            weekday=WEEKDAYS[day.on.weekday()],
            now=_word(day.is_working),
            before=_word(calendar.is_working_day(day.on)),
            name=day.name,
            is_news=is_news(calendar, day),
            is_chosen=is_news(calendar, day) if chosen is None else day.on in chosen,
        )
        for day in read.days
    )


def still_missing(calendar: Calendar, read: Read, days: Sequence[ProposedDay]) -> tuple[str, ...]:
    """Festivals of the year that would not be entered even then."""
    if read.year is None or read.year in calendar.years:
        return ()
    more = {day.on: (False, day.name) for day in days if day.now == "放假" and day.is_chosen}
    merged = Calendar(calendar.entered | more)
    return () if read.year in merged.years else entered_missing(merged, read.year)


def _word(works: bool) -> str:
    return "上班" if works else "放假"


@dataclass(frozen=True, slots=True)
class DayScreen:
    """The form of one day."""

    typed: Mapping[str, str]
    code: str
    generation: int
    errors: Mapping[str, str] = field(default_factory=dict)
    stale: str = ""
    festivals: tuple[str, ...] = FESTIVALS
    most: int = NAME_LENGTH


def chosen_of(days: Sequence[str], read: Read) -> tuple[frozenset[dt.date], list[NoticeDay]]:
    """(the days that were ticked, those of the text among them)."""
    wanted = {day.on.isoformat(): day for day in read.days}
    found = [wanted[day] for day in dict.fromkeys(days) if day in wanted]
    return frozenset(day.on for day in found), found
