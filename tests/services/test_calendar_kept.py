"""Entering and taking back days: they go before the library's, leave an event, and due dates follow."""

import datetime as dt

import pytest

from caselib.audit.models import AuditEvent
from caselib.cases.feedback import ticket_settle
from caselib.core import workdays
from caselib.core.clock import day_of
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.ids import new_code
from caselib.core.models import CalendarDay
from caselib.desk.calendar.keeping import Changed, days_enter, days_withdraw
from caselib.desk.calendar.notice import NoticeDay
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.models import Doubt
from caselib.precedents.review_queue import due_on
from caselib.precedents.services import revision_submit
from caselib.search.gaps.services import gap_close, gap_file
from caselib.search.gaps.working import gap_join
from tests import factories

from .deeds_of_asking import asked
from .reporting import reported

pytestmark = pytest.mark.django_db
D = dt.date
NOW = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)  # a Monday


def off(*days: D, name: str = "停电") -> list[NoticeDay]:
    return [NoticeDay(day, False, name) for day in days]


@pytest.fixture
def keeper():
    return factories.user(Role.DEPARTMENT_ADMIN)


def enter(keeper, days, *, source="市政府办通知", seen: int | None = None, code: str = "") -> Changed:
    seen = workdays.calendar_read().generation if seen is None else seen
    changed = days_enter(days, source=source, seen=seen, actor=keeper, code=code, now=NOW)
    workdays.forget()
    return changed


def take_back(keeper, on: D | None = None, *, seen: int | None = None) -> Changed:
    seen = workdays.calendar_read().generation if seen is None else seen
    changed = days_withdraw(CalendarDay.objects.latest("pk").entry, on=on, seen=seen, actor=keeper, now=NOW)
    workdays.forget()
    return changed


def test_what_was_entered_holds_until_it_is_taken_back(keeper):
    assert enter(keeper, off(D(2026, 3, 3), D(2026, 3, 4))) == Changed(2)
    assert not workdays.is_working_day(D(2026, 3, 3))
    assert take_back(keeper, D(2026, 3, 3)) == Changed(1)
    assert (workdays.is_working_day(D(2026, 3, 3)), workdays.is_working_day(D(2026, 3, 4))) == (True, False)
    assert take_back(keeper) == Changed(1)
    assert workdays.is_working_day(D(2026, 3, 4))


def test_taking_back_twice_does_nothing_more(keeper):
    enter(keeper, off(D(2026, 3, 3)))
    take_back(keeper)
    count = AuditEvent.objects.count()
    assert take_back(keeper) == Changed(0)
    assert AuditEvent.objects.count() == count


def test_a_correction_covers_what_was_entered_before_and_taking_it_back_brings_that_again(keeper):
    enter(keeper, off(D(2026, 3, 3)))
    enter(keeper, [NoticeDay(D(2026, 3, 3), True, "改了")])
    assert workdays.is_working_day(D(2026, 3, 3))
    take_back(keeper)
    assert not workdays.is_working_day(D(2026, 3, 3))


def test_a_button_that_is_pressed_twice_enters_once(keeper):
    code = new_code()
    first = enter(keeper, off(D(2026, 3, 3)), seen=0, code=code)
    again = enter(keeper, off(D(2026, 3, 3)), seen=0, code=code)
    assert (first.days, again.days, CalendarDay.objects.count()) == (1, 1, 1)
    assert AuditEvent.objects.filter(action="calendar.entered").count() == 1


def test_of_two_tabs_the_second_is_told_and_changes_nothing(keeper):
    enter(keeper, off(D(2026, 3, 3)), seen=0)
    with pytest.raises(StaleState):
        enter(keeper, off(D(2026, 3, 4)), seen=0)
    with pytest.raises(StaleState):
        take_back(keeper, seen=0)
    assert CalendarDay.objects.live().count() == 1


@pytest.mark.parametrize(
    ("days", "source", "code"),
    [
        ([], "通知", "no_days"),
        (off(D(2026, 3, 3)), " \x00 ", "required"),
        (off(D(2026, 3, 3)), "长" * 121, "too_long"),
        (off(D(2003, 3, 3)), "通知", "no_year"),
        (off(D(2029, 3, 3)), "通知", "no_year"),
        (off(D(2026, 3, 3), D(2026, 3, 3)), "通知", "too_many"),
        (off(D(2026, 10, 1)), "通知", "nothing_new"),
    ],
)
def test_what_cannot_be_is_refused(keeper, days, source, code):
    with pytest.raises(RuleBroken) as refused:
        enter(keeper, days, source=source)
    assert (refused.value.code, CalendarDay.objects.count()) == (code, 0)


def test_the_event_says_which_days_and_nothing_of_a_person(keeper):
    enter(keeper, [*off(D(2026, 3, 3)), NoticeDay(D(2026, 3, 7), True, "停电")], source="通知，联系13800138000")
    event = AuditEvent.objects.get(action="calendar.entered")
    assert event.after["off"] == ["2026-03-03"]
    assert event.after["worked"] == ["2026-03-07"]
    assert "13800138000" not in str(event.after) + CalendarDay.objects.first().source


def test_due_dates_that_stand_with_rows_follow_and_come_back(keeper):
    found = factories.published()
    doubt = precedent_doubt(found, reason="可疑", actor=None, now=NOW)
    ticket = factories.ticket(received_on=D(2026, 3, 2))
    ticket_settle(ticket, how="done", at=NOW, lock_version=0, actor=keeper, now=NOW)
    elsewhere = precedent_doubt(factories.published(), reason="后来的", actor=None, now=NOW + dt.timedelta(days=10))
    assert (doubt.due_on, ticket.feedback_due_on) == (D(2026, 3, 16), D(2026, 3, 3))
    assert enter(keeper, off(D(2026, 3, 3))) == Changed(1, points=1, tickets=1)
    for row in (doubt, ticket, elsewhere):
        row.refresh_from_db()
    assert (doubt.due_on, ticket.feedback_due_on, elsewhere.due_on) == (D(2026, 3, 17), D(2026, 3, 4), D(2026, 3, 26))
    assert take_back(keeper) == Changed(1, points=1, tickets=1)
    doubt.refresh_from_db()
    assert doubt.due_on == D(2026, 3, 16)


def test_due_dates_of_what_people_asked_follow_and_come_back(keeper):
    clerk = scope_of(factories.user(Role.WINDOW))
    gap = gap_file("宠物殡葬店怎么办执照", scope=clerk, urgency="waiting", now=NOW).gap
    hurried = gap_file("殡葬用品店怎么办执照", scope=clerk, urgency="soon", now=NOW - dt.timedelta(days=3)).gap
    gap_join(gap, into=hurried, scope=scope_of(factories.user(Role.EDITOR)))
    made = asked(urgency="waiting", now=NOW)
    report = reported(factories.published(), scope=clerk, now=NOW).report
    rows = (hurried, made, report)
    for row in rows:
        row.refresh_from_db()
    before = [D(2026, 3, 3), D(2026, 3, 3), D(2026, 3, 5)]
    assert [row.due_on for row in rows] == before
    assert enter(keeper, off(D(2026, 3, 3))) == Changed(1, asked=3)
    for row in rows:
        row.refresh_from_db()
    assert [row.due_on for row in rows] == [D(2026, 3, 4), D(2026, 3, 4), D(2026, 3, 6)]
    assert take_back(keeper) == Changed(1, asked=3)
    for row in rows:
        row.refresh_from_db()
    assert [row.due_on for row in rows] == before


def test_what_was_answered_keeps_the_day_by_which_it_was_due(keeper):
    gap = gap_file("宠物殡葬店怎么办执照", scope=scope_of(factories.user(Role.WINDOW)), urgency="waiting", now=NOW).gap
    gap_close(gap, scope=scope_of(factories.user(Role.EDITOR)), reason="不归本厅")
    assert enter(keeper, off(D(2026, 3, 3))).asked == 0
    gap.refresh_from_db()
    assert gap.due_on == D(2026, 3, 3)


def test_a_point_about_a_change_that_is_far_ahead_keeps_that_day(keeper):
    doubt = precedent_doubt(factories.published(), reason="可疑", actor=None, now=NOW)
    Doubt.objects.update(from_on=D(2026, 6, 1), due_on=D(2026, 6, 1))
    assert enter(keeper, off(D(2026, 3, 3))).points == 0
    doubt.refresh_from_db()
    assert doubt.due_on == D(2026, 6, 1)


def test_a_review_is_due_later_without_anything_being_stored(keeper):
    editor = factories.user(Role.EDITOR)
    revision = factories.draft(owner=editor.memberships.get().department, author=editor)
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    revision.submitted_at = NOW
    assert due_on(revision) == D(2026, 3, 9)
    enter(keeper, off(D(2026, 3, 5)))
    assert due_on(revision) == D(2026, 3, 10)
    assert day_of(NOW) == D(2026, 3, 2)
