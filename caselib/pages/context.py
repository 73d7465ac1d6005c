from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from caselib.following.unread import NOTHING, Following, following_of
from caselib.orgs.scope import ViewerScope
from caselib.personal.selectors import starred_codes
from caselib.waiting import WORKERS, waiting_count

# A pasted ticket in the address need not be repeated in each form of the frame.
LONGEST_ADDRESS = 2000


def site(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows. `address` is where a form of the frame leads back to.

    `waiting`: how much waits for the viewer on the desk, None for who has none; 1 query where it is shown,
    none beside that of `following` for who follows something.
    """
    address = request.get_full_path()
    following = SimpleLazyObject(lambda: _following(request))
    scope = getattr(request, "scope", None)
    return {
        "hall": settings.CASELIB_SITE_NAME,
        "scope": getattr(request, "scope", None),
        "address": address if len(address) <= LONGEST_ADDRESS else request.path,
        "waiting": _waiting(getattr(request, "scope", None), following),
        "following": following,
        # Which of the results on this page the viewer keeps, by code; 1 query where it is asked.
        "starred": lambda codes: starred_codes(scope, codes) if scope is not None else frozenset(),
    }


def _waiting(scope: ViewerScope | None, following: Following) -> Callable[[], int] | None:
    """Asked when the frame is drawn: what is no page, and a page without a frame, asks nothing."""
    if scope is None or not scope.has_role(*WORKERS):
        return None
    return lambda: waiting_count(scope) if following.waiting is None else following.waiting


def _following(request: HttpRequest) -> Following:
    """What the viewer follows; nothing is asked before a template does, and nothing at all for a fragment without the frame."""
    # An error page may come before anybody has found out who asks.
    user, scope = getattr(request, "user", None), getattr(request, "scope", None)
    return following_of(user, scope) if scope is not None and user is not None and user.is_authenticated else NOTHING
