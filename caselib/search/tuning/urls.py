from django.urls import path, re_path

from . import views

app_name = "tuning"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("questions/", views.relevance_list, name="relevance"),
    path("questions/add/", views.relevance_add, name="relevance_add"),
    path("questions/first/", views.relevance_first, name="relevance_first"),
    path("questions/import/", views.relevance_import, name="relevance_import"),
    re_path(r"^questions/(?P<name>queries|qrels)\.jsonl$", views.relevance_export, name="relevance_export"),
    re_path(r"^questions/(?P<pk>[0-9]{1,18})/$", views.relevance_edit, name="relevance_edit"),
    re_path(r"^questions/(?P<pk>[0-9]{1,18})/delete/$", views.relevance_delete, name="relevance_delete"),
    path("trial/", views.trial_page, name="trial"),
    path("trial/words/", views.trial_words, name="trial_words"),
    path("trial/weights/", views.trial_weights, name="trial_weights"),
]
