from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "caselib.connect.clients"
    label = "clients"
