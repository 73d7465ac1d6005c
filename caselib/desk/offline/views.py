from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from caselib.core.errors import RuleBroken
from caselib.offline.manifest import public_key
from caselib.offline.services import MOST_DAYS, USUAL_DAYS
from caselib.offline.zipping import MOST_AT_ONCE, pack_zip

from .access import may_enter, may_take
from .selectors import halls_for

HERE = "offline"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """离线包: which packs there are to take, and what they are for."""
    may_enter(request.scope).require()
    return _page(request, days=str(USUAL_DAYS))


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """下载: made now, written down, sent, and kept nowhere."""
    may_enter(request.scope).require()
    key, days = _number(request.POST.get("department", "")), request.POST.get("days", "")
    may_take(request.scope, key).require()
    try:
        zipped = pack_zip(halls_for(request.scope)[key], days=_number(days), actor=request.user)
    except RuleBroken as error:
        return _page(request, days=days[:10], chosen=key, wrong=error, status=422)
    return FileResponse(zipped.file, as_attachment=True, filename=zipped.name, content_type="application/zip")


def _number(typed: str) -> int:
    """A whole number as it was typed; 0 for what is none."""
    typed = typed.strip()
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _page(
    request: HttpRequest, *, days: str, chosen: int = 0, wrong: RuleBroken | None = None, status: int = 200
) -> HttpResponse:
    shown = {
        "halls": halls_for(request.scope),
        "days": days,
        "chosen": chosen,
        "wrong": wrong,
        "most_days": MOST_DAYS,
        "most": MOST_AT_ONCE,
        "key": public_key(),
        "here": HERE,
    }
    return render(request, "offlinedesk/home.html", shown, status=status)
