from django.urls import path

from . import views

app_name = "repeating"
urlpatterns = [
    path("", views.home, name="home"),
    path("<int:key>/", views.answer, name="answer"),
]
