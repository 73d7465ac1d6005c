from django.urls import path

from .views import catalog, home, law_in_time, policies, policy_entry, policy_status, precedents, verify

app_name = "pages"
urlpatterns = [
    path("", home.home, name="home"),
    path("p/<str:code>/", precedents.precedent, name="precedent"),
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
    path("policies/<str:code>/status/", policy_status.status, name="policy_status"),
    path("policies/<str:code>/status/<int:pk>/withdraw/", policy_status.withdraw, name="policy_status_withdraw"),
    path("policies/<str:code>/checked/", policy_status.checked, name="policy_checked"),
    path("policies/<str:code>/relations/", policy_status.relations, name="policy_relations"),
    path("desk/policies/", policy_entry.desk, name="policy_desk"),
    path("desk/policies/new/", policy_entry.new, name="policy_new"),
    path("desk/policies/drafts/<str:code>/", policy_entry.facts, name="draft_facts"),
    path("desk/policies/drafts/<str:code>/text/", policy_entry.text, name="draft_text"),
    path("desk/policies/drafts/<str:code>/clauses/", policy_entry.clauses, name="draft_clauses"),
    path("desk/policies/drafts/<str:code>/impact/", policy_entry.impact, name="draft_impact"),
    path("desk/policies/drafts/<str:code>/discard/", policy_entry.discard, name="draft_discard"),
    path("matters/", catalog.matters, name="matters"),
    path("matters/<str:code>/", catalog.matter, name="matter"),
]
