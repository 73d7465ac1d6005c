"""The room of the calendar asks a fixed number of times; no other page asks anything more because of the calendar."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.core.clock import now, today
from caselib.core.models import CalendarDay
from caselib.core.workdays import mark_calendar
from caselib.orgs.models import Role
from caselib.precedents.services import revision_submit
from tests import factories

pytestmark = pytest.mark.django_db


def entered(count: int, *, start: int = 0) -> None:
    first = dt.date(today().year, 1, 5)
    for number in range(start, start + count):
        CalendarDay.objects.create(
            entry=f"{number // 5:012}", on=first + dt.timedelta(days=number), is_working=False, name="停电", source="通知",
            entered_at=now(),
        )  # fmt: skip
    mark_calendar()


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_year_takes_the_same_for_two_and_for_twenty_days():
    client = Client()
    client.force_login(factories.user(Role.DEPARTMENT_ADMIN))
    counts = []
    for start, more in ((0, 2), (2, 18)):
        entered(more, start=start)
        queries(client, "/desk/calendar/")
        counts.append(queries(client, "/desk/calendar/"))
    assert counts[0] == counts[1] <= 10


def test_pages_with_due_dates_ask_no_more_once_days_were_entered():
    department = factories.department()
    editor, reviewer = (factories.user(role, within=department) for role in (Role.EDITOR, Role.REVIEWER))
    for _ in range(3):
        revision = factories.draft(owner=department, author=editor)
        revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    client = Client()
    client.force_login(reviewer)
    pages = ("/", "/desk/", "/desk/review/", "/desk/verify/", "/desk/tickets/")
    before = [(queries(client, page), queries(client, page))[1] for page in pages]
    entered(20)
    # The first page after a change reads the calendar, once for the whole process.
    client.get("/desk/review/")
    assert [queries(client, page) for page in pages] == before
