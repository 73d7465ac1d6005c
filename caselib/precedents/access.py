"""May this viewer do this deed? Each answer is Allowed, or Denied with the reason that the page shows."""

from caselib.core.answers import ALLOWED, Allowed, Answer, Denied
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .models import Precedent, Revision

__all__ = ["ALLOWED", "Allowed", "Answer", "Denied", "may_edit", "may_retire", "may_review"]


def may_edit(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Editors and administrators of the department that owns the precedent."""
    if precedent.owner_department_id in scope.departments_with(Role.EDITOR, Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(f"只有“{precedent.owner_department}”的编辑能改这个案例。")


def may_review(scope: ViewerScope, revision: Revision) -> Answer:
    """Reviewers of the owning department who neither wrote the text nor edited it last."""
    precedent = revision.precedent
    if precedent.owner_department_id not in scope.departments_with(Role.REVIEWER):
        return Denied(f"只有“{precedent.owner_department}”的审核人能审这个案例。")
    if scope.user_id in (revision.author_id, revision.last_editor_id):
        return Denied("这一版是您写的或改的，要由另一个人审核。")
    return ALLOWED


def may_retire(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Reviewers and administrators of the owning department."""
    if precedent.owner_department_id in scope.departments_with(Role.REVIEWER, Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(f"只有“{precedent.owner_department}”的审核人或管理员能让案例出库。")
