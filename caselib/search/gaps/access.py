"""May this viewer file a gap, or look after the gaps?"""

from django.utils.translation import gettext

from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import ALLOWED, Answer, Denied
from caselib.search.models import KnowledgeGap


def may_file(scope: ViewerScope) -> Answer:
    """Everybody who works with content in a department, the counter first of all."""
    if scope.reads_content and scope.home_department_id is not None:
        return ALLOWED
    return Denied(gettext("这个账号只做管理，不记知识缺口。要记，用业务账号登录。"))


def may_tend(scope: ViewerScope) -> Answer:
    """Editors and administrators of any department: a gap belongs to the library, whoever filed it."""
    if scope.has_role(Role.EDITOR, Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(gettext("知识缺口由编辑和部门管理员处理。要记一个，在查不到的结果页点“记为知识缺口”。"))


def may_release(scope: ViewerScope, gap: KnowledgeGap) -> Answer:
    """Who took it; an administrator of a department for who is away."""
    answer = may_tend(scope)
    if answer and gap.taken_by_id not in (None, scope.user_id) and not scope.has_role(Role.DEPARTMENT_ADMIN):
        return Denied(
            gettext("这条是 {taken_by_name} 认领的，由他放手；他不在，找部门管理员。").format(
                taken_by_name=gap.taken_by_name
            )
        )
    return answer
