from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("<int:key>/", views.report, name="report"),
    path("<int:key>/take/", views.take, name="take"),
    path("<int:key>/revise/", views.revise, name="revise"),
    path("<int:key>/accept/", views.accept, name="accept"),
    path("<int:key>/decline/", views.decline, name="decline"),
    path("<int:key>/restore/", views.restore, name="restore"),
]
