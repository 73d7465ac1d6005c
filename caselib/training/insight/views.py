"""覆盖和难点: what is taught and what is not, what most people miss, and which precedents are best taught side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from caselib.core import clock
from caselib.core.text import clean

from ..access import may_make
from .contrasting import teach_for_page
from .coverage import BARE_SORTS, SORTS, bare_for_page, choices_of, coverage_for_page, hard_for_page
from .misses import FEWEST, HARD_FROM, UNCLEAR_FROM

HERE = "training"
BARE, HARD = "bare", "hard"
_LONGEST = 64


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Three pages at one address: the map, with `of=bare` what has no lesson, with `of=hard` what most people miss."""
    may_make(request.scope).require()
    asked = request.GET
    of = asked.get("of", "")
    tabs = [("", gettext("事项和原因")), (BARE, gettext("还没有课的")), (HARD, gettext("多数人答错的"))]
    of = of if of in {value for value, _ in tabs} else ""
    shown = {"tabs": [(value, label, value == of) for value, label in tabs], "of": of, "here": HERE}
    page, sort = asked.get("page", "1"), asked.get("sort", "")
    if of == BARE:
        narrowed = {name: clean(asked.get(name, ""))[:_LONGEST] for name in ("matter", "cause")}
        found = bare_for_page(request.scope, **narrowed, sort=sort, page=page, on=clock.today())
        shown |= {"bare": found, "narrowed": narrowed, "sorts": choices_of(BARE_SORTS, found.sort)}
    elif of == HARD:
        shown |= {"hard": hard_for_page(request.scope), "least": HARD_FROM, "told": UNCLEAR_FROM, "fewest": FEWEST}
    else:
        drawn = coverage_for_page(request.scope, sort=sort, page=page)
        shown |= {"coverage": drawn, "sorts": choices_of(SORTS, drawn.sort)}
    return render(request, "training/insight/map.html", shown)


@require_safe
def teach(request: HttpRequest) -> HttpResponse:
    """Precedents near one (`like`: its code or number) that end differently."""
    may_make(request.scope).require()
    screen = teach_for_page(request.scope, request.GET.get("like", ""), on=clock.today())
    shown = {"screen": screen, "here": HERE}
    return render(request, "training/insight/teach.html", shown, status=404 if screen.is_unknown else 200)
