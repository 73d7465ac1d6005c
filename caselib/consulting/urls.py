from django.urls import path

from . import views

app_name = "consulting"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("<str:code>/", views.consultation, name="consultation"),
    path("<str:code>/answer/<int:key>/", views.answer, name="answer"),
    path("<str:code>/conclude/", views.conclude, name="conclude"),
    path("<str:code>/lead/", views.lead, name="lead"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
]
