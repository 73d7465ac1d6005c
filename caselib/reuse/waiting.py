"""What readers and uses say is wrong, waiting for the viewer; caselib.waiting counts it together with the rest."""

from django.db.models import QuerySet

from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import VERIFIERS

from .models import UNANSWERED, Report


def reports_waiting(scope: ViewerScope) -> QuerySet[Report]:
    """Unanswered reports about the precedents of the viewer's departments, off view or not."""
    own = scope.departments_with(*VERIFIERS)
    return Report.objects.filter(state__in=UNANSWERED, precedent__owner_department__in=own).order_by()
