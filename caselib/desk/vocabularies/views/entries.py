"""One entry of a vocabulary: made, read, changed, switched off, merged, taken away."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from caselib.catalog.matters import matter_aliases_set
from caselib.core.errors import NotVisible, RuleBroken, StaleState

from ..access import may_keep_words, may_see_words
from ..entry import EntryScreen, entry_screen, refuse_unpicked, row_at
from ..fields import PICK, lines_of, typed_from
from ..joining import merge_screen
from ..kinds import Kind, kind_at
from .lists import HERE

_SAVED = "存好了。"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new entry."""
    kind = kind_at(slug)
    may_see_words(request.scope).require()
    kind.may_keep(request.scope).require()
    if request.method == "POST":
        return _posted(request, kind, None)
    return _page(request, entry_screen(kind, None, scope=request.scope))


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """One entry with its form; for who may not change it, what it says."""
    kind = kind_at(slug)
    may_see_words(request.scope).require()
    row = row_at(kind, key)
    if request.method == "POST":
        kind.may_keep(request.scope).require()
        return _posted(request, kind, row)
    return _page(request, entry_screen(kind, row, scope=request.scope))


def _posted(request: HttpRequest, kind: Kind, row: Any | None) -> HttpResponse:
    """Saves, or shows the form again with everything that was typed: 409 stale, 422 wrong, 200 for a search in it."""
    typed = typed_from(request.POST, kind.names)
    if "find" in request.POST:
        return _page(request, entry_screen(kind, row, scope=request.scope, typed=typed))
    try:
        refuse_unpicked([each for each in kind.fields(typed, row) if each.kind == PICK], typed)
        saved = kind.save(row, typed, lock_version=_lock(request), actor=request.user)
    except RuleBroken as error:
        return _page(request, entry_screen(kind, row, scope=request.scope, typed=typed, error=error), status=422)
    except StaleState as error:
        fresh = row_at(kind, row.pk)
        screen = entry_screen(kind, fresh, scope=request.scope, typed=typed, stale=error.message)
        return _page(request, screen, status=409)
    messages.success(request, _SAVED)
    return redirect("desk:vocabularies:entry", kind.slug, saved.pk)


@require_POST
def aliases(request: HttpRequest, key: int) -> HttpResponse:
    """The other names of a matter, which every editor keeps."""
    may_keep_words(request.scope).require()
    kind = kind_at("matters")
    row = row_at(kind, key)
    typed = kind.typed_of(row) | typed_from(request.POST, ["aliases"])
    try:
        matter_aliases_set(key, lines_of(typed["aliases"]), lock_version=_lock(request), actor=request.user)
    except RuleBroken as error:
        return _page(request, entry_screen(kind, row, scope=request.scope, typed=typed, error=error), status=422)
    except StaleState as error:
        fresh = row_at(kind, key)
        shown = kind.typed_of(fresh) | {"aliases": typed["aliases"]}
        screen = entry_screen(kind, fresh, scope=request.scope, typed=shown, stale=error.message)
        return _page(request, screen, status=409)
    messages.success(request, _SAVED)
    return redirect("desk:vocabularies:entry", kind.slug, key)


@require_POST
def switch(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Offers an entry, or not any more."""
    kind = kind_at(slug)
    kind.may_keep(request.scope).require()
    if kind.switch is None:
        raise NotVisible()
    row, active = row_at(kind, key), request.POST.get("active") == "1"
    try:
        kind.switch(key, active=active, lock_version=_lock(request), actor=request.user)
    except (RuleBroken, StaleState) as error:
        return _refused(request, kind, key, error)
    told = "启用了，写案例时又给选了。" if active else "停用了。用着的地方不变，新写的不再给选。"
    messages.success(request, f"“{row}”{told}")
    return redirect("desk:vocabularies:entry", slug, key)


@require_POST
def delete(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Takes away an entry that nothing uses."""
    kind = kind_at(slug)
    kind.may_keep(request.scope).require()
    if kind.remove is None:
        raise NotVisible()
    row = row_at(kind, key)
    try:
        kind.remove(key, lock_version=_lock(request), actor=request.user)
    except (RuleBroken, StaleState) as error:
        return _refused(request, kind, key, error)
    messages.success(request, gettext("删了“{row}”。记录里还查得到。").format(row=row))
    return redirect("desk:vocabularies:list", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Merges an entry into another: chosen, looked at, confirmed."""
    kind = kind_at(slug)
    kind.may_keep(request.scope).require()
    if kind.merge is None:
        raise NotVisible()
    row, asked = row_at(kind, key), request.POST if request.method == "POST" else request.GET
    screen = merge_screen(kind, row, into=asked.get("into", ""), wanted=asked.get("into_q", ""))
    if request.method != "POST" or screen.into is None or screen.error:
        status = 422 if request.method == "POST" and screen.error else 200
        return render(request, "vocabularies/merge.html", {"screen": screen, "here": HERE}, status=status)
    try:
        into, moved = kind.merge.merge(key, into=screen.into.pk, lock_version=_lock(request), actor=request.user)
    except (RuleBroken, StaleState) as error:
        return _refused(request, kind, key, error)
    messages.success(request, gettext("并好了：{moved} 件案例改归“{into}”。").format(moved=moved, into=into))
    return redirect("desk:vocabularies:entry", slug, into.pk)


def _refused(request: HttpRequest, kind: Kind, key: int, error: RuleBroken | StaleState) -> HttpResponse:
    """The entry as it is now, with why the deed was not done."""
    row = row_at(kind, key)
    if isinstance(error, StaleState):
        told = RuleBroken(gettext("您打开之后，有人先改了这一条，这一步没有做。看过现在的内容再做。"), code="stale")
        return _page(request, entry_screen(kind, row, scope=request.scope, error=told), status=409)
    return _page(request, entry_screen(kind, row, scope=request.scope, error=error), status=422)


def _page(request: HttpRequest, screen: EntryScreen, *, status: int = 200) -> HttpResponse:
    return render(request, "vocabularies/entry.html", {"screen": screen, "here": HERE}, status=status)


def _lock(request: HttpRequest) -> int:
    text = request.POST.get("lock_version", "")
    # What is no number was never shown by a form: it is of no version.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
