"""One learner of a pack: every attempt with its answers, for the trainers of the department that owns the pack."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch

from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope

from ..choices import AttemptState
from ..models import Attempt, Enrolment, Lesson, Response
from ..pins import Pin, PinState, pins_of
from ..telling import texts_unseen
from .answered import answer_words

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """`words`: the answer, one line each; `stem` is empty where the precedent that it asks about is off view, and so is `words`."""

    response: Response
    stem: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt. `title`: of the lesson, empty where it is off view; `seconds`: how long it took, in words by `minutes`."""

    attempt: Attempt
    title: str
    answers: tuple[AnswerRow, ...]

    @property
    def minutes(self) -> int:
        """Begun minutes."""
        return -(-self.attempt.seconds // 60)


@dataclass(frozen=True, slots=True)
class LearnerPage:
    enrolment: Enrolment
    attempts: tuple[AttemptRow, ...]
    page: PageInfo


def learner_for_page(scope: ViewerScope, enrolment: Enrolment, *, page: object = 1, on: dt.date) -> LearnerPage:
    """The attempts that were handed in, newest first. 6 queries for any number, 1 more where a question
    is between two precedents."""
    handed_in = Attempt.objects.filter(enrolment=enrolment).exclude(state=AttemptState.OPEN)
    info = page_info(page, total=handed_in.count(), per_page=PER_PAGE)
    responses = Response.objects.select_related("text__question").order_by("position", "pk")
    rows = handed_in.select_related("lesson__revision").prefetch_related(Prefetch("responses", queryset=responses))
    shown = list(rows.order_by("-submitted_at", "-pk")[info.offset : info.offset + info.per_page])
    pins = pins_of({each.lesson_id: each.lesson for each in shown}.values(), scope, on=on)
    unseen = texts_unseen((answer.text for each in shown for answer in each.responses.all()), scope)
    return LearnerPage(enrolment, tuple(_attempt(each, pins, unseen) for each in shown), info)


def _attempt(attempt: Attempt, pins: Mapping[int, Pin], unseen: Collection[int]) -> AttemptRow:
    is_hidden = _is_hidden(attempt.lesson, pins)
    return AttemptRow(
        attempt=attempt,
        title="" if is_hidden else attempt.lesson.title,
        answers=tuple(
            AnswerRow(each, each.text.stem, answer_words(each.text, each.given))
            if not is_hidden and each.text_id not in unseen
            else AnswerRow(each, "", ())
            for each in attempt.responses.all()
        ),
    )


def _is_hidden(lesson: Lesson, pins: Mapping[int, Pin]) -> bool:
    pin = pins.get(lesson.pk)
    return pin is not None and pin.state is PinState.HIDDEN
