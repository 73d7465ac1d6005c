from django.urls import path

from . import views

app_name = "synonyms"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("new/", views.add, name="add"),
    path("import/", views.bring, name="import"),
    path("import/confirm/", views.confirm, name="confirm"),
    path("export/", views.export, name="export"),
    path("<str:key>/", views.edit, name="edit"),
    path("<str:key>/switch/", views.switch, name="switch"),
]
