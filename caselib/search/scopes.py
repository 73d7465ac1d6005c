"""What a viewer's words may be compared with; and who asks when nobody is signed in: commands and evaluation."""

from collections.abc import Sequence

from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope
from caselib.precedents.visibility import audiences_for
from caselib.search.fields import AUDIENCE
from caselib.search.live import live_engine

# No department has this key: the scope reads what is meant for the whole library, and nothing of any department.
_NO_DEPARTMENT = 0


def words_seen(scope: ViewerScope | None, terms: Sequence[tuple[str, str]]) -> tuple[list[int], int]:
    """In how many of the documents that a viewer may see each (field, token) stands, and how many there are.

    Without a viewer, those that the whole library may see. Raises what the engine raises.
    """
    audiences = audiences_for(library_scope() if scope is None else scope)
    return live_engine().frequencies(terms, filters={AUDIENCE: audiences})


def library_scope() -> ViewerScope:
    """Reads what every clerk of the library may read."""
    return ViewerScope(departments={_NO_DEPARTMENT: frozenset({Role.WINDOW})})
