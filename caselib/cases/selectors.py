"""Reads of tickets for the pages of the desk. What is sealed is opened here, and shown in neutral words until somebody asks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from caselib.catalog.models import Cause, Matter
from caselib.catalog.selectors import causes_all
from caselib.core.paging import PageInfo, page_info
from caselib.core.text import clean, normalise
from caselib.orgs.models import Department
from caselib.orgs.scope import ViewerScope

from .access import REGISTRARS, WORKERS
from .entry import Lists
from .feedback import FeedbackState, q_feedback
from .models import Stage, Ticket, TicketStep
from .neutral import Neutraliser
from .reading import Named
from .services import NO_FEEDBACK
from .visibility import visible_tickets

LONGEST_WORDS = 100
_MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; empty for all. `matter`: its code."""

    words: str = ""
    stage: str = ""
    matter: str = ""
    number: str = ""
    feedback: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.stage or self.matter or self.number or self.feedback)


@dataclass(frozen=True, slots=True)
class TicketsPage:
    """`matters`: those that have tickets here."""

    rows: tuple[Ticket, ...]
    page: PageInfo
    wanted: Wanted
    matters: tuple[Matter, ...]


def wanted_of(asked: Any) -> Wanted:
    """The filters of an address; what names nothing is no filter."""
    stage, feedback = asked.get("stage", ""), asked.get("feedback", "")
    return Wanted(
        words=clean(asked.get("q", ""))[:LONGEST_WORDS].strip(),
        stage=stage if stage in Stage.values else "",
        matter=clean(asked.get("matter", ""))[:12],
        number=normalise(asked.get("number", "")[:LONGEST_WORDS]).strip().upper(),
        feedback=feedback if feedback in FeedbackState.values else "",
    )


def tickets_for_desk(scope: ViewerScope, *, wanted: Wanted, page: object = 1, on: dt.date) -> TicketsPage:
    """One page of the tickets that the viewer may see, newest first. 3 queries for any number."""
    visible = visible_tickets(scope)
    rows = _narrowed(visible, wanted, on=on)
    info = page_info(page, total=rows.count())
    shown = rows.select_related("department", "matter").defer("sealed_text").order_by("-received_on", "-pk")
    with_tickets = Matter.objects.filter(pk__in=visible.exclude(matter=None).values("matter")).order_by("name")
    return TicketsPage(
        rows=tuple(shown[info.offset : info.offset + info.per_page]),
        page=info,
        wanted=wanted,
        matters=tuple(with_tickets),
    )


def _narrowed(rows: QuerySet[Ticket], wanted: Wanted, *, on: dt.date) -> QuerySet[Ticket]:
    for word in wanted.words.split()[:_MOST_WORDS]:
        rows = rows.filter(Q(title__icontains=word) | Q(matter_words__icontains=word) | Q(matter__name__icontains=word))
    if wanted.stage:
        rows = rows.filter(stage=wanted.stage)
    if wanted.feedback:
        rows = rows.filter(q_feedback(FeedbackState(wanted.feedback), on=on))
    if wanted.matter:
        rows = rows.filter(matter__code=wanted.matter)
    if wanted.number:
        rows = rows.filter(source_number__startswith=wanted.number)
    return rows


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One day of 经过. `number`: days since the ticket came in, 1 for that day, less for days before."""

    key: int
    day: dt.date
    number: int
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One of the four steps; `step` is None for one that is still to come."""

    stage: str
    label: str
    step: TicketStep | None
    words: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class TicketPage:
    """`is_open`: whether words stand as they were written; else neutral words are in the place of personal data, and `text`
    is empty."""

    ticket: Ticket
    steps: tuple[StepRow, ...]
    entries: tuple[EntryRow, ...]
    causes: tuple[Cause, ...]
    all_causes: tuple[Cause, ...]
    missing: tuple[str, ...]
    is_open: bool
    text: str
    text_length: int


def ticket_for_page(ticket: Ticket, *, is_open: bool) -> TicketPage:
    """The page of a ticket. 4 queries. Raises SealedForGood."""
    text, entries = ticket.text, list(ticket.entries.all())
    steps = {step.stage: step for step in ticket.steps.all()}
    written = [entry.what for entry in entries] + [step.words for step in steps.values()]
    words = written if is_open else _neutral(written, text, ticket.received_on)
    words_of = dict(zip(steps, words[len(entries) :], strict=True))
    causes = tuple(ticket.causes.all())
    missing = []
    if not causes or Stage.ANALYSED not in steps:
        missing.append("分析研判（原因）")
    if Stage.EVALUATED not in steps:
        missing.append("跟踪评估（成效）")
    if ticket.settled_at and not ticket.fed_back_at:
        missing.append(NO_FEEDBACK)
    return TicketPage(
        ticket=ticket,
        steps=tuple(
            StepRow(value, str(label), steps.get(value), words_of.get(value, ""), ticket.stage == value)
            for value, label in Stage.choices
        ),
        entries=tuple(
            EntryRow(entry.pk, entry.day, _number(entry.day, ticket.received_on), entry.who, what)
            for entry, what in zip(entries, words, strict=False)
        ),
        causes=causes,
        all_causes=tuple(causes_all()),
        missing=tuple(missing),
        is_open=is_open,
        text=text if is_open else "",
        text_length=len(text),
    )


def _neutral(pieces: list[str], text: str, received_on: dt.date) -> list[str]:
    """The pieces in neutral words, by somebody who has read the text and knows the names that give themselves away there.

    All at once, because lines stay lines: a ticket may have a hundred days.
    """
    neutral = Neutraliser(received_on)
    neutral.of(text, where="")
    lines = neutral.of("\n".join(pieces), where="").split("\n")
    shown, start = [], 0
    for piece in pieces:
        end = start + piece.count("\n") + 1
        shown.append("\n".join(lines[start:end]))
        start = end
    return shown


def _number(day: dt.date, received_on: dt.date) -> int:
    return (day - received_on).days + 1


def lists_for_entry(scope: ViewerScope, *, imports: bool = False) -> Lists:
    """What the form offers: departments of the viewer, the first of them its home, and every matter. 2 queries."""
    keys = scope.departments_with(*(WORKERS if imports else REGISTRARS))
    departments = sorted(
        Department.objects.filter(pk__in=keys), key=lambda one: (one.pk != scope.home_department_id, one.pk)
    )
    matters = list(Matter.objects.order_by("name"))
    return Lists(
        departments={str(one.pk): one for one in departments},
        matters={one.code: one for one in matters},
        names_of_departments=tuple(
            Named(str(one.pk), (one.name, *one.short_names, *one.former_names)) for one in departments
        ),
        names_of_matters=tuple(Named(one.code, (one.name, *one.aliases)) for one in matters),
    )


def causes_chosen(keys: list[str]) -> list[Cause]:
    """The causes of a form; what names none is left out. 1 query."""
    return list(Cause.objects.filter(pk__in=[int(key) for key in keys if key.isascii() and key.isdigit()]))


def ticket_with_number(scope: ViewerScope, *, key: str) -> Ticket | None:
    """The ticket of that `source_key`, if the viewer may see it. 1 query."""
    return visible_tickets(scope).filter(source_key=key).first() if key else None
