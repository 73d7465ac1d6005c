"""引用: what the open draft of a precedent cites, added by typing or pasting. For editors of the owning department."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken
from caselib.precedents.citation_desk import CitationsPage, citations_for_edit, precedent_to_edit
from caselib.precedents.citation_edits import Added, citation_change, citation_remove, citations_add
from caselib.precedents.citing_suggest import citation_suggestions
from caselib.precedents.services import revision_start

from ..citing import RELATIONS, Found, chosen_in, found_in, relation_in


@require_safe
def citations(request: HttpRequest, code: str) -> HttpResponse:
    """The list, and what the words in `typed` mean."""
    page = _page(request, code)
    return _shown(request, page, found=_found(request.GET, page, box="one"))


@require_safe
def suggest(request: HttpRequest, code: str) -> HttpResponse:
    """The options of the list below the box; an empty answer where there is nothing to offer."""
    precedent = precedent_to_edit(request.scope, code)
    found = citation_suggestions(request.GET.get("q", ""), on=clock.today())
    context = {"offers": found, "precedent": precedent, "scope": request.scope}
    return HttpResponse(render_to_string("pages/citations/_suggest.html", context) if found else "")


@require_POST
def start(request: HttpRequest, code: str) -> HttpResponse:
    """开始修订: a draft that begins as a copy of the live text."""
    revision_start(precedent_to_edit(request.scope, code), author=request.user)
    return redirect("pages:citations", code)


@require_POST
def find(request: HttpRequest, code: str) -> HttpResponse:
    """Shows what a pasted paragraph cites. Saves nothing; the paragraph goes back to who pasted it and nowhere else."""
    page = _page(request, code)
    found = _found(request.POST, page, box="paste")
    return _shown(request, page, found=found, status=422 if found.wrong else 200)


@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Adds what was ticked and queues what was not found. Who comes second keeps the ticks."""
    page = _page(request, code)
    posted = request.POST
    found = _found(posted, page, box="paste" if posted.get("box") == "paste" else "one", keeps=True)
    try:
        _require_open(page)
        chosen, left = chosen_in(found)
        done = citations_add(page.revision, chosen, left=left, lock_version=_lock_version(request), editor=request.user)
    except DomainError as error:
        return _shown(request, _page(request, code), found=found, error=error)
    messages.success(request, _told(done))
    return redirect("pages:citations", code)


@require_POST
def change(request: HttpRequest, code: str, position: int) -> HttpResponse:
    """Changes one citation, or takes it out."""
    page = _page(request, code)
    posted, lock_version = request.POST, _lock_version(request)
    try:
        _require_open(page)
        if posted.get("do") == "remove":
            gone = citation_remove(page.revision, position, lock_version=lock_version, editor=request.user)
            messages.success(request, gettext("移除了{gone}").format(gone=gone))
        else:
            citation_change(
                page.revision,
                position,
                relation=relation_in(posted.get("relation", "")),
                note=posted.get("note", ""),
                is_verified=posted.get("verified") == "1",
                lock_version=lock_version,
                editor=request.user,
            )
            messages.success(request, gettext("引用改好了"))
    except DomainError as error:
        return _shown(request, _page(request, code), error=error)
    return redirect("pages:citations", code)


def _page(request: HttpRequest, code: str) -> CitationsPage:
    return citations_for_edit(precedent_to_edit(request.scope, code), on=clock.today())


def _found(asked, page: CitationsPage, *, box: str, keeps: bool = False) -> Found:
    then = page.happened_on if asked.get("day") == "then" else None
    text = asked.get("text", "") if keeps or box == "paste" else asked.get("typed", "")
    return found_in(text, box=box, then=then, today=clock.today(), posted=asked if keeps else None)


def _require_open(page: CitationsPage) -> None:
    if not page.is_open:
        raise RuleBroken(gettext("没有改动：先开始修订，或者等审核结束再改引用。"), code="not_open", field="")


def _lock_version(request: HttpRequest) -> int:
    """-1, which no draft has, for anything that is no number."""
    text = request.POST.get("lock_version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _told(done: Added) -> str:
    parts = [f"加了 {done.added} 条引用"] if done.added else []
    parts += [f"{done.merged} 条已经引过"] if done.merged else []
    parts += [f"{done.queued} 条记到“未解决的引用”"] if done.queued else []
    return "；".join(parts) or "没认出的已经在“未解决的引用”里"


def _shown(
    request: HttpRequest,
    page: CitationsPage,
    *,
    found: Found | None = None,
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"page": page, "found": found, "error": error, "relations": RELATIONS}
    return render(request, "pages/citations/page.html", context, status=error.status if error else status)
