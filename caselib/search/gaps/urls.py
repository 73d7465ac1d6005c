from django.urls import path

from . import views

app_name = "gaps"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("file/", views.file, name="file"),
    path("<int:key>/close/", views.close, name="close"),
]
