from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "caselib.audit"
    label = "audit"
