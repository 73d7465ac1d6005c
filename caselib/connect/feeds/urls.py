from django.urls import path

from . import views

app_name = "feeds"
urlpatterns = [path("<str:token>/precedents.<str:form>", views.precedents, name="precedents")]
