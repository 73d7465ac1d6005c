"""What of the consultations waits for a viewer; caselib.waiting counts it together with the rest."""

from django.db.models import Q, QuerySet

from caselib.orgs.scope import ViewerScope

from .access import ANSWER
from .models import Consultation, Party


def consultations_waiting(scope: ViewerScope) -> QuerySet[Party]:
    """Open consultations that wait for an answer of the viewer's departments, or that these lead and have not concluded."""
    own = scope.departments_with(*ANSWER)
    waits = Q(state=Party.State.WAITING) | Q(is_lead=True)
    return Party.objects.filter(waits, department__in=own, consultation__state=Consultation.State.OPEN)
