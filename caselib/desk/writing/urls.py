"""写案例: from an empty page or a ticket to a submitted text."""

from django.urls import path

from . import from_ticket, views
from .safe_urls import safe

app_name = "writing"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("from-ticket/<str:code>/", from_ticket.from_ticket, name="from_ticket"),
    path("revise/<str:code>/", views.revise, name="revise"),
    *safe,
    path("<str:code>/", views.draft, name="draft"),
    path("<str:code>/submit/", views.submit, name="submit"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:code>/preview/", views.preview, name="preview"),
]
