from django.urls import include, path

from . import views
from .case_views import case
from .suggestions.views import suggest

app_name = "search"
urlpatterns = [path("", views.results, name="results"), path("suggest", suggest, name="suggest")]
urlpatterns += [path("case/", case, name="case")]
urlpatterns += [path("synonyms/", include("caselib.search.synonyms.urls"))]
urlpatterns += [path("gaps/", include("caselib.search.gaps.urls"))]
urlpatterns += [path("tuning/", include("caselib.search.tuning.urls"))]
