"""Reads of knowledge gaps: the desk of editors, one gap with what is near it, what somebody asked, and what came of it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from caselib.core.answers import Answer
from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.core.told import Told
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import may_see_drafts
from caselib.precedents.models import Precedent
from caselib.precedents.points import Due, due_of
from caselib.precedents.shown import in_list
from caselib.search.models import KnowledgeGap, KnowledgeGapFiling

from .access import may_release
from .meaning import Asked, near_ones
from .working import draft_of

State = KnowledgeGap.State
# Open gaps among which the same question is looked for, newest first.
_COMPARED = 500
MOST_NEAR = 5
MOST_ANSWERS = 50


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap with the departments that filed it. `answer`: the precedent that closed it, if the viewer may see it. `near`: how
    many open gaps ask nearly the same. `due`: by when, of an open one."""

    gap: KnowledgeGap
    departments: tuple[str, ...]
    answer: Precedent | None
    near: int = 0
    due: Due | None = None
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class GapsPage:
    """`states`: (value, label, whether chosen) of the lists to choose from."""

    rows: tuple[GapRow, ...]
    page: PageInfo
    state: str
    states: tuple[tuple[str, str, bool], ...]


def gaps_for_desk(*, scope: ViewerScope, on: dt.date, state: str = "", page: object = 1) -> GapsPage:
    """One page of gaps: open ones by when they are due and how often they were filed, closed ones newest first. 7 queries for
    any number."""
    state = state if state in State.values else State.OPEN.value
    gaps = KnowledgeGap.objects.filter(state=state)
    info = page_info(page, total=gaps.count())
    is_open = state == State.OPEN
    order = (F("due_on").asc(nulls_last=True), "-times", "-last_filed_at", "-pk") if is_open else ("-closed_at", "-pk")
    chosen = list(
        gaps.select_related("matter", "closed_by", "joined_into")
        .prefetch_related(*_filings())
        .order_by(*order)[info.offset : info.offset + info.per_page]
    )
    answers, others = _answers(chosen, scope), _open_ones() if is_open else []
    return GapsPage(
        rows=tuple(
            GapRow(
                gap,
                _departments(gap),
                answers.get(gap.answered_by_id),
                near=len(near_ones(_asked(gap), others)),
                due=due_of(gap.due_on, on=on) if is_open else None,
                is_mine=gap.taken_by_id is not None and gap.taken_by_id == scope.user_id,
            )
            for gap in chosen
        ),
        page=info,
        state=state,
        states=tuple((value, label, value == state) for value, label in State.choices),
    )


def _filings() -> tuple[Prefetch, Prefetch]:
    filings = KnowledgeGapFiling.objects.select_related("department").order_by("at", "pk")
    joined = KnowledgeGap.objects.prefetch_related(Prefetch("filings", queryset=filings)).order_by("pk")
    return Prefetch("filings", queryset=filings), Prefetch("joined", queryset=joined)


def _all_filings(gap: KnowledgeGap) -> list[KnowledgeGapFiling]:
    return [*gap.filings.all(), *(filing for each in gap.joined.all() for filing in each.filings.all())]


def _departments(gap: KnowledgeGap) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filing.department.name for filing in _all_filings(gap)))


def _open_ones() -> list[Asked]:
    rows = KnowledgeGap.objects.filter(state=State.OPEN).order_by("-last_filed_at", "-pk")
    return [Asked(*values) for values in rows.values_list("pk", "question", "matter_id")[:_COMPARED]]


def _asked(gap: KnowledgeGap) -> Asked:
    return Asked(gap.pk, gap.question, gap.matter_id)


def _answers(gaps: Iterable[KnowledgeGap], scope: ViewerScope) -> dict[int | None, Precedent]:
    keys = {gap.answered_by_id for gap in gaps} - {None}
    if not keys:
        return {}
    visible = Precedent.objects.visible_to(scope).filter(pk__in=keys, live_revision__isnull=False)
    found = {precedent.pk: precedent for precedent in visible.select_related("live_revision")}
    for precedent in found.values():
        precedent.live_revision = in_list(precedent.live_revision)
    return found


def gap_to_close(key: int) -> KnowledgeGap:
    """The gap of that key, open or not. Raises NotVisible where there is none. 1 query."""
    gap = KnowledgeGap.objects.filter(pk=key).first()
    if gap is None:
        raise NotVisible()
    return gap


@dataclass(frozen=True, slots=True)
class NearGap:
    """An open gap that asks nearly the same, `departments`: how many filed it."""

    gap: KnowledgeGap
    departments: int


@dataclass(frozen=True, slots=True)
class GapPage:
    """One gap to work on. `filings`: all that were counted, in everybody's own words; `joined`: gaps that were joined into it;
    `draft`: the precedent that was begun from it, with `draft_shown` where the viewer may read the draft; `is_free`: nobody
    else took it."""

    gap: KnowledgeGap
    filings: tuple[KnowledgeGapFiling, ...]
    departments: tuple[str, ...]
    joined: tuple[KnowledgeGap, ...]
    near: tuple[NearGap, ...]
    answer: Precedent | None
    draft: Precedent | None
    draft_shown: bool
    due: Due | None
    is_mine: bool
    release: Answer

    @property
    def is_open(self) -> bool:
        return self.gap.state == State.OPEN

    @property
    def is_free(self) -> bool:
        return self.gap.taken_by_id is None or self.is_mine

    @property
    def may_be_drafted(self) -> bool:
        return self.draft is None and (self.gap.state == State.WORDS or (self.is_open and self.is_free))


def gap_for_page(key: int, *, scope: ViewerScope, on: dt.date) -> GapPage:
    """For who tends gaps. Raises NotVisible where there is none. 9 queries for any number of filings and open gaps."""
    rows = KnowledgeGap.objects.select_related("matter", "closed_by", "joined_into")
    gap = rows.prefetch_related(*_filings()).filter(pk=key).first()
    if gap is None:
        raise NotVisible()
    is_open, draft = gap.state == State.OPEN, draft_of(gap)
    near = near_ones(_asked(gap), _open_ones())[:MOST_NEAR] if is_open else ()
    found = KnowledgeGap.objects.prefetch_related(*_filings()).in_bulk([one.key for one in near]) if near else {}
    return GapPage(
        gap=gap,
        filings=tuple(sorted(_all_filings(gap), key=lambda filing: (filing.at, filing.pk))),
        departments=_departments(gap),
        joined=tuple(gap.joined.all()),
        near=tuple(NearGap(found[one.key], len(_departments(found[one.key]))) for one in near if one.key in found),
        answer=_answers([gap], scope).get(gap.answered_by_id),
        draft=draft,
        draft_shown=draft is not None and bool(may_see_drafts(scope, draft)),
        due=due_of(gap.due_on, on=on) if is_open else None,
        is_mine=gap.taken_by_id is not None and gap.taken_by_id == scope.user_id,
        release=may_release(scope, gap),
    )


# --- what somebody asked ---


@dataclass(frozen=True, slots=True)
class MineRow:
    """What the viewer filed. `gap`: the one that it is now, which may ask it in other words; `answer` as in GapRow."""

    filing: KnowledgeGapFiling
    gap: KnowledgeGap
    question: str
    answer: Precedent | None
    due: Due | None


@dataclass(frozen=True, slots=True)
class MinePage:
    rows: tuple[MineRow, ...]
    page: PageInfo


def mine_for_page(scope: ViewerScope, *, on: dt.date, page: object = 1) -> MinePage:
    """我提的需求: what the viewer filed, newest first, with what became of it. 3 queries for any number."""
    filings = _own(scope).order_by("-at", "-pk")
    info = page_info(page, total=filings.count())
    chosen = list(filings[info.offset : info.offset + info.per_page])
    answers = _answers([_gap_of(filing) for filing in chosen], scope)
    return MinePage(tuple(_mine(filing, answers, on) for filing in chosen), info)


def _own(scope: ViewerScope):
    rows = KnowledgeGapFiling.objects.filter(user=scope.user_id or 0)
    return rows.select_related(
        "gap__matter", "gap__joined_into__matter", "gap__closed_by", "gap__joined_into__closed_by"
    )


def _gap_of(filing: KnowledgeGapFiling) -> KnowledgeGap:
    return filing.gap.joined_into or filing.gap


def _mine(filing: KnowledgeGapFiling, answers: dict[int | None, Precedent], on: dt.date) -> MineRow:
    gap = _gap_of(filing)
    return MineRow(
        filing=filing,
        gap=gap,
        question=filing.question or filing.gap.question,
        answer=answers.get(gap.answered_by_id),
        due=due_of(gap.due_on, on=on) if gap.state == State.OPEN else None,
    )


_CLOSED = (State.ANSWERED, State.WORDS, State.DECLINED)
_DONE = Q(gap__state__in=_CLOSED) | Q(gap__joined_into__state__in=_CLOSED)


def answered_at(scope: ViewerScope) -> QuerySet:
    """The moments of `answers_for`, one column; to be asked for together with those of others. No query."""
    rows = KnowledgeGapFiling.objects.filter(_DONE, user=scope.user_id or 0).order_by()
    return rows.values_list(Coalesce("gap__joined_into__closed_at", "gap__closed_at"))


def answers_for(scope: ViewerScope) -> tuple[Told, ...]:
    """What came of what the viewer filed, newest first, at most 50. 2 queries, 1 where nothing did."""
    # Of one that was joined the moment is that of the whole; when it was joined says nothing.
    answered = _own(scope).filter(_DONE).annotate(answered=Coalesce("gap__joined_into__closed_at", "gap__closed_at"))
    filings = list(answered.order_by("-answered", "-pk")[:MOST_ANSWERS])
    answers = _answers([_gap_of(filing) for filing in filings], scope)
    told = [_told(filing, answers) for filing in filings]
    return tuple(sorted(told, key=lambda one: one.at, reverse=True))


def _told(filing: KnowledgeGapFiling, answers: dict[int | None, Precedent]) -> Told:
    gap, title = _gap_of(filing), filing.question or filing.gap.question
    answer = answers.get(gap.answered_by_id)
    if answer is not None:
        text = gettext("您提的需求有案例了：{title}").format(title=answer.live_revision.title)
        return Told(gap.closed_at, title, text, "pages:precedent", (answer.code,))
    text = {
        State.ANSWERED: gettext("您提的需求处理了，答它的案例您看不到，或者已经不在库里。"),
        State.WORDS: gettext("您提的需求有答复了（不是先例）：{answer}").format(answer=gap.answer),
        State.DECLINED: gettext("您提的需求没有收：{reason}").format(reason=gap.reason),
    }[State(gap.state)]
    return Told(gap.closed_at, title, text, "search:gaps:mine")
