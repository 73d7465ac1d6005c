"""Which sites may hold a page in a frame: a list in the settings for the panel alone; every other page refuses to be framed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt

View = Callable[..., HttpResponse]


def framable(view: View) -> View:
    """The view with frame-ancestors of CASELIB_EMBED_ANCESTORS; X-Frame-Options, which knows no lists, goes where there are any."""

    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sites = list(settings.CASELIB_EMBED_ANCESTORS)
        answer = csp_replace({"frame-ancestors": sites or [NONE]})(view)
        answer = xframe_options_exempt(answer) if sites else answer
        return answer(request, *args, **kwargs)

    return framed
