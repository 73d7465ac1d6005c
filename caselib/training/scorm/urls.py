from django.urls import path

from . import views

app_name = "scorm"
urlpatterns = [
    path("<str:code>/", views.pack, name="pack"),
]
