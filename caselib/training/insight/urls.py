from django.urls import path

from . import views

app_name = "insight"
urlpatterns = [
    path("", views.coverage, name="map"),
    path("teach/", views.teach, name="teach"),
]
