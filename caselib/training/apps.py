from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "caselib.training"
    label = "training"
