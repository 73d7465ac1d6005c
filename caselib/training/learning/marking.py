"""Marking of short answers by a person."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.orgs.models import User
from caselib.search.questions import kept_note

from ..choices import AttemptState
from ..models import Attempt, Enrolment, LessonProgress, Response
from ..questions.kinds import score_of_points
from ..repeating.cards import cards_note


@transaction.atomic
def response_mark(
    response: Response, *, met: Sequence[str], comment: str = "", by: User, now: dt.datetime | None = None
) -> Attempt:
    """Which key points a short answer met. Writes Response, Attempt, LessonProgress, AuditEvent training.attempt_marked."""
    attempt, now = attempt_held(response.attempt_id), now or clock.now()
    response = Response.objects.select_related("attempt__enrolment", "text").get(pk=response.pk)
    known = [point["key"] for point in response.text.body["points"]]
    response.points = [key for key in known if key in set(met)]
    response.score = score_of_points(response.text.body, response.points)
    response.comment = kept_note(comment, longest=500)
    response.marked_by, response.marked_by_name, response.marked_at = by, str(by)[:64], now
    response.save()
    cards_note([response], now=now)
    scores = list(attempt.responses.values_list("score", flat=True))
    if None not in scores:
        attempt.state, attempt.score = AttemptState.MARKED, sum(scores) // len(scores)
        attempt.save(update_fields=["state", "score"])
        rows = LessonProgress.objects.filter(enrolment=attempt.enrolment_id, lesson_key=attempt.lesson_key)
        rows.update(best=attempt.score)
    record(Action.ATTEMPT_MARKED, attempt, actor=by, after={"score": attempt.score})
    return attempt


def attempt_held(key: int) -> Attempt:
    """The attempt with its enrolment, both held until the transaction ends, the enrolment first."""
    owner = Attempt.objects.filter(pk=key).values("enrolment")
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("pack", "user").get(pk__in=owner)
    attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=key)
    attempt.enrolment = enrolment
    return attempt
