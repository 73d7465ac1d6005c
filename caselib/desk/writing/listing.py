"""写案例: what the viewer writes, and what colleagues of the same departments do."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import Department, Role
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import OPEN_STATES, Precedent, ReviewDecision, Revision, RevisionState, SiblingDraft

WRITERS = (Role.EDITOR, Role.DEPARTMENT_ADMIN)
MINE, THEIRS = "mine", "department"
# What waits for the writer comes first.
_ORDER = (RevisionState.CHANGES_REQUESTED, RevisionState.DRAFT, RevisionState.SUBMITTED)
_HEADS = {
    RevisionState.CHANGES_REQUESTED: "退回修改",
    RevisionState.DRAFT: "没写完的",
    RevisionState.SUBMITTED: "等审核的",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Drafts in one state. `state` is of RevisionState."""

    state: str
    title: str
    rows: tuple[Revision, ...]


@dataclass(frozen=True, slots=True)
class ListScreen:
    """`of`: whose. `mine`, `theirs`: how many of each there are. A row has `asked` (what the reviewer wants) and `siblings`."""

    of: str
    groups: tuple[Group, ...]
    page: PageInfo
    mine: int
    theirs: int


def list_screen(scope: ViewerScope, *, of: str, page: object) -> ListScreen:
    """One page of open drafts of the departments in which the viewer writes. 3 queries for any number."""
    rows = _open(scope)
    own = Q(author=scope.user_id) | Q(last_editor=scope.user_id)
    mine, theirs = rows.filter(own), rows.exclude(own)
    counts = {MINE: mine.count(), THEIRS: theirs.count()}
    of = of if of in counts else MINE
    info = page_info(page, total=counts[of])
    chosen = _ordered(mine if of == MINE else theirs)[info.offset : info.offset + info.per_page]
    return ListScreen(of, _grouped(list(chosen)), info, counts[MINE], counts[THEIRS])


def _open(scope: ViewerScope) -> QuerySet[Revision]:
    precedents = Precedent.objects.visible_to(scope).filter(owner_department__in=scope.departments_with(*WRITERS))
    return Revision.objects.filter(state__in=OPEN_STATES, precedent__in=precedents)


def _ordered(rows: QuerySet[Revision]) -> QuerySet[Revision]:
    place = Case(*(When(state=state, then=Value(at)) for at, state in enumerate(_ORDER)), output_field=IntegerField())
    asked = ReviewDecision.objects.filter(revision=OuterRef("pk"), verdict=ReviewDecision.Verdict.RETURN)
    waiting = SiblingDraft.objects.filter(revision=OuterRef("pk"), closed_at=None)
    return (
        rows.annotate(
            place=place,
            asked=Subquery(asked.order_by("-at", "-pk").values("comment")[:1]),
            beside=Subquery(waiting.values("pk")[:1]),
        )
        .select_related("precedent__owner_department", "matter")
        .order_by("place", "-saved_at", "-pk")
    )


def _grouped(rows: Sequence[Revision]) -> tuple[Group, ...]:
    groups = ((state, tuple(row for row in rows if row.state == state)) for state in _ORDER)
    return tuple(Group(state, _HEADS[state], found) for state, found in groups if found)


def departments_of(scope: ViewerScope) -> tuple[Department, ...]:
    """The departments for which the viewer writes, the home first. 1 query."""
    rows = Department.objects.filter(pk__in=scope.departments_with(*WRITERS)).select_related("region")
    return tuple(sorted(rows, key=lambda row: (row.pk != scope.home_department_id, row.region_id, row.code)))
