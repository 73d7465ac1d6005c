"""May this viewer file a gap, or look after the gaps?"""

from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import ALLOWED, Answer, Denied


def may_file(scope: ViewerScope) -> Answer:
    """Everybody who works with content in a department, the counter first of all."""
    if scope.reads_content and scope.home_department_id is not None:
        return ALLOWED
    return Denied("这个账号只做管理，不记知识缺口。要记，用业务账号登录。")


def may_tend(scope: ViewerScope) -> Answer:
    """Editors and administrators of any department: a gap belongs to the library, whoever filed it."""
    if scope.has_role(Role.EDITOR, Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied("知识缺口由编辑和部门管理员处理。要记一个，在查不到的结果页点“记为知识缺口”。")
