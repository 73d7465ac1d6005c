"""评分: short answers that a trainer marks, point by point."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.core.errors import NotVisible, RuleBroken
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.orgs.services import user_asked
from caselib.search.questions import kept_note

from ..access import TRAINERS
from ..learning.marking import response_mark
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
            WaitingAnswer(each, answer_words(each)) for each in rows[info.offset : info.offset + info.per_page]
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
    if response is None or (response.score is None and not answers_waiting(scope).filter(pk=key).exists()):
        raise NotVisible()
    return response


@transaction.atomic
def answer_mark(
    response: Response, *, met: Sequence[str], comment: str, scope: ViewerScope, now: dt.datetime | None = None
) -> Response:
    """Marks one answer by the key points that it meets; the learner is told.

    Raises RuleBroken for a comment that is too long, StaleState where somebody marked it first, NotAllowed.
    Writes what `response_mark` writes, and that the learner waits for it.
    """
    if len(comment) > LONGEST_COMMENT:
        told = gettext("没有记下：评语最多 {longest} 个字，现在 {count:,} 个。写的还在。")
        raise RuleBroken(told.format(longest=LONGEST_COMMENT, count=len(comment)), code="too_long", field="comment")
    known = {point["key"] for point in response.text.body["points"]}
    kept = kept_note(comment, longest=LONGEST_COMMENT)
    marked = response_mark(
        response, met=[key for key in dict.fromkeys(met) if key in known], comment=kept, scope=scope, now=now
    )
    user_asked(response.attempt.enrolment.user_id)
    return marked
