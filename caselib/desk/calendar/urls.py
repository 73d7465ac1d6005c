"""工作日历: a year of it, and entering what a notice says."""

from django.urls import path

from . import views

app_name = "calendar"
urlpatterns = [
    path("", views.year, name="year"),
    path("notice/", views.notice, name="notice"),
    path("day/", views.day, name="day"),
    path("withdraw/", views.withdraw, name="withdraw"),
]
