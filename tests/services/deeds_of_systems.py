"""One deed for each kind that concerns connected systems, as `deeds` has them for the others."""

from collections.abc import Callable

import pytest

from caselib.audit.actions import Action
from caselib.connect.clients.calling import CallerRefused, caller_of
from caselib.connect.clients.models import Client, Deed
from caselib.connect.clients.services import client_save, client_switch, token_issue, token_revoke, token_rotate
from caselib.core.errors import RuleBroken
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope, scope_of
from tests import factories

from .deeds import planted


def administrator(client: Client) -> ViewerScope:
    return scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=client.department))


def _system() -> tuple[Client, ViewerScope]:
    client, _ = factories.system()
    return client, administrator(client)


def _saved() -> None:
    client, scope = _system()
    change = {"scope": scope, "per_minute": 60, "lock_version": 0}
    with pytest.raises(RuleBroken):
        client_save(client, deeds=[Deed.READ], note=planted(), **change)
    # A name that something gives away is let in here, and masked in the trail.
    client_save(client, deeds=[Deed.READ], note="对接人王芳女士", **change)


def _switched() -> None:
    client, scope = _system()
    client_switch(client, scope=scope, active=False)


def _issued() -> None:
    client, scope = _system()
    token_issue(client, scope=scope)


def _rotated() -> None:
    client, scope = _system()
    token_rotate(client.tokens.get(), scope=scope)


def _revoked() -> None:
    client, scope = _system()
    token_revoke(client.tokens.get(), scope=scope)


def _refused() -> None:
    with pytest.raises(CallerRefused):
        caller_of(planted("clt_"), deed=Deed.READ)


SYSTEMS: dict[Action, Callable[[], object]] = {
    Action.CLIENT_CREATED: _system,
    Action.CLIENT_SAVED: _saved,
    Action.CLIENT_SWITCHED: _switched,
    Action.TOKEN_ISSUED: _issued,
    Action.TOKEN_ROTATED: _rotated,
    Action.TOKEN_REVOKED: _revoked,
    Action.TOKEN_REFUSED: _refused,
}
