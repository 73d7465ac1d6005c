"""May this viewer keep something for the own work, and change or share a folder?"""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied, Hidden
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .models import Folder

# Who keeps the shared folders of a department in order, whoever made them.
TENDERS = (Role.EDITOR, Role.DEPARTMENT_ADMIN)


def may_keep(scope: ViewerScope) -> Answer:
    """Everybody who reads content: what is kept are precedents."""
    if scope.reads_content:
        return ALLOWED
    return Denied(gettext("这个账号只做管理，不看案例，也没有“我的案例”。要用，用业务账号登录。"))


def may_see_folder(scope: ViewerScope, folder: Folder) -> Answer:
    """A private folder: its owner. A shared one: everybody of the department who reads content. Else there is none."""
    if not scope.reads_content:
        return Hidden()
    if folder.is_shared:
        return ALLOWED if folder.department_id in scope.departments else Hidden()
    return ALLOWED if folder.owner_id == scope.user_id else Hidden()


def may_change_folder(scope: ViewerScope, folder: Folder) -> Answer:
    """A private folder: its owner. A shared one: who keeps it, and the editors and administrators of its department."""
    answer = may_see_folder(scope, folder)
    if not answer or not folder.is_shared:
        return answer
    if folder.keeper_id == scope.user_id or folder.department_id in scope.departments_with(*TENDERS):
        return ALLOWED
    kept = f"由{folder.keeper_name}保管" if folder.keeper_id else "保管人已经不在"
    return Denied(gettext("这个资料夹{kept}。要改，找保管人，或者本部门的编辑、管理员。").format(kept=kept))


def may_make_private(scope: ViewerScope, folder: Folder) -> Answer:
    """Only who keeps it: for everybody else it is gone then."""
    if not folder.is_shared or folder.keeper_id == scope.user_id:
        return may_change_folder(scope, folder)
    return Denied(gettext("收回共享由保管人做。您是编辑或管理员的，先把保管人改成自己。"))


def may_share(scope: ViewerScope, department: int) -> Answer:
    """With a department of one's own."""
    if department in scope.departments:
        return ALLOWED
    return Denied(gettext("只能共享给自己所在的部门。"))
