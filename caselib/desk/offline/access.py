"""May this viewer take a pack of the library out of the site? Administrators of a department, for that one."""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied, Hidden
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope


def may_enter(scope: ViewerScope) -> Answer:
    """The room itself. Who reads no content has no such room."""
    if not scope.reads_content:
        return Hidden()
    return (
        ALLOWED
        if scope.has_role(Role.DEPARTMENT_ADMIN)
        else Denied(gettext("离线包由部门管理员下载，放到大厅的电脑上。"))
    )


def may_take(scope: ViewerScope, department: int) -> Answer:
    """A pack of this department: it holds what is meant for this department alone."""
    answer = may_enter(scope)
    if answer and department not in scope.departments_with(Role.DEPARTMENT_ADMIN):
        return Denied(gettext("只能下载您当管理员的部门的离线包。"))
    return answer
