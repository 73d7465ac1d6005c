"""Who calls an operation, and whether this call is one too many."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from caselib.connect.clients.calling import Caller, caller_of
from caselib.connect.clients.limits import call_taken
from caselib.connect.clients.models import Deed
from caselib.core import clock

from .strictly import require_json, wrong_parameters


class TooManyCalls(Exception):
    """The bucket of the system is empty. `wait`: seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class UnknownParameters(Exception):
    """`args[0]`: a sentence."""


class Door(HttpBearer):
    """Lets in systems with a token that may do the deed. Puts `caller`, `scope` and `allowance` on the request."""

    def __init__(self, deed: Deed) -> None:
        super().__init__()
        self.deed = deed

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Raises CallerRefused, TooManyCalls, UnknownParameters, NotJson."""
        now = clock.now()
        caller = caller_of(token.strip(), deed=self.deed, now=now)
        request.allowance = call_taken(caller.client, at=now.timestamp())
        if request.allowance.is_spent:
            raise TooManyCalls(request.allowance.wait)
        # The same door as for people: everything below asks the scope alone.
        request.caller, request.scope = caller, caller.scope
        self._refuse_unreadable(request)
        return caller

    @staticmethod
    def _refuse_unreadable(request: HttpRequest) -> None:
        from .api import parameters_of

        wrong = list(wrong_parameters(request, known=parameters_of(request)))
        if wrong:
            raise UnknownParameters("".join(wrong[:5]))
        if request.method == "POST":
            require_json(request)
