from django.urls import URLPattern

from .safe_urls import safe

app_name = "writing"
urlpatterns: list[URLPattern] = [*safe]
