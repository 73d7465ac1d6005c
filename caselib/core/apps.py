from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "caselib.core"
    label = "core"
