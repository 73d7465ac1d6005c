from django.urls import path

from .views import entries, lists, sheets

app_name = "vocabularies"
urlpatterns = [
    path("", lists.home, name="home"),
    path("pick/", lists.pick, name="pick"),
    path("matters/import/", sheets.bring, name="import"),
    path("matters/import/confirm/", sheets.confirm, name="import_confirm"),
    path("matters/import/<str:token>/refused/", sheets.refused, name="import_refused"),
    path("matters/sample/", sheets.sample, name="sample"),
    path("matters/export/", sheets.export, name="export"),
    path("matters/<int:key>/aliases/", entries.aliases, name="aliases"),
    path("<slug:slug>/", lists.listing, name="list"),
    path("<slug:slug>/new/", entries.new, name="new"),
    path("<slug:slug>/<int:key>/", entries.entry, name="entry"),
    path("<slug:slug>/<int:key>/switch/", entries.switch, name="switch"),
    path("<slug:slug>/<int:key>/delete/", entries.delete, name="delete"),
    path("<slug:slug>/<int:key>/merge/", entries.merge, name="merge"),
]
