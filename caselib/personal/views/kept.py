from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.addresses import own_address
from caselib.core.errors import DomainError, NotVisible, RuleBroken, StaleState
from caselib.core.text import clean
from caselib.precedents.selectors import visible_precedent

from .. import selectors
from ..access import may_keep
from ..favourites import MOST_FAVOURITES, favourite_add, favourite_drop, favourite_remove
from ..models import LONGEST_NOTE
from ..notes import note_drop, note_save
from ..recent import openings_clear

HERE = "mine"
# Of a note that is too long the page gives back this much.
LONGEST_SHOWN = 20_000


@require_safe
def favourites(request: HttpRequest) -> HttpResponse:
    """我的案例: what I keep."""
    may_keep(request.scope).require()
    asked = request.GET
    page = selectors.favourites_for_page(
        request.scope,
        wanted=clean(asked.get("q", "")),
        order=asked.get("order", ""),
        page=asked.get("page", "1"),
        on=clock.today(),
    )
    shown = {"screen": page, "here": HERE, "tab": "favourites", "most": MOST_FAVOURITES}
    return render(request, "mine/favourites.html", shown)


@require_POST
def star(request: HttpRequest, code: str) -> HttpResponse:
    """收藏 or 取消收藏 as the form says, so that a second click asks for what is there already."""
    return _starred(request, code, on=request.POST.get("on") == "1")


@require_POST
def star_listed(request: HttpRequest) -> HttpResponse:
    """The same from a list, where one form serves all rows: the button says which and whether."""
    added = request.POST.get("add", "")
    return _starred(request, added or request.POST.get("drop", ""), on=bool(added))


def _starred(request: HttpRequest, code: str, *, on: bool) -> HttpResponse:
    may_keep(request.scope).require()
    precedent = visible_precedent(request.scope, code=code)
    if on:
        favourite_add(precedent, scope=request.scope)
        messages.success(request, gettext("收藏了，在“我的案例”里。"))
    else:
        favourite_remove(precedent, scope=request.scope)
        messages.success(request, gettext("不再收藏。"))
    return redirect(own_address(request, request.POST.get("next", ""), otherwise=reverse("personal:favourites")))


@require_POST
def unstar(request: HttpRequest, key: int) -> HttpResponse:
    """Takes a line off the own list whose precedent can be seen no more."""
    may_keep(request.scope).require()
    favourite_drop(key, scope=request.scope)
    messages.success(request, gettext("从收藏里拿掉了。"))
    return redirect("personal:favourites")


@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """我的笔记, for nobody else."""
    may_keep(request.scope).require()
    wanted = clean(request.GET.get("q", ""))[: selectors.LONGEST_WANTED]
    lines, page = selectors.notes_for_page(
        request.scope, wanted=wanted, page=request.GET.get("page", "1"), on=clock.today()
    )
    shown = {"lines": lines, "page": page, "wanted": wanted, "here": HERE, "tab": "notes"}
    return render(request, "mine/notes.html", shown)


@require_POST
def note(request: HttpRequest, code: str) -> HttpResponse:
    """Keeps the note beside a precedent; what cannot be kept is given back to be mended."""
    may_keep(request.scope).require()
    typed = request.POST.get("note", "")
    try:
        precedent = visible_precedent(request.scope, code=code)
    except NotVisible as error:
        # It may have gone out of sight while somebody was writing: no word of it is told, and none of theirs is lost.
        shown = {"typed": clean(typed[:LONGEST_SHOWN]), "here": HERE, "tab": "notes"}
        return render(request, "mine/note_lost.html", shown, status=error.status)
    try:
        saved = note_save(precedent, typed, lock_version=_number(request.POST.get("lock", "")), scope=request.scope)
    except (RuleBroken, StaleState) as error:
        return _note_again(request, precedent, typed, error)
    if saved.note is None:
        messages.success(request, gettext("笔记删了。"))
    elif saved.kinds:
        kinds = "、".join(saved.kinds)
        messages.success(
            request, gettext("笔记存了。里面像有个人信息（{kinds}），只您看得到；建议删。").format(kinds=kinds)
        )
    else:
        messages.success(request, gettext("笔记存了，只您看得到。"))
    return redirect(reverse("pages:precedent", args=[code]) + "#keep")


def _note_again(request: HttpRequest, precedent: object, typed: str, error: DomainError) -> HttpResponse:
    """Both texts on one page: the one that is stored, and the one that was typed in the box."""
    stored = selectors.note_of(precedent, request.scope)
    shown = {
        "precedent": precedent,
        "stored": stored,
        "typed": clean(typed[:LONGEST_SHOWN]),
        "error": error,
        "most": LONGEST_NOTE,
        "here": HERE,
        "tab": "notes",
    }
    return render(request, "mine/note.html", shown, status=error.status)


@require_POST
def note_gone(request: HttpRequest, key: int) -> HttpResponse:
    """Takes one's own note away, also of a precedent that can be seen no more."""
    may_keep(request.scope).require()
    note_drop(key, scope=request.scope)
    messages.success(request, gettext("笔记删了。"))
    return redirect("personal:notes")


@require_safe
def recent(request: HttpRequest) -> HttpResponse:
    """最近打开: the last 30, of this account alone."""
    may_keep(request.scope).require()
    lines = selectors.recent_for_page(request.scope, on=clock.today())
    return render(request, "mine/recent.html", {"lines": lines, "here": HERE, "tab": "recent"})


@require_POST
def recent_clear(request: HttpRequest) -> HttpResponse:
    may_keep(request.scope).require()
    openings_clear(request.scope)
    messages.success(request, gettext("最近打开的清空了。"))
    return redirect("personal:recent")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
