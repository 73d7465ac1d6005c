"""The lessons of a version as a learner goes through them: in their order, with how far each is, and what was changed since."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.visibility import PrecedentStatus

from ..choices import AttemptState
from ..models import Attempt, Lesson, LessonProgress, LessonQuestion, Pack, PackVersion

HIDDEN_TITLE = "看不到了的一课"


class Stage(StrEnum):
    NONE = "none"
    OPEN = "open"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"


LABELS = {
    Stage.NONE: "没学",
    Stage.OPEN: "正在学",
    Stage.WAITING: "等评分",
    Stage.FAILED: "还没合格",
    Stage.DONE: "学完",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One lesson on the way, counted from 1. `title`: safe to be shown; `news`: what was changed since it was done, as a sentence."""

    lesson: Lesson
    number: int
    title: str
    stage: Stage
    is_hidden: bool
    best: int | None = None
    news: str = ""

    @property
    def label(self) -> str:
        return gettext(LABELS[self.stage])

    @property
    def is_done(self) -> bool:
        return self.stage is Stage.DONE


def progress_for(pack: Pack, user: int | None) -> dict[str, LessonProgress]:
    """How far a learner came, by key of the lesson. Each with `last_state` and `last_lesson` of the newest attempt. 1 query."""
    attempts = Attempt.objects.filter(enrolment=OuterRef("enrolment"), lesson_key=OuterRef("lesson_key"))
    newest = attempts.order_by("-number")
    handed = newest.exclude(state=AttemptState.OPEN)
    rows = LessonProgress.objects.filter(enrolment__pack=pack, enrolment__user=user).annotate(
        last_state=Subquery(newest.values("state")[:1]), last_lesson=Subquery(handed.values("lesson")[:1])
    )
    return {row.lesson_key: row for row in rows}


# What `pins_of` reads of a pinned text. All of 300 texts would be some megabytes.
_OF_A_PIN = ("number", "title", "gist", "problem", "script", "lead_org")


def with_pinned(rows: QuerySet[Lesson]) -> QuerySet[Lesson]:
    """The lessons with what `pins_of` reads of the pinned text."""
    others = [each.name for each in Revision._meta.concrete_fields if each.name not in ("id", *_OF_A_PIN)]
    return rows.select_related("revision").defer(*(f"revision__{name}" for name in others))


def lessons_of(version: PackVersion, scope: ViewerScope, *, with_text: bool = False) -> list[Lesson]:
    """In their order, without their notes. Each with `module` and `is_seen`: whether its precedent is on view; `with_text`: with what
    `pins_of` reads of the pinned text besides. 1 query."""
    seen = Precedent.objects.visible_to(scope).filter(pk=OuterRef("precedent"), live_revision__isnull=False)
    rows = with_pinned(version.lessons.all()) if with_text else version.lessons.all()
    rows = rows.select_related("module").defer("note")
    found = rows.annotate(is_seen=Exists(seen.exclude(status=PrecedentStatus.WITHHELD)))
    return list(found.order_by("module__position", "module__pk", "position", "pk"))


def texts_by_lesson(lessons: Iterable[int], *, version: PackVersion | None = None) -> Mapping[int, set[int]]:
    """Keys of the question texts by lesson, of these lessons and of all of a version. 1 query."""
    wanted = Q(lesson__in=list(lessons))
    if version is not None:
        wanted |= Q(lesson__version=version)
    found: dict[int, set[int]] = defaultdict(set)
    for lesson, text in LessonQuestion.objects.filter(wanted).values_list("lesson", "text"):
        found[lesson].add(text)
    return found


def steps_of(
    lessons: Sequence[Lesson],
    progress: Mapping[str, LessonProgress],
    *,
    sees_titles: bool,
    texts: Mapping[int, set[int]] | None = None,
) -> tuple[Step, ...]:
    """The lessons with what the learner did. `sees_titles`: whether titles of what is off view are shown, as to who writes the pack;
    `texts`: as `texts_by_lesson`, where it is told what was changed. No query."""
    return tuple(
        _step(lesson, number, progress.get(lesson.key), sees_titles=sees_titles, texts=texts)
        for number, lesson in enumerate(lessons, 1)
    )


def _step(
    lesson: Lesson,
    number: int,
    progress: LessonProgress | None,
    *,
    sees_titles: bool,
    texts: Mapping[int, set[int]] | None,
) -> Step:
    is_hidden = lesson.precedent_id is not None and not lesson.is_seen
    return Step(
        lesson=lesson,
        number=number,
        # What a trainer typed may repeat the title of what is off view.
        title=gettext(HIDDEN_TITLE) if is_hidden and not sees_titles else lesson.title,
        stage=stage_of(progress),
        is_hidden=is_hidden,
        best=progress.best if progress else None,
        news=news_of(lesson, progress, texts) if texts is not None else "",
    )


def stage_of(progress: LessonProgress | None) -> Stage:
    if progress is None:
        return Stage.NONE
    if progress.done_at is not None:
        return Stage.DONE
    if progress.last_state == AttemptState.SUBMITTED:
        return Stage.WAITING
    return Stage.FAILED if progress.last_state == AttemptState.MARKED else Stage.OPEN


def news_of(lesson: Lesson, progress: LessonProgress | None, texts: Mapping[int, set[int]]) -> str:
    """What was changed in a lesson since it was done, empty for nothing. It stays done."""
    if progress is None or progress.done_at is None:
        return ""
    if lesson.revision_id is not None and progress.revision_id != lesson.revision_id:
        return gettext("学完以后换了案例的文本")
    now = texts.get(lesson.pk, set())
    before = texts.get(progress.last_lesson, set()) if progress.last_lesson else set()
    return gettext("学完以后改了题目") if now != before else ""


def done_of(steps: Iterable[Step]) -> tuple[int, int]:
    """(how many are done, how many there are), without those that are off view and were not done."""
    counted = [step for step in steps if step.is_done or not step.is_hidden]
    return sum(step.is_done for step in counted), len(counted)


def next_of(steps: Sequence[Step], after: int = 0) -> Step | None:
    """The first lesson that is not done, from the one after `after` on and then from the beginning; None where none is left."""
    open_ = [step for step in steps if not step.is_done and not step.is_hidden]
    return next((step for step in open_ if step.number > after), open_[0] if open_ else None)
