"""What the pages of connected systems show, prepared for the templates."""

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from caselib.connect.clients.access import may_create, may_switch_on, may_tend
from caselib.connect.clients.models import Client, Deed, Refusal, Token
from caselib.connect.clients.selectors import clients_for_list, departments_to_serve, refusals_of, unknown_tokens_since
from caselib.core import clock
from caselib.orgs.scope import ViewerScope

# A token that ends within so many days is marked: somebody has to change it in another system, too.
_SOON = dt.timedelta(days=30)
_LOOKED_BACK = dt.timedelta(days=30)
_OLD_SHOWN = 20
DAYS = (("90", "90 天"), ("180", "半年"), ("365", "一年"), ("730", "两年"))
HOURS = (("0", "马上失效"), ("24", "1 天"), ("72", "3 天"), ("168", "7 天"))


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SystemLine:
    """`state`: words of what keeps it from calling, empty for none."""

    client: Client
    deeds: tuple[str, ...]
    state: str
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class HomeScreen:
    """`unknown`: calls with tokens that nobody has, in the last 30 days; for the security administrator, else 0."""

    lines: tuple[SystemLine, ...]
    may_create: bool
    unknown: int


@dataclass(frozen=True, slots=True)
class TokenLine:
    """`state`: 有效, 快到期, 已吊销 or 过期."""

    token: Token
    state: str
    is_valid: bool
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class SystemForm:
    """What is typed, or stands. `errors`: sentence by field; `deeds`: what may be ticked."""

    name: str
    note: str
    per_minute: str
    deeds: tuple[Option, ...]
    departments: tuple[Option, ...]
    lock_version: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SystemScreen:
    """`reason`: why the viewer may only take away, empty where he may do all. `secret`: of the token just made, once."""

    client: Client
    state: str
    form: SystemForm
    deeds: tuple[str, ...]
    tokens: tuple[TokenLine, ...]
    refusals: tuple[Refusal, ...]
    reason: str
    switch_reason: str
    newest: int
    days: tuple[Option, ...]
    hours: tuple[Option, ...]
    secret: str = ""
    error: str = ""


def home_screen(scope: ViewerScope, *, now: dt.datetime) -> HomeScreen:
    """2 queries for any number of systems."""
    since = clock.day_of(now - _LOOKED_BACK)
    unknown = sum(row.times for row in unknown_tokens_since(since)) if scope.guards else 0
    lines = tuple(
        SystemLine(client, _labels(client), state_of(client), bool(client.next_end and client.next_end < now + _SOON))
        for client in clients_for_list(scope, now=now)
    )
    return HomeScreen(lines, bool(may_create(scope)), unknown)


def state_of(client: Client) -> str:
    """Why its calls are refused whatever its tokens, in a word; empty where they are not."""
    if client.is_blocked:
        return "安全管理员停用"
    if not client.is_active:
        return "已停用"
    return "" if client.department.is_active else "部门已停用"


def new_form(scope: ViewerScope, typed: QueryDict | None = None, errors: Mapping[str, str] | None = None) -> SystemForm:
    """The form of a new system, with what was typed. 1 query."""
    given = typed or {}
    chosen = typed.getlist("deeds") if typed is not None else [Deed.READ]
    return SystemForm(
        name=given.get("name", ""),
        note=given.get("note", ""),
        per_minute=given.get("per_minute", "600"),
        deeds=_ticks(chosen),
        departments=tuple(
            Option(str(row.pk), row.name, str(row.pk) == given.get("department"))
            for row in departments_to_serve(scope).order_by("name")
        ),
        errors=errors or {},
    )


def system_screen(
    scope: ViewerScope,
    client: Client,
    *,
    now: dt.datetime,
    typed: QueryDict | None = None,
    errors: Mapping[str, str] | None = None,
    **told: Any,
) -> SystemScreen:
    """One system with its tokens. `told`: secret or error of what was just done. 2 queries."""
    tokens = list(client.tokens.select_related("made_by"))
    lines = sorted((_token_line(token, now) for token in tokens), key=lambda line: not line.is_valid)
    valid = [line for line in lines if line.is_valid]
    old = [line for line in lines if not line.is_valid][:_OLD_SHOWN]
    tends, switches = may_tend(scope, client), may_switch_on(scope, client)
    return SystemScreen(
        client=client,
        state=state_of(client),
        form=_form_of(client, typed, errors or {}),
        deeds=_labels(client),
        tokens=(*valid, *old),
        refusals=tuple(refusals_of(client, since=clock.day_of(now - _LOOKED_BACK))[:_OLD_SHOWN]),
        reason="" if tends else tends.reason,
        switch_reason="" if client.is_open or switches else switches.reason,
        newest=max((token.pk for token in tokens), default=0),
        days=_options(DAYS, "365"),
        hours=_options(HOURS, "24"),
        **told,
    )


def _form_of(client: Client, typed: QueryDict | None, errors: Mapping[str, str]) -> SystemForm:
    given = typed or {"note": client.note, "per_minute": str(client.per_minute)}
    return SystemForm(
        name=client.name,
        note=given.get("note", ""),
        per_minute=given.get("per_minute", ""),
        deeds=_ticks(typed.getlist("deeds") if typed is not None else client.deeds),
        departments=(),
        lock_version=client.lock_version,
        errors=errors,
    )


def _token_line(token: Token, now: dt.datetime) -> TokenLine:
    if token.revoked_at is not None:
        return TokenLine(token, "已吊销", is_valid=False, ends_soon=False)
    if not token.is_valid(now):
        return TokenLine(token, "过期", is_valid=False, ends_soon=False)
    soon = token.expires_at < now + _SOON
    return TokenLine(token, "快到期" if soon else "有效", is_valid=True, ends_soon=soon)


def _labels(client: Client) -> tuple[str, ...]:
    return tuple(str(Deed(deed).label) for deed in client.deeds if deed in Deed.values)


def _ticks(chosen: Sequence[str]) -> tuple[Option, ...]:
    return _options([(deed.value, str(deed.label)) for deed in Deed], *chosen)


def _options(of: Sequence[tuple[str, str]], *chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, label, value in chosen) for value, label in of)


def whole(typed: str) -> int:
    """The number that was typed, in any width; -1, which is no such number, for anything else."""
    text = unicodedata.normalize("NFKC", typed[:20]).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
