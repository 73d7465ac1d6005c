from django.urls import path

from . import views

app_name = "checking"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("changes/", views.changes, name="changes"),
    path("<str:code>/", views.version, name="version"),
    path("<str:code>/versions/", views.history, name="history"),
    path("<str:code>/versions/<int:number>/", views.past, name="past"),
    path("<str:code>/submit/", views.submit, name="submit"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:code>/revise/", views.revise, name="revise"),
    path("<str:code>/discard/", views.discard, name="discard"),
    path("<str:code>/adopt/", views.adopt, name="adopt"),
]
