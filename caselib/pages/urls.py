from django.urls import path

from .views import catalog, citations, home, law_in_time, policies, precedents, unresolved, verify

app_name = "pages"
urlpatterns = [
    path("", home.home, name="home"),
    path("p/<str:code>/", precedents.precedent, name="precedent"),
    path("p/<str:code>/citations/", citations.citations, name="citations"),
    path("p/<str:code>/citations/suggest", citations.suggest, name="citations_suggest"),
    path("p/<str:code>/citations/start/", citations.start, name="citations_start"),
    path("p/<str:code>/citations/find/", citations.find, name="citations_find"),
    path("p/<str:code>/citations/add/", citations.add, name="citations_add"),
    path("p/<str:code>/citations/<int:position>/", citations.change, name="citations_change"),
    path("desk/citations/", unresolved.desk, name="unresolved"),
    path("desk/citations/<int:key>/cite/", unresolved.cite, name="unresolved_cite"),
    path("desk/citations/<int:key>/dismiss/", unresolved.dismiss, name="unresolved_dismiss"),
    path("p/<str:code>/verify/", verify.check, name="verify"),
    path("desk/verify/", verify.desk, name="verify_desk"),
    path("n/<str:number>/", precedents.by_number, name="by_number"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<str:code>/", policies.policy, name="policy"),
    path("policies/<str:code>/compare/", law_in_time.compare, name="compare"),
    path("policies/<str:code>/on/", law_in_time.on_day, name="on_day"),
    path("policies/<str:code>/clauses/<str:clause>/", law_in_time.clause, name="clause"),
    path("policies/<str:code>/impact/", policies.impact, name="impact"),
    path("clauses/<str:code>/", policies.clause, name="clause_by_code"),
    path("clauses/<str:old>/to/<str:new>/", policies.clauses_compared, name="clauses_compared"),
    path("matters/", catalog.matters, name="matters"),
    path("matters/<str:code>/", catalog.matter, name="matter"),
]
