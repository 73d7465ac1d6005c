from django.urls import path

from . import views

app_name = "people"
urlpatterns = [
    path("", views.home, name="home"),
    path("marking/", views.marking, name="marking"),
    path("marking/<int:key>/", views.mark, name="mark"),
    path("certificate/<str:code>/", views.certificate, name="certificate"),
    path("learner/<str:code>/", views.learner, name="learner"),
    path("<str:code>/", views.pack, name="pack"),
    path("<str:code>/assign/", views.assign, name="assign"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<str:code>/hard/", views.hard, name="hard"),
]
