from django.apps import AppConfig


class PersonalConfig(AppConfig):
    name = "caselib.personal"
    label = "personal"
