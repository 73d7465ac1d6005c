from django.apps import AppConfig


class HooksConfig(AppConfig):
    name = "caselib.connect.hooks"
    label = "hooks"
