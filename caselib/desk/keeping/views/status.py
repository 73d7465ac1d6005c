from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from caselib.core import clock
from caselib.core.days import read_day
from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.precedents.access import may_retire
from caselib.precedents.blanking import texts_blank
from caselib.precedents.guarding import (
    may_blank,
    may_restore_view,
    may_see_findings,
    may_set_tier,
    may_withhold,
)
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent, Tier
from caselib.precedents.selectors import visible_precedent
from caselib.precedents.tiers import precedent_tier_set
from caselib.precedents.verifying import successor_named
from caselib.precedents.visibility import PrecedentStatus
from caselib.precedents.withholding import precedent_withhold
from caselib.reuse.reports.closing import restore_view_answering

from ..screens import screen_of

GET_OR_POST = ["GET", "HEAD", "POST"]
LONGEST_TYPED = 2000


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")[:LONGEST_TYPED]


def _page(
    request: HttpRequest, precedent: Precedent, here: str, *, wrong: DomainError | None = None, **shown: object
) -> HttpResponse:
    precedent.refresh_from_db()
    typed = {name: _typed(request, name) for name in ("reason", "successor", "conferred_by", "on", "words")}
    context = {"screen": screen_of(precedent, request.scope, here=here), "wrong": wrong, "typed": typed, **shown}
    return render(request, f"keeping/{here}.html", context, status=wrong.status if wrong else 200)


@require_http_methods(GET_OR_POST)
def withhold(request: HttpRequest, code: str) -> HttpResponse:
    """紧急下架: off view at once; while it is, how it comes back and how old texts are blanked."""
    precedent = visible_precedent(request.scope, code=code)
    if request.method != "POST":
        may_see_findings(request.scope, precedent).require()
        return _page(request, precedent, "withhold")
    if precedent.status != PrecedentStatus.WITHHELD:
        may_withhold(request.scope, precedent).require()
    try:
        precedent_withhold(precedent, reason=_typed(request, "reason"), actor=request.user)
    except (RuleBroken, StaleState) as error:
        return _page(request, precedent, "withhold", wrong=error)
    messages.success(request, gettext("下架了，读者现在就看不到。接着改文字，或者查明没有问题后由另一个人恢复。"))
    return redirect("desk:keeping:withhold", code)


@require_POST
def restore(request: HttpRequest, code: str) -> HttpResponse:
    precedent = visible_precedent(request.scope, code=code)
    may_restore_view(request.scope, precedent).require()
    try:
        restore_view_answering(precedent, reason=_typed(request, "reason"), actor=request.user)
    except (RuleBroken, StaleState) as error:
        return _page(request, precedent, "withhold", wrong=error, deed="restore")
    messages.success(request, gettext("恢复上架了，编号和文字照旧。"))
    return redirect("pages:precedent", code)


@require_POST
def blank(request: HttpRequest, code: str) -> HttpResponse:
    """抹去旧版文字: what blocks, and the words that are named, one on a line."""
    precedent = visible_precedent(request.scope, code=code)
    may_blank(request.scope, precedent).require()
    words = _typed(request, "words").splitlines()
    try:
        if request.POST.get("sure") != "yes":
            raise RuleBroken(gettext("抹掉的找不回来。勾上“知道找不回来”再抹。"), code="required", field="sure")
        done = texts_blank(precedent, words=words, actor=request.user)
    except (RuleBroken, StaleState) as error:
        return _page(request, precedent, "withhold", wrong=error, deed="blank")
    messages.success(
        request,
        gettext("抹过了：旧版 {texts} 份，审核意见、并存稿等 {others} 条。抹掉的找不回来。").format(
            texts=done.texts, others=done.others
        ),
    )
    return redirect("desk:keeping:withhold", code)


@require_http_methods(GET_OR_POST)
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """出库: out of lists and search, with the reason and what takes its place; its address stays."""
    precedent = visible_precedent(request.scope, code=code)
    may_retire(request.scope, precedent).require()
    if request.method != "POST":
        return _page(request, precedent, "retire")
    try:
        successor = successor_named(_typed(request, "successor"), precedent, request.scope)
        precedent_retire(precedent, reason=_typed(request, "reason"), actor=request.user, successor=successor)
    except (RuleBroken, StaleState) as error:
        return _page(request, precedent, "retire", wrong=error)
    follows = f"查到旧编号的人会看到 {successor}。" if successor else "没有写替代的案例。"
    messages.success(request, gettext("出库了，不再检索到；地址和编号还在。{follows}").format(follows=follows))
    return redirect("pages:precedent", code)


@require_http_methods(GET_OR_POST)
def tier(request: HttpRequest, code: str) -> HttpResponse:
    """典型案例: who conferred it, and when; or that it is none any more."""
    precedent = visible_precedent(request.scope, code=code)
    may_set_tier(request.scope, precedent).require()
    if request.method != "POST":
        return _page(request, precedent, "tier")
    wanted = _typed(request, "tier")
    try:
        day = read_day(_typed(request, "on"), field="on")
        by = _typed(request, "conferred_by")
        precedent_tier_set(precedent, tier=wanted, conferred_by=by, on=day, actor=request.user, now=clock.now())
    except (RuleBroken, StaleState) as error:
        return _page(request, precedent, "tier", wrong=error)
    messages.success(request, gettext("记为典型案例了。") if wanted == Tier.EXEMPLARY else gettext("改为参考案例了。"))
    return redirect("pages:precedent", code)
