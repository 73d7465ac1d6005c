from django.urls import path

from ..unbuilt import unbuilt

app_name = "repeating"
urlpatterns = [
    path("", unbuilt, name="home"),
]
