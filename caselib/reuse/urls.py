from django.urls import path

from . import views
from .reports import views as reports

app_name = "reuse"
urlpatterns = [
    path("mine/", reports.mine, name="mine"),
    path("<str:code>/", views.used, name="used_by"),
    path("<str:code>/how/", views.how, name="how"),
    path("<str:code>/record/", views.record, name="record"),
    path("<str:code>/undo/", views.undo, name="undo"),
    path("<str:code>/report/", reports.report, name="report"),
]
