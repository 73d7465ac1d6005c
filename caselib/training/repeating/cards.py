"""Questions that come up again for who missed them. When, the scheduler of `fsrs` says; this says what it is told.

A question that was missed becomes a card. It is asked again after days that grow while it is answered and shrink when it is not; one
that is known for half a year is kept and comes up hardly ever. Nothing of it is random: the same answers give the same days.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from fsrs import Card, Rating, Scheduler

from caselib.core import clock
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from ..choices import QuestionKind
from ..models import Response, ReviewCard
from ..questions.kinds import FULL, Body, Given, given_checked, marked, score_of_points

# No steps of minutes: what was missed today is asked tomorrow, not again and again until it sits for an hour.
SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
# Below this per cent a question counts as forgotten, below all of it as hard.
HALF = 60


def rating_of(score: int, *, easy: bool = False) -> Rating:
    """What a score, per cent, tells the scheduler. `easy`: all was right and the learner asks to be asked less."""
    if score < HALF:
        return Rating.Again
    if score < FULL:
        return Rating.Hard
    return Rating.Easy if easy else Rating.Good


def cards_note(responses: Sequence[Response], *, now: dt.datetime) -> int:
    """Has what was not wholly right asked again; what was missed again comes sooner. Returns how many questions come up again.

    Needs `attempt.enrolment` and `text` loaded; all of one learner. Call it once, in the transaction that marks them.
    Writes ReviewCard; 3 queries for any number.
    """
    missed = {each.text.question_id: each for each in responses if each.score is not None and each.score < FULL}
    if not missed:
        return 0
    user = next(iter(missed.values())).attempt.enrolment.user_id
    rows = ReviewCard.objects.select_for_update().filter(user=user, question__in=missed).order_by("pk")
    known = {row.question_id: row for row in rows}
    for question, response in missed.items():
        row = known.get(question) or ReviewCard(user_id=user, question_id=question, card=_new(question, now), misses=0)
        _reviewed(row, rating_of(response.score), now=now)
        row.misses += 1
        missed[question] = row
    ReviewCard.objects.bulk_update([row for row in missed.values() if row.pk], _WRITTEN)
    ReviewCard.objects.bulk_create([row for row in missed.values() if not row.pk])
    return len(missed)


_WRITTEN = ("card", "due_at", "last_at", "misses")


def _new(question: int, now: dt.datetime) -> dict[str, object]:
    # A key of its own choosing would be the clock's; ours is the question's.
    return dict(Card(card_id=question, due=now.astimezone(dt.UTC)).to_dict())


def _reviewed(row: ReviewCard, rating: Rating, *, now: dt.datetime) -> None:
    card, _ = SCHEDULER.review_card(Card.from_dict(row.card), rating, now.astimezone(dt.UTC))
    row.card, row.due_at, row.last_at = dict(card.to_dict()), card.due, now


@dataclass(frozen=True, slots=True)
class Answered:
    """`score`: per cent; `due_at`: when it comes up next; `counted`: False for an answer that was sent twice, or from a second page."""

    score: int
    due_at: dt.datetime
    counted: bool


def answer_score(kind: str, body: Body, given: Given, *, met: Sequence[str] = ()) -> int:
    """Per cent of an answer; of a short one by the key points that the learner finds in it, none where nothing was written."""
    if kind == QuestionKind.SHORT:
        return score_of_points(body, met) if marked(kind, body, given_checked(kind, given)).is_answered else 0
    return marked(kind, body, given_checked(kind, given)).score or 0


@transaction.atomic
def card_answer(
    card: ReviewCard,
    given: Given,
    *,
    scope: ViewerScope,
    times: int,
    met: Sequence[str] = (),
    easy: bool = False,
    now: dt.datetime | None = None,
) -> Answered:
    """Counts an answer to a card of the viewer's own, by the newest text of its question.

    `times`: how often it had been answered when it was asked, so that one answer counts once; `met`: the key points of a short answer
    that the learner ticks. Raises NotVisible for somebody else's card. Writes ReviewCard.
    """
    rows = ReviewCard.objects.select_for_update(of=("self",)).select_related("question__latest")
    row = rows.filter(pk=card.pk, user=scope.user_id).first()
    if row is None or row.question.latest is None:
        raise NotVisible()
    text, now = row.question.latest, now or clock.now()
    score = answer_score(text.kind, text.body, given, met=met)
    if row.times != times:
        return Answered(score, row.due_at, counted=False)
    _reviewed(row, rating_of(score, easy=easy), now=now)
    row.times += 1
    row.misses += score < FULL
    row.save(update_fields=[*_WRITTEN, "times"])
    return Answered(score, row.due_at, counted=True)
