from django.urls import include, path

handler400 = "caselib.pages.views.errors.bad_request"
handler403 = "caselib.pages.views.errors.forbidden"
handler404 = "caselib.pages.views.errors.not_found"
handler500 = "caselib.pages.views.errors.server_error"

urlpatterns = [
    path("", include("caselib.pages.urls")),
    path("search/", include("caselib.search.urls")),
    path("account/", include("caselib.orgs.urls")),
    path("desk/", include("caselib.desk.urls")),
    path("consult/", include("caselib.consulting.urls")),
    path("reuse/", include("caselib.reuse.urls")),
    path("api/v1/", include("caselib.connect.api.urls")),
    path("training/", include("caselib.training.urls")),
    path("mine/", include("caselib.personal.urls")),
    path("mine/searches/", include("caselib.following.searches.urls")),
    path("notices/", include("caselib.following.urls")),
    path("feeds/", include("caselib.connect.feeds.urls")),
    path("embed/", include("caselib.connect.embed.urls")),
]
