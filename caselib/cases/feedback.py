"""反馈: person and window are told within one working day after 办结 or an opinion (B2, as in 安徽).

The last day stands with the ticket, so that lists ask the database for what is late; it follows the calendar
(`feedback_redate`), so that a calendar that was entered late does no department wrong.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_noop

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock, workdays
from caselib.core.due import Due, due_of, late_since
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User

from .models import Settlement, Ticket
from .services import ticket_swap

# Working days from settlement or opinion.
FEEDBACK_WITHIN = 1
_IN_TIME, _OVER_TIME = "按时反馈", "超时反馈，晚了 {days} 个工作日"
_JUST_OVER_TIME = "超时反馈"


class FeedbackState(models.TextChoices):
    """What a list can be narrowed to."""

    WAITING = "waiting", gettext_noop("待反馈")
    LATE = "late", gettext_noop("超期没反馈")
    OVER_TIME = "over_time", gettext_noop("超时反馈的")
    IN_TIME = "in_time", gettext_noop("按时反馈的")


@dataclass(frozen=True, slots=True)
class Feedback:
    """How it stands with the feedback of a ticket that was settled. `due`: None when it was given."""

    state: FeedbackState
    due: Due | None
    words: str

    @property
    def is_late(self) -> bool:
        return self.state in (FeedbackState.LATE, FeedbackState.OVER_TIME)


def feedback_due(settled_at: dt.datetime, *, calendar: workdays.Calendar | None = None) -> dt.date:
    """The last day for feedback: settled on 2025-09-30, due on 2025-10-09."""
    return (calendar or workdays.current()).after_working_days(clock.day_of(settled_at), FEEDBACK_WITHIN)


def feedback_of(ticket: Ticket, *, on: dt.date) -> Feedback | None:
    """None for a ticket that was not settled yet. No query."""
    if ticket.settled_at is None or ticket.feedback_due_on is None:
        return None
    if ticket.fed_back_at is None:
        due = due_of(ticket.feedback_due_on, on=on)
        return Feedback(FeedbackState.LATE if due.is_late else FeedbackState.WAITING, due, due.words)
    given_on = clock.day_of(ticket.fed_back_at)
    if given_on <= ticket.feedback_due_on:
        return Feedback(FeedbackState.IN_TIME, None, _IN_TIME)
    days = workdays.working_days_between(ticket.feedback_due_on, given_on)
    return Feedback(FeedbackState.OVER_TIME, None, (_OVER_TIME if days else _JUST_OVER_TIME).format(days=days))


def q_feedback(state: FeedbackState, *, on: dt.date) -> Q:
    """The rows of which `feedback_of` says so; late ones wait, too."""
    waits = Q(settled_at__isnull=False, fed_back_at__isnull=True)
    given_late = Q(fed_back_at__date__gt=F("feedback_due_on"))
    return {
        FeedbackState.WAITING: waits,
        FeedbackState.LATE: waits & Q(feedback_due_on__lte=late_since(on)),
        FeedbackState.OVER_TIME: given_late,
        FeedbackState.IN_TIME: Q(fed_back_at__date__lte=F("feedback_due_on")),
    }[state]


@transaction.atomic
def ticket_settle(
    ticket: Ticket, *, how: str, at: dt.datetime | None, lock_version: int, actor: User, now: dt.datetime
) -> Ticket:
    """Notes 办结 or 提出意见, anew as well; `how` empty takes it back. `at`: None for now.

    Raises RuleBroken for a moment that cannot be, StaleState. Writes AuditEvent ticket.settled.
    """
    if how not in Settlement.values or not (how or ticket.settled_how):
        raise RuleBroken(gettext("没有保存：选“办结”或“提出意见”。"), code="no_choice", field="how")
    at = (at or now) if how else None
    if at is None and ticket.fed_back_at:
        raise RuleBroken(gettext("没有保存：已经记了反馈。先撤回反馈，再改成还没办结。"), code="fed_back", field="how")
    if at is not None:
        _refuse_impossible(at, ticket, now=now)
        if ticket.fed_back_at and clock.day_of(ticket.fed_back_at) < clock.day_of(at):
            raise RuleBroken(gettext("没有保存：办结晚于反馈。先核对反馈的时间。"), code="after_feedback", field="at")
    due = feedback_due(at) if at else None
    ticket_swap(ticket, lock_version=lock_version, settled_how=how, settled_at=at, feedback_due_on=due)
    record(Action.TICKET_SETTLED, ticket, actor=actor, after={"how": how, "at": at, "due_on": due})
    return ticket


@transaction.atomic
def ticket_feed_back(
    ticket: Ticket, *, at: dt.datetime | None, lock_version: int, actor: User, now: dt.datetime, is_given: bool = True
) -> Ticket:
    """Notes that person and window were told, anew as well; `is_given` False takes it back. `at`: None for now.

    Raises RuleBroken before 办结 and for a moment that cannot be, StaleState. Writes AuditEvent ticket.fed_back.
    """
    if ticket.settled_at is None:
        raise RuleBroken(
            gettext("没有保存：还没有办结，也没有提出意见。先记办结，再记反馈。"), code="not_settled", field="at"
        )
    at = (at or now) if is_given else None
    if at is not None:
        _refuse_impossible(at, ticket, now=now)
        if clock.day_of(at) < clock.day_of(ticket.settled_at):
            raise RuleBroken(gettext("没有保存：反馈早于办结，请核对。"), code="before_settled", field="at")
    ticket_swap(ticket, lock_version=lock_version, fed_back_at=at)
    record(Action.TICKET_FED_BACK, ticket, actor=actor, after={"at": at, "due_on": ticket.feedback_due_on})
    return ticket


def _refuse_impossible(at: dt.datetime, ticket: Ticket, *, now: dt.datetime) -> None:
    # Forms know minutes only.
    if at > now + dt.timedelta(minutes=1):
        raise RuleBroken(gettext("没有保存：这个时间在现在以后，请核对。"), code="in_future", field="at")
    if clock.day_of(at) < ticket.received_on:
        raise RuleBroken(
            gettext("没有保存：这个时间早于受理日期 {received_on}，请核对。").format(received_on=ticket.received_on),
            code="too_early",
            field="at",
        )


def feedback_redate(calendar: workdays.Calendar, *, first: dt.date, last: dt.date) -> int:
    """Moves the last days that a change of the days from `first` to `last` touches; returns of how many tickets.

    A part of a change of the calendar, which leaves the event. 1 query and one for each day that moves. Writes Ticket.
    """
    touched = Ticket.objects.filter(settled_at__date__lt=last, feedback_due_on__gte=first)
    moved = 0
    for settled_on, due in touched.order_by().values_list("settled_at__date", "feedback_due_on").distinct():
        new = calendar.after_working_days(settled_on, FEEDBACK_WITHIN)
        if new != due:
            rows = Ticket.objects.filter(settled_at__date=settled_on, feedback_due_on=due)
            moved += rows.update(feedback_due_on=new)
    return moved
