"""培训包审核: what waits, a version with the decision about it, its history, and lessons whose precedent changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.core.text import clean
from caselib.search.questions import masked_told

from ..access import may_check_pack, may_edit_pack
from ..models import PackVersion
from ..visibility import visible_pack
from .access import may_tend_changes, may_tend_checks
from .adopting import Adopted, lessons_adopt
from .changes import changes_for_page
from .deciding import version_publish, version_return
from .opening import version_discard, version_revise
from .reading import past_for_page, version_for_page
from .selectors import history_of, posted_version, queue_of
from .submitting import version_submit, version_withdraw

HERE = "training"
_REFUSED = (RuleBroken, StaleState)


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits to be checked, and what was sent back to the viewer."""
    may_tend_checks(request.scope).require()
    found = queue_of(request.scope, page=request.GET.get("page", "1"), on=clock.today())
    return render(request, "training/checking/queue.html", {"queue": found, "here": HERE})


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, code: str) -> HttpResponse:
    """The open version of a pack with all that it takes to decide about it, and the decision."""
    if request.method != "POST":
        return _version(request, code)
    pack = visible_pack(request.scope, code)
    found = posted_version(pack, _number(request.POST.get("version", "")))
    may_check_pack(request.scope, found).require()
    try:
        said = _decided(request, found)
    except _REFUSED as error:
        return _version(request, code, error=error)
    messages.success(request, f"{said}{masked_told(request.POST.get('comment', ''))}")
    return redirect("training:checking:version", code)


def _decided(request: HttpRequest, found: PackVersion) -> str:
    """Writes the decision of a form; what to say about it."""
    posted = request.POST
    read: dict[str, Any] = {
        "lock_version": _number(posted.get("lock", "")),
        "digest_seen": posted.get("digest", ""),
        "comment": posted.get("comment", ""),
        "scope": request.scope,
    }
    verdict = posted.get("verdict", "")
    if verdict == "publish":
        made = version_publish(found, **read)
        return gettext("已通过并发布，学员现在学的是第 {number} 版。").format(number=made.number)
    if verdict != "return":
        raise RuleBroken(gettext("没有记：选一个决定，通过还是退回。"), code="required", field="verdict")
    version_return(found, **read)
    return gettext("已退回，编的人会看到您的意见。")


def _version(request: HttpRequest, code: str, *, error: DomainError | None = None) -> HttpResponse:
    """The page; after a refusal with what was typed and why."""
    screen = version_for_page(request.scope, code, on=clock.today())
    shown = {
        "screen": screen,
        "wrong": error,
        "wrong_field": getattr(error, "field", ""),
        "typed": request.POST,
        "here": HERE,
    }
    return render(request, "training/checking/version.html", shown, status=error.status if error else 200)


@require_safe
def history(request: HttpRequest, code: str) -> HttpResponse:
    """All versions of a pack with who wrote and decided."""
    return render(request, "training/checking/history.html", {"history": history_of(request.scope, code), "here": HERE})


@require_safe
def past(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version as it was, whatever became of it."""
    screen = past_for_page(request.scope, code, number, on=clock.today())
    return render(request, "training/checking/past.html", {"screen": screen, "here": HERE})


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """What is missing and what should be looked at, and handing the version in."""
    if request.method != "POST":
        return _submit(request, code)
    pack, posted = visible_pack(request.scope, code), request.POST
    may_edit_pack(request.scope, pack).require()
    try:
        version_submit(
            posted_version(pack, _number(request.POST.get("version", ""))),
            lock_version=_number(posted.get("lock", "")),
            anyway=posted.get("anyway") == "1",
            change_note=posted.get("change_note"),
            scope=request.scope,
        )
    except _REFUSED as error:
        return _submit(request, code, error=error)
    masked = masked_told(posted.get("change_note", ""))
    messages.success(
        request, gettext("提交了，另一个人审过就发布。审完以前不能改，要改先撤回。{masked}").format(masked=masked)
    )
    return redirect("training:checking:version", code)


def _submit(request: HttpRequest, code: str, *, error: DomainError | None = None) -> HttpResponse:
    screen = version_for_page(request.scope, code, on=clock.today())
    screen.editing.require()
    shown = {
        "screen": screen,
        "wrong": error,
        "wrong_field": getattr(error, "field", ""),
        "note": request.POST.get("change_note", screen.version.change_note),
        "here": HERE,
    }
    return render(request, "training/checking/submit.html", shown, status=error.status if error else 200)


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Takes a submitted version back to be written in."""
    pack = visible_pack(request.scope, code)
    may_edit_pack(request.scope, pack).require()
    lock = _number(request.POST.get("lock", ""))
    try:
        version_withdraw(
            posted_version(pack, _number(request.POST.get("version", ""))), lock_version=lock, scope=request.scope
        )
    except _REFUSED as error:
        return _version(request, code, error=error)
    messages.success(request, gettext("撤回了，可以改了。改好再提交。"))
    return redirect("training:building:pack", code)


@require_POST
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """Opens the next version, or leads to the one that is open."""
    pack = visible_pack(request.scope, code)
    may_edit_pack(request.scope, pack).require()
    try:
        made = version_revise(pack, scope=request.scope)
    except _REFUSED as error:
        return _history(request, code, error)
    messages.success(request, gettext("第 {number} 版开着，学员还在学已发布的一版。").format(number=made.number))
    return redirect("training:building:pack", code)


@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Gives the open version up."""
    pack = visible_pack(request.scope, code)
    may_edit_pack(request.scope, pack).require()
    lock = _number(request.POST.get("lock", ""))
    try:
        version_discard(
            posted_version(pack, _number(request.POST.get("version", ""))), lock_version=lock, scope=request.scope
        )
    except _REFUSED as error:
        return _history(request, code, error)
    messages.success(request, gettext("放弃了，学员还学已发布的一版。放弃的内容在这里看得到。"))
    return redirect("training:checking:history", code)


def _history(request: HttpRequest, code: str, error: DomainError) -> HttpResponse:
    shown = {"history": history_of(request.scope, code), "wrong": error, "here": HERE}
    return render(request, "training/checking/history.html", shown, status=error.status)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """The lessons whose precedent is not what it was."""
    return _changes(request)


def _changes(request: HttpRequest, *, error: DomainError | None = None, code: str = "") -> HttpResponse:
    may_tend_changes(request.scope).require()
    asked = request.POST if request.method == "POST" else request.GET
    screen = changes_for_page(
        request.scope, pack=code or asked.get("pack", ""), page=asked.get("page", "1"), on=clock.today()
    )
    shown = {
        "screen": screen,
        "wrong": error,
        "wrong_code": code,
        "ticked": request.POST.getlist("lesson"),
        "here": HERE,
    }
    return render(request, "training/checking/changes.html", shown, status=error.status if error else 200)


@require_POST
def adopt(request: HttpRequest, code: str) -> HttpResponse:
    """The newest text of the precedent into one lesson, several or all of a pack."""
    pack = visible_pack(request.scope, code)
    may_edit_pack(request.scope, pack).require()
    keys = None if request.POST.get("all") == "1" else [clean(key)[:12] for key in request.POST.getlist("lesson")]
    try:
        if keys is not None and not keys:
            raise RuleBroken(gettext("没有采用：先勾上要采用新版的课。"), code="required", field="lesson")
        done = lessons_adopt(pack, scope=request.scope, keys=keys)
    except _REFUSED as error:
        return _changes(request, error=error, code=code)
    messages.success(request, _adopted_words(done))
    back = reverse("training:checking:changes")
    return redirect(f"{back}?{urlencode({'pack': code})}" if request.POST.get("pack") == code else back)


def _adopted_words(done: Adopted) -> str:
    if not done.count:
        return gettext("已经采用过了，没有要改的。")
    opened = gettext("开了第 {number} 版，").format(number=done.version.number) if done.has_opened else ""
    return gettext(
        "{opened}{count} 课采用了案例新版，放在第 {number} 版里。题目看一遍，提交审核，审过学员才学得到。"
    ).format(opened=opened, count=done.count, number=done.version.number)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
