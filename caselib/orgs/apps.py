from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed


class OrgsConfig(AppConfig):
    name = "caselib.orgs"
    label = "orgs"

    def ready(self) -> None:
        # Django tells of signing in by its own signals alone; nothing else in the project uses signals.
        from . import trail

        user_logged_in.connect(trail.signed_in, dispatch_uid="caselib.orgs.signed_in")
        user_logged_out.connect(trail.signed_out, dispatch_uid="caselib.orgs.signed_out")
        user_login_failed.connect(trail.sign_in_failed, dispatch_uid="caselib.orgs.sign_in_failed")
