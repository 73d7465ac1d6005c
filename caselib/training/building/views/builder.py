"""One pack with all its modules and lessons: what is arranged on it, by buttons, a list of places or by dragging."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from caselib.core import clock
from caselib.core.errors import DomainError, NotAllowed, RuleBroken, StaleState
from caselib.core.ids import new_code
from caselib.core.text import clean
from caselib.search.questions import masked_told

from ...models import Pack
from ..limits import LONGEST_LESSON_TITLE, LONGEST_TITLE, MOST_LESSONS, MOST_MODULES
from ..outline import builder_for_page, pack_to_build
from ..removed import KEPT_MINUTES, removed_forget, removed_here, removed_keep
from ..services.lessons import lesson_add_note
from ..services.modules import module_add, module_delete, module_move, module_rename
from ..services.ordering import Place, lesson_move
from ..services.removing import lesson_remove, lesson_restore

HERE = {"here": "training", "tab": "building"}
REFUSED = (RuleBroken, StaleState, NotAllowed)
_LONGEST_SHOWN = 200
LIMITS = {
    "modules": MOST_MODULES,
    "lessons": MOST_LESSONS,
    "title": LONGEST_TITLE,
    "lesson_title": LONGEST_LESSON_TITLE,
    "minutes": KEPT_MINUTES,
}


@dataclass(frozen=True, slots=True)
class Done:
    """What to tell, where on the page, and which module to unfold. `address`: of another page to go to."""

    told: str
    at: str = ""
    unfolded: str = ""
    address: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """The pack as its builders see it. What is posted names one deed and where something is to stand afterwards."""
    found = pack_to_build(request.scope, code)
    if request.method != "POST":
        return _page(request, found)
    deed = next((deed for name, deed in _DEEDS.items() if name in request.POST), None)
    try:
        if deed is None:
            raise RuleBroken(gettext("没有改：不知道要做什么。刷新这一页再试。"), code="no_deed", field="outline")
        done = deed(request, found)
    except REFUSED as error:
        return _page(request, found, wrong=error)
    if done.told:
        messages.success(request, done.told)
    query = f"?{urlencode({'open': done.unfolded})}" if done.unfolded else ""
    address = done.address or reverse("training:building:pack", args=[code]) + query
    return redirect(address + (f"#{done.at}" if done.at else ""))


def _page(request: HttpRequest, found: Pack, *, wrong: DomainError | None = None) -> HttpResponse:
    asked = request.GET
    screen = builder_for_page(
        found,
        request.scope,
        on=clock.today(),
        unfolded=asked.get("open", ""),
        moving=asked.get("move", ""),
    )
    shown = {
        "screen": screen,
        "removed": removed_here(request.session, found) if screen.writing else [],
        "new_key": new_code(),
        "wrong": wrong,
        "wrong_field": getattr(wrong, "field", ""),
        "typed": {name: clean(value[:_LONGEST_SHOWN]) for name, value in request.POST.items()},
        "limits": LIMITS,
        "unfolded": asked.get("open", ""),
        **HERE,
    }
    return render(request, "training/building/pack.html", shown, status=wrong.status if wrong else 200)


def _move(request: HttpRequest, found: Pack) -> Done:
    key, place = _place(request.POST["move"], request.POST.get("to", ""))
    moved = lesson_move(found, key, to=place, read=_number(request.POST.get("lock", "")), scope=request.scope)
    told = gettext("移好了。")
    if moved.met:
        told += gettext("另一位（{name}）刚刚也改过顺序，两边的改动都在，看看现在的对不对。").format(name=moved.met)
    return Done(told, f"l-{key}", moved.lesson.module.key)


def _place(button: str, chosen: str) -> tuple[str, Place]:
    """From `lesson:before:other` or `lesson:end:module` of a button, or the lesson of a button and the place of a list.

    Raises RuleBroken for what no page sends.
    """
    parts = (button if ":" in button else f"{button}:{chosen}").split(":")
    if len(parts) == 3 and all(part and len(part) <= 12 for part in parts):
        key, how, where = parts
        if how == "before":
            return key, Place(before=where)
        if how == "end":
            return key, Place(end=where)
    raise RuleBroken(gettext("没有移：还没有选移到哪里。"), code="no_place", field="to")


def _remove(request: HttpRequest, found: Pack) -> Done:
    removed = lesson_remove(found, request.POST["remove"][:12], scope=request.scope)
    if removed is None:
        return Done(gettext("这一课已经不在了。"))
    removed_keep(request.session, found, removed)
    told = gettext("删了“{title}”。{minutes} 分钟内可以放回来。")
    return Done(told.format(title=removed.title, minutes=KEPT_MINUTES), "removed", removed.module)


def _restore(request: HttpRequest, found: Pack) -> Done:
    key = request.POST["restore"][:12]
    removed = next((each for each in removed_here(request.session, found) if each.key == key), None)
    if removed is None:
        raise RuleBroken(
            gettext("放不回来了：过了 {minutes} 分钟，或者已经放回来了。").format(minutes=KEPT_MINUTES),
            code="too_late",
            field="removed",
        )
    made = lesson_restore(found, removed, scope=request.scope)
    removed_forget(request.session, found, key)
    return Done(gettext("“{title}”放回来了。").format(title=made.title), f"l-{key}", made.module.key)


def _note_add(request: HttpRequest, found: Pack) -> Done:
    posted, key = request.POST, request.POST.get("key", "")
    made = lesson_add_note(
        found, posted.get("note_title", ""), module=posted.get("module", "")[:12], key=key, scope=request.scope
    )
    address = reverse("training:building:lesson", args=[found.code, made.key])
    masked = masked_told(posted.get("note_title", ""))
    return Done(gettext("讲解加好了，写吧。{masked}").format(masked=masked), address=address)


def _module_add(request: HttpRequest, found: Pack) -> Done:
    typed = request.POST.get("module_title", "")
    made = module_add(found, typed, key=request.POST.get("key", ""), scope=request.scope)
    return Done(gettext("单元加好了。{masked}").format(masked=masked_told(typed)), f"m-{made.key}", made.key)


def _module_rename(request: HttpRequest, found: Pack) -> Done:
    key, posted = request.POST["module_rename"][:12], request.POST
    made = module_rename(found, key, posted.get("title", ""), was=posted.get("was", ""), scope=request.scope)
    masked = masked_told(posted.get("title", ""))
    return Done(gettext("单元改名了。{masked}").format(masked=masked), f"m-{made.key}", made.key)


def _module_move(request: HttpRequest, found: Pack) -> Done:
    key, _, before = request.POST["module_move"].partition(":")
    module_move(found, key[:12], before="" if before == "-" else before[:12], scope=request.scope)
    return Done(gettext("单元移好了。"), f"m-{key[:12]}", key[:12])


def _module_delete(request: HttpRequest, found: Pack) -> Done:
    is_gone = module_delete(found, request.POST["module_delete"][:12], scope=request.scope)
    return Done(gettext("单元删了。") if is_gone else gettext("这个单元已经不在了。"), "outline")


# By the name of the button.
_DEEDS: dict[str, Callable[[HttpRequest, Pack], Done]] = {
    "move": _move,
    "remove": _remove,
    "restore": _restore,
    "note_add": _note_add,
    "module_add": _module_add,
    "module_rename": _module_rename,
    "module_move": _module_move,
    "module_delete": _module_delete,
}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
