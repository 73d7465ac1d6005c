"""What is true of every answer of the API, whoever made it: problems as JSON, limits, ETag, version."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from .problems import problem, problem_for_status
from .strictly import MOST_BYTES

PREFIX = "/api/v1/"
# Major.minor.patch: an answer gets new members with the minor one, and loses or changes none before /api/v2/.
VERSION = "1.0.0"

Handler = Callable[[HttpRequest], HttpResponse]


class ApiMiddleware:
    """Stands outside of whatever answers with a page, so that a program never gets one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if _length(request) > MOST_BYTES:
            return _finished(request, problem(request, "too_large"))
        response = self.get_response(request)
        if response.status_code >= 400 and _is_page(response):
            allow = {"Allow": response["Allow"]} if response.has_header("Allow") else {}
            refused = problem_for_status(request, response.status_code)
            response = _with(refused, allow)
        return _finished(request, response)


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["Caselib-Api-Version"] = VERSION
    patch_vary_headers(response, ["Authorization"])
    allowance = getattr(request, "allowance", None)
    if allowance is not None:
        response["RateLimit-Limit"] = str(allowance.limit)
        response["RateLimit-Remaining"] = str(allowance.remaining)
        response["RateLimit-Reset"] = str(allowance.reset)
    if request.method == "GET" and response.status_code == 200 and not response.streaming and not _is_page(response):
        return _conditional(request, response)
    return response


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With its ETag; 304 without a body where the caller has the same already."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    known = parse_etags(request.headers.get("If-None-Match", ""))
    # A comparison for reading is a weak one (RFC 9110, 13.1.2).
    if "*" in known or etag in {each.removeprefix("W/") for each in known}:
        same = HttpResponse(status=304)
        del same["Content-Type"]
        return _with(same, {name: value for name, value in response.items() if name not in _OF_THE_BODY})
    return response


_OF_THE_BODY = {"Content-Type", "Content-Length"}


def _with(response: HttpResponse, headers: dict[str, Any]) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    return response


def _is_page(response: HttpResponse) -> bool:
    return "json" not in response.get("Content-Type", "")


def _length(request: HttpRequest) -> int:
    """What the request says of the length of its body; what says nothing has none."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else MOST_BYTES + 1
