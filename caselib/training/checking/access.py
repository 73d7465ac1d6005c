"""Who reads what is not published yet."""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied
from caselib.orgs.scope import ViewerScope

from ..access import CHECKERS, INVITED, may_edit_pack
from ..models import Pack


def may_read_versions(scope: ViewerScope, pack: Pack) -> Answer:
    """Drafts, earlier versions and what was said of them: who writes the pack, and who may be asked to check it. Needs `is_coeditor`."""
    if pack.owner_department_id in scope.departments_with(*CHECKERS) or may_edit_pack(scope, pack):
        return ALLOWED
    return Denied(
        gettext("没发布的内容和以前的版本，只给“{department}”编和审培训包的人看。").format(
            department=pack.owner_department
        )
    )


def may_tend_checks(scope: ViewerScope) -> Answer:
    """What waits to be checked, and what was sent back to its authors: all who check and all who may write along."""
    if scope.has_role(*INVITED):
        return ALLOWED
    return Denied(gettext("培训包由培训老师、审核人和部门管理员审，编的人在这里看退回的。"))


def may_tend_changes(scope: ViewerScope) -> Answer:
    """The list of lessons whose precedent changed: who may write a pack at all."""
    if scope.has_role(*INVITED):
        return ALLOWED
    return Denied(gettext("跟着案例改课，由培训老师和合编人做。"))
