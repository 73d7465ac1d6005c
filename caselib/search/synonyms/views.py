from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core.errors import RuleBroken, StaleState
from caselib.search.questions import masked_told

from . import files, services, staged
from .access import may_edit_words
from .checking import GroupRefused
from .forms import GroupForm, form_from, form_of
from .selectors import desk_for_page, group_for_edit, history_of, warnings_of
from .site import load_groups

HERE = "synonyms"
# More lines than these nobody reads on a page; the number of all of them stands above.
SHOWN = 200


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """同义词: the list."""
    may_edit_words(request.scope).require()
    asked = request.GET
    page = desk_for_page(wanted=asked.get("q", ""), state=asked.get("state", ""), page=asked.get("page", "1"))
    return render(request, "search/synonyms/desk.html", {"desk": page, "here": HERE})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new group."""
    may_edit_words(request.scope).require()
    if request.method != "POST":
        return _form_page(request, form_of(None, joined=[request.GET.get("words", "")]))
    return _save(request, form_from(request.POST, stored=None))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """One group, with its history. `?add=` puts words into the form that are to be joined to it."""
    may_edit_words(request.scope).require()
    group = group_for_edit(key)
    if request.method != "POST":
        return _form_page(request, form_of(group, joined=request.GET.getlist("add")))
    return _save(request, form_from(request.POST, stored=group))


def _save(request: HttpRequest, form: GroupForm) -> HttpResponse:
    """Saves, or shows the form again with every word that was typed: 409 stale, 422 wrong, 200 to be confirmed."""
    if request.POST.get("confirm") != form.sign:
        warnings = warnings_of(form.typed, before=form.stored, scope=request.scope)
        if warnings and not services.problems_now(form.typed, one_way=form.one_way, key=_key(form)):
            return _form_page(request, form.told(warnings=warnings))
    try:
        key = services.group_save(
            key=_key(form),
            words=form.words,
            one_way=form.one_way,
            note=form.note,
            lock_version=form.lock_version,
            actor=request.user,
        )
    except StaleState as error:
        # Whoever has seen what is stored now may save over it.
        fresh = group_for_edit(_key(form))
        form = replace(form.told(error=error.message), stored=fresh, lock_version=fresh.lock_version)
        return _form_page(request, form, status=409)
    except GroupRefused as error:
        return _form_page(request, form.told(problems=error.problems), status=422)
    except RuleBroken as error:
        return _form_page(request, form.told(error=error.message), status=422)
    masked = f"说明里{told}" if (told := masked_told(form.note)) else ""
    messages.success(request, gettext("存好了，下一次查找就算数。{masked}").format(masked=masked))
    return redirect("search:synonyms:edit", key)


def _key(form: GroupForm) -> str:
    return form.stored.key if form.stored else ""


def _form_page(request: HttpRequest, form: GroupForm, *, status: int = 200) -> HttpResponse:
    shown = replace(form, history=history_of(form.stored)) if form.stored else form
    return render(request, "search/synonyms/group.html", {"form": shown, "here": HERE}, status=status)


@require_POST
def switch(request: HttpRequest, key: str) -> HttpResponse:
    """Switches a group off or on."""
    may_edit_words(request.scope).require()
    group = group_for_edit(key)
    form = replace(form_of(group), lock_version=form_from(request.POST, stored=group).lock_version)
    active = request.POST.get("active") == "1"
    try:
        services.group_switch(key=key, active=active, lock_version=form.lock_version, actor=request.user)
    except StaleState as error:
        return _form_page(request, replace(form_of(group), error=error.message), status=409)
    except GroupRefused as error:
        return _form_page(request, form.told(problems=error.problems), status=422)
    messages.success(
        request,
        gettext("启用了，下一次查找就算数。") if active else gettext("停用了，下一次查找就不再用。可以随时启用。"),
    )
    return redirect("search:synonyms:edit", key)


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """A whole file: the form, and after sending it the report of what it would do. Writes no group."""
    may_edit_words(request.scope).require()
    if request.method != "POST":
        return render(request, "search/synonyms/import.html", {"here": HERE})
    pasted = request.POST.get("text", "")
    upload = request.FILES.get("file")
    try:
        if upload is None and not pasted.strip():
            raise RuleBroken(gettext("没有选文件，也没有粘贴内容。"), code="empty", field="file")
        # One byte more than allowed is enough to refuse it.
        text = files.text_of(upload.read(files.LARGEST_FILE + 1) if upload else pasted.encode("utf-8", "ignore"))
    except RuleBroken as error:
        shown = {"error": error.message, "pasted": pasted, "here": HERE}
        return render(request, "search/synonyms/import.html", shown, status=422)
    return _report_page(request, text)


def _report_page(request: HttpRequest, text: str, *, error: str = "", status: int = 200) -> HttpResponse:
    plan = files.plan_of(text, load_groups())
    token = staged.stage(text, user_id=request.user.pk) if plan.writes else ""
    shown = {
        "plan": plan,
        "refused": plan.refused[:SHOWN],
        "added": plan.added[:SHOWN],
        "changed": plan.changed[:SHOWN],
        "off": plan.off[:SHOWN],
        "most": SHOWN,
        "token": token,
        "error": error,
        "here": HERE,
    }
    return render(request, "search/synonyms/report.html", shown, status=status)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Carries out what the report showed."""
    may_edit_words(request.scope).require()
    token = request.POST.get("token", "")
    text = staged.staged(token, user_id=request.user.pk)
    try:
        plan = services.groups_import(text, digest=request.POST.get("digest", ""), actor=request.user)
    except StaleState as error:
        staged.drop(token, user_id=request.user.pk)
        return _report_page(request, text, error=error.message, status=409)
    staged.drop(token, user_id=request.user.pk)
    messages.success(
        request,
        gettext("导入好了：新增 {count} 组，改动 {count2} 组。下一次查找就算数。").format(
            count=len(plan.added), count2=len(plan.changed)
        ),
    )
    return redirect("search:synonyms:desk")


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """All groups as the file that `bring` reads."""
    may_edit_words(request.scope).require()
    # The mark at the front tells older editors on Windows that it is UTF-8.
    response = HttpResponse("\ufeff" + files.file_of(load_groups()), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{files.FILE_NAME}"'
    return response
