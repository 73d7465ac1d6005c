"""Who asks when nobody is signed in: commands and evaluation."""

from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

# No department has this key: the scope reads what is meant for the whole library, and nothing of any department.
_NO_DEPARTMENT = 0


def library_scope() -> ViewerScope:
    """Reads what every clerk of the library may read."""
    return ViewerScope(departments={_NO_DEPARTMENT: frozenset({Role.WINDOW})})
