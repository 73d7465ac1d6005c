from django.urls import path

from .views import bringing, taking

app_name = "transfer"
urlpatterns = [
    path("", bringing.home, name="home"),
    path("in/", bringing.bring, name="bring"),
    path("in/sample/", bringing.sample, name="sample"),
    path("in/<str:code>/", bringing.batch, name="batch"),
    path("in/<str:code>/confirm/", bringing.confirm, name="confirm"),
    path("in/<str:code>/mask/", bringing.replace_personal, name="mask"),
    path("in/<str:code>/discard/", bringing.discard, name="discard"),
    path("in/<str:code>/refused/", bringing.refused, name="refused"),
    path("out/", taking.take, name="take"),
    path("out/send/", taking.send, name="send"),
]
