"""What of training waits for who trains: answers that a person has to mark; caselib.waiting counts it together with the rest."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import PrecedentStatus

from ..access import TRAINERS
from ..choices import AttemptState, QuestionKind
from ..models import QuestionText, Response
from ..questions.kinds import TRAINER


def readable(scope: ViewerScope, column: str) -> Q:
    """The condition that the precedent that the column names may be read now, or that there is none."""
    shown = Precedent.objects.visible_to(scope).exclude(status=PrecedentStatus.WITHHELD).filter(pk=OuterRef(column))
    return Q(**{column: None}) | Exists(shown)


def between_hidden(texts: Iterable[QuestionText], scope: ViewerScope) -> set[int]:
    """Keys of the questions that have to be decided between precedents of which the viewer may not read one now. 1 query, none where
    there is no such question."""
    named = {
        text.pk: {option["precedent"] for option in text.body.get("options", ()) if option.get("precedent")}
        for text in texts
    }
    codes = set().union(*named.values())
    if not codes:
        return set()
    shown = Precedent.objects.visible_to(scope).exclude(status=PrecedentStatus.WITHHELD).filter(code__in=codes)
    known = set(shown.values_list("code", flat=True))
    return {key for key, wanted in named.items() if not wanted <= known}


def answers_unmarked(scope: ViewerScope) -> QuerySet[Response]:
    """Short answers to packs of the viewer's departments that were handed in and that a trainer has to mark. Nobody marks the own."""
    return Response.objects.filter(
        score=None,
        marked_at=None,
        text__kind=QuestionKind.SHORT,
        text__body__marking=TRAINER,
        attempt__state=AttemptState.SUBMITTED,
        attempt__enrolment__pack__owner_department__in=scope.departments_with(*TRAINERS),
    ).exclude(attempt__enrolment__user=scope.user_id)


def answers_waiting(scope: ViewerScope) -> QuerySet[Response]:
    """Those that the viewer may read: not while the precedent that they are about is off view."""
    shown = readable(scope, "text__question__precedent") & readable(scope, "attempt__lesson__precedent")
    return answers_unmarked(scope).filter(shown)
