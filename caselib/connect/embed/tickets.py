"""Tickets of the panel: a system asks for one with its token, and a page of it shows the panel with that for eight hours.

A ticket is signed and stored nowhere. It says which token it was asked with: who revokes that token, or switches the system
off, ends its tickets with it. It opens the panel and nothing else.
"""

import datetime as dt
from dataclasses import dataclass

from django.core import signing
from django.core.signing import BadSignature, SignatureExpired

from caselib.catalog.models import Matter
from caselib.connect.acting import may_act, scope_acting
from caselib.connect.clients.calling import Caller
from caselib.connect.clients.limits import call_taken
from caselib.connect.clients.models import Client, Deed, Token
from caselib.core.errors import DomainError
from caselib.orgs.scope import ViewerScope

_SALT = "caselib.connect.embed"
VALID = dt.timedelta(hours=8)
# A ticket has some 120 characters; what is longer is none.
_LONGEST = 400


class TicketRefused(DomainError):
    """The panel stays shut: 403 with what to do."""

    status = 403
    title = "面板打不开"


class TooManySearches(TicketRefused):
    """The system searches more often than it may: 429."""

    status = 429
    title = "查得太快了"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a ticket. `matter`: by name, what alone it is good for; empty: for all."""

    client: Client
    scope: ViewerScope
    matter: str = ""


def embed_ticket(caller: Caller, *, matter: Matter | None = None) -> str:
    """A ticket of that system, for 8 hours from now. The caller came by `caller_of(secret, deed=Deed.EMBED)`. No query, nothing
    is written."""
    said = [caller.token.pk, matter.code if matter else ""]
    return signing.dumps(said, salt=_SALT)


def ends_at(caller: Caller, *, now: dt.datetime) -> dt.datetime:
    """Until when a ticket of that moment opens the panel: never longer than the token that it was asked with. No query."""
    return min(now + VALID, caller.token.expires_at)


def holder_of(ticket: str, *, now: dt.datetime) -> Holder:
    """Who holds it, with the scope of the system's account. Counts as a call of the system.

    Raises TicketRefused, TooManySearches. 2 queries, 1 more with a matter.
    """
    key, code = _said(ticket)
    token = Token.objects.select_related("client__account", "client__department").filter(pk=key).first()
    if token is None or not token.is_valid(now):
        raise TicketRefused("这张票用的令牌已经吊销或过期。请业务系统的管理员换一个令牌。")
    if not may_act(token.client, deed=Deed.EMBED):
        raise TicketRefused("这个业务系统停用了，或者没有开通“嵌入检索面板”。找本部门管理员在“对接系统”里看。")
    if call_taken(token.client, at=now.timestamp()).is_spent:
        raise TooManySearches("这个业务系统这一分钟查得太多了，等几秒再查。您写的在下面，没有丢。")
    matter = Matter.objects.select_related("merged_into").filter(code=code).first() if code else None
    if code and matter is None:
        raise TicketRefused("这张票限定的事项已经没有了。请在业务系统里重新打开这一页。")
    name = (matter.merged_into or matter).name if matter else ""
    return Holder(token.client, scope_acting(token.client, deed=Deed.EMBED), name)


def _said(ticket: str) -> tuple[int, str]:
    if len(ticket) > _LONGEST:
        raise TicketRefused("这张票读不懂。请在业务系统里重新打开这一页。")
    try:
        key, code = signing.loads(ticket, salt=_SALT, max_age=VALID)
    except SignatureExpired as error:
        message = "这个面板打开满 8 小时了。请在业务系统里重新打开这一页，再接着查。"
        raise TicketRefused(message) from error
    except (BadSignature, ValueError, TypeError) as error:
        raise TicketRefused("这张票读不懂。请在业务系统里重新打开这一页。") from error
    return int(key), str(code)
