"""The deeds of the calendar and of feedback leave their event and nothing of a person in it."""

import datetime as dt
import json

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events
from caselib.cases.feedback import ticket_feed_back, ticket_settle
from caselib.core.clock import now
from caselib.core.models import CalendarDay
from caselib.core.workdays import calendar_read
from caselib.desk.calendar.keeping import days_enter, days_withdraw
from caselib.desk.calendar.notice import NoticeDay
from caselib.orgs.models import Role
from tests import factories

from .deeds import PHONE, person, planted

pytestmark = pytest.mark.django_db


def entered() -> str:
    day = NoticeDay(now().date() + dt.timedelta(days=30), False, planted("节")[:32])
    seen = calendar_read().generation
    days_enter([day], source=planted("通知"), seen=seen, actor=person(Role.DEPARTMENT_ADMIN))
    return CalendarDay.objects.get().entry


def withdrawn() -> None:
    entry = entered()
    days_withdraw(entry, seen=calendar_read().generation, actor=person(Role.DEPARTMENT_ADMIN))


def settled():
    ticket = factories.ticket(title=planted())
    return ticket_settle(ticket, how="done", at=None, lock_version=0, actor=person(), now=now())


def told() -> None:
    ticket = settled()
    ticket_feed_back(ticket, at=None, lock_version=ticket.lock_version, actor=person(), now=now())


@pytest.mark.parametrize(
    ("action", "deed"),
    [
        (Action.CALENDAR_ENTERED, entered),
        (Action.CALENDAR_WITHDRAWN, withdrawn),
        (Action.TICKET_SETTLED, settled),
        (Action.TICKET_FED_BACK, told),
    ],
)
def test_the_deed_leaves_its_event_and_no_personal_data(action, deed):
    deed()
    events = list(AuditEvent.objects.all())
    assert action in {event.action for event in events}
    assert PHONE not in json.dumps([[event.object_label, event.after] for event in events], ensure_ascii=False)
    assert list(broken_events()) == []
