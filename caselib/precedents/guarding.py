"""May this viewer do what keeps a precedent clean: attach, take off view, confer, let a finding through, blank old texts?"""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .access import may_edit, verifies
from .models import Precedent, PrivacyOverride, Revision
from .visibility import DRAFT_ROLES, READABLE, PrecedentStatus

# Who lets a finding through, brings back what was taken off view, and confers a tier.
SECOND = (Role.REVIEWER, Role.DEPARTMENT_ADMIN)


def sees_drafts(scope: ViewerScope, precedent: Precedent) -> bool:
    """Whether the viewer reads the drafts of this precedent, its old texts, and it while it is withheld."""
    return precedent.owner_department_id in scope.departments_with(*DRAFT_ROLES)


def may_see_findings(scope: ViewerScope, precedent: Precedent) -> Answer:
    """What was found in a draft is for those who read it."""
    if sees_drafts(scope, precedent):
        return ALLOWED
    return Denied(
        gettext("草稿里的个人信息只给“{owner_department}”的编辑、审核人和管理员看。").format(
            owner_department=precedent.owner_department
        )
    )


def may_attach(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Those who write it, as long as it is in use."""
    if precedent.status == PrecedentStatus.RETIRED:
        return Denied(gettext("这个案例已经出库，附件不再改动。"))
    return may_edit(scope, precedent)


def may_withhold(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Editors, reviewers and administrators of the owning department, for what readers can reach."""
    if not verifies(scope, precedent):
        return Denied(
            gettext("只有“{owner_department}”的编辑、审核人或管理员能紧急下架。请马上告诉他们。").format(
                owner_department=precedent.owner_department
            )
        )
    if precedent.status not in READABLE:
        return Denied(
            gettext("这个案例现在是“{label}”，读者本来就看不到。").format(label=PrecedentStatus(precedent.status).label)
        )
    return ALLOWED


def may_restore_view(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Reviewers and administrators of the owning department, but not who took it off view."""
    if precedent.owner_department_id not in scope.departments_with(*SECOND):
        return Denied(
            gettext("恢复上架由“{owner_department}”的审核人或管理员定。").format(
                owner_department=precedent.owner_department
            )
        )
    if precedent.withheld_by_id is not None and precedent.withheld_by_id == scope.user_id:
        return Denied(gettext("是您下架的，恢复上架要由另一个人定。"))
    return ALLOWED


def may_blank(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Administrators of the owning department: what is blanked cannot be brought back."""
    if precedent.owner_department_id in scope.departments_with(Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(
        gettext("抹去旧版文字找不回来，由“{owner_department}”的管理员做。").format(
            owner_department=precedent.owner_department
        )
    )


def may_set_tier(scope: ViewerScope, precedent: Precedent) -> Answer:
    """Reviewers and administrators of the owning department."""
    if precedent.owner_department_id in scope.departments_with(*SECOND):
        return ALLOWED
    return Denied(
        gettext("典型案例由“{owner_department}”的审核人或管理员记。").format(
            owner_department=precedent.owner_department
        )
    )


def may_tend_overrides(scope: ViewerScope) -> Answer:
    """The desk of what waits to be let through: reviewers and administrators of any department, each for the own ones."""
    if scope.has_role(*SECOND):
        return ALLOWED
    return Denied(gettext("放行由审核人和部门管理员定。"))


def may_decide_override(scope: ViewerScope, override: PrivacyOverride, *, text: Revision | None) -> Answer:
    """A second person of the owning department: not who claimed it, nor who wrote or last edited `text`, where it stands."""
    precedent = override.precedent
    if precedent.owner_department_id not in scope.departments_with(*SECOND):
        return Denied(
            gettext("放行由“{owner_department}”的审核人或管理员定。").format(
                owner_department=precedent.owner_department
            )
        )
    if scope.user_id == override.claimed_by_id:
        return Denied(gettext("是您提的，要由另一个人定。"))
    if wrote(text, scope.user_id):
        return Denied(gettext("这一版是您写的或最后改的，要由另一个人定。"))
    return ALLOWED


def wrote(text: Revision | None, user: int | None) -> bool:
    """Whether the text is that person's own, as in a review."""
    return text is not None and user is not None and user in (text.author_id, text.last_editor_id)
