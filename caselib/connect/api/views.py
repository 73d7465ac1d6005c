"""What is read about the API: its OpenAPI document and a page made of it. Neither holds anything of the library."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from .describing import described
from .problems import problem
from .screens import docs_screen


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """接口描述 (OpenAPI 3.1), for tools. Public: it says how to ask, and nothing that anybody answered."""
    return HttpResponse(json.dumps(described(), ensure_ascii=False), content_type="application/json")


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """接口说明: the same for people, with the codes of refusals and calls to copy."""
    return render(request, "api/docs.html", {"screen": docs_screen(request.build_absolute_uri("/"))})


@login_not_required
@require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
def nothing(request: HttpRequest) -> HttpResponse:
    """An address that is none: told as a problem, not as a page."""
    return problem(request, "not_found")
