"""What of the gaps waits for a viewer; caselib.waiting counts it together with the rest."""

from django.db.models import QuerySet

from caselib.orgs.scope import ViewerScope
from caselib.search.models import KnowledgeGap


def gaps_taken_waiting(scope: ViewerScope) -> QuerySet[KnowledgeGap]:
    """Open gaps that the viewer took and has not answered yet."""
    return KnowledgeGap.objects.filter(state=KnowledgeGap.State.OPEN, taken_by=scope.user_id or 0)
