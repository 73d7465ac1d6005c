"""Who reads the calendar, and who keeps it.

Everybody who works with content reads it: due dates come out of it. It is one for the whole site and holds no content, so that
administrators of departments keep it, and the administrator of the system, whose only room it is.
"""

from caselib.core.answers import ALLOWED, Answer, Denied, Hidden
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

KEEPERS = (Role.DEPARTMENT_ADMIN, Role.SYSTEM_ADMIN)
_READ_ONLY = Denied(
    "节假日由部门管理员和系统管理员录入，因为全站的到期日都按它算。您可以看；少了哪一天，告诉本部门的管理员。"
)


def may_see_calendar(scope: ViewerScope) -> Answer:
    return ALLOWED if scope.reads_content or scope.has_role(Role.SYSTEM_ADMIN) else Hidden()


def may_keep_calendar(scope: ViewerScope) -> Answer:
    seen = may_see_calendar(scope)
    if not seen:
        return seen
    return ALLOWED if scope.has_role(*KEEPERS) else _READ_ONLY
