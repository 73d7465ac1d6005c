from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "caselib.policies"
    label = "policies"
