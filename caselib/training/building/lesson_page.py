"""One lesson as its builders write it, with the questions that it asks."""

import datetime as dt
from dataclasses import dataclass

from caselib.core.answers import Answer
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from ..access import may_write
from ..choices import LessonKind, QuestionState
from ..models import Lesson, LessonQuestion, Pack, PackVersion
from ..pins import Pin, PinState, pins_of
from ..telling import texts_unseen
from .digests import lesson_digest
from .outline import version_shown


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A question in its place. `is_hidden`: a precedent of which it tells is off view for the viewer, and so is all of it.

    `up`, `down`: the question in front of which the buttons put it, "-" for the end, empty for no button.
    """

    asked: LessonQuestion
    is_hidden: bool
    up: str
    down: str

    @property
    def code(self) -> str:
        return self.asked.text.question.code

    @property
    def is_older(self) -> bool:
        """Whether the bank has a newer text: a version that is open follows by itself."""
        return self.asked.text.question.latest_id != self.asked.text_id

    @property
    def is_retired(self) -> bool:
        return self.asked.text.question.state == QuestionState.RETIRED


@dataclass(frozen=True, slots=True)
class LessonPage:
    """`was`: digest of what stands there now; `before`, `after`: keys of the lessons around it, empty for none."""

    pack: Pack
    version: PackVersion
    lesson: Lesson
    pin: Pin | None
    questions: tuple[AskedRow, ...]
    writing: Answer
    was: str
    before: str
    after: str

    @property
    def is_note(self) -> bool:
        return self.lesson.kind == LessonKind.NOTE

    @property
    def is_hidden(self) -> bool:
        return self.pin is not None and self.pin.state is PinState.HIDDEN


def lesson_for_page(pack: Pack, scope: ViewerScope, key: str, *, on: dt.date) -> LessonPage:
    """Raises NotVisible where there is no such lesson in the version that is shown. 8 queries at most."""
    version = version_shown(pack)
    keys = list(version.lessons.order_by("module__position", "position", "pk").values_list("key", flat=True))
    lesson = version.lessons.select_related("module", "revision").filter(key=key).first()
    if lesson is None:
        raise NotVisible()
    at = keys.index(key)
    pins = pins_of([lesson], scope, on=on)
    return LessonPage(
        pack=pack,
        version=version,
        lesson=lesson,
        pin=pins.get(lesson.pk),
        questions=_asked(lesson, scope),
        writing=may_write(scope, version),
        was=lesson_digest(lesson),
        before=keys[at - 1] if at else "",
        after=keys[at + 1] if at + 1 < len(keys) else "",
    )


def _asked(lesson: Lesson, scope: ViewerScope) -> tuple[AskedRow, ...]:
    """2 queries, 1 for none."""
    rows = list(lesson.asked.select_related("text__question").order_by("position", "pk"))
    unseen = texts_unseen((row.text for row in rows), scope)
    codes = [row.text.question.code for row in rows]
    last = len(rows) - 1
    return tuple(
        AskedRow(
            asked=row,
            is_hidden=row.text_id in unseen,
            up=codes[at - 1] if at else "",
            down="" if at == last else codes[at + 2] if at + 2 <= last else "-",
        )
        for at, row in enumerate(rows)
    )
