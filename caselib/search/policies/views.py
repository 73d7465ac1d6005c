from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .selectors import policies_for_page

# Value of `in` in the address of the results page.
WITHIN = "policies"


@require_safe
def policies(request: HttpRequest, typed: str) -> HttpResponse:
    """政策 as a part of the results page. `typed`: the question as it stands in the box. For htmx the list alone."""
    asked = request.GET
    found = policies_for_page(
        scope=request.scope,
        text=typed,
        page=asked.get("page", "1"),
        literal=asked.get("literal") == "1",
        typed=asked.getlist("typed"),
    )
    whole = not request.htmx or request.htmx.history_restore_request
    template = "search/policies.html" if whole else "search/_policies.html"
    return render(request, template, {"results": found, "query": typed, "here": "search", "within": WITHIN})
