from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from caselib.catalog.selectors import matter_for_page
from caselib.core.errors import RuleBroken
from caselib.search.addresses import results_address
from caselib.search.questions import masked_told

from .access import may_file, may_tend
from .selectors import gap_to_close, gaps_for_desk
from .services import Filed, gap_close, gap_file

HERE = "gaps"


@require_POST
def file(request: HttpRequest) -> HttpResponse:
    """记为知识缺口: one click on the page of results, and back to it."""
    may_file(request.scope).require()
    typed, code = request.POST.get("q", ""), request.POST.get("matter", "")
    matter = matter_for_page(code) if code else None
    filed = gap_file(typed, scope=request.scope, matter=matter)
    messages.success(request, _told(filed))
    return HttpResponseRedirect(results_address(typed, kept=filed.gap.question, asked=request.POST.get("back", "")))


def _told(filed: Filed) -> str:
    parts = [f"记下了：{filed.gap.question}"]
    if filed.is_cut:
        parts.append("（原文太长，只留了开头。）")
    if not filed.is_new:
        parts.append("（您已经记过，只算一次。）")
    return "".join(parts)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """知识缺口: what people asked and the library does not answer."""
    may_tend(request.scope).require()
    return _desk(request)


@require_POST
def close(request: HttpRequest, key: int) -> HttpResponse:
    """Closes one gap; what is wrong is said beside the form, with what was typed."""
    may_tend(request.scope).require()
    gap = gap_to_close(key)
    number, reason = request.POST.get("number", ""), request.POST.get("reason", "")
    # Each button belongs to one of the two fields; what stands in the other was not meant.
    declines = request.POST.get("how") == "decline"
    try:
        closed = gap_close(
            gap, scope=request.scope, number="" if declines else number, reason=reason if declines else ""
        )
    except RuleBroken as error:
        wrong = {"key": key, "message": error.message, "field": "reason" if declines else "number"}
        return _desk(request, wrong={**wrong, "number": number, "reason": reason}, status=422)
    told = f"（理由里{masked}）" if declines and (masked := masked_told(reason)) else ""
    messages.success(request, f"处理好了（{closed.get_state_display()}）：{closed.question}{told}")
    return redirect("search:gaps:desk")


def _desk(request: HttpRequest, *, wrong: dict[str, object] | None = None, status: int = 200) -> HttpResponse:
    asked = request.GET
    page = gaps_for_desk(scope=request.scope, state=asked.get("state", ""), page=asked.get("page", "1"))
    shown = {"gaps": page, "wrong": wrong, "here": HERE}
    return render(request, "search/gaps/desk.html", shown, status=status)
