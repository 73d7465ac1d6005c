from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "caselib.core"
    label = "core"

    def ready(self) -> None:
        # Models are only there now.
        from .marks import listen
        from .workdays import CALENDAR, forget

        listen(CALENDAR, forget)
