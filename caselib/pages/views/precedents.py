from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from caselib.core import clock
from caselib.personal.recent import opened_noted
from caselib.precedents.selectors import visible_precedent
from caselib.search.log.web import opening_noted

from ..screens import precedent_screen, slip_screen


@require_safe
def precedent(request: HttpRequest, code: str) -> HttpResponse:
    """案例: the answer within thirty seconds, the story below."""
    today = clock.today()
    screen = precedent_screen(request.scope, on=today, answers=request.GET.dict(), code=code)
    opening_noted(request, precedent_id=screen.page.precedent.pk)
    opened_noted(request.scope, screen.page.precedent)
    return render(request, "pages/precedent.html", {"screen": screen, "page": screen.page, "today": today})


@require_safe
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """一次告知单 alone on a sheet: what is missing of the papers, those of `have` taken off. Nothing is kept of it."""
    today = clock.today()
    screen = slip_screen(request.scope, code, have=request.GET.getlist("have"), on=today)
    return render(request, "pages/slip.html", {"screen": screen, "page": screen.page, "today": today})


@require_safe
def by_number(request: HttpRequest, number: str) -> HttpResponse:
    """The address that can be read aloud: the library number leads to the precedent."""
    return redirect("pages:precedent", visible_precedent(request.scope, number=number.upper()).code)
