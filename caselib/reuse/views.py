from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from caselib.precedents.selectors import visible_precedent

from .selectors import own_use
from .services import reuse_record, reuse_undo


@require_POST
def record(request: HttpRequest, code: str) -> HttpResponse:
    """One click at the counter: what came of following the precedent."""
    precedent = visible_precedent(request.scope, code=code)
    used = reuse_record(precedent, scope=request.scope, outcome=request.POST.get("outcome", ""))
    messages.success(request, f"记下了：{used.get_outcome_display()}。点错了可以撤销。")
    return _back(code)


@require_POST
def undo(request: HttpRequest, code: str) -> HttpResponse:
    """Takes back the viewer's own record that the form names; a second click changes nothing."""
    precedent = visible_precedent(request.scope, code=code)
    used = own_use(precedent, user_id=request.scope.user_id, record=request.POST.get("record", ""))
    reuse_undo(used, scope=request.scope)
    messages.success(request, f"撤销了：{used.get_outcome_display()}。")
    return _back(code)


def _back(code: str) -> HttpResponse:
    # The name and not the view: reuse stands below pages and imports nothing of it.
    response = redirect("pages:precedent", code)
    response["Location"] += "#reuse"
    return response
