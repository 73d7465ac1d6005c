"""An attempt after it was handed in: the answer beside the precedent, question by question."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from ..models import Attempt, Lesson, Pack, Response
from ..pins import Pin, PinState, pins_of
from ..questions.kinds import marked
from ..visibility import visible_packs
from .asked import Asked, Typed, asked_in
from .attempts import kept
from .courses import HIDDEN_TITLE, Step, lessons_of, next_of, progress_for, steps_of
from .drawn import Checked, checked_of
from .marking import score_of
from .rules import are_answers_shown, may_begin
from .shown_case import ShownCase, case_of


@dataclass(frozen=True, slots=True)
class ResultScreen:
    """`attempt` is None in a preview, which is stored nowhere. `case`: the precedent, where it may be open by now; `score`: None while
    something waits to be marked."""

    pack: Pack
    lesson: Lesson
    title: str
    attempt: Attempt | None
    questions: tuple[Checked, ...]
    score: int | None
    pin: Pin | None
    case: ShownCase | None
    are_shown: bool
    beginning: Answer
    following: Step | None
    passed_pack: bool = False
    enrolment: str = ""
    is_preview: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.pin is not None and self.pin.state is PinState.HIDDEN

    @property
    def is_passed(self) -> bool:
        return self.score is not None and self.score >= self.lesson.version.pass_mark

    @property
    def full(self) -> int:
        return sum(each.is_full for each in self.questions)

    @property
    def counted(self) -> int:
        return sum(each.counts for each in self.questions)

    @property
    def marks_self(self) -> bool:
        return any(each.marks_self for each in self.questions)

    @property
    def first_to_mark(self) -> int:
        """The number of the first question that the learner marks, 0 without one."""
        return next((each.asked.number for each in self.questions if each.marks_self), 0)

    @property
    def waits(self) -> bool:
        return any(each.waits for each in self.questions)

    @property
    def again(self) -> int:
        return sum(each.comes_again is not None for each in self.questions)

    @property
    def minutes(self) -> int:
        """How long it took, in whole minutes and never none."""
        return max(1, round(self.attempt.seconds / 60)) if self.attempt else 0


@dataclass(frozen=True, slots=True)
class Own:
    """An attempt of the viewer, with all attempts at its lesson by number."""

    attempt: Attempt
    attempts: tuple[Attempt, ...]


def own_attempt(scope: ViewerScope, code: str) -> Own:
    """An attempt of the viewer at a pack that is there for the viewer. Raises NotVisible for any other. 1 query."""
    wanted = Attempt.objects.filter(code=code, enrolment__user=scope.user_id or 0)
    rows = Attempt.objects.filter(
        enrolment__in=wanted.values("enrolment"),
        lesson_key__in=wanted.values("lesson_key"),
        enrolment__pack__in=visible_packs(scope).values("pk"),
    ).select_related("enrolment__pack__live_version", "lesson__version", "lesson__precedent", "lesson__revision")
    found = tuple(rows.order_by("number"))
    attempt = next((each for each in found if each.code == code), None)
    if attempt is None:
        raise NotVisible()
    return Own(attempt, found)


def result_for_page(scope: ViewerScope, own: Own, *, now: dt.datetime, on: dt.date) -> ResultScreen:
    """What became of an attempt. 7 queries for any number of questions and lessons, at most 4 more for a text that is not ordinary."""
    attempt, lesson = own.attempt, own.attempt.lesson
    pack = attempt.enrolment.pack
    shown = are_answers_shown(lesson.version, own.attempts)
    pin, asked = _asked(lesson, scope, on=on)
    responses = {row.text_id: row for row in attempt.responses.all()}
    version = pack.live_version or lesson.version
    steps = steps_of(lessons_of(version, scope), progress_for(pack, scope.user_id), sees_titles=False)
    at = next((step.number for step in steps if step.lesson.key == lesson.key), 0)
    is_hidden = pin is not None and pin.state is PinState.HIDDEN
    return ResultScreen(
        pack=pack,
        lesson=lesson,
        title=gettext(HIDDEN_TITLE) if is_hidden else lesson.title,
        attempt=attempt,
        questions=_checked(asked, responses, seed=attempt.code, is_shown=shown),
        score=attempt.score,
        pin=pin,
        case=case_of(pin, scope, on=on) if pin is not None and (shown or not lesson.hides) else None,
        are_shown=shown,
        beginning=may_begin(pack, version if at else lesson.version, own.attempts, now=now),
        following=next_of(steps, at),
        passed_pack=attempt.enrolment.passed_at is not None,
        enrolment=attempt.enrolment.code,
    )


def _asked(lesson: Lesson, scope: ViewerScope, *, on: dt.date) -> tuple[Pin | None, tuple[Asked, ...]]:
    pin = pins_of([lesson], scope, on=on).get(lesson.pk)
    is_hidden = pin is not None and pin.state is PinState.HIDDEN
    return pin, asked_in(lesson, scope, on=on, is_hidden=is_hidden)


def _checked(
    asked: Sequence[Asked], responses: Mapping[int, Response], *, seed: str, is_shown: bool
) -> tuple[Checked, ...]:
    return tuple(checked_of(each, responses.get(each.text.pk), seed=seed, is_shown=is_shown) for each in asked)


def preview_of(
    scope: ViewerScope,
    pack: Pack,
    lesson: Lesson,
    typed: Mapping[int, Typed],
    *,
    seed: str,
    now: dt.datetime,
    on: dt.date,
) -> ResultScreen:
    """As `result_for_page`, of answers that are stored nowhere: for who writes the pack. Raises RuleBroken for too long an answer."""
    pin, asked = _asked(lesson, scope, on=on)
    responses = {each.text.pk: _tried(each, typed.get(each.text.pk), now=now) for each in asked}
    return ResultScreen(
        pack=pack,
        lesson=lesson,
        title=lesson.title,
        attempt=None,
        questions=_checked(asked, responses, seed=seed, is_shown=True),
        score=score_of([each for each in responses.values() if each.marked_at is not None]),
        pin=pin,
        case=case_of(pin, scope, on=on) if pin is not None else None,
        are_shown=True,
        beginning=ALLOWED,
        following=None,
        is_preview=True,
    )


def _tried(each: Asked, typed: Typed | None, *, now: dt.datetime) -> Response:
    """A response that is never stored."""
    made = Response(text=each.text, position=each.number - 1)
    if not each.is_ok:
        made.marked_at = now
        return made
    made.given = kept(each.text, typed or Typed({}), number=each.number)
    made.score = marked(each.text.kind, each.text.body, made.given).score
    made.marked_at = now if made.score is not None else None
    return made
