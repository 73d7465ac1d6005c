from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "caselib.exchange"
    label = "exchange"
