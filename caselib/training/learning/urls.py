from django.urls import path

from . import autosave, views

app_name = "learning"
urlpatterns = [
    path("", views.home, name="home"),
    path("p/<str:code>/", views.pack, name="pack"),
    path("p/<str:code>/<str:key>/", views.lesson, name="lesson"),
    path("p/<str:code>/<str:key>/save/", autosave.save, name="save"),
    path("a/<str:code>/", views.attempt, name="attempt"),
]
