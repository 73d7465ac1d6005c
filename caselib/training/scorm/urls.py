from django.urls import path

from ..unbuilt import unbuilt

app_name = "scorm"
urlpatterns = [
    path("<str:code>/", unbuilt, name="pack"),
]
