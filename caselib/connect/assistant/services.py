"""An assistant is connected to the library in somebody's name: written down once for each session."""

from django.db import transaction

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.orgs.models import User
from caselib.orgs.scope import scope_of

from .access import may_ask


@transaction.atomic
def session_open(username: str) -> User:
    """The account whose permissions the session has. Raises NotAllowed for one that is closed, unknown or reads no content.

    Writes AuditEvent assistant.opened. What is asked afterwards is not written into the trail, as on the pages.
    """
    user = User.objects.filter(username=username).first()
    may_ask(user, scope_of(user) if user else None).require()
    record(Action.ASSISTANT_OPENED, user, actor=user)
    return user
