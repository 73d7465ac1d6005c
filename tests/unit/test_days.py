"""A day as people type it is understood or refused with what to write; nothing is guessed."""

import datetime as dt

import pytest

from caselib.core.days import read_day
from caselib.core.errors import RuleBroken

DAY = dt.date(2026, 7, 1)


@pytest.mark.parametrize(
    "typed",
    ["2026-07-01", "2026-7-1", "2026.7.1", "2026/7/1", "2026年7月1日", "２０２６年７月１日", "２０２６．７．１", "2026 年 7 月 1 日",
     "二〇二六年七月一日", "二零二六年七月一日", "20260701", " 2026-07-01 ", "2026年7月1"],
)  # fmt: skip
def test_every_usual_way_of_writing_a_day_is_understood(typed):
    assert read_day(typed) == DAY


def test_nothing_typed_is_no_day():
    assert read_day("") is None
    assert read_day("　") is None


@pytest.mark.parametrize(
    "typed", ["7月1日", "26-7-1", "2026", "2026年7月", "明年七月", "1/7/2026", "2026.7-1", "2026-07-01起", "x" * 5000]
)
def test_what_is_no_whole_day_is_refused_with_an_example(typed):
    with pytest.raises(RuleBroken) as caught:
        read_day(typed, field="effective_from")
    assert "2026-07-01" in caught.value.message
    assert caught.value.field == "effective_from"
    assert len(caught.value.message) < 100


@pytest.mark.parametrize("typed", ["2026-02-30", "2026-13-01", "2026年2月29日", "二〇二六年十三月一日"])
def test_a_day_that_is_in_no_calendar_is_refused(typed):
    with pytest.raises(RuleBroken, match="这一天"):
        read_day(typed)


@pytest.mark.parametrize("typed", ["0026-07-01", "1026-07-01", "9026-07-01"])
def test_a_year_that_no_policy_has_is_refused(typed):
    with pytest.raises(RuleBroken, match="年份"):
        read_day(typed)
