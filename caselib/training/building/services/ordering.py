"""Where a lesson stands, and a question in a lesson. The place is named: in front of which other, or at the end of which module.

A place is a fact and no step from where somebody saw it stand: two people who order at once both get what they asked for.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.core.errors import StaleState
from caselib.core.ids import is_code
from caselib.orgs.scope import ViewerScope

from ...models import Lesson, Module, Pack, PackVersion
from .holding import arranged, lesson_of, module_of, version_held
from .modules import positioned


@dataclass(frozen=True, slots=True)
class Place:
    """In front of the lesson `before`, or at the end of the module `end`; one of both."""

    before: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """`met`: who else wrote in the pack since it was read, empty for nobody."""

    lesson: Lesson
    met: str = ""


@transaction.atomic
def lesson_move(pack: Pack, key: str, *, to: Place, read: int, scope: ViewerScope) -> Moved:
    """Puts a lesson in a place. `read`: how often the version had been written in when the page was drawn.

    Raises StaleState where the lesson or the place is gone, NotVisible, NotAllowed. Writes Lesson, AuditEvent pack.arranged; nothing
    where it stands there already.
    """
    version = version_held(pack, scope)
    met = _met(version, read, scope)
    lesson = lesson_of(version, key)
    if to.before == key:
        return Moved(lesson, met)
    module, follower = _place(version, to)
    old = lesson.module
    lessons = [each for each in module.lessons.order_by("position", "pk") if each.key != key]
    at = next((index for index, each in enumerate(lessons) if each.key == follower), len(lessons))
    lessons.insert(at, lesson)
    is_moved = _into(lesson, module)
    is_moved = positioned(lessons) or is_moved
    if old.pk != module.pk:
        positioned(list(old.lessons.order_by("position", "pk")))
    if is_moved:
        arranged(version, scope, after={"moved": lesson.title, "module": module.title, "position": at + 1})
    return Moved(lesson, met)


def _met(version: PackVersion, read: int, scope: ViewerScope) -> str:
    is_other = version.lock_version != read and version.last_editor_id != scope.user_id
    return version.last_editor_name if is_other else ""


def _place(version: PackVersion, to: Place) -> tuple[Module, str]:
    """The module, and the key of the lesson that is to follow (empty for none)."""
    if not to.before:
        return module_of(version, to.end), ""
    follower = version.lessons.select_related("module").filter(key=to.before).first() if is_code(to.before) else None
    if follower is None:
        raise StaleState(gettext("没有移：要放到它前面的那一课刚刚被删掉了。看看现在的再移。"))
    return follower.module, follower.key


def _into(lesson: Lesson, module: Module) -> bool:
    if lesson.module_id == module.pk:
        return False
    lesson.module = module
    lesson.save(update_fields=["module"])
    return True


@transaction.atomic
def lesson_question_move(pack: Pack, key: str, question: str, *, before: str, scope: ViewerScope) -> None:
    """Puts a question of a lesson in front of another, or at the end for none. `question`, `before`: codes of questions.

    Raises StaleState where one is gone, NotVisible, NotAllowed. Writes LessonQuestion, AuditEvent pack.arranged.
    """
    version = version_held(pack, scope)
    lesson = lesson_of(version, key)
    rows = list(lesson.asked.select_related("text__question").order_by("position", "pk"))
    found = next((row for row in rows if row.text.question.code == question), None)
    if found is None:
        raise StaleState(gettext("没有移：这道题刚刚被拿出去了。"))
    rows.remove(found)
    at = next((index for index, row in enumerate(rows) if row.text.question.code == before), len(rows))
    if before and at == len(rows):
        raise StaleState(gettext("没有移：要放到它前面的那道题刚刚被拿出去了。"))
    rows.insert(at, found)
    if positioned(rows):
        arranged(version, scope, after={"lesson": lesson.title, "moved": question, "position": at + 1})


@transaction.atomic
def lesson_question_remove(pack: Pack, key: str, question: str, *, scope: ViewerScope) -> bool:
    """Takes a question out of a lesson; it stays in the bank. False where it is out already.

    Raises StaleState where the lesson is gone, NotVisible, NotAllowed. Writes AuditEvent pack.arranged.
    """
    version = version_held(pack, scope)
    lesson = lesson_of(version, key)
    rows = list(lesson.asked.select_related("text__question").order_by("position", "pk"))
    found = next((row for row in rows if row.text.question.code == question), None)
    if found is None:
        return False
    rows.remove(found)
    found.delete()
    positioned(rows)
    arranged(version, scope, before={"lesson": lesson.title, "removed": question})
    return True
