"""What every request passes: an id for the trail, domain errors turned into pages, and no shared caching of personal pages."""

import codecs
import contextvars
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from .errors import DomainError

Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class RequestTrace:
    """What the audit trail notes about the request that caused an event; empty outside a request."""

    request_id: str = ""
    ip: str = ""


_trace: contextvars.ContextVar[RequestTrace] = contextvars.ContextVar("caselib_request_trace")


def current_trace() -> RequestTrace:
    return _trace.get(RequestTrace())


class RequestIdMiddleware:
    """Gives each request an id, shown on error pages and kept in the audit trail."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(8)
        token = _trace.set(RequestTrace(request_id=request.request_id, ip=request.META.get("REMOTE_ADDR", "")))
        try:
            response = self.get_response(request)
        finally:
            _trace.reset(token)
        response["X-Request-ID"] = request.request_id
        return response


class CharsetMiddleware:
    """Answers 400 to a request that declares another charset than UTF-8.

    Addresses and forms would be read in that charset: some of them (raw_unicode_escape) make text that no page and no
    database can hold. Stands before whatever reads a form.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_utf8(request.content_params.get("charset", "utf-8")):
            return self.get_response(request)
        context = {"request_id": getattr(request, "request_id", ""), "static_url": settings.STATIC_URL}
        return HttpResponse(render_to_string("errors/400.html", context), status=400)


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset.strip()).name == "utf-8"
    except LookupError:
        return False


class DomainErrorMiddleware:
    """Turns a DomainError of a view into its page and status, once for the whole site."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No code holds a NUL, and PostgreSQL answers a question with one by an error of its own.
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        template = "errors/404.html" if exception.status == 404 else "errors/domain.html"
        return render(request, template, {"error": exception}, status=exception.status)


class PrivateCacheMiddleware:
    """Marks every page that depends on who asks as private, and htmx fragments as different from pages.

    Without it a shared cache or the back button could show a fragment, or one viewer's page to another.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-cache"
        if getattr(request, "htmx", None):
            response["Cache-Control"] = "private, no-store"
        response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "HX-Request"]))
        return response
