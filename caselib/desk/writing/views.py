"""写案例: the list, a new draft, its form, and what becomes of it. Each address is for who writes; GET writes nothing."""

import dataclasses

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.precedents.content import content_of
from caselib.precedents.models import RevisionState
from caselib.reuse.reports.page_sections import section_named

from .around import closed_screen, new_screen
from .claiming import claim_asked
from .deeds import Changed, changed
from .listing import departments_of, list_screen
from .opening import Opened, may_write, opened, opened_to_read
from .preview import preview_screen
from .remarking import remarks_answered
from .saving import Saved, State, form_saved, seen_in
from .screens import Said, draft_screen, field_of
from .starting import Start, department_chosen, draft_begin, read_start, revision_open
from .submitting import draft_give_up, draft_submit, draft_take_back

HERE = "writing"
GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """写案例: what the viewer writes, and what colleagues do."""
    may_write(request.scope).require()
    screen = list_screen(request.scope, of=request.GET.get("of", ""), page=request.GET.get("page", "1"))
    return render(request, "writing/list.html", {"screen": screen, "here": HERE})


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """新写一件: title, result, matter, and the department that keeps it."""
    may_write(request.scope).require()
    own = departments_of(request.scope)
    if request.method != "POST":
        return _new(request, Start(result_type=""), own)
    start, matter = read_start(request.POST.dict())
    try:
        if not start.problems:
            department = department_chosen(request.scope, start.department, offered=own)
            made = draft_begin(start, matter=matter, department=department, author=request.user, now=clock.now())
            return redirect("desk:writing:draft", made.precedent.code)
    except RuleBroken as error:
        start = dataclasses.replace(start, problems={error.field: error.message})
    return _new(request, start, own, status=RuleBroken.status)


def _new(request: HttpRequest, start: Start, own, status: int = 200) -> HttpResponse:
    shown = {"screen": new_screen(start, departments=own), "here": HERE}
    return render(request, "writing/new.html", shown, status=status)


@require_POST
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """修订: opens a draft of what is published, or leads to the one that is open. `like` restores an earlier text."""
    precedent = opened(request.scope, code).precedent
    like = precedent.revisions.filter(number=_number(request.POST.get("like", ""))).first()
    revision, is_new = revision_open(precedent, author=request.user, like=like)
    if not is_new:
        messages.info(
            request, gettext("已经有一份没写完的修订，先看这一份。") if like else gettext("修订已经开好了，接着写。")
        )
    # 直接改 at a section of the page leads to where that is written.
    fields = section_named(request.POST.get("section", "")).fields
    address = reverse("desk:writing:draft", args=[revision.precedent.code])
    return redirect(f"{address}#f-{fields[0]}" if fields else address)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@sensitive_post_parameters()
@require_http_methods(GET_OR_POST)
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The form of the open draft. POST saves it, does what its button says, and comes back to the field."""
    found = opened(request.scope, code)
    if request.method == "POST":
        return _posted(request, found)
    if not found.is_written:
        return _closed(request, found)
    return _form(request, found, opens=request.GET.get("add", ""))


@sensitive_post_parameters()
@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """提交审核: saves and submits in one press."""
    return _posted(request, opened(request.scope, code), submits=True)


def _posted(request: HttpRequest, found: Opened, *, submits: bool = False) -> HttpResponse:
    typed = dict(request.POST.lists())
    done = _changed(found, typed)
    try:
        saved = form_saved(
            found.precedent, done.typed, seen=seen_in(request.POST.dict()), editor=request.user, now=clock.now()
        )
    except RuleBroken as error:
        return _form(request, found, typed=typed, said=Said(stale=error.message), status=error.status)
    if saved.sibling is not None:
        return _lost(request, found, typed, saved)
    if saved.revision is not None and saved.revision.state == RevisionState.SUBMITTED:
        messages.info(request, gettext("已经提交过了，等审核。"))
        return redirect("desk:writing:draft", found.precedent.code)
    return _saved(request, found, done, saved, submits=submits)


def _changed(found: Opened, typed: dict[str, list[str]]) -> Changed:
    if not found.is_written:
        return Changed(typed)
    return changed(typed, current=content_of(found.revision), precedent=found.precedent)


def _saved(request: HttpRequest, found: Opened, done: Changed, saved: Saved, *, submits: bool) -> HttpResponse:
    """What was typed is in the draft now, all of it or what breaks no rule."""
    code, again = found.precedent.code, opened(request.scope, found.precedent.code)
    if saved.state is State.PARTLY or done.problem:
        said = Said(wrong=done.problem, problems=saved.problems)
        return _form(request, again, typed=done.typed, said=said, opens=done.opens, status=422)
    try:
        if remarks_answered(request.POST.dict(), precedent=again.precedent, scope=request.scope, actor=request.user):
            messages.success(request, gettext("答复记下了。"))
        if submits:
            return _submitted(request, saved)
        if asked := claim_asked(request.POST, saved, precedent=again.precedent, actor=request.user):
            messages.success(request, asked)
    except (RuleBroken, StaleState) as error:
        said = Said(wrong=error.message, wrong_field=field_of(error), lists_lacks=submits)
        return _form(request, again, typed=done.typed, said=said, status=error.status)
    if request.POST.get("do") == "preview":
        return redirect("desk:writing:preview", code)
    messages.success(request, saved.words)
    return redirect(_back(code, done, request))


def _back(code: str, done: Changed, request: HttpRequest) -> str:
    address = reverse("desk:writing:draft", args=[code])
    anchor = done.anchor or request.POST.get("at", "")
    opens = f"?add={done.opens}" if done.opens else ""
    return f"{address}{opens}#{anchor}" if anchor.replace("-", "").replace("_", "").isalnum() else f"{address}{opens}"


def _submitted(request: HttpRequest, saved: Saved) -> HttpResponse:
    revision = saved.revision
    draft_submit(revision, lock_version=revision.lock_version, scope=request.scope, actor=request.user, now=clock.now())
    messages.success(request, gettext("提交了，等另一个人审核。审核前可以撤回。"))
    return redirect("desk:writing:draft", revision.precedent.code)


def _lost(request: HttpRequest, found: Opened, typed: dict[str, list[str]], saved: Saved) -> HttpResponse:
    """Somebody was first, or the text was submitted: all that was typed comes back, and stands beside the draft as well."""
    again = opened(request.scope, found.precedent.code)
    said = Said(stale=saved.words)
    if not again.is_written:
        return _closed(request, again, said=said, status=StaleState.status)
    return _form(request, again, typed=typed, said=said, status=StaleState.status)


def _form(
    request: HttpRequest, found: Opened, *, typed=None, said: Said | None = None, opens: str = "", status: int = 200
) -> HttpResponse:
    seen = seen_in(request.POST.dict()) if said and said.stale else None
    screen = draft_screen(
        found.precedent, found.revision, scope=request.scope, typed=typed, said=said, opens=opens, seen=seen
    )
    return render(request, "writing/draft.html", {"screen": screen, "here": HERE}, status=status)


def _closed(request: HttpRequest, found: Opened, *, said: Said | None = None, status: int = 200) -> HttpResponse:
    """The page of a text that nobody writes now: it waits for a review, or none is open."""
    screen = closed_screen(found.precedent, found.revision, said=said or Said())
    return render(request, "writing/closed.html", {"screen": screen, "here": HERE}, status=status)


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """撤回 what waits for a review; with `do=discard` gives up a draft."""
    found, lock = opened(request.scope, code), seen_in(request.POST.dict()).lock_version
    if found.revision is None:
        return _closed(request, found)
    discards = request.POST.get("do") == "discard"
    deed = draft_give_up if discards else draft_take_back
    try:
        deed(found.revision, lock_version=lock, actor=request.user)
    except (RuleBroken, StaleState) as error:
        messages.warning(request, error.message)
        return redirect("desk:writing:draft", code)
    messages.success(
        request, gettext("放弃了这份草稿，文字留在变更记录里。") if discards else gettext("撤回了，接着写。")
    )
    return redirect("desk:writing:list") if discards else redirect("desk:writing:draft", code)


@require_safe
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """看成品: the page of the precedent as the draft would make it, for who sees the drafts of the department."""
    found = opened_to_read(request.scope, code)
    screen = preview_screen(found, scope=request.scope, on=clock.today())
    return render(request, "pages/precedent.html", {"screen": screen, "page": screen.page, "today": clock.today()})
