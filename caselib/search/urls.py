from django.urls import include, path

from . import views
from .suggestions.views import suggest

app_name = "search"
urlpatterns = [path("", views.results, name="results"), path("suggest", suggest, name="suggest")]
urlpatterns += [path("synonyms/", include("caselib.search.synonyms.urls"))]
urlpatterns += [path("gaps/", include("caselib.search.gaps.urls"))]
urlpatterns += [path("tuning/", include("caselib.search.tuning.urls"))]
