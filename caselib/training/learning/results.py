"""An attempt after it was handed in: the answer beside the precedent, question by question."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from ..access import may_edit_pack
from ..models import Attempt, Lesson, Pack, Response, ReviewCard
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


def own_attempt(scope: ViewerScope, code: str) -> Attempt:
    """An attempt of the viewer, whatever became of the pack. Raises NotVisible for any other. 1 query."""
    rows = Attempt.objects.filter(code=code, enrolment__user=scope.user_id or 0)
    found = rows.select_related(
        "enrolment__pack__live_version", "enrolment__user", "lesson__version", "lesson__precedent", "lesson__revision"
    ).first()
    if found is None or not scope.reads_content:
        raise NotVisible()
    return found


def result_for_page(scope: ViewerScope, attempt: Attempt, *, now: dt.datetime, on: dt.date) -> ResultScreen:
    """What became of an attempt of the viewer. At most 13 queries for any number of questions and lessons, for an ordinary text 10."""
    pack = visible_packs(scope).filter(pk=attempt.enrolment.pack_id).select_related("live_version").first()
    if pack is None:
        raise NotVisible()
    lesson = attempt.lesson
    rows = Attempt.objects.filter(enrolment=attempt.enrolment, lesson_key=attempt.lesson_key)
    attempts = list(rows.order_by("number"))
    shown = are_answers_shown(lesson.version, attempts)
    pin, asked = _asked(lesson, scope, on=on)
    responses = {row.text_id: row for row in attempt.responses.all()}
    version = pack.live_version or lesson.version
    progress = progress_for(pack, scope.user_id)
    steps = steps_of(pack, lessons_of(version, scope), progress, scope)
    at = next((step.number for step in steps if step.lesson.key == lesson.key), 0)
    again = _coming([each for each in asked if each.is_ok], scope)
    return ResultScreen(
        pack=pack,
        lesson=lesson,
        title=_title(pack, lesson, pin, scope),
        attempt=attempt,
        questions=_checked(asked, responses, seed=attempt.code, is_shown=shown, again=again),
        score=attempt.score,
        pin=pin,
        case=case_of(pin, scope, on=on) if pin is not None and (shown or not lesson.hides) else None,
        are_shown=shown,
        beginning=may_begin(pack, version if at else lesson.version, attempts, now=now),
        following=next_of(steps, at),
        passed_pack=attempt.enrolment.passed_at is not None,
        enrolment=attempt.enrolment.code,
    )


def _asked(lesson: Lesson, scope: ViewerScope, *, on: dt.date) -> tuple[Pin | None, tuple[Asked, ...]]:
    pin = pins_of([lesson], scope, on=on).get(lesson.pk)
    is_hidden = pin is not None and pin.state is PinState.HIDDEN
    return pin, asked_in(lesson, scope, on=on, is_hidden=is_hidden)


def _title(pack: Pack, lesson: Lesson, pin: Pin | None, scope: ViewerScope) -> str:
    is_hidden = pin is not None and pin.state is PinState.HIDDEN
    return gettext(HIDDEN_TITLE) if is_hidden and not may_edit_pack(scope, pack) else lesson.title


def _checked(
    asked: Sequence[Asked],
    responses: Mapping[int, Response],
    *,
    seed: str,
    is_shown: bool,
    again: Mapping[int, dt.datetime],
) -> tuple[Checked, ...]:
    return tuple(
        checked_of(each, responses.get(each.text.pk), seed=seed, is_shown=is_shown, again=again) for each in asked
    )


def _coming(asked: Sequence[Asked], scope: ViewerScope) -> dict[int, dt.datetime]:
    """When questions come up again for the viewer, by question. 1 query."""
    questions = [each.text.question_id for each in asked]
    rows = ReviewCard.objects.filter(user=scope.user_id, question__in=questions)
    return dict(rows.values_list("question", "due_at"))


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
        questions=_checked(asked, responses, seed=seed, is_shown=True, again={}),
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
