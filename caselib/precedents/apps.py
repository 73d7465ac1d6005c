from django.apps import AppConfig


class PrecedentsConfig(AppConfig):
    name = "caselib.precedents"
    label = "precedents"
