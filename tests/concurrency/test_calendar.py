"""Eight people enter the same notice in the same moment: one wins, the others are told, the calendar is as one left it."""

import datetime as dt

import pytest

from caselib.audit.services import broken_events
from caselib.core import workdays
from caselib.core.ids import new_code
from caselib.core.models import CalendarDay
from caselib.desk.calendar.keeping import days_enter
from caselib.desk.calendar.notice import NoticeDay
from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_doubt
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]
NOW = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
DAYS = [NoticeDay(dt.date(2026, 3, day), False, "停电") for day in (3, 4)]


def test_eight_who_enter_at_once():
    keepers = [factories.user(Role.DEPARTMENT_ADMIN) for _ in range(THREADS)]
    doubt = precedent_doubt(factories.published(), reason="可疑", actor=None, now=NOW)
    results = all_at_once(lambda n: days_enter(DAYS, source="通知", seen=0, actor=keepers[n], now=NOW))
    assert results == {"won": 1, "StaleState": THREADS - 1}
    doubt.refresh_from_db()
    assert (CalendarDay.objects.count(), doubt.due_on) == (2, dt.date(2026, 3, 18))
    # The process was told after the commit, whichever thread it was.
    assert not workdays.is_working_day(dt.date(2026, 3, 3))
    assert list(broken_events()) == []


def test_eight_presses_of_one_button():
    keeper, code = factories.user(Role.DEPARTMENT_ADMIN), new_code()
    results = all_at_once(lambda n: days_enter(DAYS, source="通知", seen=0, actor=keeper, code=code, now=NOW))
    assert results == {"won": THREADS}
    assert CalendarDay.objects.count() == 2
