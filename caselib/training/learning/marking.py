"""Marking of short answers by a person."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import StaleState
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from ..access import may_keep_pack
from ..choices import AttemptState
from ..models import Attempt, LessonProgress, Response
from ..questions.kinds import score_of_points
from ..repeating.cards import cards_note


@transaction.atomic
def response_mark(
    response: Response, *, met: Sequence[str], comment: str, scope: ViewerScope, now: dt.datetime | None = None
) -> Response:
    """Marks a short answer. Raises StaleState where it is marked, NotAllowed. Writes Response, Attempt, LessonProgress, AuditEvent."""
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("enrolment__pack__owner_department")
    attempt = rows.get(pk=response.attempt_id)
    may_keep_pack(scope, attempt.enrolment.pack).require()
    actor, now = User.objects.get(pk=scope.user_id), now or clock.now()
    written = {"score": score_of_points(response.text.body, met), "points": list(met), "comment": comment}
    written |= {"marked_by": actor, "marked_by_name": str(actor)[:64], "marked_at": now}
    if not Response.objects.filter(pk=response.pk, score=None).update(**written):
        raise StaleState(gettext("刚刚有人评过这份答案，先看看他评的。您写的还在。"))
    scores = list(attempt.responses.values_list("score", flat=True))
    if None not in scores:
        attempt.state, attempt.score = AttemptState.MARKED, sum(scores) // len(scores)
        attempt.save(update_fields=["state", "score"])
        best = attempt.enrolment.attempts.filter(lesson_key=attempt.lesson_key).aggregate(best=Max("score"))["best"]
        LessonProgress.objects.filter(enrolment=attempt.enrolment, lesson_key=attempt.lesson_key).update(best=best)
    record(Action.ATTEMPT_MARKED, attempt.enrolment.pack, actor=actor, after={"score": written["score"]})
    response.refresh_from_db()
    cards_note([response], now=now)
    return response
