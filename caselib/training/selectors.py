"""Reads that several rooms of training need."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from .models import Lesson, LessonQuestion


def questions_of(lessons: Iterable[Lesson]) -> Mapping[int, list[LessonQuestion]]:
    """The questions of each lesson in their order, by its key, with `text`, its question and clause. Lessons without any are left out.

    A text is the one that the lesson pins, whatever became of its question since. What a HIDDEN pin asks is for the caller to leave
    out. 1 query for any number of lessons, none for none.
    """
    keys = [lesson.pk for lesson in lessons]
    found: dict[int, list[LessonQuestion]] = defaultdict(list)
    if keys:
        related = ("text__question", "text__clause__version__policy")
        rows = LessonQuestion.objects.filter(lesson__in=keys).select_related(*related)
        for each in rows.order_by("lesson", "position", "pk"):
            found[each.lesson_id].append(each)
    return dict(found)
