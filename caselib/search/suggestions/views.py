from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from .selectors import suggestions_for

# Seconds: who deletes a letter gets back what was there. Vary on the cookie keeps it to one sign-in.
_KEPT = 15


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """检索建议: the options of the list below a search box; an empty answer where there is nothing to offer.

    Without the frame of a page, and so without what the frame asks the database.
    """
    groups = suggestions_for(request.scope, request.GET.get("q", ""))
    response = HttpResponse(render_to_string("search/_suggestions.html", {"groups": groups}) if groups else "")
    patch_cache_control(response, private=True, max_age=_KEPT)
    return response
