from django.urls import path

from ..unbuilt import unbuilt

app_name = "learning"
urlpatterns = [
    path("", unbuilt, name="home"),
    path("p/<str:code>/", unbuilt, name="pack"),
    path("p/<str:code>/<str:key>/", unbuilt, name="lesson"),
    path("a/<str:code>/", unbuilt, name="attempt"),
]
