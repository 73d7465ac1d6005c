from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caselib.core import clock

from ..screens import matter_screen, matters_screen

WANTED_LENGTH = 200


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """事项目录, by theme."""
    wanted = request.GET.get("q", "")[:WANTED_LENGTH]
    groups = matters_screen(request.scope, wanted=wanted)
    return render(request, "pages/matters.html", {"groups": groups, "wanted": wanted, "here": "matters"})


@require_safe
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """事项: what it needs, what people call it, and how it was solved before."""
    screen = matter_screen(request.scope, code, page=request.GET.get("page", "1"), on=clock.today())
    shown = {"matter": screen.matter, "listed": screen.listed, "other_ways": screen.other_ways, "here": "matters"}
    return render(request, "pages/matter.html", shown)
