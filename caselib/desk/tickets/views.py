"""工单: the list, one ticket, entering and correcting it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.cases import entry, services
from caselib.cases.access import may_edit, may_register, may_see_tickets
from caselib.cases.models import TEXT_LENGTH, Ticket, source_key
from caselib.cases.reading import read_ticket, text_of
from caselib.cases.selectors import (
    lists_for_entry,
    ticket_for_page,
    ticket_with_number,
    tickets_for_desk,
    wanted_of,
)
from caselib.cases.visibility import visible_ticket
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.ids import new_code

from . import screens

HERE = "tickets"
GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The tickets of the viewer's departments."""
    may_see_tickets(request.scope).require()
    today, page = clock.today(), request.GET.get("page", "1")
    tickets = tickets_for_desk(request.scope, wanted=wanted_of(request.GET), page=page, on=today)
    screen = screens.desk_screen(request.scope, tickets, on=today)
    return render(request, "tickets/desk.html", {"screen": screen, "here": HERE})


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """登记工单: paste, have it read, correct, register."""
    may_register(request.scope).require()
    lists = lists_for_entry(request.scope)
    if request.method != "POST":
        return _form(request, screens.form_screen(entry.typed_from({}), lists, code=new_code()))
    typed, code = entry.typed_from(request.POST), request.POST.get("code", "")
    if request.POST.get("do") == "read":
        return _form(request, _read(typed, lists, code=code))
    read = entry.read_facts(typed, lists=lists, today=clock.today())
    try:
        if read.facts is None:
            return _form(request, screens.form_screen(typed, lists, code=code, errors=read.errors), status=422)
        ticket = services.ticket_register(read.facts, actor=request.user, code=code)
    except (RuleBroken, StaleState) as error:
        return _refused(request, error, typed, lists, code=code, facts=read.facts)
    messages.success(request, gettext("登记好了：{label}").format(label=ticket.label))
    return redirect("desk:tickets:ticket", ticket.code)


def _read(typed: dict[str, str], lists: entry.Lists, *, code: str, ticket: Ticket | None = None) -> screens.FormScreen:
    """The form with what the text says in the fields that are empty. Nothing is stored."""
    text = text_of(typed["text"])
    read = read_ticket(
        text[: TEXT_LENGTH], today=clock.today(), matters=lists.names_of_matters,
        departments=lists.names_of_departments,
    )  # fmt: skip
    filled = entry.typed_of_read(read, typed)
    return screens.form_screen(
        {**filled, "text": text}, lists, code=code, ticket=ticket, found=screens.found_words(typed, filled)
    )


def _refused(
    request: HttpRequest,
    error: RuleBroken | StaleState,
    typed: dict[str, str],
    lists: entry.Lists,
    *,
    code: str,
    facts: entry.TicketFacts,
    ticket: Ticket | None = None,
) -> HttpResponse:
    """The form again with everything that was typed, and the ticket with the same number where that is the reason."""
    is_stale = isinstance(error, StaleState)
    twin = None
    if not is_stale and error.code == "already_there":
        twin = ticket_with_number(request.scope, key=source_key(facts.source_system, facts.source_number))
    screen = screens.form_screen(
        typed, lists, code=code, ticket=ticket, lock_version=ticket.lock_version if ticket else 0, twin=twin,
        errors={} if is_stale else {error.field: error.message}, stale=error.message if is_stale else "",
    )  # fmt: skip
    return _form(request, screen, status=error.status)


def _form(request: HttpRequest, screen: screens.FormScreen, status: int = 200) -> HttpResponse:
    response = render(request, "tickets/form.html", {"screen": screen, "here": HERE}, status=status)
    return _kept_nowhere(response) if screen.typed["text"] else response


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    """What holds a text is not left in a browser that several people use at a counter."""
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Corrects facts; the text only where another one is pasted."""
    ticket = visible_ticket(request.scope, code)
    may_edit(request.scope, ticket).require()
    lists = lists_for_entry(request.scope)
    if request.method != "POST":
        return _form(
            request,
            screens.form_screen(
                screens.typed_of(ticket), lists, code=code, ticket=ticket, lock_version=ticket.lock_version
            ),
        )
    typed, seen = entry.typed_from(request.POST), lock_version(request)
    read = entry.read_facts(typed, lists=lists, today=clock.today(), needs_text=False)
    if read.facts is None:
        screen = screens.form_screen(typed, lists, code=code, ticket=ticket, lock_version=seen, errors=read.errors)
        return _form(request, screen, status=422)
    try:
        services.ticket_save(ticket, read.facts, lock_version=seen, actor=request.user)
    except (RuleBroken, StaleState) as error:
        return _refused(request, error, typed, lists, code=code, facts=read.facts, ticket=ticket)
    messages.success(request, gettext("改好了。"))
    return redirect("desk:tickets:ticket", code)


@require_safe
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """One ticket: facts, the four steps, 经过; the text stays folded."""
    return ticket_page(request, visible_ticket(request.scope, code))


@require_POST
def show_text(request: HttpRequest, code: str) -> HttpResponse:
    """显示原文. The answer to the POST is the page itself: each look is one event, and no address shows the text."""
    found = visible_ticket(request.scope, code)
    if not found.pruned_at:
        services.ticket_text_shown(found, actor=request.user)
    return _kept_nowhere(ticket_page(request, found, is_open=not found.pruned_at))


def ticket_page(
    request: HttpRequest, found: Ticket, *, is_open: bool = False, status: int = 200, **form: object
) -> HttpResponse:
    """The page of a ticket; `form`: what a refused form said (`screens.ticket_screen`)."""
    page = ticket_for_page(found, is_open=is_open)
    screen = screens.ticket_screen(request.scope, page, now=clock.now(), **form)
    return render(request, "tickets/ticket.html", {"screen": screen, "here": HERE}, status=status)


def lock_version(request: HttpRequest) -> int:
    seen = request.POST.get("lock_version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
