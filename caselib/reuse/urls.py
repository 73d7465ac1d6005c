from django.urls import path

from . import views

app_name = "reuse"
urlpatterns = [
    path("<str:code>/record/", views.record, name="record"),
    path("<str:code>/undo/", views.undo, name="undo"),
]
