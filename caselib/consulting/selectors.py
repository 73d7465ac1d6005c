"""Reads of consultations: the lists, one with everything that was said, what somebody is to be told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext

from caselib.cases.visibility import visible_ticket
from caselib.core import clock
from caselib.core.answers import Answer
from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.core.told import Told
from caselib.orgs.models import CONTENT_ROLES, Department
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import may_see_drafts
from caselib.precedents.models import Precedent
from caselib.precedents.points import Due, due_of
from caselib.precedents.shown import in_list
from caselib.search.models import KnowledgeGap, KnowledgeGapFiling

from .access import ANSWER, may_answer, may_conclude, may_draft, may_withdraw
from .models import Consultation, Party, Saying
from .services import draft_of
from .visibility import visible_consultation, visible_consultations

MOST_ANSWERS = 50
MINE, WAITING, DONE = "mine", "waiting", "done"
_LABELS = {WAITING: "等我们答的", MINE: "我们提的", DONE: "办完的"}
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ConsultationRow:
    """One of a list. `silent`: how many departments have not answered; `is_ours`: whether the viewer's department asked."""

    consultation: Consultation
    lead: Party | None
    silent: int
    asked: int
    due: Due | None
    is_ours: bool


@dataclass(frozen=True, slots=True)
class ConsultationsPage:
    """`tabs`: (value, label, whether chosen)."""

    rows: tuple[ConsultationRow, ...]
    page: PageInfo
    of: str
    tabs: tuple[tuple[str, str, bool], ...]


def consultations_for_page(scope: ViewerScope, *, of: str, on: dt.date, page: object = 1) -> ConsultationsPage:
    """One list. Open ones by when they are due, those that are over newest first. 3 queries for any number."""
    if of not in _LABELS:
        of = WAITING if scope.has_role(*ANSWER) else MINE
    own = scope.departments_with(*CONTENT_ROLES)
    rows = visible_consultations(scope)
    if of == MINE:
        rows = rows.filter(Q(asked_by=scope.user_id) | Q(department__in=own)).order_by("-asked_at", "-pk")
    elif of == DONE:
        rows = rows.exclude(state=Consultation.State.OPEN).order_by("-closed_at", "-pk")
    else:
        waits = Party.objects.filter(
            Q(state=Party.State.WAITING) | Q(is_lead=True), consultation=OuterRef("pk"), department__in=own
        )
        rows = rows.filter(Exists(waits), state=Consultation.State.OPEN).order_by("due_on", "pk")
    info = page_info(page, total=rows.count())
    found = rows.select_related("matter", "department").prefetch_related(_parties())
    return ConsultationsPage(
        rows=tuple(_row(each, own, on) for each in found[info.offset : info.offset + info.per_page]),
        page=info,
        of=of,
        tabs=tuple((value, label, value == of) for value, label in _LABELS.items()),
    )


def _parties() -> Prefetch:
    return Prefetch("parties", queryset=Party.objects.select_related("department").order_by("-is_lead", "pk"))


def _row(consultation: Consultation, own: frozenset[int], on: dt.date) -> ConsultationRow:
    parties = list(consultation.parties.all())
    return ConsultationRow(
        consultation=consultation,
        lead=next((party for party in parties if party.is_lead), None),
        silent=_silent(parties),
        asked=len(parties),
        due=due_of(consultation.due_on, on=on) if consultation.state == Consultation.State.OPEN else None,
        is_ours=consultation.department_id in own,
    )


def _silent(parties: Sequence[Party]) -> int:
    """How many of those that join in have said nothing yet and still may. The lead speaks with the conclusion."""
    return sum(
        party.state == Party.State.WAITING and not party.is_lead and party.department.is_active for party in parties
    )


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A department that was asked. `is_late`: answered after the day, or had not answered when that was over."""

    party: Party
    is_late: bool


@dataclass(frozen=True, slots=True)
class ConsultationPage:
    """One consultation. `answering`: the parties for which the viewer may answer now. `precedent`, `ticket`: what it came from, as
    far as the viewer may see them; `draft_shown`: whether the viewer may read the draft."""

    consultation: Consultation
    lead: Party
    parties: tuple[PartyRow, ...]
    sayings: tuple[Saying, ...]
    answering: tuple[Party, ...]
    silent: int
    due: Due | None
    precedent: Precedent | None
    ticket: str
    draft: Precedent | None
    draft_shown: bool
    concluding: Answer
    withdrawing: Answer
    drafting: Answer

    @property
    def is_open(self) -> bool:
        return self.consultation.state == Consultation.State.OPEN

    @property
    def is_closed(self) -> bool:
        return self.consultation.state == Consultation.State.CLOSED

    @property
    def lead_passed(self) -> bool:
        """Whether the lead says that it is not theirs: then who asked has to name another one."""
        return self.is_open and self.lead.state == Party.State.PASSED

    @property
    def lead_closed(self) -> bool:
        """Whether the lead was switched off meanwhile: nobody there may be left to conclude."""
        return self.is_open and not self.lead.department.is_active


def consultation_for_page(scope: ViewerScope, code: str, *, on: dt.date) -> ConsultationPage:
    """Raises NotVisible for who is of none of the departments. At most 8 queries for any number of answers."""
    found = visible_consultation(scope, code)
    parties = list(found.parties.select_related("department").order_by("-is_lead", "pk"))
    lead = next(party for party in parties if party.is_lead)
    is_open, draft = found.state == Consultation.State.OPEN, draft_of(found)
    waited = due_of(found.due_on, on=on if is_open else clock.day_of(found.closed_at))
    sayings = found.sayings.select_related("department").order_by("at", "pk")
    late = {each.department_id for each in sayings if each.is_late and each.kind in _ANSWERS}
    return ConsultationPage(
        consultation=found,
        lead=lead,
        parties=tuple(
            PartyRow(each, each.department_id in late or (each.state == Party.State.WAITING and waited.is_late))
            for each in parties
        ),
        sayings=tuple(sayings),
        answering=tuple(each for each in parties if is_open and may_answer(scope, each)),
        silent=_silent(parties),
        due=waited if is_open else None,
        precedent=_precedent(found, scope),
        ticket=_ticket(found.ticket_code, scope),
        draft=draft,
        draft_shown=draft is not None and bool(may_see_drafts(scope, draft)),
        concluding=may_conclude(scope, lead),
        withdrawing=may_withdraw(scope, found),
        drafting=may_draft(scope, lead),
    )


def _precedent(consultation: Consultation, scope: ViewerScope) -> Precedent | None:
    """What it is about, where the viewer may read it."""
    if consultation.precedent_id is None:
        return None
    rows = Precedent.objects.visible_to(scope).filter(pk=consultation.precedent_id, live_revision__isnull=False)
    found = rows.select_related("live_revision").first()
    if found is not None:
        found.live_revision = in_list(found.live_revision)
    return found


def _ticket(code: str, scope: ViewerScope) -> str:
    """The code of the source ticket, for who may open it."""
    if not code:
        return ""
    try:
        return visible_ticket(scope, code).code
    except NotVisible:
        return ""


def departments_offered(scope: ViewerScope) -> dict[str, Department]:
    """Who may be asked, by key as a form sends it: those of the viewer's region first. 1 query."""
    rows = Department.objects.filter(is_active=True).select_related("region").order_by("region__path", "code")
    near = sorted(rows, key=lambda each: each.region_id != scope.home_region_id)
    return {str(each.pk): each for each in near}


def gap_to_consult(scope: ViewerScope, key: str) -> KnowledgeGap | None:
    """The gap that a consultation comes from: for who tends gaps, and for who filed it. None for no key. 2 queries.

    Raises NotVisible for another one.
    """
    if not key:
        return None
    rows = KnowledgeGap.objects.select_related("matter", "joined_into")
    found = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if found is None:
        raise NotVisible()
    filed = Q(gap=found) | Q(gap__joined_into=found)
    if not scope.edits and not KnowledgeGapFiling.objects.filter(filed, user=scope.user_id or 0).exists():
        raise NotVisible()
    return found


_ANSWERS = (Saying.Kind.ANSWER, Saying.Kind.PASS, Saying.Kind.CONCLUSION)


def _answers_to(scope: ViewerScope) -> QuerySet[Saying]:
    return Saying.objects.filter(consultation__asked_by=scope.user_id or 0, kind__in=_ANSWERS)


def answered_at(scope: ViewerScope) -> QuerySet:
    """The moments of `answers_for`, one column; to be asked for together with those of others. No query."""
    return _answers_to(scope).order_by().values_list("at")


def answers_for(scope: ViewerScope) -> tuple[Told, ...]:
    """What the departments said to what the viewer asked, newest first, at most 50. 1 query."""
    rows = _answers_to(scope).select_related("consultation", "department").order_by("-at", "-pk")[:MOST_ANSWERS]
    return tuple(
        Told(
            each.at,
            _short(each.consultation.question),
            _told(each),
            "consulting:consultation",
            (each.consultation.code,),
        )
        for each in rows
    )


def _told(saying: Saying) -> str:
    words = _short(saying.words)
    if saying.kind == Saying.Kind.PASS:
        return gettext("{department}说不归他们，归{owner}：{words}").format(
            department=saying.department, owner=saying.owner, words=words
        )
    if saying.kind == Saying.Kind.CONCLUSION:
        return gettext("{department}下了结论：{words}").format(department=saying.department, words=words)
    return gettext("{department}答复了：{words}").format(department=saying.department, words=words)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
