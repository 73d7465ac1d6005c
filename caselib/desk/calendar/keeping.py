"""Writes of the calendar. Each is atomic and leaves one event; due dates that stand with rows follow in the same transaction."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import masked, record
from caselib.cases.feedback import feedback_redate
from caselib.consulting.redating import consultations_redate
from caselib.core import clock, workdays
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.holidays import announced
from caselib.core.ids import is_code, new_code
from caselib.core.models import CalendarDay
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.precedents.redating import points_redate
from caselib.reuse.reports.deadlines import reports_redate
from caselib.search.gaps.redating import gaps_redate

from .notice import MOST_DAYS, NoticeDay

SOURCE_LENGTH = 120
FIRST_YEAR = 2004
# How far ahead a year may be entered: the notice comes one year ahead.
YEARS_AHEAD = 2
STALE = "有人先改了日历，这一步没有做。您填的都还在，看一看现在的安排再做。"


@dataclass(frozen=True, slots=True)
class Changed:
    """`days`: entered or withdrawn; `points`, `tickets`, `asked`: whose last day moved with them. `asked`: reports, gaps and
    consultations, which wait for an answer."""

    days: int
    points: int = 0
    tickets: int = 0
    asked: int = 0

    @property
    def is_moving(self) -> bool:
        return bool(self.points or self.tickets or self.asked)


@transaction.atomic
def days_enter(
    days: Sequence[NoticeDay], *, source: str, seen: int, actor: User, code: str = "", now: dt.datetime | None = None
) -> Changed:
    """Enters days that go before those of the library. `seen`: how often the calendar had been changed when the form was drawn.

    `code`: made with the form, so that a button that is pressed twice enters once. Raises RuleBroken, StaleState. Writes
    CalendarDay, Doubt, Report, Ticket, Consultation, KnowledgeGap, AuditEvent calendar.entered; marks the calendar.
    """
    now = now or clock.now()
    number = workdays.calendar_turn()
    code = code if is_code(code) else new_code()
    if before := CalendarDay.objects.filter(entry=code).count():
        return Changed(before)
    if seen != number:
        raise StaleState(STALE)
    source = _source(source)
    _refuse_odd(days, on=clock.day_of(now))
    calendar = workdays.calendar_read()
    fresh = [day for day in days if is_news(calendar, day)]
    if not fresh:
        raise RuleBroken(gettext("这几天日历上已经是这样，没有再录。"), code="nothing_new", field="days")
    rows = [
        CalendarDay(
            entry=code, on=day.on, is_working=day.is_working, name=day.name, source=source, entered_at=now,
            entered_by=str(actor)[:64],
        )
        for day in fresh
    ]  # fmt: skip
    CalendarDay.objects.bulk_create(rows)
    return _changed(Action.CALENDAR_ENTERED, rows, actor=actor)


def is_news(calendar: workdays.Calendar, day: NoticeDay) -> bool:
    """Whether the calendar does not say so yet. What the library calls a day is not compared: it has names of its own."""
    if entered := calendar.entered.get(day.on):
        return entered != (day.is_working, day.name)
    told = announced().get(day.on)
    return told is None or told[0] != day.is_working


@transaction.atomic
def days_withdraw(
    entry: str, *, on: dt.date | None = None, seen: int, actor: User, now: dt.datetime | None = None
) -> Changed:
    """Takes back what was entered together, or one day of it; what held before holds again.

    Nothing for what is withdrawn already. Raises StaleState. Writes CalendarDay, Doubt, Report, Ticket, Consultation,
    KnowledgeGap, AuditEvent calendar.withdrawn; marks the calendar.
    """
    number = workdays.calendar_turn()
    found = CalendarDay.objects.live().filter(entry=entry)
    rows = list(found.filter(on=on) if on else found)
    if not rows:
        return Changed(0)
    if seen != number:
        raise StaleState(STALE)
    CalendarDay.objects.filter(pk__in=[row.pk for row in rows]).update(withdrawn_at=now or clock.now())
    return _changed(Action.CALENDAR_WITHDRAWN, rows, actor=actor)


def _changed(action: Action, rows: Sequence[CalendarDay], *, actor: User) -> Changed:
    """What follows of changed days, in the order of locks: points, reports, tickets, consultations, gaps, the trail."""
    workdays.mark_calendar()
    calendar = workdays.calendar_read()
    span = {"first": min(row.on for row in rows), "last": max(row.on for row in rows)}
    points, reports = points_redate(calendar, **span), reports_redate(calendar, **span)
    tickets, consultations = feedback_redate(calendar, **span), consultations_redate(calendar, **span)
    changed = Changed(len(rows), points, tickets, reports + consultations + gaps_redate(calendar, **span))
    told = {
        "off": [row.on for row in rows if not row.is_working],
        "worked": [row.on for row in rows if row.is_working],
        "source": rows[0].source,
        "points": changed.points,
        "tickets": changed.tickets,
        "asked": changed.asked,
    }
    record(action, rows[0], actor=actor, after=masked(told))
    return changed


def _source(typed: str) -> str:
    source = mask(" ".join(clean(typed[: 10 * SOURCE_LENGTH]).split()))
    if not source:
        raise RuleBroken(gettext("写一写依据：通知的文号或标题，别人才好核对。"), code="required", field="source")
    if len(source) > SOURCE_LENGTH:
        raise RuleBroken(
            gettext("依据最多 {source_length} 个字，写文号和标题就够。").format(source_length=SOURCE_LENGTH),
            code="too_long",
            field="source",
        )
    return source


def _refuse_odd(days: Sequence[NoticeDay], *, on: dt.date) -> None:
    if not days:
        raise RuleBroken(gettext("一天也没有选，什么都没有录。"), code="no_days", field="days")
    if len(days) > MOST_DAYS or len({day.on for day in days}) != len(days):
        raise RuleBroken(
            gettext("一次最多录 {most_days} 天，每天一次。").format(most_days=MOST_DAYS), code="too_many", field="days"
        )
    for day in days:
        if not FIRST_YEAR <= day.on.year <= on.year + YEARS_AHEAD:
            raise RuleBroken(
                gettext("{on:%Y-%m-%d} 不能录：只录 {first_year} 年到 {value} 年的日子，请核对年份。").format(
                    on=day.on, first_year=FIRST_YEAR, value=on.year + YEARS_AHEAD
                ),
                code="no_year",
                field="days",
            )
