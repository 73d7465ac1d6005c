"""What a version still lacks, told while it is built. Whether it may go out is decided by who takes it in, from the rows of then."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext

from ..choices import LessonKind
from ..models import Lesson, LessonQuestion, PackVersion
from ..pins import Pin, PinState


@dataclass(frozen=True, slots=True)
class Lack:
    """A full sentence. `key`: of the lesson that it is about, empty for the pack."""

    told: str
    key: str = ""


def questions_by_lesson(version: PackVersion) -> dict[int, int]:
    """How many questions each lesson asks, by its key. 1 query."""
    rows = LessonQuestion.objects.filter(lesson__version=version).order_by().values("lesson")
    return dict(rows.annotate(number=Count("pk")).values_list("lesson", "number"))


def lacks_of(
    lessons: Iterable[Lesson], pins: Mapping[int, Pin], questions: Mapping[int, int], narrow: Collection[int]
) -> dict[int, str]:
    """What each lesson lacks, by its key; those that lack nothing are left out. `narrow`: precedents that are meant for fewer people
    than the pack. No query."""
    found = {lesson.pk: _lack(lesson, pins.get(lesson.pk), questions.get(lesson.pk, 0), narrow) for lesson in lessons}
    return {key: told for key, told in found.items() if told}


def _lack(lesson: Lesson, pin: Pin | None, questions: int, narrow: Collection[int]) -> str:
    """The worst first, empty for nothing."""
    if pin is not None and pin.state is PinState.HIDDEN:
        return gettext("案例看不到了，换掉或者删掉这一课。")
    if pin is not None and pin.state is PinState.STOP:
        return gettext("案例已停用，换掉或者删掉这一课。")
    if lesson.precedent_id in narrow:
        return gettext("案例给看的人比培训包窄，有的学员看不到。")
    if lesson.kind == LessonKind.NOTE and not lesson.note:
        return gettext("讲解还没有写。")
    if lesson.hides and not questions:
        return gettext("先定再看，可是还没有题。")
    return ""
