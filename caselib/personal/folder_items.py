"""Writes of what stands in a folder: put in, taken out, moved, remarked. Each may be done twice without a second effect."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.search.questions import kept_note

from .folders import FolderFacts, folder_create, held
from .models import LONGEST_REMARK, Folder, FolderItem

MOST_ITEMS = 200
STALE = "有人先改了这条备注。您写的还在框里，看看现在的，再存一次。"


@transaction.atomic
def item_add(folder: Folder, precedent: Precedent, *, scope: ViewerScope, remark: str = "") -> FolderItem:
    """Puts a precedent that the viewer may see at the end of the folder; one that is in it stays as it is.

    Raises NotVisible, NotAllowed, RuleBroken for what was never published and for more than 200. Writes AuditEvent
    folder.filled where the folder is shared.
    """
    folder = held(folder, scope)
    if precedent.live_revision_id is None:
        raise RuleBroken(gettext("还没有发布的不能放进资料夹。发布以后再放。"), code="not_published", field="precedent")
    items = list(folder.items.all())
    found = next((item for item in items if item.precedent_id == precedent.pk), None)
    if found is not None:
        return found
    if len(items) >= MOST_ITEMS:
        raise RuleBroken(
            gettext("一个资料夹最多 {most_items} 件，没有放进去。拿出几件，或者另建一个。").format(
                most_items=MOST_ITEMS
            ),
            code="too_many",
            field="folder",
        )
    remark = _remark(remark)
    made = FolderItem.objects.create(folder=folder, precedent=precedent, remark=remark, position=len(items))
    _changed(folder, scope, after={"added": precedent.number or precedent.code, "remark": remark})
    return made


@transaction.atomic
def folder_begin(facts: FolderFacts, precedent: Precedent, *, scope: ViewerScope, remark: str = "") -> Folder:
    """A new folder with a first precedent in it, both or none. As `folder_create` and `item_add`."""
    folder = folder_create(facts, scope=scope)
    item_add(folder, precedent, scope=scope, remark=remark)
    return folder


@transaction.atomic
def item_remove(folder: Folder, key: int, *, scope: ViewerScope) -> bool:
    """Takes a line out by its key, whether or not its precedent can be seen; False where it is not there any more."""
    folder = held(folder, scope)
    items = list(folder.items.select_related("precedent"))
    found = next((item for item in items if item.pk == key), None)
    if found is None:
        return False
    items.remove(found)
    found.delete()
    _numbered(items)
    _changed(folder, scope, before={"removed": found.precedent.number or found.precedent.code})
    return True


@transaction.atomic
def item_move(folder: Folder, key: int, *, to: int, scope: ViewerScope) -> None:
    """Moves a line to a place counted from 0. Where it should stand is named and not how far, so that a double click moves
    it once."""
    folder = held(folder, scope)
    items = list(folder.items.select_related("precedent"))
    found = next((item for item in items if item.pk == key), None)
    if found is None or not 0 <= to < len(items) or found.position == to:
        return
    items.remove(found)
    items.insert(to, found)
    before = {"moved": found.precedent.number or found.precedent.code, "position": found.position + 1}
    _numbered(items)
    _changed(folder, scope, before=before, after={"position": to + 1})


@transaction.atomic
def item_remark(folder: Folder, key: int, remark: str, *, was: str, scope: ViewerScope) -> FolderItem | None:
    """Keeps one line beside a precedent. `was`: what stood there when it was read; None where the line is gone.

    Raises NotVisible, NotAllowed, RuleBroken for more than 200 characters, StaleState where somebody was first.
    """
    folder = held(folder, scope)
    found = folder.items.select_related("precedent").filter(pk=key).first()
    if found is None:
        return None
    remark = _remark(remark)
    if found.remark == remark:
        return found
    if found.remark != was:
        raise StaleState(STALE)
    before = {"item": found.precedent.number or found.precedent.code, "remark": found.remark}
    found.remark = remark
    found.save(update_fields=["remark"])
    _changed(folder, scope, before=before, after={"remark": remark})
    return found


def _remark(typed: str) -> str:
    remark = kept_note(typed, longest=LONGEST_REMARK + 1)
    if len(remark) > LONGEST_REMARK:
        raise RuleBroken(
            gettext("没有存：备注最多 {longest_remark} 字。").format(longest_remark=LONGEST_REMARK),
            code="too_long",
            field="remark",
        )
    return remark


def _numbered(items: list[FolderItem]) -> None:
    """Positions without gaps, in this order."""
    moved = [item for at, item in enumerate(items) if item.position != at]
    for at, item in enumerate(items):
        item.position = at
    FolderItem.objects.bulk_update(moved, ["position"])


def _changed(folder: Folder, scope: ViewerScope, *, before: dict | None = None, after: dict | None = None) -> None:
    now: dt.datetime = clock.now()
    Folder.objects.filter(pk=folder.pk).update(changed_at=now)
    if folder.is_shared:
        record(Action.FOLDER_FILLED, folder, actor=User.objects.get(pk=scope.user_id), before=before, after=after)
