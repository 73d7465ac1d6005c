from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caselib.catalog.selectors import matter_for_page
from caselib.core import clock
from caselib.precedents.selectors import rows_for_matter

from ..screens import matters_screen

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
    found = matter_for_page(code)
    listed = rows_for_matter(found, request.scope, page=request.GET.get("page", "1"), on=clock.today())
    return render(request, "pages/matter.html", {"matter": found, "listed": listed, "here": "matters"})
