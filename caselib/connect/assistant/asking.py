"""One question of an assistant, from its arguments to the answer: whose permissions, which tool, what went wrong."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import Error

from caselib.core.errors import DomainError
from caselib.orgs.models import User
from caselib.orgs.scope import scope_of

from .access import may_ask
from .arguments import Arguments
from .faults import BUSY, Fault, fault_of
from .tools import TOOLS

logger = logging.getLogger(__name__)
UNKNOWN_TOOL = Fault("unknown_tool", "没有这个工具。可以用的有：{}。".format("、".join(TOOLS)), "name")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: `plain` for programs, `text` for people; both carry the same."""

    plain: dict[str, Any]
    text: str
    is_error: bool = False


def asked(account: int, tool: str, sent: Mapping[str, Any] | None) -> Said:
    """The answer to one question with the permissions that the account has at this moment.

    Never fails for what was sent: what breaks a rule is answered as a fault. Writes nothing but a note for the search log.
    """
    try:
        user = User.objects.filter(pk=account).first()
        # Anew for each question: whoever was signed off or lost a role a moment ago reads nothing from then on.
        scope = scope_of(user) if user is not None else None
        may_ask(user, scope).require()
        chosen = TOOLS.get(tool)
        if chosen is None:
            return refused(UNKNOWN_TOOL)
        plain = chosen.answer(scope, Arguments(sent or {}, tuple(chosen.properties)))
        return Said(plain, chosen.written(plain))
    except DomainError as error:
        return refused(fault_of(error))
    except Error:
        logger.exception("The database did not answer a question of an assistant.")
        return refused(BUSY)


def refused(fault: Fault) -> Said:
    """A fault as an answer."""
    return Said({"error": fault.as_plain()}, fault.text, is_error=True)
