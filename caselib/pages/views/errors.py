"""Error pages. Each says what happened, what is kept and what to do."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Needs neither session nor user, like the page for a fault."""
    return HttpResponse(render_to_string("errors/400.html", _bare(request)), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database, session nor the manifest of static files: any of them may be what broke."""
    return HttpResponse(render_to_string("errors/500.html", _bare(request)), status=500)


def _bare(request: HttpRequest) -> dict[str, str]:
    return {"request_id": getattr(request, "request_id", ""), "static_url": settings.STATIC_URL}
