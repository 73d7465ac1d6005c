"""Marking: what a person says of a short answer, and what an attempt is worth once all of it is marked.

A response with `marked_at` and no `score` counts for nobody: its question was broken, or off view and not answered.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotAllowed, RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.search.questions import kept_note

from ..choices import AttemptState, QuestionKind
from ..insight.flowing import noted_after
from ..models import Attempt, Enrolment, LessonProgress, Response
from ..questions.kinds import SELF, is_sound, score_of_points
from ..repeating.cards import cards_note
from .progress import enrolment_settle, progress_of, touched

LONGEST_COMMENT = 500
NOT_COUNTED = "这道题出了错或者看不到了，不算分。"


@transaction.atomic
def response_mark(
    response: Response, *, met: Sequence[str], comment: str = "", by: User, now: dt.datetime | None = None
) -> Attempt:
    """Which key points a short answer met. The last one that is marked gives the attempt its score, and the learner the lesson.

    `met`: keys of points; others are left out. A learner marks the own answers where the question says so, once; whether somebody
    else may, the caller has asked (`may_see_results`), and may change it. `comment` is masked. Raises NotAllowed, RuleBroken for
    what is no short answer or a comment of more than 500 characters, StaleState for an attempt that is still open or, of the
    learner, marked before. Writes Response, Attempt, LessonProgress, Enrolment, AuditEvent training.attempt_marked.
    """
    now = now or clock.now()
    attempt = attempt_held(response.attempt_id)
    response = Response.objects.select_related("text__question").get(pk=response.pk)
    _require(response, attempt, by)
    if len(comment) > LONGEST_COMMENT:
        raise RuleBroken(
            gettext("没有存：评语最多 {longest} 个字，现在 {count:,} 个。写的还在。").format(
                longest=LONGEST_COMMENT, count=len(comment)
            ),
            code="too_long",
            field="comment",
        )
    known = [point["key"] for point in response.text.body["points"]]
    points = [key for key in known if key in set(met)]
    if response.marked_at is not None and by.pk == attempt.enrolment.user_id:
        if response.points == points:
            return attempt
        raise StaleState(gettext("这一题已经评过了，没有改。现在的评分在下面。"))
    response.points, response.comment = points, kept_note(comment, longest=LONGEST_COMMENT)
    response.score = score_of_points(response.text.body, points)
    if not is_sound(response.text.kind, response.text.body):
        response.score, response.comment = None, NOT_COUNTED  # nobody knows what was to be said
    response.marked_by, response.marked_by_name, response.marked_at = by, str(by)[:64], now
    response.save(update_fields=["points", "score", "comment", "marked_by", "marked_by_name", "marked_at"])
    cards_note([response], now=now)
    transaction.on_commit(partial(noted_after, [response], now=now), robust=True)
    attempt_settle(attempt, now=now)
    after = {"question": response.text.question.code, "met": f"{len(points)}/{len(known)}", "score": attempt.score}
    record(Action.ATTEMPT_MARKED, attempt, actor=by, after=after)
    return attempt


def _require(response: Response, attempt: Attempt, by: User) -> None:
    if attempt.state == AttemptState.OPEN:
        raise StaleState(gettext("这份还没有交，交了才能评分。"))
    if response.text.kind != QuestionKind.SHORT or (response.marked_at is not None and response.score is None):
        raise RuleBroken(gettext("这一题不用人评分。"), code="not_short")
    if by.pk == attempt.enrolment.user_id and response.text.body.get("marking") != SELF:
        raise NotAllowed(gettext("这一题由培训老师评分，自己评不了。"))


def attempt_held(key: int) -> Attempt:
    """The attempt with its enrolment, both held until the transaction ends, the enrolment first."""
    owner = Attempt.objects.filter(pk=key).values("enrolment")
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("pack", "user").get(pk__in=owner)
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("lesson__version").get(pk=key)
    attempt.enrolment = enrolment
    return attempt


def score_of(responses: Iterable[Response]) -> int | None:
    """The mean of all that counts, per cent and never rounded up; None while something waits, or where nothing counts."""
    rows = list(responses)
    if any(each.marked_at is None for each in rows):
        return None
    scores = [each.score for each in rows if each.score is not None]
    return sum(scores) // len(scores) if scores else None


def attempt_settle(attempt: Attempt, *, now: dt.datetime) -> bool:
    """Whether all of a handed in attempt is marked: then it has its score, and the lesson and the pack what follows from it.

    The caller holds the attempt and its enrolment. Writes Attempt, LessonProgress, Enrolment, and what `enrolment_settle` writes.
    """
    score = score_of(attempt.responses.all())
    if score is None:
        return False
    attempt.state, attempt.score = AttemptState.MARKED, score
    attempt.save(update_fields=["state", "score"])
    progress = progress_of(attempt.enrolment, attempt.lesson, now=now)
    progress.best = _best_of(attempt)
    if score >= attempt.lesson.version.pass_mark:
        progress.done_at = progress.done_at or now
        progress.revision_id = attempt.lesson.revision_id
    progress.save(update_fields=["best", "done_at", "revision"])
    touched(attempt.enrolment, now=now)
    enrolment_settle(attempt.enrolment, now=now)
    return True


def _best_of(attempt: Attempt) -> int | None:
    """Asked anew, so that marking anew can also take away."""
    same = Attempt.objects.filter(enrolment=attempt.enrolment, lesson_key=attempt.lesson_key)
    return same.exclude(score=None).order_by("-score").values_list("score", flat=True).first()


def attempts_counted(progress: LessonProgress, attempt: Attempt) -> None:
    """One more was handed in. The caller holds the enrolment."""
    progress.attempts = attempt.number
    progress.save(update_fields=["attempts"])
