from django.urls import path

from . import views

app_name = "systems"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("<str:code>/", views.system, name="system"),
    path("<str:code>/save/", views.save, name="save"),
    path("<str:code>/switch/", views.switch, name="switch"),
    path("<str:code>/tokens/", views.issue, name="issue"),
    path("<str:code>/tokens/<int:key>/rotate/", views.rotate, name="rotate"),
    path("<str:code>/tokens/<int:key>/revoke/", views.revoke, name="revoke"),
]
