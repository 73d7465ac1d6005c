"""再考: which question comes next, and the question as the learner sees it.

Asked is the newest text of a question, by the day: what is due at any hour of today is asked all day. A question that was put out of
use, that nobody can answer, whose precedent is off view or must not be followed, or whose answer the lesson does not show yet, waits
until that is over; nothing of it is shown meanwhile.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from caselib.core import clock
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import PrecedentRow, rows_of
from caselib.precedents.signal import Word
from caselib.precedents.visibility import PrecedentStatus

from ..choices import AnswersShown, PackStatus, QuestionKind, QuestionState
from ..models import LessonProgress, LessonQuestion, QuestionText, ReviewCard
from ..people.answered import answer_words
from ..questions.kinds import given_checked, is_sound, shuffled
from ..telling import codes_named

# So many due cards are looked at; nobody answers more in a day.
MOST = 200
CHOICES = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.WHICH)


@dataclass(frozen=True, slots=True)
class Part:
    """One option, step or pair as it is drawn. `options`: for a pair, (key, text, whether chosen); `place`: for a step, the number that
    was typed; `is_right`, `why`: shown once it is answered."""

    key: str
    text: str
    chosen: bool = False
    options: tuple[tuple[str, str, bool], ...] = ()
    is_right: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the parts in the order in which this learner sees them. `written`: a short answer as it was typed; `words`: the
    answer, one line each; `precedent`: what it is about, as the viewer may read it."""

    card: ReviewCard
    text: QuestionText
    parts: tuple[Part, ...]
    written: str
    words: tuple[str, ...]
    precedent: PrecedentRow | None

    @property
    def is_choice(self) -> bool:
        return self.text.kind in CHOICES

    @property
    def right(self) -> tuple[str, ...]:
        """What would have been right, one line each; of a short answer the sample."""
        return right_words(self.text)


@dataclass(frozen=True, slots=True)
class AgainPage:
    """`left`: how many are due today with this one; `next_on`: the day on which the next comes, None for none; `waits`: how many are
    due and cannot be asked now; `has_any`: whether anything ever came up again."""

    asked: Asked | None
    left: int
    next_on: dt.date | None
    waits: int
    has_any: bool


def again_for_page(scope: ViewerScope, *, on: dt.date) -> AgainPage:
    """What is due today, the longest due first. 6 queries at most."""
    ends = _end_of(on)
    mine = ReviewCard.objects.filter(user=scope.user_id)
    times = list(mine.filter(due_at__gte=ends).order_by("due_at").values_list("due_at", flat=True)[:1])
    due, waits = _askable(list(_loaded(mine.filter(due_at__lt=ends))[:MOST]), scope, on=on)
    first = next(iter(due.items()), None)
    return AgainPage(
        asked=None if first is None else asked_of(*first, QueryDict()),
        left=len(due),
        next_on=clock.day_of(times[0]) if times else None,
        waits=waits,
        has_any=bool(due or waits or times),
    )


def due_count(scope: ViewerScope, *, on: dt.date) -> int:
    """How many questions are due today, for the tab; those that cannot be asked now are counted. 1 query."""
    rows = ReviewCard.objects.filter(user=scope.user_id, due_at__lt=_end_of(on), question__state=QuestionState.ACTIVE)
    return rows.count()


def card_to_answer(scope: ViewerScope, key: int, *, on: dt.date) -> tuple[ReviewCard, PrecedentRow | None]:
    """A card of the viewer's own that can be asked now, with its precedent. Raises NotVisible for another one. 4 queries."""
    found, _ = _askable(list(_loaded(ReviewCard.objects.filter(pk=key, user=scope.user_id))), scope, on=on)
    for card, precedent in found.items():
        return card, precedent
    raise NotVisible()


def _loaded(rows: QuerySet[ReviewCard]) -> QuerySet[ReviewCard]:
    return rows.select_related("question__latest__clause__version__policy").order_by("due_at", "pk")


def _askable(
    cards: Sequence[ReviewCard], scope: ViewerScope, *, on: dt.date
) -> tuple[dict[ReviewCard, PrecedentRow | None], int]:
    """Those that may be asked now, each with its precedent, and how many of them wait. 3 queries, 1 without precedents."""
    named = {card.pk: codes_named(card.question.latest) for card in cards if card.question.latest is not None}
    keys = {card.question.precedent_id for card in cards} - {None}
    codes = set().union(*named.values())
    about = Precedent.objects.filter(Q(pk__in=keys) | Q(code__in=codes))
    rows = {
        row.precedent.pk: row
        for row in (rows_of(about, scope, on=on) if keys or codes else ())
        if row.precedent.status != PrecedentStatus.WITHHELD and row.signal.word is not Word.STOP
    }
    shown = {row.precedent.code for row in rows.values()}
    held = questions_held(scope, {card.question_id for card in cards})
    asked = {}
    for card in cards:
        question = card.question
        is_shown = question.precedent_id is None or question.precedent_id in rows
        is_shown = is_shown and card.pk in named and named[card.pk] <= shown
        is_asked = question.state == QuestionState.ACTIVE and question.latest is not None and question.pk not in held
        if is_asked and is_shown and is_sound(question.latest.kind, question.latest.body):
            asked[card] = rows.get(question.precedent_id)
    return asked, len(cards) - len(asked)


def questions_held(scope: ViewerScope, questions: Collection[int]) -> set[int]:
    """Keys of the questions of which the viewer may not see the answer yet: a lesson that asks them shows answers to who passed it or
    has no attempt left, and the viewer tried it and has neither. To ask again would show them. 1 query."""
    tried = LessonProgress.objects.filter(
        Q(attempts__lt=OuterRef("lesson__version__most_attempts")) | Q(enrolment__pack__live_version__most_attempts=0),
        enrolment__user=scope.user_id,
        enrolment__pack=OuterRef("lesson__version__pack"),
        lesson_key=OuterRef("lesson__key"),
        done_at=None,
    )
    rows = LessonQuestion.objects.filter(
        Exists(tried),
        text__question__in=questions,
        lesson__version__live_for__status=PackStatus.PUBLISHED,
        lesson__version__answers_shown=AnswersShown.PASSED,
    )
    return set(rows.values_list("text__question", flat=True)) if questions else set()


def _end_of(on: dt.date) -> dt.datetime:
    start = dt.datetime.combine(on + dt.timedelta(days=1), dt.time())
    return timezone.make_aware(start, timezone.get_default_timezone())


def asked_of(card: ReviewCard, precedent: PrecedentRow | None, typed: QueryDict) -> Asked:
    """The question with what was answered so far. The order of the parts is the same until it is answered."""
    text = card.question.latest
    seed = f"{card.pk}/{card.times}"
    given = given_of(text, typed)
    return Asked(card, text, _parts(text, given, seed), given.get("text", ""), answer_words(text, given), precedent)


def _parts(text: QuestionText, given: Mapping[str, Any], seed: str) -> tuple[Part, ...]:
    body = text.body
    if text.kind in CHOICES:
        chosen = set(given["chosen"])
        return tuple(
            Part(
                each["key"], each["text"], each["key"] in chosen, (), each["key"] in body["right"], each.get("why", "")
            )
            for each in shuffled(body["options"], seed=seed)
        )
    if text.kind == QuestionKind.ORDER:
        places = {key: number for number, key in enumerate(given["order"], 1)}
        numbers = range(1, len(body["items"]) + 1)
        return tuple(
            Part(each["key"], each["text"], options=_numbers(numbers, places.get(each["key"])))
            for each in shuffled(body["items"], seed=seed)
        )
    if text.kind == QuestionKind.MATCH:
        pairs, rights = given["pairs"], shuffled(body["right"], seed=seed)
        return tuple(
            Part(
                left["key"],
                left["text"],
                options=tuple((each["key"], each["text"], pairs.get(left["key"]) == each["key"]) for each in rights),
            )
            for left in body["left"]
        )
    return tuple(Part(each["key"], each["text"]) for each in body["points"])


def _numbers(numbers: Sequence[int], place: int | None) -> tuple[tuple[str, str, bool], ...]:
    return tuple((str(number), str(number), number == place) for number in numbers)


def given_of(text: QuestionText, typed: QueryDict) -> dict[str, Any]:
    """The answer that a form sent. Never fails."""
    body = text.body
    if text.kind in CHOICES:
        return given_checked(text.kind, {"chosen": typed.getlist("chosen")})
    if text.kind == QuestionKind.ORDER:
        places = {each["key"]: typed.get(f"place-{each['key']}", "") for each in body["items"]}
        order = sorted((key for key, place in places.items() if place), key=lambda key: (len(places[key]), places[key]))
        # Two steps in one place are no order.
        return given_checked(text.kind, {"order": order if len(set(places.values())) == len(places) else []})
    if text.kind == QuestionKind.MATCH:
        return given_checked(
            text.kind, {"pairs": {each["key"]: typed.get(f"pair-{each['key']}") for each in body["left"]}}
        )
    return given_checked(text.kind, {"text": typed.get("text", "")})


def right_words(text: QuestionText) -> tuple[str, ...]:
    """The right answer in words, one line each."""
    body = text.body
    if text.kind in CHOICES:
        return tuple(each["text"] for each in body["options"] if each["key"] in body["right"])
    if text.kind == QuestionKind.ORDER:
        return tuple(f"{number}. {each['text']}" for number, each in enumerate(body["items"], 1))
    if text.kind == QuestionKind.MATCH:
        rights = {each["key"]: each["text"] for each in body["right"]}
        return tuple(f"{each['text']} → {rights[body['pairs'][each['key']]]}" for each in body["left"])
    return tuple(line for line in body["sample"].split("\n") if line)
