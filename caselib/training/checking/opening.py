"""The open version of a pack: begun as a copy of the live one, and given up again."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from ..access import may_edit_pack
from ..choices import WRITABLE, VersionState
from ..models import Lesson, LessonQuestion, Module, Pack, PackVersion
from .contents import SETTINGS
from .held import (
    CHANGED_MEANWHILE,
    open_version_of,
    pack_held,
    refuse_archived,
    texts_followed,
    version_held,
    version_moved,
)


@transaction.atomic
def version_revise(pack: Pack, *, scope: ViewerScope) -> PackVersion:
    """Opens the next version as a copy of the live one, or of the last where nothing is live; returns the open one where there is one.

    Modules and lessons keep their keys and what they pin; questions come with their newest text, as in every version that can be
    written in. Raises NotVisible, NotAllowed, RuleBroken for an archived pack.
    Writes PackVersion, Module, Lesson, LessonQuestion, AuditEvent pack.revised.
    """
    pack = pack_held(pack, scope)
    may_edit_pack(scope, pack).require()
    refuse_archived(pack)
    return open_version_of(pack) or version_opened(pack, actor=User.objects.get(pk=scope.user_id))


def version_opened(pack: Pack, *, actor: User) -> PackVersion:
    """A copy of the live version, for who holds the pack and knows that none is open. Writes as `version_revise`. 12 queries."""
    model = PackVersion.objects.filter(pk=pack.live_version_id).first() or pack.versions.order_by("number").last()
    if model is None:
        raise RuleBroken(gettext("没有办：这个培训包还没有任何一版。"), code="no_version", field="version")
    now, last = clock.now(), pack.versions.aggregate(last=Max("number"))["last"]
    made = PackVersion.objects.create(
        pack=pack,
        number=last + 1,
        author=actor,
        author_name=str(actor)[:64],
        last_editor=actor,
        last_editor_name=str(actor)[:64],
        created_at=now,
        saved_at=now,
        **{name: getattr(model, name) for name in SETTINGS},
    )
    _copied(model, made)
    texts_followed(made)
    record(Action.PACK_REVISED, pack, actor=actor, after={"version": made.number, "from": model.number})
    return made


def _copied(model: PackVersion, made: PackVersion) -> None:
    """The modules, lessons and questions of one version into another, an empty one. 7 queries for any number."""
    modules = {row.pk: row for row in Module.objects.filter(version=model).order_by("position", "pk")}
    for row in modules.values():
        row.pk, row.version = None, made
    Module.objects.bulk_create(modules.values())
    lessons = {
        row.pk: row for row in Lesson.objects.filter(version=model).order_by("module__position", "position", "pk")
    }
    for row in lessons.values():
        row.module, row.pk, row.version = modules[row.module_id], None, made
    Lesson.objects.bulk_create(lessons.values())
    asked = list(LessonQuestion.objects.filter(lesson__version=model).order_by("lesson", "position", "pk"))
    for row in asked:
        row.lesson, row.pk = lessons[row.lesson_id], None
    LessonQuestion.objects.bulk_create(asked)


@transaction.atomic
def version_discard(version: PackVersion, *, lock_version: int, scope: ViewerScope) -> PackVersion:
    """Gives an open version up; learners go on with the live one, and the number is not used again. The second click changes nothing.

    Raises RuleBroken for the first version, which is archived with its pack instead, or while it waits for its check; StaleState,
    NotVisible, NotAllowed. Writes PackVersion, AuditEvent pack.discarded.
    """
    pack = pack_held(version.pack, scope)
    may_edit_pack(scope, pack).require()
    version = version_held(version, pack)
    if version.state == VersionState.DISCARDED:
        return version
    if pack.live_version_id is None:
        raise RuleBroken(gettext("没有放弃：这个包还没有发布过，不要了就归档。"), code="not_published", field="version")
    if version.state == VersionState.SUBMITTED:
        raise RuleBroken(gettext("没有放弃：这一版在等审核，先撤回提交。"), code="submitted", field="version")
    if version.state not in WRITABLE:
        raise StaleState(gettext(CHANGED_MEANWHILE))
    version_moved(version, VersionState.DISCARDED, lock_version=lock_version, decided_at=clock.now())
    actor = User.objects.get(pk=scope.user_id)
    record(Action.PACK_DISCARDED, pack, actor=actor, after={"version": version.number})
    return version
