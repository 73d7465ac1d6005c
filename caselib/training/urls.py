"""The rooms of training; each has its own pages in a package of that name."""

from django.urls import include, path

app_name = "training"
urlpatterns = [
    path("make/", include("caselib.training.building.urls")),
    path("check/", include("caselib.training.checking.urls")),
    path("bank/", include("caselib.training.bank.urls")),
    path("people/", include("caselib.training.people.urls")),
    path("again/", include("caselib.training.repeating.urls")),
    path("out/", include("caselib.training.handouts.urls")),
    path("scorm/", include("caselib.training.scorm.urls")),
    path("map/", include("caselib.training.insight.urls")),
    path("", include("caselib.training.learning.urls")),
]
