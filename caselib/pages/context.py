from typing import Any

from django.conf import settings
from django.http import HttpRequest

# A pasted ticket in the address need not be repeated in each form of the frame.
LONGEST_ADDRESS = 2000


def site(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows. `address` is where a form of the frame leads back to."""
    address = request.get_full_path()
    return {
        "hall": settings.CASELIB_SITE_NAME,
        "scope": getattr(request, "scope", None),
        "address": address if len(address) <= LONGEST_ADDRESS else request.path,
    }
