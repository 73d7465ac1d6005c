"""What of training waits for who trains: answers that a person has to mark; caselib.waiting counts it together with the rest."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from caselib.orgs.scope import ViewerScope

from ..access import TRAINERS
from ..choices import AttemptState, QuestionKind
from ..models import Response
from ..questions.kinds import TRAINER
from ..telling import readable_precedents


def readable(scope: ViewerScope, column: str) -> Q:
    """The condition that the precedent that the column names may be read now, or that there is none."""
    return Q(**{column: None}) | Exists(readable_precedents(scope).filter(pk=OuterRef(column)))


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
