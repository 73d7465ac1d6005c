"""反馈 within one working day after 办结 or an opinion (B2)."""

import datetime as dt

import pytest

from caselib.audit.models import AuditEvent
from caselib.cases.feedback import (
    FeedbackState,
    feedback_of,
    feedback_redate,
    q_feedback,
    ticket_feed_back,
    ticket_settle,
)
from caselib.cases.models import Ticket
from caselib.cases.services import ticket_analyse, ticket_archive, ticket_evaluate
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.moments import read_moment
from caselib.core.workdays import Calendar
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
D = dt.date
NOW = dt.datetime(2025, 12, 1, 2, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    return read_moment(text)[0]


@pytest.fixture
def clerk():
    return factories.user(Role.EDITOR)


@pytest.fixture
def ticket(clerk) -> Ticket:
    return factories.ticket(within=clerk.memberships.get().department, received_on=D(2025, 9, 1))


def settled(ticket: Ticket, clerk, when: str = "2025-09-30 16:20", *, how: str = "done") -> Ticket:
    return ticket_settle(ticket, how=how, at=at(when), lock_version=ticket.lock_version, actor=clerk, now=NOW)


def told(ticket: Ticket, clerk, when: str) -> Ticket:
    return ticket_feed_back(ticket, at=at(when), lock_version=ticket.lock_version, actor=clerk, now=NOW)


def state(ticket: Ticket, on: D) -> FeedbackState | None:
    found = feedback_of(ticket, on=on)
    return found.state if found else None


@pytest.mark.parametrize("how", ["done", "opinion"])
def test_settled_before_the_national_day_is_to_be_told_by_the_ninth(ticket, clerk, how):
    settled(ticket, clerk, how=how)
    assert ticket.feedback_due_on == D(2025, 10, 9)
    assert feedback_of(ticket, on=D(2025, 9, 30)).words == "剩 1 个工作日，10月9日到期"
    assert feedback_of(ticket, on=D(2025, 10, 9)).words == "今天到期"
    late = feedback_of(ticket, on=D(2025, 10, 11))
    assert (late.words, late.state, late.is_late) == ("超期 2 个工作日", FeedbackState.LATE, True)


def test_told_by_the_last_day_is_in_time_and_a_day_later_is_not(ticket, clerk):
    settled(ticket, clerk)
    told(ticket, clerk, "2025-10-09 23:59")
    assert (state(ticket, D(2026, 1, 1)), feedback_of(ticket, on=D(2026, 1, 1)).words) == (
        FeedbackState.IN_TIME,
        "按时反馈",
    )
    told(ticket, clerk, "2025-10-11 08:30")
    assert feedback_of(ticket, on=D(2026, 1, 1)).words == "超时反馈，晚了 2 个工作日"


def test_a_moment_late_in_the_evening_of_utc_counts_for_the_next_day(ticket, clerk):
    moment = dt.datetime(2025, 9, 29, 23, 30, tzinfo=dt.UTC)
    ticket_settle(ticket, how="done", at=moment, lock_version=ticket.lock_version, actor=clerk, now=NOW)
    assert ticket.feedback_due_on == D(2025, 10, 9)


@pytest.mark.parametrize("n", range(14))
def test_the_list_finds_what_the_page_says(ticket, clerk, n):
    """On each day around the holidays, for each state."""
    on = D(2025, 9, 29) + dt.timedelta(days=n)
    department = ticket.department
    for when in ("2025-09-29 09:00", "2025-09-30 09:00", "2025-10-09 09:00"):
        one, other = (factories.ticket(within=department, received_on=D(2025, 9, 1)) for _ in range(2))
        settled(one, clerk, when)
        settled(other, clerk, when)
        told(other, clerk, "2025-10-10 10:00")
    for wanted in FeedbackState:
        found = set(Ticket.objects.filter(q_feedback(wanted, on=on)))
        expected = {row for row in Ticket.objects.all() if state(row, on) == wanted}
        if wanted is FeedbackState.WAITING:
            expected |= {row for row in Ticket.objects.all() if state(row, on) == FeedbackState.LATE}
        assert found == expected, wanted


@pytest.mark.parametrize(
    ("how", "when", "code"),
    [
        ("done", "2025-12-01 10:05", "in_future"),
        ("done", "2025-08-31 10:00", "too_early"),
        ("gone", "2025-09-30 10:00", "no_choice"),
    ],
)
def test_a_settlement_that_cannot_be_is_refused(ticket, clerk, how, when, code):
    with pytest.raises(RuleBroken) as refused:
        settled(ticket, clerk, when, how=how)
    assert (refused.value.code, Ticket.objects.get().settled_at) == (code, None)


def test_feedback_needs_a_settlement_and_does_not_come_before_it(ticket, clerk):
    with pytest.raises(RuleBroken) as refused:
        told(ticket, clerk, "2025-10-09 10:00")
    assert refused.value.code == "not_settled"
    settled(ticket, clerk)
    with pytest.raises(RuleBroken) as refused:
        told(ticket, clerk, "2025-09-29 10:00")
    assert refused.value.code == "before_settled"
    told(ticket, clerk, "2025-10-09 10:00")
    with pytest.raises(RuleBroken) as refused:
        settled(ticket, clerk, "2025-10-10 10:00")
    assert refused.value.code == "after_feedback"


def test_what_was_noted_by_mistake_is_taken_back_in_order(ticket, clerk):
    settled(ticket, clerk)
    told(ticket, clerk, "2025-10-09 10:00")
    with pytest.raises(RuleBroken) as refused:
        ticket_settle(ticket, how="", at=None, lock_version=ticket.lock_version, actor=clerk, now=NOW)
    assert refused.value.code == "fed_back"
    ticket_feed_back(ticket, at=None, lock_version=ticket.lock_version, actor=clerk, now=NOW, is_given=False)
    ticket_settle(ticket, how="", at=None, lock_version=ticket.lock_version, actor=clerk, now=NOW)
    assert (ticket.settled_at, ticket.feedback_due_on, ticket.fed_back_at) == (None, None, None)
    deeds = AuditEvent.objects.filter(action__in=["ticket.settled", "ticket.fed_back"]).values_list("action", flat=True)
    assert sorted(deeds) == ["ticket.fed_back", "ticket.fed_back", "ticket.settled", "ticket.settled"]


def test_of_two_tabs_the_second_is_told(ticket, clerk):
    seen = ticket.lock_version
    settled(ticket, clerk)
    with pytest.raises(StaleState):
        ticket_settle(ticket, how="opinion", at=None, lock_version=seen, actor=clerk, now=NOW)
    assert Ticket.objects.get().settled_how == "done"


def test_a_settled_ticket_is_not_archived_before_the_person_was_told(ticket, clerk):
    cause = factories.cause()
    ticket_analyse(ticket, causes=[cause], words="前租户", lock_version=ticket.lock_version, actor=clerk)
    ticket_evaluate(ticket, words="办成了", lock_version=ticket.lock_version, actor=clerk)
    settled(ticket, clerk)
    with pytest.raises(RuleBroken, match="反馈"):
        ticket_archive(ticket, lock_version=ticket.lock_version, actor=clerk)
    told(ticket, clerk, "2025-10-09 10:00")
    ticket_archive(ticket, lock_version=ticket.lock_version, actor=clerk)
    with pytest.raises(StaleState, match="归档"):
        told(ticket, clerk, "2025-10-09 11:00")


def test_a_changed_calendar_moves_the_last_day_and_with_it_the_verdict(ticket, clerk):
    settled(ticket, clerk)
    told(ticket, clerk, "2025-10-10 10:00")
    other = settled(factories.ticket(received_on=D(2025, 9, 1)), clerk, "2025-11-03 10:00")
    holiday = Calendar({D(2025, 10, 9): (False, "停电")})
    moved = feedback_redate(holiday, first=D(2025, 10, 9), last=D(2025, 10, 9))
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (moved, ticket.feedback_due_on, other.feedback_due_on) == (1, D(2025, 10, 10), D(2025, 11, 4))
    assert state(ticket, D(2025, 12, 1)) == FeedbackState.IN_TIME
    assert feedback_redate(Calendar(), first=D(2025, 10, 9), last=D(2025, 10, 9)) == 1
    ticket.refresh_from_db()
    assert state(ticket, D(2025, 12, 1)) == FeedbackState.OVER_TIME
