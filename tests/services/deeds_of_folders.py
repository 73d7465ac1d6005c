"""The deeds of `deeds` that concern shared folders."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.orgs.models import Role, User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.personal.folder_items import item_add
from caselib.personal.folders import FolderFacts, folder_create, folder_delete, folder_hand_over
from caselib.personal.models import Folder
from tests import factories

from .deeds import planted


def _keeper() -> tuple[User, ViewerScope]:
    keeper = factories.user(Role.WINDOW)
    return keeper, scope_of(keeper)


def _folder(scope: ViewerScope) -> Folder:
    facts = FolderFacts(planted("常用"), planted("说明"), scope.home_department_id)
    return folder_create(facts, scope=scope)


def _filled() -> None:
    _, scope = _keeper()
    item_add(_folder(scope), factories.published(), scope=scope, remark=planted("备注"))


def _deleted() -> None:
    _, scope = _keeper()
    folder_delete(_folder(scope), scope=scope)


def _handed_over() -> None:
    keeper, scope = _keeper()
    to = factories.user(Role.EDITOR, within=keeper.memberships.get().department)
    folder_hand_over(_folder(scope), to=to.pk, scope=scope)


FOLDERS: dict[Action, Callable[[], object]] = {
    Action.FOLDER_SAVED: lambda: _folder(_keeper()[1]),
    Action.FOLDER_FILLED: _filled,
    Action.FOLDER_DELETED: _deleted,
    Action.FOLDER_HANDED_OVER: _handed_over,
}
