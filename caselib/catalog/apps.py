from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "caselib.catalog"
    label = "catalog"
