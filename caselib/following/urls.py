from django.urls import path

from . import views

app_name = "following"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("read/", views.read, name="read"),
    path("mail/", views.mail, name="mail"),
    path("tag/", views.follow_tag, name="follow_tag"),
    path("<str:kind>/<str:code>/", views.follow, name="follow"),
]
