"""需要我处理: what of the precedents waits for a viewer, by kind. One rule for the number in the header and for the desk."""

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from caselib.orgs.models import Role, User
from caselib.orgs.scope import ViewerScope

from .access import VERIFIERS
from .models import (
    OPEN_STATES,
    Doubt,
    Precedent,
    PrivacyOverride,
    Revision,
    RevisionState,
    SiblingDraft,
    UnresolvedCitation,
)

# Who lets a finding of the privacy gate through.
LETS_THROUGH = (Role.REVIEWER, Role.DEPARTMENT_ADMIN)


def drafts_waiting(scope: ViewerScope) -> QuerySet[Revision]:
    """Drafts that the viewer began or wrote last, in departments where the viewer still edits."""
    return _own(scope, RevisionState.DRAFT)


def changes_waiting(scope: ViewerScope) -> QuerySet[Revision]:
    """Texts of the viewer that a reviewer sent back."""
    return _own(scope, RevisionState.CHANGES_REQUESTED)


def _own(scope: ViewerScope, state: RevisionState) -> QuerySet[Revision]:
    mine = Q(author=scope.user_id) | Q(last_editor=scope.user_id)
    departments = scope.departments_with(Role.EDITOR, Role.DEPARTMENT_ADMIN)
    return Revision.objects.filter(mine, state=state, precedent__owner_department__in=departments)


def reviews_waiting(scope: ViewerScope) -> QuerySet[Revision]:
    """Submitted texts that the viewer may decide about: neither wrote them nor edited them last."""
    rows = Revision.objects.filter(
        state=RevisionState.SUBMITTED, precedent__owner_department__in=scope.departments_with(Role.REVIEWER)
    )
    # An import has no author: NOT (author = me) must let an unknown one pass.
    return rows.exclude(author=scope.user_id or 0).exclude(last_editor=scope.user_id or 0)


def overrides_waiting(scope: ViewerScope) -> QuerySet[PrivacyOverride]:
    """Findings that somebody else holds for no personal data, in texts that the viewer did not edit last."""
    edited = Revision.objects.filter(
        precedent=OuterRef("precedent"), state__in=OPEN_STATES, last_editor=scope.user_id or 0
    )
    rows = PrivacyOverride.objects.filter(
        decision=PrivacyOverride.Decision.ASKED,
        precedent__owner_department__in=scope.departments_with(*LETS_THROUGH),
    )
    return rows.exclude(claimed_by=scope.user_id or 0).exclude(Exists(edited))


def points_waiting(scope: ViewerScope) -> QuerySet[Doubt]:
    """Open points of the precedents in use of the viewer's departments."""
    own = Precedent.objects.visible_to(scope).findable()
    own = own.filter(owner_department__in=scope.departments_with(*VERIFIERS))
    return Doubt.objects.open().filter(precedent__in=own.values("pk")).order_by()


def siblings_waiting(scope: ViewerScope) -> QuerySet[SiblingDraft]:
    """Texts that stand beside a draft: the viewer's own, and those beside a draft that the viewer wrote last."""
    mine = Q(author=scope.user_id) | Q(revision__last_editor=scope.user_id)
    departments = scope.departments_with(Role.EDITOR, Role.DEPARTMENT_ADMIN)
    return SiblingDraft.objects.filter(
        mine, closed_at__isnull=True, revision__precedent__owner_department__in=departments
    )


def citations_waiting(scope: ViewerScope) -> QuerySet[UnresolvedCitation]:
    """Cited words that nobody could find, in texts of the viewer's departments."""
    departments = scope.departments_with(Role.EDITOR, Role.DEPARTMENT_ADMIN)
    rows = UnresolvedCitation.objects.filter(closed_at__isnull=True)
    return rows.filter(revision__precedent__owner_department__in=departments)


# Kind of thing, who has such things at all, the rows, and the column whose distinct values are counted.
_KINDS = {
    "changes": ((Role.EDITOR, Role.DEPARTMENT_ADMIN), changes_waiting, "pk"),
    "reviews": ((Role.REVIEWER,), reviews_waiting, "pk"),
    "overrides": (LETS_THROUGH, overrides_waiting, "pk"),
    "siblings": ((Role.EDITOR, Role.DEPARTMENT_ADMIN), siblings_waiting, "pk"),
    "points": (VERIFIERS, points_waiting, "precedent"),
    "citations": ((Role.EDITOR, Role.DEPARTMENT_ADMIN), citations_waiting, "pk"),
}
# How each kind is called, on the desk and in the daily mail.
LABELS = {
    "changes": "退回修改",
    "reviews": "待我审核",
    "overrides": "隐私放行",
    "siblings": "两份并存的草稿",
    "points": "待复核",
    "citations": "没认出的引用",
}
# Who has a desk on which something may wait.
WORKERS = frozenset(role for roles, _, _ in _KINDS.values() for role in roles)


def counts_waiting(scope: ViewerScope) -> dict[str, int]:
    """How much waits, by kind; only the kinds of the viewer's roles. 1 query; none for who has none of them."""
    columns = _columns(scope)
    if not columns:
        return {}
    return _one_row(scope).annotate(**columns).values(*columns).first() or {}


def waiting_count(scope: ViewerScope) -> int:
    """How much waits in all. 1 query; none for who has nothing of the kind."""
    return sum(counts_waiting(scope).values())


def waiting_as_rows(scope: ViewerScope) -> QuerySet:
    """The same number as a queryset of one row and one column, to be asked for within another query."""
    total = sum(_columns(scope).values(), start=Value(0))
    return _one_row(scope).annotate(number=total).values("number")


def _one_row(scope: ViewerScope) -> QuerySet[User]:
    """Something to hang the counts on."""
    return User.objects.filter(pk=scope.user_id).order_by()


def _columns(scope: ViewerScope) -> dict[str, Coalesce]:
    return {
        name: _count(rows(scope), column)
        for name, (roles, rows, column) in _KINDS.items()
        if scope.departments_with(*roles)
    }


def _count(rows: QuerySet, column: str) -> Coalesce:
    """How many distinct values of the column, as one number within another query."""
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(number=Count(column, distinct=True))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), Value(0))
