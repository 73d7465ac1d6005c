from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.core.uploads import refused_uploads
from caselib.precedents.attaching import (
    PARTS,
    Streamed,
    attaching_of,
    attachment_add,
    attachment_at,
    attachment_for,
    attachment_remove,
    attachment_use,
)
from caselib.precedents.guarding import may_attach
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import visible_precedent

from ..screens import screen_of

# Nothing in a file may run, load or frame anything, whatever a browser makes of it.
_POLICY = "default-src 'none'; img-src 'self'; style-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
def stream(request: HttpRequest, code: str) -> HttpResponse:
    """One file, through the permission check each time: a browser keeps it only to ask whether it still may."""
    streamed = attachment_for(request.scope, code)
    etag = f'"{streamed.attachment.digest}"'
    if request.headers.get("If-None-Match") == etag:
        return _guarded(HttpResponseNotModified(), etag)
    response = HttpResponse(streamed.data(), content_type=_type(streamed))
    response["Content-Disposition"] = content_disposition_header(not streamed.is_picture, streamed.attachment.name)
    return _guarded(response, etag)


def _type(streamed: Streamed) -> str:
    return streamed.attachment.media_type if streamed.is_picture else "application/octet-stream"


def _guarded(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: HttpRequest, code: str) -> HttpResponse:
    """附件: what is there, a form for one more, and which picture stands beside which material."""
    precedent = _theirs(request, code)
    if request.method != "POST":
        return _page(request, precedent)
    file = request.FILES.get("file")
    try:
        if "file" in refused_uploads(request):
            raise RuleBroken(gettext("这个文件大于 20 MB，没有读。缩小后再传。"), code="too_large", field="file")
        if file is None:
            raise RuleBroken(gettext("还没有选文件。"), code="required", field="file")
        attached = attachment_add(precedent, file.read(), file.name, actor=request.user)
    except DomainError as error:
        return _page(request, precedent, wrong=error)
    warned = f"注意：{'；'.join(attached.warnings)}" if attached.warnings else ""
    messages.success(request, gettext("传好了，已去掉文件里的隐藏信息。{warned}").format(warned=warned))
    return redirect("desk:keeping:attach", code)


@require_POST
def remove(request: HttpRequest, code: str, file: str) -> HttpResponse:
    precedent = _theirs(request, code)
    try:
        attachment_remove(attachment_at(precedent, file), actor=request.user)
    except (RuleBroken, StaleState) as error:
        return _page(request, precedent, wrong=error)
    messages.success(request, gettext("附件删了，文件内容已经抹掉。"))
    return redirect("desk:keeping:attach", code)


@require_POST
def use(request: HttpRequest, code: str) -> HttpResponse:
    """Which pictures stand beside a material of the open draft; both are chosen in one form."""
    precedent = _theirs(request, code)
    draft = attaching_of(precedent).draft
    posted = request.POST
    try:
        if draft is None:
            raise StaleState(gettext("没有正在写的草稿，没有记。先开一份修订。"))
        attachment_use(
            draft,
            material=_number(posted.get("material", "")),
            pictures={part: posted[part] for part in PARTS if part in posted},
            lock_version=_number(posted.get("lock_version", "")),
            actor=request.user,
        )
    except (RuleBroken, StaleState) as error:
        return _page(request, precedent, wrong=error)
    messages.success(request, gettext("样例图记好了。"))
    return redirect("desk:keeping:attach", code)


def _theirs(request: HttpRequest, code: str) -> Precedent:
    precedent = visible_precedent(request.scope, code=code)
    may_attach(request.scope, precedent).require()
    return precedent


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def _page(request: HttpRequest, precedent: Precedent, *, wrong: DomainError | None = None) -> HttpResponse:
    shown = {
        "screen": screen_of(precedent, request.scope, here="attach"),
        "attaching": attaching_of(precedent),
        "wrong": wrong,
    }
    return render(request, "keeping/attach.html", shown, status=wrong.status if wrong else 200)
