from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "caselib.pages"
    label = "pages"
