from django.urls import path

from . import views

app_name = "embed"
urlpatterns = [path("search", views.search, name="search")]
