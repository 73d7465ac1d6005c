"""May this viewer do this deed? Each answer is Allowed, or Denied with the reason that the page shows."""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Allowed, Answer, Denied
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .models import Precedent, ReviewComment, Revision, RevisionState
from .visibility import DRAFT_ROLES, FINDABLE, PrecedentStatus

__all__ = ["ALLOWED", "Allowed", "Answer", "Denied", "may_edit", "may_retire", "may_review"]


# Who keeps the texts of a department true.
VERIFIERS = (Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN)


def may_edit(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Editors and administrators of the department that owns the precedent."""
    if precedent.owner_department_id in scope.departments_with(Role.EDITOR, Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(
        gettext("只有“{owner_department}”的编辑能改这个案例。").format(owner_department=precedent.owner_department)
    )


def may_review(scope: ViewerScope, revision: Revision) -> Answer:
    """Reviewers of the owning department who neither wrote the text nor edited it last."""
    precedent = revision.precedent
    if precedent.owner_department_id not in scope.departments_with(Role.REVIEWER):
        return Denied(
            gettext("只有“{owner_department}”的审核人能审这个案例。").format(
                owner_department=precedent.owner_department
            )
        )
    if scope.user_id in (revision.author_id, revision.last_editor_id):
        return Denied(gettext("这一版是您写的或改的，要由另一个人审核。"))
    return ALLOWED


def may_tend_reviews(scope: ViewerScope) -> Answer:
    """The queue of submitted texts: reviewers, each for the own departments; administrators look on."""
    if scope.has_role(Role.REVIEWER, Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(gettext("待审的由审核人和部门管理员看。您提交的在写案例那一页看得到进展。"))


def may_see_drafts(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Unpublished and earlier texts with what reviewers said: who writes and reviews for the owning department."""
    if precedent.owner_department_id in scope.departments_with(*DRAFT_ROLES):
        return ALLOWED
    return Denied(
        gettext("没有发布的文字和旧版文字，只给“{owner_department}”写和审案例的人看。").format(
            owner_department=precedent.owner_department
        )
    )


def may_comment(scope: ViewerScope, revision: Revision) -> Answer:
    """Whoever may decide about the text, as long as it is in review."""
    answer = may_review(scope, revision)
    if answer and revision.state != RevisionState.SUBMITTED:
        return Denied(
            gettext("这一版现在是“{label}”，待审核的才能批注。").format(label=RevisionState(revision.state).label)
        )
    return answer


def may_answer(scope: ViewerScope, revision: Revision) -> Answer:
    """The author's side: editors and administrators of the owning department."""
    return may_edit(scope, revision.precedent)


def may_withdraw_comment(scope: ViewerScope, comment: ReviewComment) -> Answer:
    """Who wrote it."""
    if comment.author_id is not None and comment.author_id == scope.user_id:
        return ALLOWED
    return Denied(gettext("批注由写的人自己收回。"))


def may_retire(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Reviewers and administrators of the owning department."""
    if precedent.owner_department_id in scope.departments_with(Role.REVIEWER, Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(
        gettext("只有“{owner_department}”的审核人或管理员能让案例出库。").format(
            owner_department=precedent.owner_department
        )
    )


def may_tend_verification(scope: ViewerScope) -> Answer:
    """The desk of points to check: editors, reviewers and administrators of any department, each for the own ones."""
    if scope.has_role(*VERIFIERS):
        return ALLOWED
    return Denied(gettext("复核由编辑、审核人和部门管理员做。窗口发现案例不对，在案例页点“照办未成”或者“纠错”。"))


def may_verify(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Editors, reviewers and administrators of the owning department, for what is in use."""
    if not verifies(scope, precedent):
        return Denied(
            gettext("只有“{owner_department}”的编辑、审核人或管理员能复核这个案例。").format(
                owner_department=precedent.owner_department
            )
        )
    if precedent.status not in FINDABLE:
        return Denied(
            gettext("这个案例现在是“{label}”，不在库里，不用复核。").format(
                label=PrecedentStatus(precedent.status).label
            )
        )
    return ALLOWED


def verifies(scope: ViewerScope, precedent: Precedent) -> bool:
    """Whether the viewer is of those who check the precedents of its department, whatever became of this one."""
    return precedent.owner_department_id in scope.departments_with(*VERIFIERS)


def may_see_impact(scope: ViewerScope) -> Answer:
    """Who relies on a version, as a list to work through: editors and administrators of any department."""
    if scope.edits:
        return ALLOWED
    return Denied(gettext("影响清单给编辑和部门管理员看。谁在用哪一条，政策页每条旁边都有。"))


def may_tend_citations(scope: ViewerScope) -> Answer:
    """Editors and administrators, each for the precedents of the own department."""
    if scope.edits:
        return ALLOWED
    return Denied(gettext("没认出的引用由编辑和部门管理员处理。"))
