from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caselib.core import clock
from caselib.policies.selectors import policies_for_list

from ..screens import policy_screen

# Longer than any title: what is pasted beyond it cannot be one.
WANTED_LENGTH = 200


@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """政策目录, by rank."""
    wanted = request.GET.get("q", "")[:WANTED_LENGTH]
    groups = policies_for_list(on=clock.today(), wanted=wanted)
    return render(request, "pages/policies.html", {"groups": groups, "wanted": wanted, "here": "policies"})


@require_safe
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """政策: its versions, the clauses of one, and beside each clause the precedents that rely on it."""
    screen = policy_screen(request.scope, code, version=request.GET.get("v", ""), on=clock.today())
    return render(request, "pages/policy.html", {"screen": screen, "page": screen.page, "here": "policies"})
