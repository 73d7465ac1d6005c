from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent

from .models import ReuseRecord
from .opening import title_of, viewed
from .panel import RecordScreen, record_screen
from .selectors import own_use, used_by
from .services import SAME_USE, reuse_record, reuse_undo

FIELDS = ("outcome", "note", "point", "case_number", "revision", "nonce")
# A note of 20,000 characters is refused with its length, and comes back whole.
LONGEST_TYPED = 50_000


@require_safe
def used(request: HttpRequest, code: str) -> HttpResponse:
    """谁用过: departments and outcomes for every reader, the words for who writes the text."""
    precedent = viewed(request.scope, code)
    found = used_by(precedent, request.scope, title=title_of(precedent), page=request.GET.get("page", "1"))
    return render(request, "reuse/used_by.html", {"used": found})


@require_safe
def how(request: HttpRequest, code: str) -> HttpResponse:
    """The form of one outcome on a page of its own."""
    typed = {name: request.GET.get(name, "") for name in ("outcome", "revision")}
    return _form(request, viewed(request.scope, code), typed)


@require_POST
def record(request: HttpRequest, code: str) -> HttpResponse:
    """One click at the counter: what came of following the precedent, and for three of the outcomes what was different."""
    typed = {name: request.POST.get(name, "")[:LONGEST_TYPED] for name in FIELDS}
    try:
        precedent = viewed(request.scope, code)
    except NotVisible:
        return _gone(request, typed)
    try:
        used = _recorded(precedent, typed, request.scope)
    except (RuleBroken, StaleState) as error:
        return _form(request, precedent, typed, wrong=error)
    messages.success(request, _said(used, precedent, request.scope))
    return _back(code)


def _recorded(precedent: Precedent, typed: dict[str, str], scope: ViewerScope) -> ReuseRecord:
    number = typed["revision"]
    return reuse_record(
        precedent,
        scope=scope,
        outcome=typed["outcome"],
        note=typed["note"],
        point=typed["point"],
        case_number=typed["case_number"],
        revision=int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None,
        nonce=typed["nonce"],
        now=clock.now(),
    )


def _said(used: ReuseRecord, precedent: Precedent, scope: ViewerScope) -> str:
    """What was noted, and of which text where that is not the live one any more; or that it was noted before."""
    if used.user_id != scope.user_id or used.at <= clock.now() - SAME_USE:
        return f"这一件已经登记过“{used.get_outcome_display()}”，只算一次，没有再记。"
    said = f"记下了：{used.get_outcome_display()}。点错了当天可以撤销。"
    if precedent.live_revision is not None and used.revision_id != precedent.live_revision_id:
        said += f"您看的是第 {used.revision.number} 版，记在那一版上；现在是第 {precedent.live_revision.number} 版。"
    return said


@require_POST
def undo(request: HttpRequest, code: str) -> HttpResponse:
    """Takes back the viewer's own record that the form names; a second click changes nothing."""
    precedent = viewed(request.scope, code)
    used = own_use(precedent, user_id=request.scope.user_id, record=request.POST.get("record", ""))
    try:
        reuse_undo(used, scope=request.scope, now=clock.now())
    except RuleBroken as error:
        messages.warning(request, error.message)
        return _back(code)
    messages.success(request, gettext("撤销了：{outcome}。").format(outcome=used.get_outcome_display()))
    return _back(code)


def _form(
    request: HttpRequest, precedent: Precedent, typed: dict[str, str], *, wrong: RuleBroken | StaleState | None = None
) -> HttpResponse:
    screen = record_screen(precedent, outcome=typed["outcome"], typed=typed, wrong=wrong)
    return render(request, "reuse/record.html", {"screen": screen}, status=wrong.status if wrong else 200)


def _gone(request: HttpRequest, typed: dict[str, str]) -> HttpResponse:
    """For what is not there or not visible any more: the same answer for both, with what was typed."""
    wrong = NotVisible(
        gettext("没有找到这个案例：可能刚下架，或者您没有查看的权限。写的都在下面，可以复制下来告诉归口部门。")
    )
    screen = RecordScreen(None, "", None, (), 0, 0, "", typed, wrong)
    return render(request, "reuse/record.html", {"screen": screen}, status=wrong.status)


def _back(code: str) -> HttpResponse:
    # The name and not the view: reuse stands below pages and imports nothing of it.
    response = redirect("pages:precedent", code)
    response["Location"] += "#reuse"
    return response
