from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.precedents.access import may_edit, may_tend_verification, may_verify
from caselib.precedents.points import checking_of, desk_of
from caselib.precedents.selectors import visible_precedent
from caselib.precedents.verifying import Noted, Outcome, Told
from caselib.reuse.reports.closing import check_noted_answering
from caselib.search.questions import masked_told

# A page holds fewer points than this; more is no form of ours.
MOST_POINTS = 1000


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """待复核: the precedents of the viewer's departments that wait for a check."""
    may_tend_verification(request.scope).require()
    asked = request.GET
    found = desk_of(
        request.scope,
        kind=asked.get("kind", ""),
        policy=asked.get("policy", ""),
        page=asked.get("page", "1"),
        on=clock.today(),
    )
    return render(request, "verify/desk.html", {"desk": found, "here": "verify"})


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """复核: the live text beside each open point, and one form with three outcomes."""
    if request.method != "POST":
        may_verify(request.scope, visible_precedent(request.scope, code=code)).require()
        return _page(request, code)
    told = _told(request)
    try:
        noted = check_noted_answering(
            visible_precedent(request.scope, code=code), told, scope=request.scope, by=request.user, now=clock.now()
        )
    except RuleBroken as error:
        return _page(request, code, told=told, wrong={"field": error.field, "message": error.message}, status=422)
    except StaleState as error:
        return _page(request, code, told=told, stale=error.message, status=409)
    messages.success(request, _said(request, code, noted, told))
    return redirect("desk:writing:draft" if _leads_to_draft(request, code, noted) else "pages:precedent", code)


def _leads_to_draft(request: HttpRequest, code: str, noted: Noted) -> bool:
    """改了再用 goes on to the draft, for who may write it."""
    is_changed = Outcome(noted.verification.outcome) is Outcome.CHANGES
    return is_changed and bool(may_edit(request.scope, visible_precedent(request.scope, code=code)))


def _page(request: HttpRequest, code: str, *, told: Told | None = None, status: int = 200, **said) -> HttpResponse:
    checking = checking_of(request.scope, code, on=clock.today())
    shown = {"checking": checking, "page": checking.page, "told": told, "here": "verify", **said}
    return render(request, "verify/check.html", shown, status=status)


def _told(request: HttpRequest) -> Told:
    posted = request.POST
    points = posted.getlist("point")[:MOST_POINTS]
    return Told(
        outcome=posted.get("outcome", ""),
        note=posted.get("note", ""),
        successor=posted.get("successor", ""),
        digest=posted.get("digest", ""),
        points=frozenset(_number(point) for point in points),
        last=_number(posted.get("last", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _said(request: HttpRequest, code: str, noted: Noted, told: Told) -> str:
    """What happened, and what follows from it."""
    page = checking_of(request.scope, code, on=clock.today()).page
    signal = f"信号现在是“{page.signal.label}”{'：' if page.signal.reasons else '。'}{''.join(page.signal.reasons[:1])}"
    outcome = Outcome(noted.verification.outcome)
    parts = [f"记下了：{outcome.label}。"]
    if outcome is Outcome.HOLDS:
        closed = f"关掉了 {noted.closed} 个复核点，" if noted.closed else ""
        parts.append(f"{closed}下次复核不晚于 {page.precedent.reverify_due_on:%Y-%m-%d}。{signal}")
    elif outcome is Outcome.CHANGES:
        parts.append(f"第 {noted.draft} 版修订开好了，改好、审核、发布后再复核一遍；复核点先开着。{signal}")
    else:
        follows = f"查到旧编号的人会看到 {noted.successor}。" if noted.successor else "没有写替代的案例。"
        parts.append(f"已经出库，不再出现在检索里。{follows}")
    if noted.is_repeat:
        parts.append("（点了两次，只记一次。）")
    if masked := masked_told(told.note):
        parts.append(f"（说明里{masked}）")
    return "".join(parts)
