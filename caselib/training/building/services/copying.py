"""A new pack from another one or from a template: everything of it under new keys, at the texts of today."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from caselib.core import clock
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import PrecedentRow, rows_of
from caselib.precedents.visibility import PrecedentStatus

from ...choices import LessonKind, QuestionState
from ...models import Lesson, LessonQuestion, Module, Pack, PackVersion
from ...visibility import visible_questions
from ..finding import usable
from ..source import source_version
from .modules import FIRST_MODULE
from .packs import PackFacts, begun, created, version_begun


@dataclass(frozen=True, slots=True)
class Copied:
    """`left_out`: titles of lessons that did not come along, empty ones where the title may not be told; `questions_left`: how many
    questions that are out of use or hidden from the viewer did not. Both nothing where the same form made the pack before."""

    pack: Pack
    left_out: tuple[str, ...] = ()
    questions_left: int = 0


@transaction.atomic
def pack_copy(
    source: Pack, facts: PackFacts, *, code: str, scope: ViewerScope, now: dt.datetime | None = None
) -> Copied:
    """A pack of one's own with all that `source` holds and the viewer may see. `code`: of the form.

    Each lesson pins the live text of its precedent and each question its newest. Lessons whose precedent is hidden from the viewer or
    out of use are left out. Raises RuleBroken, NotAllowed, NotVisible for a pack without a version that the viewer may read.
    Writes Pack and all below it, AuditEvent pack.created.
    """
    actor, made = begun(code, scope)
    if made is not None:
        return Copied(made)
    origin = source_version(source, scope)
    version = version_begun(facts, code=code, actor=actor, scope=scope, now=now, copied=source)
    lessons = list(origin.lessons.select_related("module"))
    rows = _rows(lessons, scope, on=clock.day_of(now or clock.now()))
    kept = [lesson for lesson in lessons if lesson.kind == LessonKind.NOTE or lesson.precedent_id in rows]
    new = _lessons_copied(version, origin, kept, rows)
    questions, left = _questions_copied(new, scope)
    gone = [lesson for lesson in lessons if lesson not in kept]
    created(version, actor, copied_from=source.code, lessons=len(new), questions=questions)
    return Copied(version.pack, _titles(gone, scope), left)


def _rows(lessons: Iterable[Lesson], scope: ViewerScope, *, on: dt.date) -> Mapping[int, PrecedentRow]:
    keys = {lesson.precedent_id for lesson in lessons if lesson.precedent_id}
    return {row.precedent.pk: row for row in rows_of(usable(scope).filter(pk__in=keys), scope, on=on)}


def _lessons_copied(
    version: PackVersion, origin: PackVersion, lessons: list[Lesson], rows: Mapping[int, PrecedentRow]
) -> dict[int, Lesson]:
    """The new lessons, by the key of the one that each came from. Modules come along even where they are empty."""
    modules: dict[int, Module] = {}
    for module in origin.modules.order_by("position", "pk"):
        modules[module.pk] = Module.objects.create(version=version, position=module.position, title=module.title)
    if not modules:
        Module.objects.create(version=version, title=FIRST_MODULE)
    counts: dict[int, int] = {}
    made: dict[int, Lesson] = {}
    for lesson in lessons:
        row = rows.get(lesson.precedent_id)
        position = counts.get(lesson.module_id, 0)
        counts[lesson.module_id] = position + 1
        made[lesson.pk] = Lesson(
            version=version,
            module=modules[lesson.module_id],
            position=position,
            kind=lesson.kind,
            title=lesson.title,
            note=lesson.note,
            minutes=lesson.minutes,
            hides=lesson.hides,
            precedent=row.precedent if row else None,
            revision=row.precedent.live_revision if row else None,
        )
    Lesson.objects.bulk_create(made.values())
    return made


def _questions_copied(lessons: Mapping[int, Lesson], scope: ViewerScope) -> tuple[int, int]:
    """How many questions came along, and how many did not."""
    asked = list(
        LessonQuestion.objects.filter(lesson__in=lessons)
        .order_by("lesson", "position", "pk")
        .values_list("lesson", "text__question")
    )
    usable_ones = visible_questions(scope).filter(state=QuestionState.ACTIVE, latest__isnull=False)
    latest = dict(usable_ones.filter(pk__in={question for _, question in asked}).values_list("pk", "latest"))
    counts: dict[int, int] = {}
    made = []
    for lesson, question in asked:
        if question not in latest:
            continue
        position = counts.get(lesson, 0)
        counts[lesson] = position + 1
        made.append(LessonQuestion(lesson=lessons[lesson], text_id=latest[question], position=position))
    LessonQuestion.objects.bulk_create(made)
    return len(made), len(asked) - len(made)


def _titles(lessons: list[Lesson], scope: ViewerScope) -> tuple[str, ...]:
    """What may be told of lessons that were left out: the title of what the viewer still reads, nothing of what is hidden."""
    keys = {lesson.precedent_id for lesson in lessons}
    rows = {row.precedent.pk: row for row in rows_of(Precedent.objects.filter(pk__in=keys), scope, on=clock.today())}
    shown = {pk: row.revision.title for pk, row in rows.items() if row.precedent.status != PrecedentStatus.WITHHELD}
    return tuple(shown.get(lesson.precedent_id, "") for lesson in lessons)
