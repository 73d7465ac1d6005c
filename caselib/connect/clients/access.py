"""May this viewer see, make, switch off systems that are served?

The department decides who acts in its name: its administrator makes systems and hands out tokens. The security administrator
(GB/T 22239-2019: separated roles) sees the systems of all departments, revokes and switches off, and never gets a secret.
"""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied, Hidden
from caselib.orgs.models import Department, Role
from caselib.orgs.scope import ViewerScope

from .models import Client

_DEPARTMENT_ALONE = "令牌由本部门的管理员发放。安全管理员看得到、能吊销、能停用，拿不到令牌。"


def may_see_systems(scope: ViewerScope) -> Answer:
    return ALLOWED if scope.has_role(Role.DEPARTMENT_ADMIN, Role.SECURITY_ADMIN) else Hidden()


def may_see(scope: ViewerScope, client: Client) -> Answer:
    return ALLOWED if _is_security(scope) or _administers(scope, client.department_id) else Hidden()


def may_create(scope: ViewerScope, department: Department | None = None) -> Answer:
    """Whether systems of that department may be made; without one: of any."""
    if not may_see_systems(scope):
        return Hidden()
    if department is None and scope.has_role(Role.DEPARTMENT_ADMIN):
        return ALLOWED
    if department is not None and _administers(scope, department.pk):
        return ALLOWED
    return Denied(gettext("对接系统由它所在部门的管理员登记。"))


def may_tend(scope: ViewerScope, client: Client) -> Answer:
    """Hand out and change tokens, change what it may do."""
    if not may_see(scope, client):
        return Hidden()
    return ALLOWED if _administers(scope, client.department_id) else Denied(_DEPARTMENT_ALONE)


def may_revoke(scope: ViewerScope, client: Client) -> Answer:
    """Take away: revoke a token, switch the system off."""
    return may_see(scope, client)


def may_switch_on(scope: ViewerScope, client: Client) -> Answer:
    """What security switched off, security switches on; the department what it switched off itself."""
    if not may_see(scope, client):
        return Hidden()
    if client.is_blocked:
        return ALLOWED if _is_security(scope) else Denied(gettext("这个系统是安全管理员停用的，由安全管理员启用。"))
    return (
        ALLOWED
        if _administers(scope, client.department_id)
        else Denied(gettext("这个系统是部门停用的，由部门管理员启用。"))
    )


def blocks(scope: ViewerScope, client: Client) -> bool:
    """Whether this viewer switches it off as security and not for the department."""
    return _is_security(scope) and not _administers(scope, client.department_id)


def _is_security(scope: ViewerScope) -> bool:
    return scope.has_role(Role.SECURITY_ADMIN)


def _administers(scope: ViewerScope, department: int) -> bool:
    return department in scope.departments_with(Role.DEPARTMENT_ADMIN)
