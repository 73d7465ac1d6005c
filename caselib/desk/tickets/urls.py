"""工单: what a hall noted about a case, never public."""

from django.urls import path

from . import imports, views, work

app_name = "tickets"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("new/", views.new, name="new"),
    path("import/", imports.choose, name="import"),
    path("import/sample.csv", imports.sample, name="sample"),
    path("import/<str:code>/", imports.preview, name="preview"),
    path("<str:code>/", views.ticket, name="ticket"),
    path("<str:code>/text/", views.show_text, name="text"),
    path("<str:code>/edit/", views.edit, name="edit"),
    path("<str:code>/entries/", work.entry_add, name="entry_add"),
    path("<str:code>/entries/<int:key>/remove/", work.entry_remove, name="entry_remove"),
    path("<str:code>/analyse/", work.analyse, name="analyse"),
    path("<str:code>/evaluate/", work.evaluate, name="evaluate"),
    path("<str:code>/settle/", work.settle, name="settle"),
    path("<str:code>/feedback/", work.feed_back, name="feed_back"),
    path("<str:code>/archive/", work.archive, name="archive"),
]
