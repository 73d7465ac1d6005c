from django.urls import path

from ..unbuilt import unbuilt

app_name = "insight"
urlpatterns = [
    path("", unbuilt, name="map"),
    path("teach/", unbuilt, name="teach"),
]
