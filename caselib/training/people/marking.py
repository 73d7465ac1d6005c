"""评分: short answers that a trainer marks, point by point."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.orgs.services import user_asked

from ..access import TRAINERS, may_keep_pack
from ..learning.marking import attempt_held, response_mark
from ..models import Response
from .answered import answer_words
from .waiting import answers_unmarked, answers_waiting

PER_PAGE = 10
LONGEST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer that waits. `words`: one line each."""

    response: Response
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkingPage:
    """`hidden`: how many more wait until their precedent is back."""

    answers: tuple[WaitingAnswer, ...]
    page: PageInfo
    hidden: int


_RELATIONS = (
    "text",
    "attempt__enrolment__user",
    "attempt__enrolment__pack__live_version",
    "attempt__enrolment__department",
)


def marking_for_page(scope: ViewerScope, *, page: object = 1) -> MarkingPage:
    """What waited longest first. 3 queries for any number."""
    waiting = answers_waiting(scope)
    info = page_info(page, total=waiting.count(), per_page=PER_PAGE)
    rows = waiting.select_related(*_RELATIONS).order_by("attempt__submitted_at", "pk")
    return MarkingPage(
        answers=tuple(
            WaitingAnswer(each, answer_words(each.text, each.given))
            for each in rows[info.offset : info.offset + info.per_page]
        ),
        page=info,
        hidden=answers_unmarked(scope).count() - info.total,
    )


def answer_to_mark(scope: ViewerScope, key: int) -> Response:
    """An answer to a pack of the viewer's department, marked or not. Raises NotVisible for another one, and for the own. 1 query.

    One that somebody marked meanwhile is found, so that who is late is told so.
    """
    found = Response.objects.select_related(*_RELATIONS).filter(pk=key).exclude(attempt__enrolment__user=scope.user_id)
    response = found.filter(attempt__enrolment__pack__owner_department__in=scope.departments_with(*TRAINERS)).first()
    if response is None or (response.marked_at is None and not answers_waiting(scope).filter(pk=key).exists()):
        raise NotVisible()
    return response


@transaction.atomic
def answer_mark(
    response: Response, *, met: Sequence[str], comment: str, scope: ViewerScope, now: dt.datetime | None = None
) -> Response:
    """Marks one answer by the key points that it meets; the learner is told.

    Raises RuleBroken for a comment that is too long, StaleState where it was marked before, NotAllowed.
    Writes what `response_mark` writes, and that the learner waits for it.
    """
    if len(comment) > LONGEST_COMMENT:
        told = gettext("没有记下：评语最多 {longest} 个字，现在 {count:,} 个。写的还在。")
        raise RuleBroken(told.format(longest=LONGEST_COMMENT, count=len(comment)), code="too_long", field="comment")
    # Two trainers who press at once wait for each other here.
    attempt = attempt_held(response.attempt_id)
    may_keep_pack(scope, attempt.enrolment.pack).require()
    if attempt.enrolment.user_id == scope.user_id:
        raise NotAllowed(gettext("自己的答案由别的培训老师评。"))
    if Response.objects.filter(pk=response.pk, marked_at__isnull=False).exists():
        raise StaleState(gettext("这份答案刚刚评过了，没有改。您写的还在。"))
    marker = User.objects.get(pk=scope.user_id)
    response_mark(response, met=met, comment=comment, by=marker, now=now)
    user_asked(attempt.enrolment.user_id)
    response.refresh_from_db()
    return response
