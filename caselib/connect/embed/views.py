"""嵌入面板: a search in a frame of another system's window, for who is signed in or comes with a ticket of that system."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caselib.core import clock
from caselib.core.text import clean
from caselib.orgs.scope import ViewerScope
from caselib.search.deep import matters_asked

from .framing import framable
from .selectors import panel_for
from .tickets import TicketRefused, holder_of

# What a window types or hands over; a pasted ticket is for the page of cases.
LONGEST = 500


@login_not_required
@require_safe
@framable
def search(request: HttpRequest) -> HttpResponse:
    """The panel, at `?q=…&matter=…`, with a ticket at `&t=…`. Sets no cookie. 8 queries at the most."""
    typed = clean(request.GET.get("q", "")[:LONGEST]).strip()
    ticket = request.GET.get("t", "")
    try:
        scope, only = _viewer(request, ticket)
    except TicketRefused as refused:
        shown = {"refused": refused, "typed": typed, "ticket": ticket}
        return _closed(render(request, "embed/refused.html", shown, status=refused.status))
    asked = matters_asked(request.GET.getlist("matter"))
    panel = panel_for(scope, text=typed, asked=asked, only=only, on=clock.today())
    return _closed(render(request, "embed/panel.html", {"panel": panel, "typed": typed, "ticket": ticket}))


def _viewer(request: HttpRequest, ticket: str) -> tuple[ViewerScope, str]:
    """(scope, the one matter that it is good for). A ticket counts before a session. Raises TicketRefused."""
    if ticket:
        holder = holder_of(ticket, now=clock.now())
        return holder.scope, holder.matter
    if not request.user.is_authenticated:
        message = "没有登录案例库，业务系统也没有带票来。登录后刷新，或者请业务系统的管理员接上。"
        raise TicketRefused(message)
    if not request.scope.reads_content:
        raise TicketRefused("这个账号只做管理，案例要用业务账号看。")
    return request.scope, ""


def _closed(response: HttpResponse) -> HttpResponse:
    """The ticket stands in the address: it goes on to no other site, and the page into no cache."""
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
