"""Working days of a hall: weekends and the holidays that the State Council announces, with 调休.

Days that the hall entered go before those of the library (`holidays`), and those before the day of the week. Which days are counted:
the day on which a term begins is not (民法典第二百零一条), and a term that ends on a holiday ends on the first working day after
it (民法典第二百零三条). 待核: wording of both articles, which are not among the policies of this library.

The calendar is kept in memory, so that no function here asks the database except the first one after a change. A change
counts up the mark CALENDAR: this process hears of it after the commit (`marks.listen`), every other one by the number that comes
with the memberships of whoever asks (`follow`, called by `orgs.scope.scope_of`), so that it costs no page a query.
"""

import datetime as dt
import threading
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from .holidays import announced, announced_years, festivals_missing
from .marks import mark_dirty
from .models import CalendarDay, DirtyMark

# The topic of the one mark that counts changes of the calendar, and the key of that mark.
CALENDAR = "calendar"
ONE = 1
_DAY = dt.timedelta(days=1)
_WEEKEND = 5
# 元旦 of the next year may begin in this one: 2018-12-29 was worked and 2018-12-31 was not, by the notice for 2019.
_NEXT_NEW_YEAR = (12, 25)


@dataclass(frozen=True, slots=True)
class Calendar:
    """All that is known of days. `entered`: what the hall said of a day, (is it worked on, name); `generation`: of the mark."""

    entered: dict[dt.date, tuple[bool, str]] = field(default_factory=dict)
    generation: int = 0
    years: frozenset[int] = field(init=False)
    # Days that are not as their weekday says, in order: weekends that are worked on, weekdays that are not.
    _extra: tuple[dt.date, ...] = field(init=False)
    _off: tuple[dt.date, ...] = field(init=False)

    def __post_init__(self) -> None:
        days = announced() | self.entered
        odd = {day for day, (works, _) in days.items() if works == (day.weekday() >= _WEEKEND)}
        for name, worked in (("_extra", True), ("_off", False)):
            object.__setattr__(self, name, tuple(sorted(day for day in odd if days[day][0] is worked)))
        object.__setattr__(self, "years", announced_years() | _entered_years(self.entered))

    def is_working_day(self, day: dt.date) -> bool:
        found = self.said(day)
        return found[0] if found else day.weekday() < _WEEKEND

    def said(self, day: dt.date) -> tuple[bool, str] | None:
        """What the hall or the library says of a day, (is it worked on, name); None where its weekday decides."""
        return self.entered.get(day) or announced().get(day)

    def working_days_between(self, day: dt.date, until: dt.date) -> int:
        """How many working days follow `day` up to and with `until`; less than none where `until` is earlier."""
        return self._number(until) - self._number(day)

    def after_working_days(self, day: dt.date, count: int) -> dt.date:
        """The day by which `count` working days have passed after `day`, which is not counted; `day` itself for none.

        Raises ValueError for less than none.
        """
        return self._walk(day, count, _DAY)

    def before_working_days(self, day: dt.date, count: int) -> dt.date:
        """The working day with `count - 1` working days between it and `day`. Raises ValueError for less than none."""
        return self._walk(day, count, -_DAY)

    def first_working_day_on_or_after(self, day: dt.date) -> dt.date:
        while not self.is_working_day(day):
            day += _DAY
        return day

    def unsettled_year(self, day: dt.date) -> int | None:
        """The year whose holidays decide about a day and are not known; None for a day that is certain."""
        if day.year not in self.years:
            return day.year
        reaches_over = (day.month, day.day) >= _NEXT_NEW_YEAR and day.year + 1 not in self.years
        return day.year + 1 if reaches_over else None

    def known_until(self) -> dt.date:
        """The last day of the last year that is known without a gap."""
        year = max(announced_years())
        while year + 1 in self.years:
            year += 1
        return dt.date(year, 12, 31)

    def _walk(self, day: dt.date, count: int, step: dt.timedelta) -> dt.date:
        if count < 0:
            raise ValueError(f"No number of working days: {count}.")
        while count:
            day += step
            count -= self.is_working_day(day)
        return day

    def _number(self, day: dt.date) -> int:
        """How many working days there were from the first day of all to this one."""
        # Day 1 is a Monday.
        weeks, rest = divmod(day.toordinal(), 7)
        plain = weeks * _WEEKEND + min(rest, _WEEKEND)
        return plain + bisect_right(self._extra, day) - bisect_right(self._off, day)


def _entered_years(entered: dict[dt.date, tuple[bool, str]]) -> frozenset[int]:
    """The years of which all festivals were entered."""
    holidays = [(day, name) for day, (works, name) in entered.items() if not works]
    return frozenset(year for year in {day.year for day in entered} if not festivals_missing(year, holidays))


_kept: Calendar | None = None
_reading = threading.Lock()


def current() -> Calendar:
    """The calendar as this process knows it. No query, 2 after a change or where the process has not been told of it yet."""
    kept = _kept
    if kept is not None:
        return kept
    with _reading:
        return _kept or hold(calendar_read())


def calendar_read() -> Calendar:
    """The calendar as the database has it now, with what this transaction changed. 2 queries."""
    # The number is read first: a change between the two is read again, never missed.
    number = DirtyMark.objects.filter(topic=CALENDAR, object_id=ONE).values_list("wanted", flat=True).first() or 0
    return calendar_of(CalendarDay.objects.live(), generation=number)


def calendar_of(days: Iterable[CalendarDay], *, generation: int = 0) -> Calendar:
    """The calendar with these days entered; of two for one day the later one holds."""
    return Calendar({day.on: (day.is_working, day.name) for day in days}, generation)


def hold(calendar: Calendar) -> Calendar:
    """Keeps a calendar in this process until it is told of a change."""
    global _kept
    _kept = calendar
    return calendar


def forget() -> None:
    """Has the calendar read again when it is needed."""
    global _kept
    _kept = None


def follow(generation: int) -> None:
    """Tells this process how often the calendar was changed: reads it again, later, where that is news. No query."""
    kept = _kept
    if kept is not None and kept.generation != generation:
        forget()
    elif kept is None and not generation:
        # Nobody ever entered anything: there is nothing to read.
        hold(Calendar())


def mark_calendar() -> None:
    """Counts a change. Call it in the transaction of the change. 2 queries. Writes DirtyMark."""
    mark_dirty(CALENDAR, [ONE])


def calendar_turn() -> int:
    """Makes every other writer of the calendar wait until this transaction ends; returns how often it was changed. 3 queries."""
    row, _ = DirtyMark.objects.get_or_create(topic=CALENDAR, object_id=ONE, defaults={"wanted": 0})
    return DirtyMark.objects.select_for_update().values_list("wanted", flat=True).get(pk=row.pk)


def is_working_day(day: dt.date) -> bool:
    return current().is_working_day(day)


def after_working_days(day: dt.date, count: int) -> dt.date:
    """The working day that is `count` working days after `day`, which does not count itself (民法典第二百零一条); `day` for none.

    Raises ValueError for less than none.
    """
    return current().after_working_days(day, count)


def before_working_days(day: dt.date, count: int) -> dt.date:
    """The working day from which `day` is `count` working days away. What began before it and had `count` days is late.

    For queries: `after_working_days(begun, count) < day` is `begun < before_working_days(day, count)`.
    """
    return current().before_working_days(day, count)


def working_days_between(day: dt.date, until: dt.date) -> int:
    """How many working days follow `day` up to and with `until`; less than none where `until` is earlier."""
    return current().working_days_between(day, until)


def first_working_day_on_or_after(day: dt.date) -> dt.date:
    """The day itself, or the first working day after a holiday (民法典第二百零三条)."""
    return current().first_working_day_on_or_after(day)


def known_until() -> dt.date:
    """The last day of the last year whose holidays are known."""
    return current().known_until()


def unsettled_year(day: dt.date) -> int | None:
    """The year whose holidays decide about a day and are not known yet; None for a day that is certain.

    Such a day is counted by its weekday alone.
    """
    return current().unsettled_year(day)


def is_certain(day: dt.date) -> bool:
    """Whether the holidays that decide about a day are known."""
    return unsettled_year(day) is None
