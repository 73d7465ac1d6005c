from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "caselib.connect.assistant"
    label = "assistant"
