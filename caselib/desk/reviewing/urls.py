from django.urls import path

from . import views

app_name = "reviewing"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("history/<str:code>/", views.history, name="history"),
    path("history/<str:code>/compare/", views.compare, name="compare"),
    path("history/<str:code>/restore/", views.restore, name="restore"),
    path("comment/<int:key>/answer/", views.comment_answered, name="answer"),
    path("comment/<int:key>/withdraw/", views.comment_withdrawn, name="withdraw"),
    path("<str:code>/", views.review, name="review"),
    path("<str:code>/comment/", views.comment, name="comment"),
]
