from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from caselib.following.unread import NOTHING, Following, following_of

# A pasted ticket in the address need not be repeated in each form of the frame.
LONGEST_ADDRESS = 2000


def site(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows. `address` is where a form of the frame leads back to."""
    address = request.get_full_path()
    return {
        "hall": settings.CASELIB_SITE_NAME,
        "scope": getattr(request, "scope", None),
        "address": address if len(address) <= LONGEST_ADDRESS else request.path,
        "following": SimpleLazyObject(lambda: _following(request)),
    }


def _following(request: HttpRequest) -> Following:
    """What the viewer follows; nothing is asked before a template does, and nothing at all for a fragment without the frame."""
    # An error page may come before anybody has found out who asks.
    user, scope = getattr(request, "user", None), getattr(request, "scope", None)
    return following_of(user, scope) if scope is not None and user is not None and user.is_authenticated else NOTHING
