"""写案例: from an empty page or a ticket to a submitted text."""

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
