from django.urls import path

from ..unbuilt import unbuilt

app_name = "bank"
urlpatterns = [
    path("", unbuilt, name="list"),
    path("new/", unbuilt, name="new"),
    path("from/<str:code>/", unbuilt, name="proposals"),
    path("<str:code>/", unbuilt, name="question"),
]
