"""提请会商: the lists, a new one, and one with what was said."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, NotVisible, RuleBroken, StaleState
from caselib.search.questions import masked_told

from .access import may_ask, may_conclude, may_withdraw
from .asking import consultation_ask, lead_of
from .forms import NewForm, asked_of, blank_form, leads_offered, posted_form
from .models import Party
from .selectors import consultation_for_page, consultations_for_page, departments_offered
from .services import (
    consultation_answer,
    consultation_conclude,
    consultation_lead,
    consultation_pass,
    consultation_withdraw,
    lead_party,
)
from .visibility import visible_consultation

HERE = "consulting"
_REFUSED = (RuleBroken, StaleState)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """会商: what waits for the viewer's department, what it asked, and what is over."""
    may_ask(request.scope).require()
    asked = request.GET
    page = consultations_for_page(request.scope, of=asked.get("of", ""), on=clock.today(), page=asked.get("page", "1"))
    return render(request, "consulting/list.html", {"screen": page, "here": HERE})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """提请会商."""
    may_ask(request.scope).require()
    if request.method != "POST":
        return _form(request, blank_form(request.scope, request.GET))
    form = posted_form(request.scope, request.POST)
    try:
        made = consultation_ask(asked_of(form, request.POST), scope=request.scope, code=form.code)
    except RuleBroken as error:
        return _form(request, form, wrong=error)
    masked = masked_told(form.question)
    messages.success(request, gettext("提请了，有部门答复会告诉您。{masked}").format(masked=masked))
    return redirect("consulting:consultation", made.code)


def _form(request: HttpRequest, form: NewForm, *, wrong: RuleBroken | None = None) -> HttpResponse:
    shown = {"form": form, "wrong": wrong, "here": HERE}
    return render(request, "consulting/new.html", shown, status=wrong.status if wrong else 200)


@require_safe
def consultation(request: HttpRequest, code: str) -> HttpResponse:
    """One consultation with everything that was said."""
    return _page(request, code)


def _page(
    request: HttpRequest, code: str, *, error: DomainError | None = None, about: str = "", key: int = 0
) -> HttpResponse:
    """`about`: the form that was refused, `key`: of which department; what was typed stands in it again."""
    screen = consultation_for_page(request.scope, code, on=clock.today())
    shown = {
        "screen": screen,
        "departments": leads_offered(request.scope, screen.lead) if screen.is_open and screen.withdrawing else [],
        "wrong": error,
        "wrong_field": getattr(error, "field", ""),
        "about": about,
        "about_key": key,
        "typed": dict(request.POST.items()),
        "here": HERE,
    }
    return render(request, "consulting/consultation.html", shown, status=error.status if error else 200)


@require_POST
def answer(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """What a department says, or that it is not theirs."""
    found, posted = visible_consultation(request.scope, code), request.POST
    party = Party.objects.select_related("department").filter(consultation=found, pk=key).first()
    if party is None:
        raise NotVisible()
    read = {"lock_version": _number(posted.get("lock", "")), "scope": request.scope}
    try:
        if posted.get("how") == "pass":
            consultation_pass(party, reason=posted.get("reason", ""), owner=posted.get("owner", ""), **read)
        else:
            consultation_answer(party, words=posted.get("words", ""), basis=posted.get("basis", ""), **read)
    except _REFUSED as error:
        return _page(request, code, error=error, about="answer", key=key)
    return _done(request, code, "记下了，提的人看得到。", "words", "basis", "reason", "owner")


@require_POST
def conclude(request: HttpRequest, code: str) -> HttpResponse:
    """结论 of the lead department."""
    found, posted = visible_consultation(request.scope, code), request.POST
    may_conclude(request.scope, lead_party(found)).require()
    try:
        consultation_conclude(
            found,
            words=posted.get("words", ""),
            basis=posted.get("basis", ""),
            lock_version=_number(posted.get("lock", "")),
            anyway=posted.get("anyway") == "1",
            scope=request.scope,
        )
    except _REFUSED as error:
        return _page(request, code, error=error, about="conclude")
    return _done(request, code, "结论记下了，提的人看得到。", "words", "basis")


@require_POST
def lead(request: HttpRequest, code: str) -> HttpResponse:
    """Another department leads."""
    found = visible_consultation(request.scope, code)
    may_withdraw(request.scope, found).require()
    try:
        chosen = lead_of(request.POST.getlist("lead"), offered=departments_offered(request.scope))
        consultation_lead(found, chosen, scope=request.scope)
    except _REFUSED as error:
        return _page(request, code, error=error, about="lead")
    return _done(request, code, f"现在由{chosen}牵头。")


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """撤回 by who asked."""
    found = visible_consultation(request.scope, code)
    may_withdraw(request.scope, found).require()
    try:
        consultation_withdraw(found, reason=request.POST.get("reason", ""), scope=request.scope)
    except _REFUSED as error:
        return _page(request, code, error=error, about="withdraw")
    return _done(request, code, "撤回了，说过的话还在这一页。", "reason")


def _done(request: HttpRequest, code: str, said: str, *fields: str) -> HttpResponse:
    masked = next((told for name in fields if (told := masked_told(request.POST.get(name, "")))), "")
    messages.success(request, f"{said}{masked}")
    return redirect("consulting:consultation", code)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
