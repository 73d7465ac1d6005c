"""Reads of knowledge gaps for the desk of editors."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.shown import in_list
from caselib.search.models import KnowledgeGap, KnowledgeGapFiling

State = KnowledgeGap.State


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap with the departments that filed it. `answer`: the precedent that closed it, if the viewer may see it."""

    gap: KnowledgeGap
    departments: tuple[str, ...]
    answer: Precedent | None


@dataclass(frozen=True, slots=True)
class GapsPage:
    """`states`: (value, label, whether chosen) of the lists to choose from."""

    rows: tuple[GapRow, ...]
    page: PageInfo
    state: str
    states: tuple[tuple[str, str, bool], ...]


def gaps_for_desk(*, scope: ViewerScope, state: str = "", page: object = 1) -> GapsPage:
    """One page of gaps: open ones by how often they were filed, closed ones newest first. 4 queries for any number."""
    state = state if state in State.values else State.OPEN.value
    gaps = KnowledgeGap.objects.filter(state=state)
    info = page_info(page, total=gaps.count())
    order = ("-times", "-last_filed_at", "-pk") if state == State.OPEN else ("-closed_at", "-pk")
    filings = KnowledgeGapFiling.objects.select_related("department").order_by("at", "pk")
    chosen = list(
        gaps.select_related("matter", "closed_by")
        .prefetch_related(Prefetch("filings", queryset=filings))
        .order_by(*order)[info.offset : info.offset + info.per_page]
    )
    answers = _answers(chosen, scope)
    return GapsPage(
        rows=tuple(GapRow(gap, _departments(gap.filings.all()), answers.get(gap.answered_by_id)) for gap in chosen),
        page=info,
        state=state,
        states=tuple((value, label, value == state) for value, label in State.choices),
    )


def _departments(filings: Iterable[KnowledgeGapFiling]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filing.department.name for filing in filings))


def _answers(gaps: list[KnowledgeGap], scope: ViewerScope) -> dict[int | None, Precedent]:
    keys = {gap.answered_by_id for gap in gaps} - {None}
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
