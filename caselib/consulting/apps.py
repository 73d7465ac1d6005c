from django.apps import AppConfig


class ConsultingConfig(AppConfig):
    name = "caselib.consulting"
    label = "consulting"
