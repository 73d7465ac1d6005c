"""The rows that a deed about a version holds, always the pack before its version, and the one door through which a version moves."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext

from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from ..choices import OPEN_VERSIONS, PackStatus, VersionState
from ..models import LessonQuestion, Pack, PackVersion
from ..visibility import visible_packs

CHANGED_MEANWHILE = "有人先改了这一版，没有办。重新打开看一遍再定。"


def pack_held(pack: Pack, scope: ViewerScope) -> Pack:
    """The pack, locked, with its department and region and `is_coeditor`. Raises NotVisible. 1 query."""
    rows = visible_packs(scope).select_related("owner_department__region").select_for_update(of=("self",))
    found = rows.filter(pk=pack.pk).first()
    if found is None:
        raise NotVisible()
    return found


def version_held(version: PackVersion, pack: Pack) -> PackVersion:
    """The version as it is now, locked; call it where the pack is held. 1 query."""
    found = PackVersion.objects.select_for_update(of=("self",)).get(pk=version.pk, pack=pack.pk)
    found.pack = pack
    return found


def open_version_of(pack: Pack) -> PackVersion | None:
    """The version that is being written or checked. 1 query."""
    found = PackVersion.objects.filter(pack=pack.pk, state__in=OPEN_VERSIONS).first()
    if found is not None:
        found.pack = pack
    return found


def refuse_archived(pack: Pack) -> None:
    """Raises RuleBroken: an archived pack is brought back before anything is done to it."""
    if pack.status == PackStatus.ARCHIVED:
        raise RuleBroken(gettext("没有办：培训包已经归档，先恢复再来。"), code="archived", field="status")


def version_moved(version: PackVersion, state: VersionState, *, lock_version: int, **values: Any) -> PackVersion:
    """Moves the version by compare-and-swap on its state and `lock_version`. Raises StaleState where somebody was faster."""
    won = PackVersion.objects.filter(pk=version.pk, state=version.state, lock_version=lock_version).update(
        state=state, lock_version=F("lock_version") + 1, **values
    )
    if not won:
        raise StaleState(gettext(CHANGED_MEANWHILE))
    for name, value in {"state": state, "lock_version": lock_version + 1, **values}.items():
        setattr(version, name, value)
    return version


def written_by(actor: User) -> dict[str, Any]:
    """The columns that say who wrote in a version last."""
    return {"last_editor": actor, "last_editor_name": str(actor)[:64], "saved_at": clock.now()}


def texts_followed(version: PackVersion) -> int:
    """Sets the questions of a version that can be written in to their newest texts; how many. 2 queries.

    While a version was frozen its questions kept the text that was submitted; what was corrected in the bank meanwhile comes now.
    """
    rows = LessonQuestion.objects.filter(lesson__version=version.pk, text__question__latest__isnull=False)
    rows = rows.exclude(text__question__latest=F("text"))
    behind = list(rows.select_related("text__question"))
    for row in behind:
        row.text_id = row.text.question.latest_id
    LessonQuestion.objects.bulk_update(behind, ["text"])
    return len(behind)
