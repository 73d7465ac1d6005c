"""A moment as people type it."""

import datetime as dt

import pytest

from caselib.core.moments import read_moment, typed_moment


@pytest.mark.parametrize(
    "typed",
    [
        "2026-07-01 16:20",
        "２０２６年７月１日　１６：２０",
        "2026年7月1日16时20分",
        "2026-07-01T16:20",
        " 2026.7.1 16:20 ",
        "20260701 16:20",
    ],
)
def test_ways_of_typing_a_moment(typed):
    moment, wrong = read_moment(typed)
    assert (moment.astimezone(dt.UTC), wrong) == (dt.datetime(2026, 7, 1, 8, 20, tzinfo=dt.UTC), "")
    assert typed_moment(moment) == "2026-07-01 16:20"


@pytest.mark.parametrize(
    "typed", ["2026-07-01", "2026-07-01 25:00", "2026-02-30 8:00", "明天", "\x00", "9" * 20_000, "2026-07-0116:20"]
)
def test_what_is_no_moment_is_told(typed):
    moment, wrong = read_moment(typed)
    assert moment is None
    assert wrong.startswith("“")


def test_nothing_is_no_moment_and_no_error():
    assert read_moment(" ") == (None, "")
