"""What is done with a ticket on its page: 经过, and the steps of the closed loop. A refused form comes back filled in."""

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from caselib.cases import feedback, services
from caselib.cases.access import may_edit, may_feed_back, may_work_on
from caselib.cases.models import Ticket
from caselib.cases.selectors import causes_chosen
from caselib.cases.visibility import visible_ticket
from caselib.core import clock
from caselib.core.dates import read_day
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.moments import read_moment

from .views import lock_version, ticket_page


@require_POST
def entry_add(request: HttpRequest, code: str) -> HttpResponse:
    """Adds a day to 经过."""
    ticket = visible_ticket(request.scope, code)
    may_edit(request.scope, ticket).require()

    def add() -> None:
        day, wrong = read_day(request.POST.get("day", ""))
        if wrong:
            raise RuleBroken(gettext("没有记下：{wrong}").format(wrong=wrong), code="bad_day", field="day")
        who, what = request.POST.get("who", ""), request.POST.get("what", "")
        services.ticket_entry_add(ticket, day=day or clock.today(), who=who, what=what, actor=request.user)

    return _done(request, ticket, "entry", add, told="记下了。")


@require_POST
def entry_remove(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """Takes a day out of 经过."""
    ticket = visible_ticket(request.scope, code)
    may_edit(request.scope, ticket).require()
    services.ticket_entry_remove(ticket, key, actor=request.user)
    messages.success(request, gettext("去掉了一条经过。"))
    return redirect("desk:tickets:ticket", code)


@require_POST
def analyse(request: HttpRequest, code: str) -> HttpResponse:
    """分析研判."""
    ticket = visible_ticket(request.scope, code)
    may_work_on(request.scope, ticket).require()

    def save() -> None:
        causes = causes_chosen(request.POST.getlist("cause"))
        words = request.POST.get("words", "")
        services.ticket_analyse(
            ticket, causes=causes, words=words, lock_version=lock_version(request), actor=request.user
        )

    return _done(request, ticket, "analyse", save, told="分析研判存下了。")


@require_POST
def evaluate(request: HttpRequest, code: str) -> HttpResponse:
    """跟踪评估."""
    ticket = visible_ticket(request.scope, code)
    may_work_on(request.scope, ticket).require()

    def save() -> None:
        words = request.POST.get("words", "")
        services.ticket_evaluate(ticket, words=words, lock_version=lock_version(request), actor=request.user)

    return _done(request, ticket, "evaluate", save, told="跟踪评估存下了。")


@require_POST
def settle(request: HttpRequest, code: str) -> HttpResponse:
    """办结 or 提出意见, from which 反馈 has one working day."""
    ticket = visible_ticket(request.scope, code)
    may_work_on(request.scope, ticket).require()

    def save() -> None:
        how, at = request.POST.get("how", ""), _moment(request)
        feedback.ticket_settle(
            ticket, how=how, at=at, lock_version=lock_version(request), actor=request.user, now=clock.now()
        )

    return _done(request, ticket, "settle", save, told="记下了。")


@require_POST
def feed_back(request: HttpRequest, code: str) -> HttpResponse:
    """反馈 to person and window, or that it was noted by mistake."""
    ticket = visible_ticket(request.scope, code)
    may_feed_back(request.scope, ticket).require()
    is_given = request.POST.get("do") != "withdraw"

    def save() -> None:
        at = _moment(request) if is_given else None
        feedback.ticket_feed_back(
            ticket,
            at=at,
            lock_version=lock_version(request),
            actor=request.user,
            now=clock.now(),
            is_given=is_given,
        )

    return _done(request, ticket, "feedback", save, told="反馈记下了。" if is_given else "撤回了，又算没反馈。")


def _moment(request: HttpRequest) -> dt.datetime | None:
    """The moment that was typed, None for now. Raises RuleBroken."""
    at, wrong = read_moment(request.POST.get("at", ""))
    if wrong:
        raise RuleBroken(gettext("没有保存：{wrong}").format(wrong=wrong), code="bad_moment", field="at")
    return at


@require_POST
def archive(request: HttpRequest, code: str) -> HttpResponse:
    """备案归档; refused with what is missing."""
    ticket = visible_ticket(request.scope, code)
    may_work_on(request.scope, ticket).require()

    def save() -> None:
        words = request.POST.get("words", "")
        services.ticket_archive(ticket, words=words, lock_version=lock_version(request), actor=request.user)

    return _done(request, ticket, "archive", save, told="归档了。")


def _done(request: HttpRequest, ticket: Ticket, form: str, deed: Callable[[], None], *, told: str) -> HttpResponse:
    try:
        deed()
    except (RuleBroken, StaleState) as error:
        return ticket_page(
            request,
            visible_ticket(request.scope, ticket.code),
            status=error.status,
            form=form,
            wrong=error.message,
            wrong_field=getattr(error, "field", ""),
            stale=isinstance(error, StaleState),
            typed={name: request.POST.get(name, "") for name in ("day", "who", "what", "words", "how", "at")},
            chosen=request.POST.getlist("cause") if form == "analyse" else None,
        )
    messages.success(request, told)
    return redirect("desk:tickets:ticket", ticket.code)
