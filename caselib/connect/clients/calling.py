"""Who is calling? From the secret of a token to the scope of the system's account."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from caselib.core import clock, prepared
from caselib.core.errors import DomainError
from caselib.orgs.scope import ViewerScope, scope_of

from .models import Client, Deed, Reason, Token
from .refusing import refusal_count
from .secrets_kept import LONGEST, digest_of

_SAID = {
    Reason.UNKNOWN: "没有这个令牌。核对令牌有没有抄全；没有就找本部门管理员在“对接系统”里发一个。",
    Reason.EXPIRED: "这个令牌过期了。找本部门管理员在“对接系统”里换一个新的。",
    Reason.REVOKED: "这个令牌已经吊销。找本部门管理员在“对接系统”里发一个新的。",
    Reason.OFF: "这个对接系统已经停用。要恢复，找本部门管理员。",
    Reason.DEPARTMENT: "这个对接系统所在的部门已经停用，不再应答。",
    Reason.DEED: "这个对接系统没有开通“{deed}”。要开通，找本部门管理员在“对接系统”里勾上。",
}


class CallerRefused(DomainError):
    """A call with a token that does not open the door: 401, and 403 where only this deed is not granted. `code`: a Reason."""

    status = 401
    title = "令牌不能用"

    def __init__(self, reason: Reason, deed: Deed) -> None:
        super().__init__(_SAID[reason].format(deed=deed.label))
        self.code = reason.value
        if reason == Reason.DEED:
            self.status, self.title = 403, "没有开通这项"


@dataclass(frozen=True, slots=True)
class Caller:
    """`scope`: of the system's account, 窗口人员 of its one department."""

    client: Client
    scope: ViewerScope
    token: Token


def caller_of(secret: str, *, deed: Deed, now: dt.datetime | None = None) -> Caller:
    """The system whose token it is, if it may do that deed at that moment.

    Raises CallerRefused, and counts it (`refusing`). Writes the day of the last use, once a day. 2 queries, on the first
    call of a day 3.
    """
    now = now or clock.now()
    deed = Deed(deed)
    token = _token(secret)
    reason = _reason_against(token, deed, now)
    if token is None or reason is not None:
        refusal_count(token, reason or Reason.UNKNOWN, now=now)
        raise CallerRefused(reason or Reason.UNKNOWN, deed)
    today = clock.day_of(now)
    if token.last_used_on is None or token.last_used_on < today:
        _used_on(token, today)
    return Caller(client=token.client, scope=scope_of(token.client.account), token=token)


def _token(secret: str) -> Token | None:
    """By digest: nothing of a secret is compared character by character, so that timing tells nothing. 1 query."""
    if not secret or len(secret) > LONGEST:
        return None
    found = prepared.objects_of("token", digest_of(secret), shape=None, build=_with_digest)
    return found[0] if found else None


def _with_digest(digest: str) -> QuerySet[Token]:
    rows = Token.objects.select_related("client__account", "client__department")
    return rows.filter(digest=digest).order_by()


def _reason_against(token: Token | None, deed: Deed, now: dt.datetime) -> Reason | None:
    if token is None:
        return Reason.UNKNOWN
    client = token.client
    # In the order of what a caller can do about it; a deed is told last, to who has a valid token alone.
    checks = (
        (token.revoked_at is not None, Reason.REVOKED),
        (token.expires_at <= now, Reason.EXPIRED),
        (not client.is_open or not client.account.is_active, Reason.OFF),
        (not client.department.is_active, Reason.DEPARTMENT),
        (deed not in client.deeds, Reason.DEED),
    )
    return next((reason for is_so, reason in checks if is_so), None)


def _used_on(token: Token, day: dt.date) -> None:
    """To the day alone, and by one of several calls that come first."""
    earlier = Q(last_used_on__isnull=True) | Q(last_used_on__lt=day)
    Token.objects.filter(earlier, pk=token.pk).update(last_used_on=day)
