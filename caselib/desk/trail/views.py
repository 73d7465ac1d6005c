from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.audit.exporting import FORMATS, MOST_EXPORTED, Export, csv_lines, json_lines, trail_export
from caselib.audit.selectors import event_for_page, events_page
from caselib.audit.verifying import last_check
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken

from .access import may_read_trail
from .asking import kind_options, query_of, told_of, type_options, typed_in, wanted_of
from .showing import check_line, lines_of, row_of, rows_of

HERE = "trail"
_KEYS_END = 2**63


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """审计: what was done, newest first."""
    may_read_trail(request.scope).require()
    typed = typed_in(request.GET)
    try:
        wanted = wanted_of(typed)
    except RuleBroken as error:
        return _page(request, typed, wrong={"field": error.field, "message": error.message}, status=422)
    found = events_page(wanted, older=_key(request.GET.get("older")), newer=_key(request.GET.get("newer")))
    return _page(request, typed, found=found, rows=rows_of(found.events))


@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One event: before and after, its place in the chain, and what belongs to it."""
    may_read_trail(request.scope).require()
    one = event_for_page(pk) if pk < _KEYS_END else None
    if one is None:
        raise NotVisible
    lines = lines_of(one.event)
    context = {
        "one": one,
        "row": row_of(one.event),
        "lines": lines,
        "has_before": any(not line.before.is_absent for line in lines),
        "same_request": rows_of(one.same_request),
        "same_object": rows_of(one.same_object),
        "here": HERE,
    }
    return render(request, "trail/event.html", context)


@require_POST
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """导出: a deed of its own, which is written down before the first line is sent."""
    may_read_trail(request.scope).require()
    typed, form = typed_in(request.POST), request.POST.get("form", "")
    try:
        wanted = wanted_of(typed)
        if form not in FORMATS:
            raise RuleBroken(gettext("选一种格式再导出。"), code="unknown", field="form")
    except RuleBroken as error:
        return _page(request, typed, wrong={"field": error.field, "message": error.message}, status=422)
    now = clock.now()
    made = trail_export(wanted, form=form, told=told_of(typed), actor=request.user, now=now)
    return _file(made, form, name=f"audit-{clock.day_of(now):%Y-%m-%d}.{form}")


def _file(made: Export, form: str, *, name: str) -> StreamingHttpResponse:
    lines, kind = (csv_lines(made), "text/csv") if form == "csv" else (json_lines(made), "application/x-ndjson")
    response = StreamingHttpResponse(lines, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(request: HttpRequest, typed: dict[str, str], *, status: int = 200, **shown) -> HttpResponse:
    context = {
        "typed": typed,
        "asked": query_of(typed),
        "kinds": kind_options(typed["kind"]),
        "types": type_options(typed["type"]),
        "check": check_line(last_check(), now=clock.now()),
        "most": f"{MOST_EXPORTED:,}",
        "here": HERE,
        **shown,
    }
    return render(request, "trail/events.html", context, status=status)


def _key(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
