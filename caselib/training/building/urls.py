from django.urls import path

from ..unbuilt import unbuilt

app_name = "building"
urlpatterns = [
    path("", unbuilt, name="list"),
    path("new/", unbuilt, name="new"),
    path("<str:code>/", unbuilt, name="pack"),
    path("<str:code>/add/", unbuilt, name="add"),
    path("<str:code>/l/<str:key>/", unbuilt, name="lesson"),
]
