"""Working days: weekends, announced holidays with 调休, and what a hall entered, which goes first."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselib.core import clock, workdays
from caselib.core.holidays import announced, announced_years, festivals_missing
from caselib.core.workdays import Calendar

D = dt.date
ALL_FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")


def year_of(year: int, **more: tuple[bool, str]) -> Calendar:
    """A calendar in which one holiday of each festival of the year was entered, each on a weekday."""
    days = {D(year, month, 4): (False, name) for month, name in enumerate(ALL_FESTIVALS, start=1)}
    return Calendar(days | {D.fromisoformat(day): value for day, value in more.items()})


def naive(calendar: Calendar, day: D, until: D) -> int:
    return sum(calendar.is_working_day(day + dt.timedelta(days=n)) for n in range(1, (until - day).days + 1))


days = st.dates(D(2003, 1, 1), D(2031, 12, 31))
calendars = st.dictionaries(days, st.tuples(st.booleans(), st.just("")), max_size=30).map(Calendar)


def test_the_national_day_of_2025_with_its_working_weekend():
    assert workdays.after_working_days(D(2025, 9, 30), 1) == D(2025, 10, 9)
    assert workdays.is_working_day(D(2025, 9, 28))
    assert workdays.is_working_day(D(2025, 10, 11))
    assert not workdays.is_working_day(D(2025, 10, 1))
    assert not workdays.is_working_day(D(2025, 10, 12))
    assert workdays.working_days_between(D(2025, 9, 30), D(2025, 10, 11)) == 3


def test_the_day_itself_is_not_counted_and_none_is_the_day():
    assert workdays.after_working_days(D(2026, 3, 2), 5) == D(2026, 3, 9)
    assert workdays.after_working_days(D(2026, 3, 7), 0) == D(2026, 3, 7)
    with pytest.raises(ValueError, match="-1"):
        workdays.after_working_days(D(2026, 3, 2), -1)


def test_a_term_that_ends_on_a_holiday_ends_on_the_first_working_day_after_it():
    assert workdays.first_working_day_on_or_after(D(2025, 10, 3)) == D(2025, 10, 9)
    assert workdays.first_working_day_on_or_after(D(2025, 10, 9)) == D(2025, 10, 9)


def test_the_last_of_february_counts_in_a_leap_year():
    assert workdays.working_days_between(D(2024, 2, 28), D(2024, 3, 1)) == 2
    assert workdays.after_working_days(D(2024, 2, 28), 1) == D(2024, 2, 29)
    assert workdays.after_working_days(D(2023, 2, 28), 1) == D(2023, 3, 1)


def test_the_turn_of_the_year_is_a_holiday():
    assert workdays.after_working_days(D(2025, 12, 31), 1) == D(2026, 1, 4)
    # The notice for 2019 took the last Monday of 2018.
    assert not workdays.is_working_day(D(2018, 12, 31))


@given(calendars, days, st.integers(0, 40))
def test_counting_forward_and_counting_between_are_inverse(calendar, day, count):
    until = calendar.after_working_days(day, count)
    assert calendar.working_days_between(day, until) == count
    assert calendar.working_days_between(until, day) == -count


@given(calendars, days, days)
def test_counting_by_sums_is_counting_day_by_day(calendar, one, other):
    day, until = sorted((one, other))
    assert calendar.working_days_between(day, until) == naive(calendar, day, until)


@given(calendars, days, days, st.integers(1, 12))
def test_late_is_the_same_said_from_either_end(calendar, begun, on, count):
    is_late = calendar.after_working_days(begun, count) < on
    assert is_late == (begun < calendar.before_working_days(on, count))


@given(calendars, days, days)
def test_a_term_moved_off_a_holiday_is_late_when_it_lies_before_the_last_working_day_or_on_it(calendar, due, on):
    is_late = calendar.first_working_day_on_or_after(due) < on
    assert is_late == (due <= calendar.before_working_days(on, 1))


@given(days)
def test_the_library_is_read_as_it_says_itself(day):
    import chinese_calendar

    expected = chinese_calendar.is_workday(day) if day.year in announced_years() else day.weekday() < 5
    assert Calendar().is_working_day(day) is expected


def test_a_year_that_nobody_entered_counts_weekends_alone_and_says_so():
    last = max(announced_years())
    first = D(last + 1, 1, 1)
    assert workdays.known_until() == D(last, 12, 31)
    assert workdays.is_working_day(first) == (first.weekday() < 5)
    assert (workdays.is_certain(first), workdays.unsettled_year(first)) == (False, last + 1)
    assert workdays.is_certain(D(last, 12, 24))
    # 元旦 may begin in December, and only the next notice says so.
    assert workdays.unsettled_year(D(last, 12, 25)) == last + 1
    assert workdays.unsettled_year(D(1999, 5, 4)) == 1999


def test_a_year_is_known_when_all_its_festivals_were_entered():
    year = max(announced_years()) + 1
    whole = year_of(year)
    assert whole.known_until() == D(year, 12, 31)
    assert whole.unsettled_year(D(year, 6, 1)) is None
    part = Calendar({day: said for day, said in whole.entered.items() if said[1] != "端午节"})
    assert (part.unsettled_year(D(year, 6, 1)), part.known_until().year) == (year, year - 1)
    assert not part.is_working_day(D(year, 1, 4)), "what was entered holds all the same"


def test_a_year_behind_a_gap_does_not_make_the_gap_known():
    year = max(announced_years()) + 2
    assert year_of(year).known_until() == D(year - 2, 12, 31)
    assert year_of(year).unsettled_year(D(year, 6, 1)) is None


def test_a_new_years_day_in_december_belongs_to_the_next_year():
    named = [(D(2027, 12, 31), "元旦")]
    assert "元旦" not in festivals_missing(2028, named)
    assert "元旦" in festivals_missing(2027, named)
    assert festivals_missing(2027, [(D(2027, 9, 15), "中秋节、国庆节")]) == ALL_FESTIVALS[:5]


def test_what_the_hall_entered_goes_before_the_library():
    assert announced()[D(2025, 10, 1)] == (False, "国庆节")
    calendar = Calendar({D(2025, 10, 1): (True, "抗汛"), D(2025, 9, 29): (False, "停电")})
    assert calendar.is_working_day(D(2025, 10, 1))
    assert not calendar.is_working_day(D(2025, 9, 29))
    assert calendar.after_working_days(D(2025, 9, 30), 1) == D(2025, 10, 1)


def test_a_moment_late_in_the_evening_of_utc_is_the_next_day_of_the_hall():
    moment = dt.datetime(2025, 9, 29, 23, 30, tzinfo=dt.UTC)
    assert clock.day_of(moment) == D(2025, 9, 30)
    assert workdays.after_working_days(clock.day_of(moment), 1) == D(2025, 10, 9)


def test_a_clock_that_went_back_counts_less_and_breaks_nothing():
    assert workdays.working_days_between(D(2026, 3, 9), D(2026, 3, 6)) == -1
    assert workdays.working_days_between(D(2026, 3, 9), D(2026, 3, 9)) == 0


def test_hundreds_of_years_are_counted_at_once():
    assert workdays.working_days_between(D(1900, 1, 1), D(2199, 12, 31)) > 78_000
