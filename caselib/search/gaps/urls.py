from django.urls import path

from . import desk_views, views

app_name = "gaps"
urlpatterns = [
    path("", desk_views.desk, name="desk"),
    path("missed/", desk_views.missed, name="missed"),
    path("file/", views.file, name="file"),
    path("new/", views.new, name="new"),
    path("mine/", views.mine, name="mine"),
    path("<int:key>/", desk_views.gap, name="gap"),
    path("<int:key>/take/", desk_views.take, name="take"),
    path("<int:key>/release/", desk_views.release, name="release"),
    path("<int:key>/sort/", desk_views.sort, name="sort"),
    path("<int:key>/join/", desk_views.join, name="join"),
    path("<int:key>/part/", desk_views.part, name="part"),
    path("<int:key>/close/", desk_views.close, name="close"),
]
