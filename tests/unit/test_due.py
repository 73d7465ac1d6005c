"""By when something has to be done, and how that is said."""

import datetime as dt

import pytest

from caselib.core import workdays
from caselib.core.due import due_of, late_since, unsure_of

D = dt.date


@pytest.mark.parametrize(
    ("due", "on", "words", "is_late"),
    [
        (D(2026, 11, 23), D(2026, 11, 20), "剩 1 个工作日，11月23日到期", False),
        (D(2026, 11, 23), D(2026, 11, 23), "今天到期", False),
        (D(2026, 11, 23), D(2026, 11, 25), "超期 2 个工作日", True),
        # A weekend after the day: late, and no working day has passed.
        (D(2026, 11, 20), D(2026, 11, 21), "11月20日已到期", True),
        (D(2026, 11, 20), D(2026, 11, 23), "超期 1 个工作日", True),
        # The last day is a holiday: the first working day after it.
        (D(2025, 10, 3), D(2025, 9, 30), "剩 1 个工作日，10月9日到期", False),
        (D(2026, 1, 2), D(2025, 12, 30), "剩 2 个工作日，2026年1月4日到期", False),
    ],
)
def test_what_is_left_is_said_in_working_days_and_the_date(due, on, words, is_late):
    found = due_of(due, on=on)
    assert (found.words, found.is_late) == (words, is_late)


def test_without_a_day_nothing_is_due():
    assert due_of(None, on=D(2026, 3, 2)) is None


@pytest.mark.parametrize("n", range(12))
def test_a_query_counts_as_late_what_a_row_calls_late(n):
    on = D(2026, 2, 24) + dt.timedelta(days=n)
    days = [on - dt.timedelta(days=back) for back in range(-5, 15)]
    assert [day for day in days if due_of(day, on=on).is_late] == [day for day in days if day <= late_since(on)]


def test_a_day_in_a_year_that_nobody_entered_says_that_it_may_move():
    year = workdays.known_until().year + 1
    unsure = due_of(D(year, 3, 1), on=D(year - 1, 12, 1)).unsure
    assert unsure == f"{year}年的节假日安排还没有录入，日期可能变。"
    late = due_of(D(year - 1, 12, 1), on=D(year, 1, 20))
    assert late.unsure == f"{year}年的节假日安排还没有录入，天数可能变。"
    sure = due_of(D(year - 1, 12, 1), on=D(year - 1, 11, 30))
    assert sure.unsure == ""
    assert unsure_of([sure, None, late, late]) == late.unsure
