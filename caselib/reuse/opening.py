"""The precedent that a page of this package is about."""

from django.db.models import QuerySet

from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.shown import holds_personal, title_shown


def viewed(scope: ViewerScope, code: str) -> Precedent:
    """The visible precedent of that code with its live text. Raises NotVisible, also for one without any text. 1 query."""
    related = ("owner_department", "live_revision")
    rows: QuerySet[Precedent] = Precedent.objects.select_related(*related).visible_to(scope)
    found = rows.annotate(is_personal=holds_personal()).filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found


def title_of(precedent: Precedent) -> str:
    """Its title as readers see it; of a draft that was never published none. No query."""
    return title_shown(precedent)
