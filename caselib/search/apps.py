from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "caselib.search"
    verbose_name = "检索"
