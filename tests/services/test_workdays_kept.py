"""The calendar in memory: read once, told of changes, and never asked for by a page."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from caselib.core import workdays
from caselib.core.clock import now
from caselib.core.models import CalendarDay
from caselib.core.workdays import mark_calendar
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 3, 2)


def entered(day: dt.date = MONDAY, *, works: bool = False, code: str = "aaaaaaaaaaaa") -> CalendarDay:
    row = CalendarDay.objects.create(entry=code, on=day, is_working=works, name="停电", source="通知", entered_at=now())
    mark_calendar()
    return row


def test_it_is_read_once_and_then_never_asked_for():
    entered()
    workdays.forget()
    with CaptureQueriesContext(connection) as first:
        assert not workdays.is_working_day(MONDAY)
    with CaptureQueriesContext(connection) as later:
        for number in range(50):
            workdays.after_working_days(MONDAY + dt.timedelta(days=number), 5)
    assert (len(first), len(later)) == (2, 0)


def test_where_nobody_entered_anything_nothing_is_read_at_all():
    account = factories.user(Role.WINDOW)
    workdays.forget()
    scope_of(account)
    with CaptureQueriesContext(connection) as queries:
        assert workdays.is_working_day(MONDAY)
    assert len(queries) == 0


def test_another_process_hears_of_a_change_with_the_next_request_and_pays_no_query_for_it():
    account = factories.user(Role.WINDOW)
    with CaptureQueriesContext(connection) as before:
        scope_of(account)
    assert workdays.is_working_day(MONDAY)
    entered()
    # Nothing was committed: this process was not told, as another one would not be.
    assert workdays.is_working_day(MONDAY)
    with CaptureQueriesContext(connection) as after:
        scope_of(account)
    assert not workdays.is_working_day(MONDAY)
    assert len(after) == len(before) == 1


def test_this_process_hears_of_it_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        entered()
        assert workdays.is_working_day(MONDAY)
    assert not workdays.is_working_day(MONDAY)


def test_what_is_rolled_back_was_never_said():
    account = factories.user(Role.WINDOW)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        entered()
        1 / 0  # noqa: B018
    scope_of(account)
    assert workdays.is_working_day(MONDAY)


def test_of_two_rows_of_a_day_the_later_one_holds_and_a_withdrawn_one_does_not():
    entered()
    later = entered(works=True, code="bbbbbbbbbbbb")
    assert workdays.calendar_read().is_working_day(MONDAY)
    later.withdrawn_at = now()
    later.save()
    assert not workdays.calendar_read().is_working_day(MONDAY)
