from django.urls import path

from ..unbuilt import unbuilt

app_name = "people"
urlpatterns = [
    path("", unbuilt, name="home"),
    path("marking/", unbuilt, name="marking"),
    path("certificate/<str:code>/", unbuilt, name="certificate"),
    path("<str:code>/", unbuilt, name="pack"),
]
