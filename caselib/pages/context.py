from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows."""
    return {"site_name": settings.CASELIB_SITE_NAME, "scope": getattr(request, "scope", None)}
