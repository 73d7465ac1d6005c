"""写案例: from an empty page or a ticket to a submitted text."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import path

from . import views
from .safe_urls import safe

app_name = "writing"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("revise/<str:code>/", views.revise, name="revise"),
    *safe,
    path("<str:code>/", views.draft, name="draft"),
    path("<str:code>/submit/", views.submit, name="submit"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:code>/preview/", views.preview, name="preview"),
]
# The room of tickets may be missing; this address comes and goes with it.
if find_spec("caselib.cases.services") is not None:
    view = import_module(".from_ticket", __package__).from_ticket
    urlpatterns.insert(0, path("from-ticket/<str:code>/", view, name="from_ticket"))
