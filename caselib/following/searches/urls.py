from django.urls import path

from . import views

app_name = "searches"
urlpatterns = [
    path("", views.searches, name="list"),
    path("new/", views.new, name="new"),
    path("save/", views.save, name="save"),
    path("<int:key>/open/", views.look, name="open"),
    path("<int:key>/edit/", views.edit, name="edit"),
    path("<int:key>/delete/", views.delete, name="delete"),
]
