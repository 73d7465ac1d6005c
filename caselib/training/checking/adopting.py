"""One click takes the newest text of a precedent into a lesson: in the open version, so that learners get it once it is checked."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core.errors import RuleBroken
from caselib.core.ids import is_code
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.privacy import outgoing_text

from ..access import may_edit_pack
from ..choices import WRITABLE, LessonKind
from ..models import Lesson, Pack, PackVersion
from .held import open_version_of, pack_held, refuse_archived, version_held, version_moved, written_by
from .opening import version_opened

TITLE_LENGTH = Lesson._meta.get_field("title").max_length


@dataclass(frozen=True, slots=True)
class Adopted:
    """`version`: where it was done, None where there was nothing to do; `count`: lessons that pin another text now; `has_opened`:
    whether the version was begun for it."""

    version: PackVersion | None
    count: int
    has_opened: bool = False


@transaction.atomic
def lessons_adopt(pack: Pack, *, scope: ViewerScope, keys: Collection[str] | None = None) -> Adopted:
    """Pins the live text in the lessons with these keys, None for all of the pack: in its open version, which is begun where there is
    none. Lessons that have it already stay as they are, and so do those whose precedent is out of use, off view or hidden from the
    viewer; the second of two clicks changes nothing. A title that repeated that of the old text follows.

    Raises RuleBroken while the open version waits for its check and for an archived pack; NotVisible, NotAllowed.
    Writes Lesson, PackVersion, AuditEvent pack.adopted, and what opening a version writes.
    """
    pack = pack_held(pack, scope)
    may_edit_pack(scope, pack).require()
    refuse_archived(pack)
    version = open_version_of(pack)
    behind = _behind(version or pack.live_version, scope, keys)
    if not behind:
        return Adopted(version, 0)
    if version is not None and version.state not in WRITABLE:
        raise RuleBroken(
            gettext("没有采用：第 {number} 版在等审核，不能动。等审完再采用，或者先撤回提交。").format(
                number=version.number
            ),
            code="submitted",
            field="lesson",
        )
    actor, has_opened = User.objects.get(pk=scope.user_id), version is None
    if version is None:
        version = version_opened(pack, actor=actor)
        behind = _behind(version, scope, keys)
    version = version_held(version, pack)
    for lesson in behind:
        _adopt(lesson)
    Lesson.objects.bulk_update(behind, ["revision", "title"])
    version_moved(version, version.state, lock_version=version.lock_version, **written_by(actor))
    after = {"version": version.number, "adopted": [lesson.key for lesson in behind]}
    record(Action.PACK_ADOPTED, pack, actor=actor, after=after)
    return Adopted(version, len(behind), has_opened)


def _behind(version: PackVersion | None, scope: ViewerScope, keys: Collection[str] | None) -> list[Lesson]:
    """The case lessons that pin another text than the live one and may have it. 1 query."""
    if version is None:
        return []
    rows: QuerySet[Lesson] = Lesson.objects.filter(version=version.pk, kind=LessonKind.CASE)
    usable = Precedent.objects.visible_to(scope).findable().filter(live_revision__isnull=False)
    rows = rows.filter(precedent__in=usable.values("pk")).exclude(revision=F("precedent__live_revision"))
    if keys is not None:
        rows = rows.filter(key__in=list(filter(is_code, keys)))
    return list(rows.select_related("revision", "precedent__live_revision").order_by("module__position", "position"))


def _adopt(lesson: Lesson) -> None:
    live = lesson.precedent.live_revision
    if lesson.title == lesson.revision.title[:TITLE_LENGTH]:
        lesson.title = outgoing_text(live.title, decided={})[:TITLE_LENGTH]
    lesson.revision = live
