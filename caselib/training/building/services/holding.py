"""The open version of a pack held to the end of a transaction, and the mark that it was written in."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import masked, record
from caselib.core import clock
from caselib.core.errors import NotVisible, StaleState
from caselib.core.ids import is_code
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from ...access import may_keep_pack, may_write
from ...choices import OPEN_VERSIONS
from ...models import Lesson, Module, Pack, PackVersion
from ...visibility import visible_packs


def pack_held(pack: Pack, scope: ViewerScope) -> Pack:
    """The pack as it is now, locked. Raises NotVisible. 1 query."""
    rows = visible_packs(scope).select_for_update(of=("self",)).select_related("owner_department")
    found = rows.filter(pk=pack.pk).first()
    if found is None:
        raise NotVisible()
    return found


def kept_pack_held(pack: Pack, scope: ViewerScope) -> Pack:
    """The same for what trainers of the owning department alone do. Raises NotVisible, NotAllowed."""
    found = pack_held(pack, scope)
    may_keep_pack(scope, found).require()
    return found


def version_held(pack: Pack, scope: ViewerScope) -> PackVersion:
    """Its open version, locked, with `pack`. Raises NotVisible, NotAllowed, StaleState where none is open any more. 2 queries."""
    found = pack_held(pack, scope)
    version = PackVersion.objects.select_for_update().filter(pack=found, state__in=OPEN_VERSIONS).first()
    if version is None:
        raise StaleState(gettext("正在编的这一版刚刚发布或者放弃了，没有改。要改，先开新的一版。"))
    version.pack = found
    may_write(scope, version).require()
    return version


def touched(version: PackVersion, scope: ViewerScope, now: dt.datetime | None = None) -> User:
    """Counts a version up that the caller holds and notes who wrote. Gives back the account. 2 queries."""
    actor = User.objects.get(pk=scope.user_id)
    version.last_editor, version.last_editor_name = actor, str(actor)[:64]
    version.saved_at = now or clock.now()
    PackVersion.objects.filter(pk=version.pk).update(
        lock_version=F("lock_version") + 1,
        last_editor=actor,
        last_editor_name=version.last_editor_name,
        saved_at=version.saved_at,
    )
    version.lock_version += 1
    return actor


def arranged(
    version: PackVersion,
    scope: ViewerScope,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> None:
    """`touched`, and AuditEvent pack.arranged of what was done, without personal data."""
    actor = touched(version, scope, now)
    record(
        Action.PACK_ARRANGED,
        version.pack,
        actor=actor,
        before=masked(dict(before or {})),
        after=masked({**(after or {}), "version": version.number}),
    )


def module_of(version: PackVersion, key: str) -> Module:
    """Raises StaleState where it is gone. 1 query."""
    found = version.modules.filter(key=key).first() if is_code(key) else None
    if found is None:
        raise StaleState(gettext("这个单元刚刚被删掉了，没有改。看看现在的再来。"))
    return found


def lesson_of(version: PackVersion, key: str) -> Lesson:
    """Raises StaleState where it is gone. 1 query."""
    found = version.lessons.select_related("module").filter(key=key).first() if is_code(key) else None
    if found is None:
        raise StaleState(gettext("这一课刚刚被删掉了，没有改。看看现在的再来。"))
    return found
