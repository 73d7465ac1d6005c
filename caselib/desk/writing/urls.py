"""写案例: from an empty page or a ticket to a submitted text."""

from django.urls import path

from . import from_consultation, from_gap, from_ticket, views
from .safe_urls import safe

app_name = "writing"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("from-ticket/<str:code>/", from_ticket.from_ticket, name="from_ticket"),
    path("from-gap/<int:key>/", from_gap.from_gap, name="from_gap"),
    path("from-consultation/<str:code>/", from_consultation.from_consultation, name="from_consultation"),
    path("revise/<str:code>/", views.revise, name="revise"),
    *safe,
    path("<str:code>/", views.draft, name="draft"),
    path("<str:code>/submit/", views.submit, name="submit"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:code>/preview/", views.preview, name="preview"),
]
