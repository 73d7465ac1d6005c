"""What of the precedents waits for a viewer, by kind; caselib.waiting counts it together with the rest."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from caselib.orgs.models import Role
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
