"""The halls whose packs a viewer may take."""

from caselib.offline.halls import Hall, hall_of_department
from caselib.orgs.models import Department, Role
from caselib.orgs.scope import ViewerScope


def halls_for(scope: ViewerScope) -> dict[int, Hall]:
    """The departments of which the viewer is an administrator, by key. 1 query."""
    keys = scope.departments_with(Role.DEPARTMENT_ADMIN)
    rows = Department.objects.filter(pk__in=keys).select_related("region").order_by("region", "code")
    return {row.pk: hall_of_department(row) for row in rows}
