"""The rooms of those who work on the library; each has its own pages in a package of that name."""

from django.urls import include, path

app_name = "desk"
urlpatterns = [
    path("", include("caselib.desk.work.urls")),
    path("write/", include("caselib.desk.writing.urls")),
    path("review/", include("caselib.desk.reviewing.urls")),
    path("keep/", include("caselib.desk.keeping.urls")),
    path("reports/", include("caselib.desk.reports.urls")),
    path("tickets/", include("caselib.desk.tickets.urls")),
    path("words/", include("caselib.desk.vocabularies.urls")),
    path("transfer/", include("caselib.desk.transfer.urls")),
    path("calendar/", include("caselib.desk.calendar.urls")),
    path("systems/", include("caselib.desk.systems.urls")),
    path("offline/", include("caselib.desk.offline.urls")),
    path("trail/", include("caselib.desk.trail.urls")),
    path("hooks/", include("caselib.desk.hooks.urls")),
]
