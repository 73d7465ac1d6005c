from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.precedents.access import (
    may_answer,
    may_comment,
    may_edit,
    may_review,
    may_tend_reviews,
    may_withdraw_comment,
)
from caselib.precedents.commenting import comment_add, comment_answer, comment_of, comment_withdraw
from caselib.precedents.deciding import revision_reject, revision_return
from caselib.precedents.history import history_of, text_numbered, texts_compared
from caselib.precedents.models import Revision
from caselib.precedents.review_queue import queue_of
from caselib.precedents.services import revision_start

from .approving import text_approved
from .screen import address_if, replacing_of, screen_of, text_of

_REFUSED = (RuleBroken, StaleState)


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """审核: the submitted texts of the viewer's departments."""
    may_tend_reviews(request.scope).require()
    asked = request.GET
    found = queue_of(
        request.scope,
        kind=asked.get("kind", ""),
        department=asked.get("department", ""),
        page=asked.get("page", "1"),
        on=clock.today(),
    )
    return render(request, "reviewing/queue.html", {"queue": found, "here": "review"})


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, code: str) -> HttpResponse:
    """One text with all that it takes to decide about it, and the decision."""
    if request.method != "POST":
        return _page(request, code)
    text = text_of(request.scope, code)
    may_review(request.scope, text).require()
    try:
        said = _decided(request, text)
    except _REFUSED as error:
        return _page(request, code, error=error, about="decision")
    messages.success(request, said)
    return redirect("desk:reviewing:review", code)


def _decided(request: HttpRequest, text: Revision) -> str:
    """Writes the decision of a form; what to say about it."""
    posted = request.POST
    read: dict[str, Any] = {
        "lock_version": _number(posted.get("lock", "")),
        "digest_seen": posted.get("digest", ""),
        "comment": posted.get("comment", ""),
        "reviewer": request.user,
    }
    verdict = posted.get("verdict", "")
    if verdict == "approve":
        if (replacing := replacing_of(text, request.scope)) is not None:
            replacing.answer.require()
        chosen = {"significance": posted.get("significance", ""), "warnings_seen": posted.get("warnings", "")}
        return f"已通过并发布，编号 {text_approved(text, **read, **chosen).number}。"
    if verdict not in _VERDICTS:
        raise RuleBroken(gettext("选一个决定：通过、退回还是不予入库。"), code="required", field="verdict")
    deed, said = _VERDICTS[verdict]
    deed(text, **read)
    return said


_VERDICTS: dict[str, tuple[Callable[..., Revision], str]] = {
    "return": (revision_return, "已退回，作者会看到您的理由。"),
    "reject": (revision_reject, "已定：不予入库。理由留在经过里。"),
}


@require_POST
def comment(request: HttpRequest, code: str) -> HttpResponse:
    """A remark about a section."""
    text = text_of(request.scope, code)
    may_review(request.scope, text).require()
    posted = request.POST
    section = posted.get("section", "")
    try:
        comment_add(
            text,
            section=section,
            text=posted.get("text", ""),
            reviewer=request.user,
            digest_seen=posted.get("digest", ""),
        )
    except _REFUSED as error:
        return _page(request, code, error=error, about="comment", section=section)
    return _back(code, f"s-{section or 'whole'}")


@require_POST
def comment_answered(request: HttpRequest, key: int) -> HttpResponse:
    """What the author's side says to a remark."""
    remark = comment_of(request.scope, key)
    may_answer(request.scope, remark.revision).require()
    try:
        comment_answer(remark, text=request.POST.get("answer", ""), actor=request.user)
    except _REFUSED as error:
        return _page(request, remark.revision.precedent.code, error=error, about="answer", key=key)
    return _back(remark.revision.precedent.code, f"c-{key}")


@require_POST
def comment_withdrawn(request: HttpRequest, key: int) -> HttpResponse:
    """Takes a remark back."""
    remark = comment_of(request.scope, key)
    may_withdraw_comment(request.scope, remark).require()
    try:
        comment_withdraw(remark, actor=request.user)
    except _REFUSED as error:
        return _page(request, remark.revision.precedent.code, error=error, about="withdraw", key=key)
    return _back(remark.revision.precedent.code, f"s-{remark.section or 'whole'}")


@require_safe
def history(request: HttpRequest, code: str) -> HttpResponse:
    """经过: every version, check and event of a precedent."""
    return render(request, "reviewing/history.html", {"history": history_of(request.scope, code)})


@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Any two versions side by side."""
    two = texts_compared(request.scope, code, a=request.GET.get("a", ""), b=request.GET.get("b", ""))
    return render(request, "reviewing/compare.html", {"two": two})


@require_POST
def restore(request: HttpRequest, code: str) -> HttpResponse:
    """An earlier version as a new draft, which is reviewed like any other."""
    like = text_numbered(request.scope, code, request.POST.get("like", ""))
    may_edit(request.scope, like.precedent).require()
    try:
        draft = revision_start(like.precedent, author=request.user, like=like)
    except _REFUSED as error:
        shown = {"history": history_of(request.scope, code), "refused": error.message}
        return render(request, "reviewing/history.html", shown, status=error.status)
    messages.success(
        request,
        gettext("第 {number} 版的文字开成了第 {number2} 版草稿，改好再提交审核。").format(
            number=like.number, number2=draft.number
        ),
    )
    return redirect(address_if("desk:writing:draft", code) or f"{request.path.removesuffix('restore/')}")


def _page(
    request: HttpRequest, code: str, *, error: DomainError | None = None, about: str = "", **of: Any
) -> HttpResponse:
    """The page of a text; after a refusal with what was typed and why it was refused."""
    screen = screen_of(request.scope, code, against=request.GET.get("against", ""), on=clock.today())
    shown: dict[str, Any] = {"screen": screen, "typed": request.POST, "here": "review"}
    if error is not None:
        shown |= {"refused": error, "about": about, "field": getattr(error, "field", ""), **of}
    shown["may_comment"] = bool(may_comment(request.scope, screen.revision))
    return render(request, "reviewing/review.html", shown, status=error.status if error else 200)


def _back(code: str, place: str) -> HttpResponse:
    answer = redirect("desk:reviewing:review", code)
    answer["Location"] += f"#{place}"
    return answer


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
