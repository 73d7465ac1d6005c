"""May this viewer do this deed? Each answer is Allowed, or Denied with the reason that the page shows."""

from dataclasses import dataclass

from caselib.core.errors import NotAllowed
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .models import Precedent, Revision


@dataclass(frozen=True, slots=True)
class Allowed:
    def __bool__(self) -> bool:
        return True

    def require(self) -> None:
        """Does nothing: the deed is allowed."""


@dataclass(frozen=True, slots=True)
class Denied:
    reason: str

    def __bool__(self) -> bool:
        return False

    def require(self) -> None:
        """Raises NotAllowed with the reason."""
        raise NotAllowed(self.reason)


Answer = Allowed | Denied
ALLOWED = Allowed()


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


def may_tend_citations(scope: ViewerScope) -> Answer:
    """Editors and administrators, each for the precedents of the own department."""
    if scope.edits:
        return ALLOWED
    return Denied("没认出的引用由编辑和部门管理员处理。")
