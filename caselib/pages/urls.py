from django.urls import path

from .views import catalog, home, policies, precedents

app_name = "pages"
urlpatterns = [
    path("", home.home, name="home"),
    path("p/<str:code>/", precedents.precedent, name="precedent"),
    path("n/<str:number>/", precedents.by_number, name="by_number"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<str:code>/", policies.policy, name="policy"),
    path("matters/", catalog.matters, name="matters"),
    path("matters/<str:code>/", catalog.matter, name="matter"),
]
