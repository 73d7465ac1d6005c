"""合格证: the sheet of somebody who passed a pack, to be printed on one page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Avg, Q

from caselib.core import clock
from caselib.core.errors import NotVisible
from caselib.orgs.models import Department
from caselib.orgs.scope import ViewerScope

from ..models import Enrolment, Lesson, LessonProgress, Pack, PackVersion
from ..pins import pins_of
from .difficulty import shown_title
from .reach import enrolments_seen
from .results import department_of

# More would not stand on one page: then modules are named, or the number alone.
MOST_LINES = 24


@dataclass(frozen=True, slots=True)
class Certificate:
    """`lines`: the lessons, or the modules with how many lessons each has (`are_modules`), or nothing; `score`: mean of the best scores
    of the lessons that ask something, per cent, None where none does."""

    enrolment: Enrolment
    pack: Pack
    version: PackVersion
    department: Department | None
    passed_on: dt.date
    score: int | None
    lines: tuple[tuple[str, int], ...]
    are_modules: bool
    count: int


def certificate_for_page(scope: ViewerScope, code: str, *, on: dt.date) -> Certificate:
    """For the learner, trainers of the department that owns the pack, and heads of the learner's department of today.

    Raises NotVisible for everybody else, and before it is passed. 6 queries.
    """
    mine = Q(user=scope.user_id) if scope.reads_content else Q(pk__in=[])
    seen = Q(pk__in=enrolments_seen(scope).values("pk"))
    rows = Enrolment.objects.filter(mine | seen, passed_at__isnull=False, code=code)
    found = rows.select_related("user", "department", "version", "pack__owner_department").first()
    if found is None:
        raise NotVisible()
    lessons = list(Lesson.objects.filter(version=found.version_id).select_related("module", "revision"))
    best = LessonProgress.objects.filter(enrolment=found, lesson_key__in=[lesson.key for lesson in lessons])
    mean = best.aggregate(mean=Avg("best"))["mean"]
    lines, are_modules = _lines(lessons, scope, on=on)
    return Certificate(
        enrolment=found,
        pack=found.pack,
        version=found.version,
        department=department_of(found),
        passed_on=clock.day_of(found.passed_at),
        score=None if mean is None else round(mean),
        lines=lines,
        are_modules=are_modules,
        count=len(lessons),
    )


def _lines(lessons: Sequence[Lesson], scope: ViewerScope, *, on: dt.date) -> tuple[tuple[tuple[str, int], ...], bool]:
    """(name, number) of what is named, and whether these are modules: number of the lesson, or how many lessons the module has."""
    if len(lessons) <= MOST_LINES:
        pins = pins_of(lessons, scope, on=on)
        return tuple((shown_title(each, pins, edits=False), number) for number, each in enumerate(lessons, 1)), False
    modules: dict[int, tuple[str, int]] = {}
    for lesson in lessons:
        title, count = modules.get(lesson.module_id, (lesson.module.title, 0))
        modules[lesson.module_id] = (title, count + 1)
    return (tuple(modules.values()) if len(modules) <= MOST_LINES else ()), True
