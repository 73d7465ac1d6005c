from django.urls import path

from . import views

app_name = "trail"
urlpatterns = [
    path("", views.events, name="events"),
    path("export/", views.export, name="export"),
    path("<int:pk>/", views.event, name="event"),
]
