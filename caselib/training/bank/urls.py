from django.urls import path

from . import proposing, views

app_name = "bank"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("from/<str:code>/", proposing.proposals, name="proposals"),
    path("<str:code>/", views.question, name="question"),
]
