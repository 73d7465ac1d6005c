"""Which tickets may this viewer see? Those held by a department in which the viewer works on cases, and no others."""

from django.db.models import QuerySet
from django.utils.translation import gettext

from caselib.core.errors import NotVisible
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .models import Ticket, TicketImport

READERS = (Role.WINDOW, Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN)


def department_ids(scope: ViewerScope) -> frozenset[int]:
    """The departments whose tickets the viewer may see."""
    return scope.departments_with(*READERS)


def visible_tickets(scope: ViewerScope) -> QuerySet[Ticket]:
    return Ticket.objects.filter(department__in=department_ids(scope))


def visible_ticket(scope: ViewerScope, code: str) -> Ticket:
    """Raises NotVisible for an unknown code and for a ticket of another department. 1 query."""
    found = visible_tickets(scope).select_related("department", "matter", "registered_by").filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found


def own_import(scope: ViewerScope, code: str) -> TicketImport:
    """A staged file of the viewer's own, in a department where the viewer still may import. Raises NotVisible. 1 query."""
    departments = scope.departments_with(Role.EDITOR, Role.DEPARTMENT_ADMIN)
    rows = TicketImport.objects.filter(owner=scope.user_id, department__in=departments)
    found = rows.select_related("department").filter(code=code).first()
    if found is None:
        raise NotVisible(gettext("没有找到这次导入。预览只留一天，请重新选文件。"))
    return found
