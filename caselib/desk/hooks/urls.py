from django.urls import path

from . import views

app_name = "hooks"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/<str:system>/", views.new, name="new"),
    path("feeds/<str:system>/issue/", views.feed, name="feed"),
    path("feeds/<int:key>/revoke/", views.feed_end, name="feed_end"),
    path("<str:code>/", views.hook, name="hook"),
    path("<str:code>/save/", views.save, name="save"),
    path("<str:code>/switch/", views.switch, name="switch"),
    path("<str:code>/test/", views.test, name="test"),
    path("<str:code>/rekey/", views.rekey, name="rekey"),
    path("<str:code>/replay/<str:delivery>/", views.replay, name="replay"),
]
