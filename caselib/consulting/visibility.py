"""Which consultations are there for a viewer: those that the own departments asked or were asked. The one rule."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from caselib.core.errors import NotVisible
from caselib.orgs.models import CONTENT_ROLES
from caselib.orgs.scope import ViewerScope

from .models import Consultation, Party


def visible_consultations(scope: ViewerScope) -> QuerySet[Consultation]:
    """Nothing for who only administers the system."""
    own = scope.departments_with(*CONTENT_ROLES)
    named = Party.objects.filter(consultation=OuterRef("pk"), department__in=own)
    return Consultation.objects.filter(Q(department__in=own) | Exists(named))


def visible_consultation(scope: ViewerScope, code: str) -> Consultation:
    """Raises NotVisible where there is none for this viewer. 1 query."""
    related = ("department", "matter", "gap__joined_into", "precedent")
    found = visible_consultations(scope).select_related(*related).filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found
