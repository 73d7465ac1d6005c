"""时效 of a policy as dated facts, and what it is related to."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.text import clean
from caselib.policies.access import may_edit_policies
from caselib.policies.models import Policy, RelationKind
from caselib.policies.selectors import policy_at, status_fact_at
from caselib.policies.services import policy_relate
from caselib.policies.standing import CHECKED, policy_checked
from caselib.policies.status_entry import digest_of, read_status, refuse_address, typed_from
from caselib.precedents.entering import tasks_of
from caselib.precedents.impact import fact_enter, fact_withdraw

from ..standing import relations_screen, status_screen

HERE = "policies"
GET_OR_POST = ["GET", "HEAD", "POST"]
WANTED_LENGTH, LONGEST_WORDS, LONGEST_CONDITIONS = 200, 100, 500


@require_http_methods(GET_OR_POST)
def status(request: HttpRequest, code: str) -> HttpResponse:
    """时效: what was confirmed when on what evidence; whoever may, confirms another fact."""
    policy = policy_at(code)
    if request.method == "POST":
        may_edit_policies(request.scope).require()
        return _status_posted(request, policy)
    return _status(request, policy, typed_from(request.GET))


def _status_posted(request: HttpRequest, policy: Policy) -> HttpResponse:
    typed = typed_from(request.POST)
    read = read_status(typed, policy=policy)
    if read.errors:
        return _status(request, policy, typed, read=read, status=RuleBroken.status)
    was_seen = request.POST.get("seen") == digest_of(typed) and request.POST.get("do") != "ask"
    if read.takes_force and not was_seen:
        # Seen before it is saved: who relies on what loses its force. What was changed since is seen again.
        return _status(request, policy, typed, read=read, asks=True)
    now = clock.now()
    try:
        fact = fact_enter(policy, read.facts, actor=request.user, now=now)
    except RuleBroken as error:
        errors = {error.field or "status": error.message}
        return _status(request, policy, typed, read=read, errors=errors, status=error.status)
    tasks = tasks_of(policy, scope=request.scope, now=now)
    told = f"{tasks.departments} 个部门的 {tasks.precedents} 件案例开了待复核。" if tasks.precedents else ""
    messages.success(request, gettext("记下了：{status}。{told}").format(status=fact.get_status_display(), told=told))
    return redirect("pages:policy_status", policy.code)


@require_POST
def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """撤回一条时效; what is wrong is said beside it, with what was typed."""
    may_edit_policies(request.scope).require()
    fact = status_fact_at(code, pk)
    reason = clean(request.POST.get("reason", ""))[:300]
    try:
        fact_withdraw(fact, reason=reason, actor=request.user)
    except (RuleBroken, StaleState) as error:
        wrong = {"pk": pk, "message": error.message, "reason": reason}
        return _status(request, fact.policy, typed_from({}), wrong=wrong, status=error.status)
    messages.success(
        request,
        gettext("撤回了：{status}。原来开的待复核还在，由负责人处理。").format(status=fact.get_status_display()),
    )
    return redirect("pages:policy_status", code)


@require_POST
def checked(request: HttpRequest, code: str) -> HttpResponse:
    """核对: how far title, number and dates were held against the official text."""
    may_edit_policies(request.scope).require()
    policy = policy_at(code)
    chosen = {name: clean(request.POST.get(name, "")).strip() for name in (*CHECKED, "official_url")}
    seen = {name: request.POST.get(f"seen-{name}", "") for name in CHECKED}
    try:
        refuse_address(chosen["official_url"])
        checks = {name: chosen[name] for name in CHECKED}
        policy_checked(policy, checks, seen=seen, official_url=chosen["official_url"], actor=request.user)
    except (RuleBroken, StaleState) as error:
        wrong = {getattr(error, "field", "") or "title_verified": error.message}
        return _status(request, policy, typed_from({}), chosen=chosen, unchecked=wrong, status=error.status)
    messages.success(request, gettext("核对的结果记下了。"))
    return redirect("pages:policy_status", code)


def _status(
    request: HttpRequest, policy: Policy, typed: Mapping[str, str], status: int = 200, **shown: object
) -> HttpResponse:
    screen = status_screen(
        policy, typed, scope=request.scope, page=request.GET.get("page", "1"), on=clock.today(), **shown
    )
    context = {"screen": screen, "may_edit": bool(may_edit_policies(request.scope)), "here": HERE}
    return render(request, "pages/desk/status.html", context, status=status)


@require_http_methods(GET_OR_POST)
def relations(request: HttpRequest, code: str) -> HttpResponse:
    """关联政策: search for another document, say what it is to this one."""
    may_edit_policies(request.scope).require()
    policy = policy_at(code)
    if request.method == "POST":
        return _relations_posted(request, policy)
    wanted = request.GET.get("q", "")[:WANTED_LENGTH]
    return render(
        request,
        "pages/desk/relations.html",
        {"screen": relations_screen(policy, wanted=wanted, typed=request.GET), "here": HERE},
    )


def _relations_posted(request: HttpRequest, policy: Policy) -> HttpResponse:
    posted = {name: clean(request.POST.get(name, "")).strip() for name in ("other", "kind", "relation", "conditions")}
    wanted = request.POST.get("q", "")[:WANTED_LENGTH]
    try:
        link = policy_relate(policy, actor=request.user, **_relation_from(posted, policy))
    except RuleBroken as error:
        screen = relations_screen(policy, wanted=wanted, typed=posted, error=error.message, error_field=error.field)
        return render(request, "pages/desk/relations.html", {"screen": screen, "here": HERE}, status=error.status)
    messages.success(request, gettext("记下了：{relation} · {other}").format(relation=link.relation, other=link.other))
    return redirect("pages:policy_relations", policy.code)


def _relation_from(posted: Mapping[str, str], policy: Policy) -> dict[str, object]:
    """Raises RuleBroken, NotVisible for a document that is not there."""
    if not posted["other"]:
        raise RuleBroken(gettext("先查出另一件政策，选中它，再保存。"), code="required", field="other")
    if posted["kind"] not in RelationKind.values:
        raise RuleBroken(gettext("选一下是什么关系。"), code="unknown_choice", field="kind")
    for name, most in (("relation", LONGEST_WORDS), ("conditions", LONGEST_CONDITIONS)):
        if len(posted[name]) > most:
            raise RuleBroken(
                gettext("这一栏最多 {most} 字，现在 {count} 字。").format(most=most, count=len(posted[name])),
                code="too_long",
                field=name,
            )
    other = policy_at(posted["other"])
    if other == policy:
        raise RuleBroken(gettext("不能和它自己关联。换一件政策。"), code="itself", field="other")
    relation = posted["relation"] or RelationKind(posted["kind"]).label
    return {"other": other, "relation": relation, "kind": posted["kind"], "conditions": posted["conditions"]}
