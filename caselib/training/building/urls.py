"""做培训包: packs, modules and lessons, from search, templates and copies."""

from django.urls import path

from .views import adding, builder, keeping, lesson, lists

app_name = "building"
urlpatterns = [
    path("", lists.index, name="list"),
    path("new/", lists.new, name="new"),
    path("<str:code>/", builder.pack, name="pack"),
    path("<str:code>/add/", adding.add, name="add"),
    path("<str:code>/settings/", keeping.settings, name="settings"),
    path("<str:code>/people/", keeping.people, name="people"),
    path("<str:code>/l/<str:key>/", lesson.lesson, name="lesson"),
]
