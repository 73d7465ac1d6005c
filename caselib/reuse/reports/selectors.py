"""Reads of reports: the desk of the owner, one report with the text beside it, and what became of one's own."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext

from caselib.core.due import late_since
from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.core.told import Told
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import VERIFIERS, Answer
from caselib.precedents.content import content_of
from caselib.precedents.guarding import may_restore_view
from caselib.precedents.models import Precedent, Revision, RevisionState
from caselib.precedents.points import Choice, Due, due_of
from caselib.precedents.privacy import outgoing
from caselib.precedents.sections import Section, sections_of
from caselib.precedents.shown import holds_personal, title_shown
from caselib.precedents.visibility import PrecedentStatus
from caselib.reuse.waiting import reports_waiting

from ..models import UNANSWERED, Report, ReportFiling, ReportKind, ReportState
from ..points import place_words, point_marked
from .access import may_revise_for
from .page_sections import section_named

# The page of notices shows no more of these than of anything else.
MOST_ANSWERS = 100


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as lists show it. `place`: the section, or the point; `title` of the live text, empty for who may not see it.

    `people`: how many said so; `due` is None for one that is answered.
    """

    report: Report
    place: str
    title: str
    people: int
    due: Due | None

    @property
    def is_answered(self) -> bool:
        return self.report.state not in UNANSWERED


@dataclass(frozen=True, slots=True)
class ReportDesk:
    rows: tuple[ReportRow, ...]
    page: PageInfo
    kinds: tuple[Choice, ...]
    states: tuple[Choice, ...]
    late: int

    @property
    def is_filtered(self) -> bool:
        return any(choice.is_on for choice in (*self.kinds, *self.states))


_ANSWERED = "answered"


def desk_of(scope: ViewerScope, *, kind: str = "", state: str = "", page: object = 1, on: dt.date) -> ReportDesk:
    """One page of the reports about the viewer's departments, soonest due first; the answered ones with `state=answered`, newest first.

    `kind`: a value of ReportKind; anything else filters nothing. 6 queries for any number.
    """
    waiting, answered = reports_waiting(scope), _answered(scope)
    shows_answered = state == _ANSWERED
    pool = answered if shows_answered else waiting
    states = (
        Choice("open", ReportState.OPEN.label, waiting.filter(state=ReportState.OPEN).count(), state == "open"),
        Choice("taken", ReportState.TAKEN.label, waiting.filter(state=ReportState.TAKEN).count(), state == "taken"),
        Choice(_ANSWERED, gettext("了结的"), answered.count(), shows_answered),
    )
    if state in UNANSWERED:
        pool = pool.filter(state=state)
    kinds = _kinds(pool, kind)
    chosen = pool.filter(kind=kind) if any(choice.is_on for choice in kinds) else pool
    info = page_info(page, total=sum(each.count for each in kinds if each.is_on or chosen is pool))
    order = ("-answered_at", "-pk") if shows_answered else ("due_on", "pk")
    found = list(_with_words(chosen).order_by(*order)[info.offset : info.offset + info.per_page])
    late = waiting.filter(due_on__lte=late_since(on)).count()
    return ReportDesk(tuple(_row(report, on=on) for report in found), info, kinds, states, late)


def _answered(scope: ViewerScope) -> QuerySet[Report]:
    own = scope.departments_with(*VERIFIERS)
    return Report.objects.filter(precedent__owner_department__in=own).exclude(state__in=UNANSWERED).order_by()


def _kinds(pool: QuerySet[Report], wanted: str) -> tuple[Choice, ...]:
    counts = dict(pool.values_list("kind").annotate(count=Count("pk")))
    found = [kind for kind in ReportKind if kind.value in counts]
    return tuple(Choice(kind.value, kind.label, counts[kind.value], kind.value == wanted) for kind in found)


def _with_words(rows: QuerySet[Report]) -> QuerySet[Report]:
    """With the live title, and how many people said so, as `people`."""
    people = ReportFiling.objects.filter(report=OuterRef("pk")).order_by().values("report")
    counted = people.annotate(number=Count("user", distinct=True)).values("number")
    precedents = Precedent.objects.select_related("live_revision", "owner_department")
    return rows.annotate(people=Subquery(counted)).prefetch_related(
        Prefetch("precedent", queryset=precedents.annotate(is_personal=holds_personal()))
    )


def _row(report: Report, *, on: dt.date | None, title: str | None = None) -> ReportRow:
    is_waiting = on is not None and report.state in UNANSWERED
    return ReportRow(
        report=report,
        place=place_of(report),
        title=title_shown(report.precedent) if title is None else title,
        people=report.people or 0,
        due=due_of(report.due_on, on=on) if is_waiting else None,
    )


def place_of(report: Report) -> str:
    """适用条件第 2 条 for a point, 能用吗 for a section."""
    return place_words(report.point) or section_named(report.section).label


@dataclass(frozen=True, slots=True)
class ReportScreen:
    """One report for who answers it. `sections`: the reported part of the text as it was read; `now`: of the live text, where that is
    another one and says it differently. `texts`: published versions after the reported one, newest first.

    `draft`: number of an open revision, or None; `checks`: whether the signal waits for a check; `point`: the words at which uses failed.
    """

    row: ReportRow
    filings: tuple[ReportFiling, ...]
    sections: tuple[Section, ...]
    now: tuple[Section, ...]
    texts: tuple[int, ...]
    draft: int | None
    revising: Answer
    restoring: Answer
    is_withheld: bool
    checks: bool
    point: str = ""

    @property
    def report(self) -> Report:
        return self.row.report


def report_for_desk(scope: ViewerScope, key: int, *, on: dt.date) -> ReportScreen:
    """Raises NotVisible for what is not there and for a report about another department. 8 queries, some 7 more where the live text is
    another one."""
    report = report_of(scope, key)
    precedent = report.precedent
    words = _words(report.revision, report)
    now: tuple[Section, ...] = ()
    if precedent.live_revision_id != report.revision_id:
        now = _words(precedent.live_revision, report)
    texts = precedent.revisions.filter(
        number__gt=report.revision.number, state__in=[RevisionState.APPROVED, RevisionState.SUPERSEDED]
    )
    open_draft = precedent.revisions.exclude(state__in=_CLOSED).values_list("number", flat=True).first()
    return ReportScreen(
        row=_row(report, on=on),
        filings=tuple(report.filings.select_related("department", "use")),
        sections=words,
        now=now if now != words else (),
        texts=tuple(texts.order_by("-number").values_list("number", flat=True)),
        draft=open_draft,
        revising=may_revise_for(scope, report),
        restoring=may_restore_view(scope, precedent),
        is_withheld=precedent.status == PrecedentStatus.WITHHELD,
        checks=report.doubt is not None and report.doubt.resolved_at is None,
        point=point.words if (point := point_marked(report.revision, report.point_mark)) else "",
    )


_CLOSED = (RevisionState.APPROVED, RevisionState.SUPERSEDED, RevisionState.REJECTED, RevisionState.WITHDRAWN)


def report_of(scope: ViewerScope, key: int) -> Report:
    """A report about a precedent of the viewer's departments. Raises NotVisible for every other. 2 queries."""
    own = Report.objects.filter(precedent__owner_department__in=scope.departments_with(*VERIFIERS))
    found = _with_words(own).select_related("revision", "doubt").filter(pk=key).first()
    if found is None:
        raise NotVisible()
    return found


def _words(revision: Revision, report: Report) -> tuple[Section, ...]:
    """The reported part of a text, as it may be shown; all of it for the page as a whole."""
    fields = section_named(report.section).fields
    content = content_of(revision)
    # Whoever mends personal data has to see it; everybody else reads it as readers do.
    shown = content if report.kind == ReportKind.PRIVACY else outgoing(content, precedent=report.precedent)
    return tuple(section for section in sections_of(shown) if not fields or section.field in fields)


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A report that the viewer filed. `said`: the viewer's own words; `code` and the title are empty for what is not visible any more."""

    row: ReportRow
    filing: ReportFiling
    code: str


@dataclass(frozen=True, slots=True)
class OwnReports:
    rows: tuple[OwnRow, ...]
    page: PageInfo


def mine_of(scope: ViewerScope, *, page: object = 1, on: dt.date) -> OwnReports:
    """One page of what the viewer reported, newest first, with its state and answer. 5 queries for any number."""
    filings = _own(scope)
    info = page_info(page, total=filings.count())
    found = list(filings.order_by("-at", "-pk")[info.offset : info.offset + info.per_page])
    return OwnReports(tuple(_own_rows(found, scope, on=on)), info)


def _own(scope: ViewerScope) -> QuerySet[ReportFiling]:
    """What the viewer said as a reader; uses are another thing."""
    rows = ReportFiling.objects.filter(user=scope.user_id, use=None) if scope.user_id else ReportFiling.objects.none()
    return rows.order_by()


def _own_rows(filings: list[ReportFiling], scope: ViewerScope, *, on: dt.date | None) -> Iterable[OwnRow]:
    keys = {filing.report_id for filing in filings}
    reports = {report.pk: report for report in _with_words(Report.objects.filter(pk__in=keys))}
    wanted = {report.precedent_id for report in reports.values()}
    seen = dict(Precedent.objects.visible_to(scope).filter(pk__in=wanted).values_list("pk", "code"))
    for filing in filings:
        report = reports[filing.report_id]
        code = seen.get(report.precedent_id, "")
        yield OwnRow(_row(report, on=on, title=None if code else ""), filing, code)


def answered_at(scope: ViewerScope) -> QuerySet:
    """The moments of `answers_for`, one column; to be asked for together with those of others. No query."""
    rows = ReportFiling.objects.filter(user=scope.user_id or 0, use=None, report__answered_at__isnull=False)
    return rows.order_by().values_list("report__answered_at")


def answers_for(scope: ViewerScope) -> tuple[Told, ...]:
    """What became of the viewer's reports, newest answer first: for the page of notices. 4 queries for any number."""
    answered = Q(report__answered_at__isnull=False)
    filings = list(_own(scope).filter(answered).order_by("-report__answered_at", "-pk")[:MOST_ANSWERS])
    return tuple(_told(own) for own in _own_rows(filings, scope, on=None)) if filings else ()


def _told(own: OwnRow) -> Told:
    report = own.row.report
    about = f"{own.row.place}，{report.get_kind_display()}"
    return Told(
        at=report.answered_at,
        title=f"{own.row.title}（{about}）" if own.code else gettext("您报的纠错（{about}）").format(about=about),
        text=f"{report.get_state_display()}：{report.answer}",
        view="reuse:mine",
    )
