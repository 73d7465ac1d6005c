"""A lesson taken away, and put back as it was for as long as whoever took it away still has it on the page."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.core.ids import is_code
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import PrecedentStatus

from ...choices import LessonKind
from ...models import Lesson, LessonQuestion, Module, Pack, PackVersion, QuestionText
from ..typed import line_kept
from .holding import arranged, version_held
from .lessons import refuse_crowd
from .modules import a_module_of, positioned

_COPIED = ("key", "kind", "title", "note", "minutes", "hides", "precedent_id", "revision_id")


@dataclass(frozen=True, slots=True)
class Removed:
    """A lesson that was taken away, as plain values: `lesson` its columns, `module` and `before` (keys) where it stood, `texts`
    the keys of its question texts in order, `at` when."""

    lesson: dict[str, Any]
    module: str
    before: str
    texts: tuple[int, ...]
    at: str

    def as_values(self) -> dict[str, Any]:
        return {**asdict(self), "texts": list(self.texts)}

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> "Removed":
        return cls(**{**values, "texts": tuple(values["texts"])})

    @property
    def title(self) -> str:
        return self.lesson["title"]

    @property
    def key(self) -> str:
        return self.lesson["key"]


@transaction.atomic
def lesson_remove(pack: Pack, key: str, *, scope: ViewerScope) -> Removed | None:
    """Takes a lesson away with its questions, which stay in the bank; None where it is gone already.

    Raises NotVisible, NotAllowed, StaleState. Writes AuditEvent pack.arranged.
    """
    version = version_held(pack, scope)
    lesson = version.lessons.select_related("module").filter(key=key).first() if is_code(key) else None
    if lesson is None:
        return None
    left = list(lesson.module.lessons.order_by("position", "pk"))
    at = next(index for index, each in enumerate(left) if each.key == key)
    following = left[at + 1].key if at + 1 < len(left) else ""
    removed = Removed(
        lesson={name: getattr(lesson, name) for name in _COPIED},
        module=lesson.module.key,
        before=following,
        texts=tuple(lesson.asked.values_list("text", flat=True)),
        at=clock.now().isoformat(),
    )
    del left[at]
    lesson.delete()
    positioned(left)
    arranged(version, scope, before={"removed": removed.title, "questions": len(removed.texts)})
    return removed


@transaction.atomic
def lesson_restore(pack: Pack, removed: Removed, *, scope: ViewerScope) -> Lesson:
    """Puts it back under its own key, so that what learners have learned of it stays learned. Done twice it changes nothing.

    It stands where it stood, or at the end where that place is gone. Raises RuleBroken where its precedent is hidden from the viewer
    or the pack is full, NotVisible, NotAllowed, StaleState. Writes Lesson, LessonQuestion, AuditEvent pack.arranged.
    """
    version = version_held(pack, scope)
    if found := version.lessons.filter(key=removed.key).first():
        return found
    refuse_crowd(version, 1)
    if removed.lesson["kind"] == LessonKind.CASE and not _is_seen(removed.lesson["precedent_id"], scope):
        raise RuleBroken(gettext("没有放回：这一课的案例您现在看不到了。"), code="precedent_hidden", field="removed")
    module = version.modules.filter(key=removed.module).first() or a_module_of(version, "")
    made = _made_again(version, module, removed)
    arranged(version, scope, after={"added": made.title, "questions": len(removed.texts)})
    return made


def _made_again(version: PackVersion, module: Module, removed: Removed) -> Lesson:
    lessons = list(module.lessons.order_by("position", "pk"))
    at = next((index for index, each in enumerate(lessons) if each.key == removed.before), len(lessons))
    title = line_kept(removed.title, name="课的标题", field="removed", longest=len(removed.title))
    made = Lesson.objects.create(version=version, module=module, position=at, **{**removed.lesson, "title": title})
    lessons.insert(at, made)
    positioned(lessons)
    # What the bank has dropped meanwhile stays away; a text that was replaced comes as its newest.
    latest = QuestionText.objects.filter(question__texts__in=removed.texts, question__latest__isnull=False)
    newest = dict(latest.values_list("question__texts", "question__latest"))
    texts = list(dict.fromkeys(newest[text] for text in removed.texts if text in newest))
    LessonQuestion.objects.bulk_create(
        LessonQuestion(lesson=made, text_id=text, position=position) for position, text in enumerate(texts)
    )
    return made


def _is_seen(precedent: int, scope: ViewerScope) -> bool:
    rows = Precedent.objects.visible_to(scope).filter(pk=precedent).exclude(status=PrecedentStatus.WITHHELD)
    return rows.exists()
