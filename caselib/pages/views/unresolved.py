"""未解决的引用: the queue of cited words that were not found, for the editors of the precedents that hold them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, StaleState
from caselib.precedents.access import may_tend_citations
from caselib.precedents.citation_desk import group_of, queue_for_desk
from caselib.precedents.citation_edits import Chosen, Settled, unresolved_cite_all
from caselib.precedents.citing import read_all
from caselib.precedents.unresolved import citations_dismiss

from ..citing import RELATIONS, found_in, proposal_in, relation_in

# Longer than any citation.
TYPED_LENGTH = 200


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The queue; `key` and `typed`: the group for which somebody looks up a clause."""
    may_tend_citations(request.scope).require()
    return _desk(request)


@require_POST
def cite(request: HttpRequest, key: int) -> HttpResponse:
    """指定是哪一条: what was chosen becomes a citation of each of the precedents."""
    may_tend_citations(request.scope).require()
    entries, posted = group_of(request.scope, key), request.POST
    texts = [entries[0].words, posted.get("typed", "")[:TYPED_LENGTH]]
    try:
        proposal = proposal_in(read_all(texts, on=clock.today()), posted.get("pick", ""))
        chosen = Chosen(proposal, relation_in(posted.get("relation", "")))
        settled = unresolved_cite_all(entries, chosen, editor=request.user)
        if not settled.done:
            raise StaleState(settled.failed[0][1])
    except DomainError as error:
        return _desk(request, error=error, key=key)
    messages.success(request, _told(settled, chosen))
    return redirect("pages:unresolved")


@require_POST
def dismiss(request: HttpRequest, key: int) -> HttpResponse:
    """不用引用, with a reason."""
    may_tend_citations(request.scope).require()
    entries = group_of(request.scope, key)
    try:
        closed = citations_dismiss(entries, reason=request.POST.get("reason", ""), actor=request.user)
    except DomainError as error:
        return _desk(request, error=error, key=key)
    messages.success(
        request, gettext("处理好了（不用引用，{closed} 件）：{words}").format(closed=closed, words=entries[0].words)
    )
    return redirect("pages:unresolved")


def _told(settled: Settled, chosen: Chosen) -> str:
    parts = [f"{settled.done} 件案例的草稿里引用了{chosen}"]
    parts += [f"{len(settled.failed)} 件没有动：{settled.failed[0][1]}"] if settled.failed else []
    parts += [f"还有 {settled.later} 件，再点一次"] if settled.later else []
    return "；".join(parts)


def _desk(request: HttpRequest, *, error: DomainError | None = None, key: int = 0) -> HttpResponse:
    asked = request.GET
    closed = asked.get("state") == "closed"
    page = queue_for_desk(request.scope, closed=closed, page=asked.get("page", "1"), on=clock.today())
    named = asked.get("key", "")
    key = key or (int(named) if named.isascii() and named.isdigit() and len(named) < 12 else 0)
    typed = (request.POST if error else asked).get("typed", "")[:TYPED_LENGTH]
    found = found_in(typed, box="one", then=None, today=clock.today())
    context = {"queue": page, "error": error, "key": key, "found": found, "relations": RELATIONS,
               "reason": request.POST.get("reason", ""), "here": "tuning"}  # fmt: skip
    return render(request, "pages/citations/desk.html", context, status=error.status if error else 200)
