"""从工单生成草稿: one ticket, one draft. GET says what will happen, POST does it; a second press leads to the first draft."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from caselib.cases.access import may_draft
from caselib.cases.services import ticket_take
from caselib.cases.visibility import visible_ticket
from caselib.core import clock
from caselib.precedents.access import may_edit

from .starting import draft_begin_from, draft_from_facts, draft_of_ticket


@require_http_methods(["GET", "HEAD", "POST"])
def from_ticket(request: HttpRequest, code: str) -> HttpResponse:
    """For who writes in the department that holds the ticket."""
    ticket = visible_ticket(request.scope, code)
    may_draft(request.scope, ticket).require()
    if made := draft_of_ticket(ticket.code):
        may_edit(request.scope, made).require()
        messages.info(request, gettext("这件工单已经生成过草稿，就是这一份。"))
        return redirect("desk:writing:draft", made.code)
    if request.method != "POST":
        return render(request, "writing/from_ticket.html", {"ticket": ticket, "here": "writing"})
    facts = ticket_take(ticket, actor=request.user, on=clock.today())
    precedent, _ = draft_begin_from(
        draft_from_facts(facts), ticket=ticket.code, department=ticket.department, author=request.user
    )
    replaced = f"{len(facts.replaced)} 处称呼、号码换成了中性的说法，" if facts.replaced else ""
    messages.success(request, gettext("从工单生成了草稿。{replaced}核对一遍再往下写。").format(replaced=replaced))
    return redirect("desk:writing:draft", precedent.code)
