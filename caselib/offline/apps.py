from django.apps import AppConfig


class OfflineConfig(AppConfig):
    name = "caselib.offline"
    label = "offline"
