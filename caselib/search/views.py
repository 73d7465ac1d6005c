from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from caselib.catalog.selectors import tag_named
from caselib.core.text import clean
from caselib.search.deep import matters_asked
from caselib.search.fields import DEFAULT_SORT, FACET_NAMES, MATTER
from caselib.search.log.web import results_noted
from caselib.search.policies.views import WITHIN, policies
from caselib.search.selectors import results_for_page

# Of what was pasted the page gives back this much; the longest that search by case takes.
LONGEST_SHOWN = 20_000


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """检索结果, of precedents or with `in=policies` of policies. The whole page, or for htmx the list alone, at one address."""
    asked = request.GET
    typed = clean(asked.get("q", "")[:LONGEST_SHOWN])
    if asked.get("in") == WITHIN:
        return policies(request, typed)
    matters = matters_asked(asked.getlist(MATTER))
    if matters.has_codes:
        # One address for one list: filters are taken off again by the name that they show.
        return redirect(f"{request.path}?{matters.instead_of(asked).urlencode()}")
    found = results_for_page(
        scope=request.scope,
        text=typed,
        filters={name: asked.getlist(name) for name in FACET_NAMES} | {MATTER: matters.names},
        sort=asked.get("sort", DEFAULT_SORT),
        page=asked.get("page", "1"),
        literal=asked.get("literal") == "1",
        typed=asked.getlist("typed"),
    )
    found = replace(found, notes=(*matters.notes, *found.notes))
    whole = not request.htmx or request.htmx.history_restore_request
    template = "search/results.html" if whole else "search/_results.html"
    trail = results_noted(request, found)
    shown = {"results": found, "query": typed, "here": "search", "trail": trail.token}
    # Who asks for a tag can follow it from here: it has no page of its own.
    shown["tag"] = tag_named(found.query) if not found.selected else None
    shown["first"] = bool(found.query) and request.scope.edits
    return trail.keep(render(request, template, shown))
