"""自动保存 and 并存稿: a form answers with what became of its text, and never says saved before the database does."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.precedents.access import may_edit
from caselib.precedents.citation_desk import precedent_to_edit
from caselib.precedents.models import Precedent
from caselib.precedents.siblings import (
    THROWN_AWAY,
    TOO_LARGE,
    WRITTEN_ON,
    sibling_close,
    sibling_leave,
    sibling_take,
)

from .answering import answered, reading_of
from .merging import SiblingScreen, sibling_at, siblings_screen
from .saving import Saved, form_saved, seen_in, time_of

# In bytes as they are sent. 1,000,000 characters of Chinese are three times as many.
MOST_SENT = 4_000_000
SIGNED_OUT = "字没有存到服务器，本机留着。登录以后接着存。"
SOMEBODY_ELSE = "现在是另一个账号，字没有存到服务器，本机留着。用您的账号登录再存。"


@require_safe
@login_not_required
def token(request: HttpRequest) -> HttpResponse:
    """Who is signed in, with what a form needs to be believed: signing in changes it below an open page."""
    is_in = request.user.is_authenticated
    known = {"account": str(request.user.pk), "csrf": get_token(request)} if is_in else {"account": "", "csrf": ""}
    return answered(known | {"address": reverse("orgs:sign_in")})


@sensitive_post_parameters()
@require_POST
@login_not_required
def autosave(request: HttpRequest, code: str) -> HttpResponse:
    """Saves the form of a draft while it is being typed. Each answer is JSON; only `saved` and `partly` came into the draft.

    Asks for the sign-in itself: a redirect to the page of it would look like an answer to who does not read it.
    """
    if not request.user.is_authenticated:
        return answered({"state": "signed_out", "words": SIGNED_OUT, "address": reverse("orgs:sign_in")}, status=401)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_SENT:
        return answered({"state": "too_large", "words": TOO_LARGE}, status=413)
    if request.POST.get("account") != str(request.user.pk):
        return answered(
            {"state": "other_account", "words": SOMEBODY_ELSE, "address": reverse("orgs:sign_in")}, status=409
        )
    try:
        precedent = precedent_to_edit(request.scope, code)
        typed, now = dict(request.POST.lists()), clock.now()
        saved = form_saved(precedent, typed, seen=seen_in(request.POST.dict()), editor=request.user, now=now)
    except DomainError as error:
        return _refused(error)
    return answered(_answer(request, precedent, saved, at=time_of(now)))


def _refused(error: DomainError) -> HttpResponse:
    is_large = getattr(error, "code", "") == "too_large"
    answer = {"state": "too_large" if is_large else "refused", "words": error.message}
    if field := getattr(error, "field", ""):
        answer["problems"] = {field: error.message}
    return answered(answer, status=413 if is_large else error.status)


def _answer(request: HttpRequest, precedent: Precedent, saved: Saved, *, at: str) -> dict[str, object]:
    answer: dict[str, object] = {"state": saved.state, "words": saved.words, "at": at, "problems": saved.problems}
    if saved.sibling is not None:
        return answer | {
            "address": reverse("desk:writing:siblings", args=[precedent.code]),
            "by": saved.revision.last_editor_name if saved.revision else "",
        }
    return answer | reading_of(saved, precedent, scope=request.scope)


@require_http_methods(["GET", "HEAD", "POST"])
def siblings(request: HttpRequest, code: str) -> HttpResponse:
    """并存稿: what several people or windows wrote at once, section by section, side by side."""
    if request.method == "POST":
        return _siblings_posted(request, code)
    return _siblings(request, code)


def _siblings_posted(request: HttpRequest, code: str) -> HttpResponse:
    screen = sibling_at(request.scope, code, request.POST.get("sibling", ""))
    may_edit(request.scope, screen.precedent).require()
    try:
        messages.success(request, _done(request, screen))
    except (RuleBroken, StaleState) as error:
        return _siblings(request, code, error=error)
    return redirect("desk:writing:siblings", code)


def _done(request: HttpRequest, screen: SiblingScreen) -> str:
    posted, now, row = request.POST, clock.now(), screen.row
    deed, fields = posted.get("do", ""), posted.getlist("field")
    if posted.get("stamp", "") != screen.stamp:
        raise StaleState(WRITTEN_ON)
    if deed == "drop":
        screen.may_drop.require()
        sibling_close(row, how=THROWN_AWAY, by=request.user, now=now)
        return "收起来了，30 天以内还能请管理员找回。"
    given = {
        "into": screen.revision,
        "mine": screen.content,
        "editor": request.user,
        "now": now,
        "has_more": bool(screen.wrong),
    }
    if deed == "leave":
        sibling_leave(row, fields, **given)
        return "这一节就用草稿里的。"
    if deed == "take_all":
        fields = [each.field for each in screen.contrasts if not each.is_settled]
    seen = seen_in(posted.dict()).lock_version
    sibling_take(row, fields, lock_version=seen, **given)
    return "换成这一份的了，草稿已经存好。"


def _siblings(request: HttpRequest, code: str, *, error: DomainError | None = None) -> HttpResponse:
    page = siblings_screen(request.scope, code, dropping=request.GET.get("drop", ""))
    shown = {"page": page, "error": error, "here": "writing"}
    return render(request, "writing/siblings.html", shown, status=error.status if error else 200)
