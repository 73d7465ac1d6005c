from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from caselib.core import clock
from caselib.policies.selectors import clause_at, policies_for_list
from caselib.precedents.access import may_see_impact

from ..addresses import clause_address, versions_address
from ..screens import impact_screen, policy_screen

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


@require_safe
def impact(request: HttpRequest, code: str) -> HttpResponse:
    """谁在用这一版: every precedent that carries on a version, by department, with its clauses."""
    may_see_impact(request.scope).require()
    asked = request.GET
    screen = impact_screen(
        request.scope, code, version=asked.get("v", ""), page=asked.get("page", "1"), on=clock.today()
    )
    return render(request, "pages/impact.html", {"screen": screen, "page": screen.page, "here": "policies"})


@require_safe
def clause(request: HttpRequest, code: str) -> HttpResponse:
    """The short address of a clause leads to the policy's page at its version."""
    return redirect(clause_address(clause_at(code)))


@require_safe
def clauses_compared(request: HttpRequest, old: str, new: str) -> HttpResponse:
    """What became of a clause: leads to the comparison of its version with the one that took its place."""
    before, after = clause_at(old), clause_at(new)
    if before.version_id == after.version_id:
        return redirect(clause_address(after))
    return redirect(versions_address(before, after))
