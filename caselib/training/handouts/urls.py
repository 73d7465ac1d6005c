from django.urls import path

from ..unbuilt import unbuilt

app_name = "handouts"
urlpatterns = [
    path("<str:code>/", unbuilt, name="pack"),
    path("<str:code>/print/", unbuilt, name="print"),
]
