from django.apps import AppConfig


class ReuseConfig(AppConfig):
    name = "caselib.reuse"
    label = "reuse"
