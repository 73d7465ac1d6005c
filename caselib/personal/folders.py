"""Writes of folders: what is shared with a department leaves audit events, what is private does not.

Names, descriptions and remarks are masked before they are kept, in private folders as well: those may be shared later.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.orgs.models import CONTENT_ROLES, Membership, User
from caselib.orgs.scope import ViewerScope
from caselib.search.questions import kept_note

from .access import may_change_folder, may_keep, may_make_private, may_see_folder, may_share
from .models import LONGEST_DESCRIPTION, LONGEST_NAME, Folder

# Of one person's own, and of what one department shares.
MOST_FOLDERS = 100
STALE = "有人先改了这个资料夹。您填的还在下面，看看现在的名称和说明，再存一次。"


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """What somebody types about a folder. `department`: key of the one it is shared with, None for a private one."""

    name: str
    description: str = ""
    department: int | None = None


@transaction.atomic
def folder_create(facts: FolderFacts, *, scope: ViewerScope, now: dt.datetime | None = None) -> Folder:
    """Makes an empty folder. Raises NotAllowed, RuleBroken without a name, for a name that is there, for too many.

    Writes AuditEvent folder.saved where it is shared.
    """
    may_keep(scope).require()
    user = User.objects.select_for_update().get(pk=scope.user_id)
    now = now or clock.now()
    folder = Folder(created_at=now)
    _place(folder, facts.department, user, scope)
    folder.name, folder.description, folder.changed_at = _name(facts.name), _words(facts.description), now
    _refuse_crowd(folder)
    folder.save(force_insert=True)
    if folder.is_shared:
        record(Action.FOLDER_SAVED, folder, actor=user, after=_told(folder))
    return folder


@transaction.atomic
def folder_edit(
    folder: Folder, facts: FolderFacts, *, lock_version: int, scope: ViewerScope, now: dt.datetime | None = None
) -> Folder:
    """Renames it, says what it is for, shares it or takes it back. The same once more changes nothing.

    Raises NotVisible, NotAllowed, RuleBroken, StaleState. Writes AuditEvent folder.saved where it is or was shared.
    """
    user = User.objects.select_for_update().get(pk=scope.user_id)
    folder = held(folder, scope)
    before, was_shared = _told(folder), folder.is_shared
    old_place = folder.department_id
    if facts.department != old_place:
        may_make_private(scope, folder).require()
        _place(folder, facts.department, user, scope)
    folder.name, folder.description = _name(facts.name), _words(facts.description)
    if _told(folder) == before:
        return folder
    if folder.lock_version != lock_version:
        raise StaleState(STALE)
    _refuse_crowd(folder)
    folder.changed_at, folder.lock_version = now or clock.now(), folder.lock_version + 1
    folder.save()
    if was_shared or folder.is_shared:
        record(Action.FOLDER_SAVED, folder, actor=user, before=before, after=_told(folder))
    return folder


@transaction.atomic
def folder_delete(folder: Folder, *, scope: ViewerScope) -> None:
    """Takes the folder away; the precedents in it stay where they are. Raises NotVisible, NotAllowed.

    Writes AuditEvent folder.deleted where it was shared.
    """
    folder = held(folder, scope)
    if folder.is_shared:
        before = {**_told(folder), "items": folder.items.count()}
        record(Action.FOLDER_DELETED, folder, actor=User.objects.get(pk=scope.user_id), before=before)
    folder.delete()


@transaction.atomic
def folder_hand_over(folder: Folder, *, to: int, scope: ViewerScope) -> Folder:
    """Gives a shared folder into the hands of a colleague, or of oneself. `to`: key of an account.

    Raises NotVisible, NotAllowed, RuleBroken for who is not of the department. Writes AuditEvent folder.handed_over.
    """
    folder = held(folder, scope)
    if not folder.is_shared:
        raise RuleBroken(gettext("没有共享的资料夹不用移交。先共享给部门。"), code="not_shared", field="to")
    # The account of a connected system has no page to look after one.
    keeper = User.objects.filter(pk=to, is_active=True, client=None).first()
    if keeper is None or not _is_colleague(keeper, folder.department_id):
        raise RuleBroken(gettext("只能交给本部门在用的业务账号，没有移交。"), code="no_colleague", field="to")
    if folder.keeper_id == keeper.pk:
        return folder
    before = {"keeper": folder.keeper_name}
    folder.keeper, folder.keeper_name = keeper, str(keeper)
    folder.save(update_fields=["keeper", "keeper_name"])
    actor = User.objects.get(pk=scope.user_id)
    record(Action.FOLDER_HANDED_OVER, folder, actor=actor, before=before, after={"keeper": folder.keeper_name})
    return folder


def held(folder: Folder, scope: ViewerScope) -> Folder:
    """The folder as it is now, locked to the end of the transaction. Raises NotVisible, NotAllowed. 1 query."""
    may_keep(scope).require()
    found = Folder.objects.select_for_update().filter(pk=folder.pk).first()
    if found is None:
        raise NotVisible()
    may_see_folder(scope, found).require()
    may_change_folder(scope, found).require()
    return found


def _is_colleague(user: User, department: int) -> bool:
    roles = [role.value for role in CONTENT_ROLES]
    return Membership.objects.filter(user=user, department=department, role__in=roles).exists()


def _place(folder: Folder, department: int | None, user: User, scope: ViewerScope) -> None:
    """Whose it is: the account's own, or the department's with the account as its keeper."""
    if department is None:
        folder.owner, folder.department_id, folder.keeper, folder.keeper_name = user, None, None, ""
        return
    may_share(scope, department).require()
    folder.owner, folder.department_id, folder.keeper, folder.keeper_name = None, department, user, str(user)


def _name(typed: str) -> str:
    name = kept_note(typed, longest=LONGEST_NAME + 1)
    if not name:
        raise RuleBroken(gettext("没有存：资料夹要有名称。"), code="no_name", field="name")
    if len(name) > LONGEST_NAME:
        raise RuleBroken(
            gettext("没有存：名称最多 {longest_name} 字。").format(longest_name=LONGEST_NAME),
            code="too_long",
            field="name",
        )
    return name


def _words(typed: str) -> str:
    words = kept_note(typed, longest=LONGEST_DESCRIPTION + 1)
    if len(words) > LONGEST_DESCRIPTION:
        raise RuleBroken(
            gettext("没有存：说明最多 {longest_description} 字。").format(longest_description=LONGEST_DESCRIPTION),
            code="too_long",
            field="description",
        )
    return words


def _refuse_crowd(folder: Folder) -> None:
    """Too many folders, or two of one name in the same place: nobody could tell them apart."""
    place = {"department": folder.department_id} if folder.is_shared else {"owner": folder.owner_id}
    others = Folder.objects.filter(**place).exclude(pk=folder.pk)
    if others.filter(name=folder.name).exists():
        raise RuleBroken(
            gettext("没有存：已经有一个叫“{name}”的资料夹。换个名称。").format(name=folder.name),
            code="name_taken",
            field="name",
        )
    if others.count() >= MOST_FOLDERS:
        raise RuleBroken(
            gettext("没有存：最多 {most_folders} 个资料夹。删掉不用的再来。").format(most_folders=MOST_FOLDERS),
            code="too_many",
            field="name",
        )


def _told(folder: Folder) -> dict[str, str | None]:
    department = str(folder.department) if folder.is_shared else None
    return {"name": folder.name, "description": folder.description, "department": department}
