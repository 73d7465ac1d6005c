from django.urls import path

from ..unbuilt import unbuilt

app_name = "checking"
urlpatterns = [
    path("", unbuilt, name="queue"),
    path("changes/", unbuilt, name="changes"),
    path("<str:code>/", unbuilt, name="version"),
    path("<str:code>/versions/", unbuilt, name="history"),
    path("<str:code>/versions/<int:number>/", unbuilt, name="past"),
    path("<str:code>/submit/", unbuilt, name="submit"),
    path("<str:code>/withdraw/", unbuilt, name="withdraw"),
    path("<str:code>/revise/", unbuilt, name="revise"),
    path("<str:code>/adopt/", unbuilt, name="adopt"),
]
