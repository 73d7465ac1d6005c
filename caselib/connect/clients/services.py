"""Writes of systems and their tokens. Each is atomic, asks for permission and leaves one event without any secret."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.audit.words import kept
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.ids import new_code
from caselib.core.words import line_checked, name_checked, word_key
from caselib.orgs.models import Department, Role, User
from caselib.orgs.scope import ViewerScope
from caselib.orgs.services import membership_grant, system_account_create

from .access import blocks, may_create, may_revoke, may_switch_on, may_tend
from .models import Client, Deed, Token
from .secrets_kept import digest_of, new_secret, prefix_of

NAME_LENGTH = 64
NOTE_LENGTH = 200
# A token that nobody changes for longer is forgotten in some file.
MOST_DAYS = 730
MOST_HOURS = 7 * 24
MOST_VALID = 10
MOST_PER_MINUTE = 6_000
STALE = "您打开之后，有人先改了这个对接系统，没有存。看看现在的内容再改。"


@transaction.atomic
def client_create(
    name: str,
    *,
    scope: ViewerScope,
    department: Department,
    deeds: Iterable[str],
    per_minute: int = 600,
    note: str = "",
    now: dt.datetime | None = None,
) -> Client:
    """登记对接系统: with an account of its own, 窗口人员 of that department alone, that nobody signs in with.

    Raises RuleBroken (fields name, deeds, per_minute, note), also for a taken name and a department that is switched off;
    NotAllowed, NotVisible. Writes Client, User, Membership, AuditEvent client.created, account.created and
    account.membership_granted.
    """
    may_create(scope, department).require()
    name = name_checked(name, most=NAME_LENGTH, label="名称")
    values = _checked(deeds=deeds, per_minute=per_minute, note=note)
    if not Department.objects.filter(pk=department.pk, is_active=True).exists():
        raise RuleBroken(gettext("这个部门已经停用，没有登记。"), code="department_closed", field="department")
    if any(word_key(other) == word_key(name) for other in Client.objects.values_list("name", flat=True)):
        raise RuleBroken(
            gettext("这个名称已经有了，没有登记。换一个名称，比如加上部门。"), code="name_taken", field="name"
        )
    actor = _person(scope)
    code = new_code()
    account = system_account_create(username=f"system-{code}", display_name=name, actor=actor)
    membership_grant(user=account, department=department, role=Role.WINDOW, actor=actor)
    client = Client.objects.create(
        code=code,
        name=name,
        account=account,
        department=department,
        made_at=now or clock.now(),
        made_by=actor,
        **values,
    )
    record(Action.CLIENT_CREATED, client, actor=actor, after=kept({"department": department.name, **values}))
    return client


@transaction.atomic
def client_save(
    client: Client,
    *,
    scope: ViewerScope,
    deeds: Iterable[str],
    per_minute: int,
    note: str,
    lock_version: int,
) -> Client:
    """Changes what the system may do, how often it may ask, and the note; its name stays, because the trail names it.

    Saving what is there writes nothing. Raises RuleBroken, NotAllowed, StaleState. Writes AuditEvent client.saved.
    """
    may_tend(scope, client).require()
    values = _checked(deeds=deeds, per_minute=per_minute, note=note)
    client = _held(client)
    before = {name: getattr(client, name) for name in values}
    if before == values:
        return client
    if client.lock_version != lock_version:
        raise StaleState(STALE)
    _written(client, **values)
    record(Action.CLIENT_SAVED, client, actor=_person(scope), before=kept(before), after=kept(values))
    return client


@transaction.atomic
def client_switch(client: Client, *, scope: ViewerScope, active: bool) -> Client:
    """Switches the system off or on; its tokens stay. Off by the security administrator needs the same to come on again.

    Twice the same writes nothing. Raises NotAllowed, NotVisible. Writes AuditEvent client.switched.
    """
    client = _held(client)
    if active:
        if client.is_open:
            return client
        may_switch_on(scope, client).require()
        values = {"is_blocked": False} if client.is_blocked else {"is_active": True}
    else:
        may_revoke(scope, client).require()
        values = {"is_blocked": True} if blocks(scope, client) else {"is_active": False}
    before = {name: getattr(client, name) for name in values}
    if before == values:
        return client
    _written(client, **values)
    record(Action.CLIENT_SWITCHED, client, actor=_person(scope), before=before, after=values)
    return client


@transaction.atomic
def token_issue(
    client: Client, *, scope: ViewerScope, days: int = 365, now: dt.datetime | None = None
) -> tuple[Token, str]:
    """Makes a token. Returns (token, secret); the secret is told here and never again.

    Raises RuleBroken (field days) for no time or more than two years, for a tenth valid one and for a system that is
    switched off; NotAllowed, NotVisible. Writes Token, AuditEvent client.token_issued.
    """
    may_tend(scope, client).require()
    now = now or clock.now()
    token, secret = _made(_held(client), days=days, now=now, actor=_person(scope))
    record(Action.TOKEN_ISSUED, token, actor=token.made_by, after=_told(token))
    return token, secret


@transaction.atomic
def token_rotate(
    token: Token, *, scope: ViewerScope, hours: int = 24, days: int = 365, now: dt.datetime | None = None
) -> tuple[Token, str]:
    """Makes a new token in the place of one that stays valid for so many hours more, never longer than before.

    Returns (new token, secret). Raises RuleBroken for a token that is over already, and as `token_issue`. Writes Token,
    AuditEvent client.token_rotated.
    """
    may_tend(scope, token.client).require()
    now = now or clock.now()
    if not 0 <= hours <= MOST_HOURS:
        raise RuleBroken(
            gettext("旧令牌再用 0 到 {most_hours} 小时，没有更换。").format(most_hours=MOST_HOURS),
            code="bad_hours",
            field="hours",
        )
    client = _held(token.client)
    token = _held_token(token)
    if not token.is_valid(now):
        raise RuleBroken(gettext("这个令牌已经失效，不用更换。直接发一个新的。"), code="token_over", field="token")
    if hours:
        token.expires_at = min(token.expires_at, now + dt.timedelta(hours=hours))
    else:
        token.revoked_at = now
    token.save(update_fields=["expires_at", "revoked_at"])
    new, secret = _made(client, days=days, now=now, actor=_person(scope))
    record(Action.TOKEN_ROTATED, new, actor=new.made_by, before=_told(token), after=_told(new))
    return new, secret


@transaction.atomic
def token_revoke(token: Token, *, scope: ViewerScope, now: dt.datetime | None = None) -> Token:
    """Takes a token away at once, for good; twice writes nothing. Raises NotVisible. Writes AuditEvent client.token_revoked."""
    may_revoke(scope, token.client).require()
    token = _held_token(token)
    if token.revoked_at is not None:
        return token
    token.revoked_at = now or clock.now()
    token.save(update_fields=["revoked_at"])
    record(Action.TOKEN_REVOKED, token, actor=_person(scope), after=_told(token))
    return token


def _made(client: Client, *, days: int, now: dt.datetime, actor: User | None) -> tuple[Token, str]:
    if not 1 <= days <= MOST_DAYS:
        raise RuleBroken(
            gettext("有效期写 1 到 {most_days} 天（两年），没有发放。").format(most_days=MOST_DAYS),
            code="bad_days",
            field="days",
        )
    if not client.is_open:
        raise RuleBroken(gettext("这个系统已经停用，没有发放。先启用，再发令牌。"), code="client_off", field="days")
    if client.tokens.filter(revoked_at=None, expires_at__gt=now).count() >= MOST_VALID:
        raise RuleBroken(
            gettext("有效的令牌已经有 {most_valid} 个，没有发放。先吊销不用的。").format(most_valid=MOST_VALID),
            code="too_many",
            field="days",
        )
    secret = new_secret()
    token = Token.objects.create(
        client=client,
        prefix=prefix_of(secret),
        digest=digest_of(secret),
        made_at=now,
        made_by=actor,
        expires_at=now + dt.timedelta(days=days),
    )
    return token, secret


def _checked(*, deeds: Iterable[str], per_minute: int, note: str) -> dict[str, object]:
    wanted = set(deeds)
    if not wanted or wanted - set(Deed.values):
        raise RuleBroken(gettext("至少勾一项它要做的事。没有存。"), code="no_deeds", field="deeds")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise RuleBroken(
            gettext("每分钟次数写 1 到 {most_per_minute}，没有存。").format(most_per_minute=MOST_PER_MINUTE),
            code="bad_rate",
            field="per_minute",
        )
    return {
        # In the order of the list, so that the same deeds are the same value.
        "deeds": [deed for deed in Deed.values if deed in wanted],
        "per_minute": per_minute,
        "note": line_checked(note, most=NOTE_LENGTH, label="说明", field="note"),
    }


def _held(client: Client) -> Client:
    """The row, held until the transaction ends: two presses make one after the other."""
    held = Client.objects.select_for_update().filter(pk=client.pk).first()
    if held is None:
        raise NotVisible()
    return held


def _held_token(token: Token) -> Token:
    held = Token.objects.select_for_update().filter(pk=token.pk).first()
    if held is None:
        raise NotVisible()
    return held


def _written(client: Client, **values: object) -> None:
    Client.objects.filter(pk=client.pk).update(lock_version=F("lock_version") + 1, **values)
    client.refresh_from_db()


def _person(scope: ViewerScope) -> User | None:
    return User.objects.filter(pk=scope.user_id).first()


def _told(token: Token) -> dict[str, str]:
    return {"prefix": token.prefix, "expires_at": token.expires_at.isoformat()}
