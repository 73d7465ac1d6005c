"""What the pages of tickets show, prepared here, so that templates hold no logic and make no query."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse

from caselib.cases.access import may_draft, may_edit, may_feed_back, may_import, may_register, may_work_on
from caselib.cases.entry import LABELS, Lists
from caselib.cases.feedback import Feedback, FeedbackState, feedback_of
from caselib.cases.models import Channel, FailedStage, RequesterType, Settlement, Stage, Ticket
from caselib.cases.neutral import Neutraliser
from caselib.cases.selectors import TicketPage, TicketsPage
from caselib.cases.staging import Fate, Judged, Plan
from caselib.core import clock
from caselib.core.due import unsure_of
from caselib.core.moments import typed_moment
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope

PREVIEW_ROWS = 40


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


def choices(of: Sequence[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(str(value), str(label), str(value) == chosen) for value, label in of)


@dataclass(frozen=True, slots=True)
class DeskRow:
    ticket: Ticket
    feedback: Feedback | None


@dataclass(frozen=True, slots=True)
class DeskScreen:
    """The list of tickets. `registers`, `imports`: whether the viewer is offered that."""

    tickets: TicketsPage
    rows: tuple[DeskRow, ...]
    stages: tuple[Choice, ...]
    matters: tuple[Choice, ...]
    feedbacks: tuple[Choice, ...]
    registers: bool
    imports: bool

    @property
    def unsure(self) -> str:
        """What may still move a due date of the page."""
        return unsure_of(row.feedback.due for row in self.rows if row.feedback)


def desk_screen(scope: ViewerScope, tickets: TicketsPage, *, on: dt.date) -> DeskScreen:
    wanted = tickets.wanted
    return DeskScreen(
        tickets=tickets,
        rows=tuple(DeskRow(ticket, feedback_of(ticket, on=on)) for ticket in tickets.rows),
        feedbacks=choices(FeedbackState.choices, wanted.feedback),
        stages=choices(Stage.choices, wanted.stage),
        matters=choices([(matter.code, matter.name) for matter in tickets.matters], wanted.matter),
        registers=bool(may_register(scope)),
        imports=bool(may_import(scope)),
    )


@dataclass(frozen=True, slots=True)
class FormScreen:
    """登记 or 改. `code`: of the ticket that registering makes, so that pressing twice makes one. `found`: fields that were
    read from the text, in words. `twin`: the ticket with the same number, where the viewer may see it."""

    ticket: Ticket | None
    code: str
    lock_version: int
    typed: Mapping[str, str]
    departments: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    requesters: tuple[Choice, ...]
    failed_stages: tuple[Choice, ...]
    matters: tuple[str, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    found: tuple[str, ...] | None = None
    stale: str = ""
    twin: Ticket | None = None

    @property
    def unfolds_more(self) -> bool:
        """Whether a field that is folded away holds something or is wrong."""
        folded = ("requester_type", "failed_stage", "promised_days", "actual_days", "is_supervised")
        return any(self.typed[name] or name in self.errors for name in folded)


def form_screen(
    typed: Mapping[str, str],
    lists: Lists,
    *,
    code: str,
    ticket: Ticket | None = None,
    lock_version: int = 0,
    errors: Mapping[str, str] | None = None,
    found: tuple[str, ...] | None = None,
    stale: str = "",
    twin: Ticket | None = None,
) -> FormScreen:
    known = lists.matters.get(typed["matter"])
    department = typed["department"] or next(iter(lists.departments), "")
    return FormScreen(
        ticket=ticket,
        code=code,
        lock_version=lock_version,
        typed={**typed, "matter": known.name if known else typed["matter"]},
        departments=choices([(key, one.name) for key, one in lists.departments.items()], department),
        channels=choices(Channel.choices, typed["channel"]),
        requesters=choices([one for one in RequesterType.choices if one[0]], typed["requester_type"]),
        failed_stages=choices([one for one in FailedStage.choices if one[0]], typed["failed_stage"]),
        matters=tuple(matter.name for matter in lists.matters.values()),
        errors=errors or {},
        found=found,
        stale=stale,
        twin=twin,
    )


def typed_of(ticket: Ticket) -> dict[str, str]:
    """The fields of a stored ticket as the form types them. Its text stays sealed: an empty box leaves it as it is."""

    def number(value: int | None) -> str:
        return "" if value is None else str(value)

    return {
        "department": str(ticket.department_id),
        "source_system": ticket.source_system,
        "source_number": ticket.source_number,
        "channel": ticket.channel,
        "received_on": ticket.received_on.isoformat(),
        "title": ticket.title,
        "text": "",
        "requester_type": ticket.requester_type,
        "visits": number(ticket.visits),
        "failed_stage": ticket.failed_stage,
        "matter": ticket.matter.code if ticket.matter else ticket.matter_words,
        "matter_words": "",
        "promised_days": number(ticket.promised_days),
        "actual_days": number(ticket.actual_days),
        "is_supervised": "1" if ticket.is_supervised else "",
    }


def found_words(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Which fields reading filled, as people call them."""
    return tuple(LABELS[name] for name in LABELS if after[name] != before[name])


@dataclass(frozen=True, slots=True)
class TicketScreen:
    """One ticket. `wrong`: where a form was refused: its name, the field and the sentence; `typed`: what stood in it.

    `feeds_back`: whether the viewer may note that person and window were told; `now`: as a form offers it.
    `draft_address`: where a draft is made of it; empty where the viewer may not, or where nobody makes one.
    """

    page: TicketPage
    edits: bool
    works: bool
    draft_address: str
    causes: tuple[Choice, ...]
    feedback: Feedback | None
    feeds_back: bool
    now: str
    form: str = ""
    wrong: str = ""
    wrong_field: str = ""
    stale: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def settlements(self) -> tuple[Choice, ...]:
        """What 办结 may be; 还没办结 only where there is something to take back."""
        ticket = self.page.ticket
        chosen = self.typed.get("how", "") if self.form == "settle" else ticket.settled_how or Settlement.DONE
        return choices([one for one in Settlement.choices if one[0] or ticket.settled_how], chosen)

    @property
    def settled_at(self) -> str:
        """What the form of 办结 offers as its moment: what was refused, what is noted, or now."""
        return self._moment("settle", self.page.ticket.settled_at)

    @property
    def fed_back_at(self) -> str:
        return self._moment("feedback", self.page.ticket.fed_back_at)

    def _moment(self, form: str, noted: dt.datetime | None) -> str:
        if self.form == form:
            return self.typed.get("at", "")
        return typed_moment(noted) if noted else self.now

    @property
    def analysis(self) -> str:
        """What the form of 分析研判 holds: what was refused, else the words that stand on the page."""
        return self._words("analyse", Stage.ANALYSED)

    @property
    def evaluation(self) -> str:
        return self._words("evaluate", Stage.EVALUATED)

    def _words(self, form: str, stage: str) -> str:
        if self.form == form:
            return self.typed.get("words", "")
        return next((row.words for row in self.page.steps if row.stage == stage), "")


def ticket_screen(
    scope: ViewerScope,
    page: TicketPage,
    *,
    now: dt.datetime,
    form: str = "",
    wrong: str = "",
    wrong_field: str = "",
    stale: bool = False,
    typed: Mapping[str, str] | None = None,
    chosen: Sequence[str] | None = None,
) -> TicketScreen:
    ticket = page.ticket
    ticked = set(chosen) if chosen is not None else {str(cause.pk) for cause in page.causes}
    return TicketScreen(
        page=page,
        edits=bool(may_edit(scope, ticket)),
        works=bool(may_work_on(scope, ticket)) and not ticket.is_archived,
        draft_address=_draft_address(ticket) if may_draft(scope, ticket) else "",
        causes=tuple(Choice(str(one.pk), one.name, str(one.pk) in ticked) for one in page.all_causes),
        feedback=feedback_of(ticket, on=clock.day_of(now)),
        feeds_back=bool(may_feed_back(scope, ticket)),
        now=typed_moment(now),
        form=form,
        wrong=wrong,
        wrong_field=wrong_field,
        stale=stale,
        typed=typed or {},
    )


def _draft_address(ticket: Ticket) -> str:
    try:
        return reverse("desk:writing:from_ticket", args=[ticket.code])
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    row: Judged
    title: str


@dataclass(frozen=True, slots=True)
class PreviewScreen:
    """What an import would do. `fates`: (value, label, number of rows, whether chosen)."""

    code: str
    rows: tuple[PreviewRow, ...]
    page: PageInfo
    fates: tuple[tuple[str, str, int, bool], ...]
    unknown: tuple[str, ...]
    new: int


def preview_screen(code: str, plan: Plan, *, fate: str, page: object) -> PreviewScreen:
    """One page of the plan; all rows, or those of one fate."""
    chosen = fate if fate in list(Fate) else ""
    rows = [row for row in plan.rows if not chosen or row.fate == chosen]
    info = page_info(page, total=len(rows), per_page=PREVIEW_ROWS)
    fates = [("", "全部", len(plan.rows), not chosen)]
    fates += [(one.value, one.label, plan.count(one), one == chosen) for one in Fate]
    shown = rows[info.offset : info.offset + info.per_page]
    return PreviewScreen(
        code=code,
        rows=tuple(PreviewRow(row, _beginning(row)) for row in shown),
        page=info,
        fates=tuple(fates),
        unknown=plan.unknown,
        new=plan.count(Fate.NEW),
    )


def _beginning(row: Judged) -> str:
    if row.facts is None:
        return ""
    text = row.facts.title or " ".join(row.facts.text[:200].split())
    return Neutraliser(row.facts.received_on).of(text, where="")[:60]
