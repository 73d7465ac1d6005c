from django.urls import path

from . import views

app_name = "handouts"
urlpatterns = [
    path("<str:code>/", views.pack, name="pack"),
    path("<str:code>/send/", views.send, name="send"),
    path("<str:code>/print/", views.printed, name="print"),
]
