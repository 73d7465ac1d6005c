from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.core.text import clean
from caselib.precedents.selectors import visible_precedent
from caselib.search.questions import masked_told

from ..access import may_change_folder, may_keep
from ..folder_items import folder_begin, item_add, item_move, item_remark, item_remove
from ..folder_pages import folder_for_page, folders_for, folders_for_page
from ..folders import FolderFacts, folder_create, folder_delete, folder_edit, folder_hand_over
from ..models import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_REMARK
from ..selectors import folder_by_code, rows_by_key

HERE = {"here": "mine", "tab": "folders"}
LENGTHS = {"name": LONGEST_NAME, "description": LONGEST_DESCRIPTION, "remark": LONGEST_REMARK}
LONGEST_SHOWN = 2000


@require_safe
def folders(request: HttpRequest) -> HttpResponse:
    """资料夹: my own, and those that my departments share."""
    return _list(request)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    may_keep(request.scope).require()
    facts = _facts(request)
    try:
        made = folder_create(facts, scope=request.scope)
    except RuleBroken as error:
        return _list(request, wrong=_wrong(error, facts), status=error.status)
    _told(request, f"建好了资料夹“{made.name}”。", facts.name, facts.description)
    return redirect("personal:folder", made.code)


@require_safe
def folder(request: HttpRequest, code: str) -> HttpResponse:
    """One folder with its precedents in order."""
    return _folder(request, code)


@require_POST
def edit(request: HttpRequest, code: str) -> HttpResponse:
    found, facts = _found(request, code), _facts(request)
    try:
        lock = _number(request.POST.get("lock", ""))
        folder_edit(found, facts, lock_version=lock, scope=request.scope)
    except (RuleBroken, StaleState) as error:
        return _folder(request, code, wrong=_wrong(error, facts), status=error.status)
    _told(request, "存好了。", facts.name, facts.description)
    return redirect("personal:folder", code)


@require_POST
def delete(request: HttpRequest, code: str) -> HttpResponse:
    found = _found(request, code)
    folder_delete(found, scope=request.scope)
    messages.success(request, gettext("资料夹“{name}”删了，里面的案例还在库里。").format(name=found.name))
    return redirect("personal:folders")


@require_POST
def hand_over(request: HttpRequest, code: str) -> HttpResponse:
    """移交: another colleague keeps the shared folder from now on, or I do."""
    found = _found(request, code)
    try:
        moved = folder_hand_over(found, to=_number(request.POST.get("to", "")), scope=request.scope)
    except RuleBroken as error:
        return _folder(request, code, wrong={"message": error.message, "field": error.field}, status=error.status)
    messages.success(request, gettext("现在由{keeper_name}保管。").format(keeper_name=moved.keeper_name))
    return redirect("personal:folder", code)


@require_POST
def item(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """One line: moved to a place, taken out, or remarked, as the button says."""
    found, asked = _found(request, code), request.POST
    if "to" in asked:
        item_move(found, key, to=_number(asked["to"]), scope=request.scope)
    elif asked.get("deed") == "remove":
        item_remove(found, key, scope=request.scope)
        messages.success(request, gettext("从资料夹里拿出来了。"))
    else:
        typed = asked.get("remark", "")
        try:
            item_remark(found, key, typed, was=asked.get("was", ""), scope=request.scope)
        except (RuleBroken, StaleState) as error:
            wrong = {"message": error.message, "field": f"remark{key}", "key": key, "remark": _shown(typed)}
            return _folder(request, code, wrong=wrong, status=error.status)
        _told(request, "备注存了。", typed)
    return redirect(reverse("personal:folder", args=[code]) + f"#i{key}")


@require_safe
def put(request: HttpRequest, code: str) -> HttpResponse:
    """放进资料夹: which of my folders hold this precedent, and which could."""
    return _put(request, code)


@require_POST
def put_into(request: HttpRequest, code: str) -> HttpResponse:
    """Puts the precedent into the folder that the button names, or into a new one with the name typed."""
    may_keep(request.scope).require()
    precedent = visible_precedent(request.scope, code=code)
    facts, remark = _facts(request), request.POST.get("remark", "")
    try:
        if chosen := request.POST.get("folder", ""):
            into = _found(request, chosen)
            item_add(into, precedent, scope=request.scope, remark=remark)
        else:
            into = folder_begin(facts, precedent, scope=request.scope, remark=remark)
    except RuleBroken as error:
        return _put(request, code, wrong={**_wrong(error, facts), "remark": _shown(remark)}, status=error.status)
    _told(request, f"放进了“{into.name}”。", facts.name, remark)
    return redirect("personal:folder", into.code)


def _list(request: HttpRequest, *, wrong: dict | None = None, status: int = 200) -> HttpResponse:
    may_keep(request.scope).require()
    shown = {"screen": folders_for_page(request.scope), "wrong": wrong, "lengths": LENGTHS, **HERE}
    return render(request, "mine/folders.html", shown, status=status)


def _folder(request: HttpRequest, code: str, *, wrong: dict | None = None, status: int = 200) -> HttpResponse:
    page = folder_for_page(folder_by_code(code, request.scope), request.scope, on=clock.today())
    shown = {"screen": page, "folder": page.folder, "wrong": wrong, "lengths": LENGTHS, **HERE}
    return render(request, "mine/folder.html", shown, status=status)


def _put(request: HttpRequest, code: str, *, wrong: dict | None = None, status: int = 200) -> HttpResponse:
    may_keep(request.scope).require()
    precedent = visible_precedent(request.scope, code=code)
    lines = folders_for(precedent, request.scope)
    row = rows_by_key([precedent.pk], request.scope, on=clock.today()).get(precedent.pk)
    shown = {"precedent": precedent, "row": row, "lines": lines, "wrong": wrong, "lengths": LENGTHS, **HERE}
    return render(request, "mine/put.html", shown, status=status)


def _found(request: HttpRequest, code: str) -> object:
    """The folder of the address, which the viewer may change. Raises NotVisible, NotAllowed."""
    found = folder_by_code(code, request.scope)
    may_change_folder(request.scope, found).require()
    return found


def _facts(request: HttpRequest) -> FolderFacts:
    place = request.POST.get("department", "")
    return FolderFacts(
        name=request.POST.get("name", ""),
        description=request.POST.get("description", ""),
        department=_number(place) if place else None,
    )


def _wrong(error: DomainError, facts: FolderFacts) -> dict[str, object]:
    """What the page says of a refused form, with what was typed in it."""
    field = getattr(error, "field", "") or "name"
    typed = {"name": _shown(facts.name), "description": _shown(facts.description), "department": facts.department}
    return {"message": error.message, "field": field, **typed}


def _shown(typed: str) -> str:
    return clean(typed[:LONGEST_SHOWN])


def _told(request: HttpRequest, done: str, *typed: str) -> None:
    """What was done, and that something in what was typed was masked."""
    masked = next(filter(None, map(masked_told, typed)), "")
    messages.success(request, f"{done}{masked}")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
