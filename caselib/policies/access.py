"""May this viewer enter policies? Reading them is for everybody who is signed in."""

from caselib.core.answers import ALLOWED, Answer, Denied, Hidden
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

DENIED = Denied("政策由编辑和部门管理员录入、确认时效。发现哪里不对，请告诉本部门的编辑。")


def may_edit_policies(scope: ViewerScope) -> Answer:
    """Editors and administrators of any department: a policy belongs to the library. Who reads no content sees no desk."""
    if not scope.reads_content:
        return Hidden()
    return ALLOWED if scope.has_role(Role.EDITOR, Role.DEPARTMENT_ADMIN) else DENIED
