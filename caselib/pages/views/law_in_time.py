from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caselib.core import clock
from caselib.core.dates import read_day

from ..law_in_time import as_plain, comparison_screen, day_screen


@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """版本对照: two versions clause by clause, and beside each changed clause the precedents that cite it."""
    asked = request.GET
    screen = comparison_screen(
        request.scope,
        code,
        older=asked.get("from", ""),
        newer=asked.get("to", ""),
        other=asked.get("with", ""),
        changed_only=asked.get("all") != "1",
        on=clock.today(),
    )
    return render(request, "pages/compare.html", {"screen": screen, "here": "policies"})


@require_safe
def on_day(request: HttpRequest, code: str) -> HttpResponse:
    """某日的规定: what applied on a day, as a page or (format=json) for programs."""
    return _on_day(request, code, clause="")


@require_safe
def clause(request: HttpRequest, code: str, clause: str) -> HttpResponse:
    """One clause on a day, and all of its forms through time."""
    return _on_day(request, code, clause=clause)


def _on_day(request: HttpRequest, code: str, *, clause: str) -> HttpResponse:
    typed = request.GET.get("on", "")
    day, error = read_day(typed)
    screen = day_screen(code, clause=clause, on=day or clock.today(), typed=typed, error=error)
    if request.GET.get("format") == "json":
        return JsonResponse(as_plain(screen), status=400 if error else 200, json_dumps_params={"ensure_ascii": False})
    status = 422 if error else 200
    return render(request, "pages/on_day.html", {"screen": screen, "here": "policies"}, status=status)
