"""Signing in and out in the audit trail (GB/T 22239-2019 8.1.4.3: every user, important acts, also those that fail)."""

from typing import Any

from caselib.audit.actions import Action
from caselib.audit.services import record

from .models import User


def signed_in(*, user: User, **_: Any) -> None:
    record(Action.SIGNED_IN, user, actor=user)


def signed_out(*, user: User | None, **_: Any) -> None:
    if user is not None:
        record(Action.SIGNED_OUT, user, actor=user)


def sign_in_failed(*, credentials: dict[str, Any], **_: Any) -> None:
    # What was typed as a name may be a password in the wrong box: only names that exist are written down.
    user = User.objects.filter(username=str(credentials.get("username", ""))[:64]).first()
    if user is not None:
        record(Action.SIGN_IN_FAILED, user)
