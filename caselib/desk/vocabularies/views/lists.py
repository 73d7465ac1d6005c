"""词表: the room with all vocabularies, and the list of each."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from .. import picking
from ..access import may_keep_catalogue, may_pick, may_see_words
from ..home import home_screen
from ..kinds import kind_at
from ..listing import list_screen

HERE = "words"
# Seconds: who deletes a letter gets back what was there. Vary on the cookie keeps it to one sign-in.
_KEPT = 15


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All vocabularies with their counts."""
    may_see_words(request.scope).require()
    shown = {"doors": home_screen(), "may_keep": may_keep_catalogue(request.scope), "here": HERE}
    return render(request, "vocabularies/home.html", shown)


@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of one vocabulary."""
    may_see_words(request.scope).require()
    asked = request.GET
    screen = list_screen(
        kind_at(slug),
        wanted=asked.get("q", ""),
        state=asked.get("state", ""),
        page=asked.get("page", "1"),
        scope=request.scope,
    )
    return render(request, "vocabularies/list.html", {"screen": screen, "here": HERE})


@require_safe
def pick(request: HttpRequest) -> HttpResponse:
    """What a picker offers while somebody types: [{value, label, hint}], nearest first."""
    kind = request.GET.get("kind", "")
    may_pick(request.scope, kind).require()
    found = picking.offers(kind, request.GET.get("q", ""))
    rows = [{"value": offer.value, "label": offer.label, "hint": offer.hint} for offer in found]
    response = JsonResponse(rows, safe=False, json_dumps_params={"ensure_ascii": False})
    patch_cache_control(response, private=True, max_age=_KEPT)
    return response
