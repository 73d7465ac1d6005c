"""Versions of packs in which a question changes: held before, counted up after."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import F

from caselib.orgs.models import User

from ..choices import WRITABLE
from ..models import Lesson, LessonQuestion, PackVersion, Question, QuestionText


def held_for(question: Question) -> None:
    """Locks the versions whose lessons follow to a new text, so that none is submitted while a text changes below it.

    Call it in a transaction, before the question is locked. 1 query.
    """
    lessons = Lesson.objects.filter(asked__text__question=question).values("version")
    held = PackVersion.objects.select_for_update().filter(pk__in=lessons, state__in=WRITABLE)
    list(held.order_by("pk").values_list("pk", flat=True))


def moved_to(text: QuestionText, *, actor: User, now: dt.datetime) -> None:
    """Lessons of versions that may still be written in follow to the newest text; frozen ones keep theirs. 3 queries at most."""
    pinned = LessonQuestion.objects.filter(text__question=text.question_id, lesson__version__state__in=WRITABLE)
    versions = list(pinned.order_by().values_list("lesson__version", flat=True).distinct())
    if versions:
        pinned.update(text=text)
        touched(versions, actor=actor, now=now)


def touched(versions: Iterable[int], *, actor: User, now: dt.datetime) -> None:
    """Counts the versions up. Who changes a question of a version wrote in it, and so does not check it. 1 query."""
    PackVersion.objects.filter(pk__in=versions).update(
        lock_version=F("lock_version") + 1, saved_at=now, last_editor=actor, last_editor_name=str(actor)[:64]
    )
