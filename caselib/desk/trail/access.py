"""Who may read the trail: the one administrator who is there for it (GB/T 22239-2019 8.1.5.2)."""

from caselib.core.answers import ALLOWED, Answer, Hidden
from caselib.orgs.scope import ViewerScope


def may_read_trail(scope: ViewerScope) -> Answer:
    """Reads what was done by everybody; for all others there is no such page."""
    return ALLOWED if scope.audits else Hidden()
