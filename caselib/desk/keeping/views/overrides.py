from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.precedents.access import may_edit
from caselib.precedents.guarding import may_decide_override, may_see_findings, may_tend_overrides
from caselib.precedents.models import Precedent, PrivacyOverride
from caselib.precedents.overrides import (
    finding_at,
    findings_of,
    override_ask,
    override_at,
    override_decide,
    overrides_desk,
    text_of,
)
from caselib.precedents.selectors import visible_precedent

from ..screens import screen_of

LONGEST_TYPED = 1000


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """隐私放行: what waits for a second person, with the sentence around it."""
    may_tend_overrides(request.scope).require()
    return _desk(request)


def _desk(request: HttpRequest, *, wrong: DomainError | None = None, pk: int = 0, typed: str = "") -> HttpResponse:
    shown = {
        "desk": overrides_desk(request.scope, page=request.GET.get("page", "1")),
        "wrong": wrong,
        "wrong_pk": pk,
        "typed": typed,
    }
    return render(request, "keeping/overrides.html", shown, status=wrong.status if wrong else 200)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    override = override_at(request.scope, pk)
    may_decide_override(request.scope, override, text=text_of(override.precedent)).require()
    reason = request.POST.get("reason", "")[:LONGEST_TYPED]
    try:
        decided = override_decide(
            override,
            allow=_allows(request.POST.get("verdict", "")),
            reason=reason,
            by=request.user,
            seen=request.POST.get("seen", PrivacyOverride.Decision.ASKED),
        )
    except (RuleBroken, StaleState) as error:
        return _desk(request, wrong=error, pk=pk, typed=reason)
    allowed = decided.decision == PrivacyOverride.Decision.ALLOWED
    messages.success(
        request, gettext("放行了：只放这一处的这几个字。") if allowed else gettext("记下了：这一处要改掉。")
    )
    return redirect("desk:keeping:overrides")


def _allows(verdict: str) -> bool:
    if verdict not in ("allow", "refuse"):
        raise RuleBroken(gettext("选一个：可以留，还是要改掉。"), code="required", field="verdict")
    return verdict == "allow"


@require_safe
def findings(request: HttpRequest, code: str) -> HttpResponse:
    """个人信息: what stops the text of a precedent, in its place, and what became of each claim."""
    precedent = visible_precedent(request.scope, code=code)
    may_see_findings(request.scope, precedent).require()
    return _findings(request, precedent)


def _findings(request: HttpRequest, precedent: Precedent, **said: object) -> HttpResponse:
    wrong = said.get("wrong")
    shown = {
        "screen": screen_of(precedent, request.scope, here="findings"),
        "findings": findings_of(precedent),
        "may_ask": bool(may_edit(request.scope, precedent)),
        "may_decide": bool(may_tend_overrides(request.scope)),
        **said,
    }
    return render(request, "keeping/findings.html", shown, status=wrong.status if wrong else 200)


@require_POST
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """不是个人信息: claimed of one finding, with the reason."""
    precedent = visible_precedent(request.scope, code=code)
    may_edit(request.scope, precedent).require()
    posted = request.POST
    mark, claim = posted.get("mark", "")[:64], posted.get("claim", "")[:LONGEST_TYPED]
    try:
        hit = finding_at(precedent, kind=posted.get("kind", "")[:32], mark=mark)
        override_ask(precedent, hit, claim=claim, actor=request.user)
    except (RuleBroken, StaleState) as error:
        return _findings(request, precedent, wrong=error, mark=mark, typed=claim)
    messages.success(request, gettext("提了，等另一个人定。在定下来以前，这份文字交不上去。"))
    return redirect("desk:keeping:findings", code)
