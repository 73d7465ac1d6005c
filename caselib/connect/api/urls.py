from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path, re_path

from . import views
from .api import api

app_name = "api"


def _open(pattern: URLPattern) -> URLPattern:
    """An operation asks for a token itself, instead of a sign-in."""
    login_not_required(pattern.callback)
    return pattern


urlpatterns = [
    path("openapi.json", views.openapi, name="openapi"),
    path("docs/", views.docs, name="docs"),
    *(_open(pattern) for pattern in api.urls[0] if pattern.name != "api-root"),
    # Whatever else begins like this is asked by a program too.
    re_path("^", views.nothing, name="nothing"),
]
