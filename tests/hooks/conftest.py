"""Fixtures of messages to other systems: a receiver, a system of a hall, and an address of it."""

import pytest

from caselib.connect.clients.models import Client
from caselib.connect.hooks.models import Event, Hook
from caselib.connect.hooks.services import hook_create
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope, scope_of
from tests import factories

from .receiver import receiving


@pytest.fixture
def receiver(tmp_path, settings):
    with receiving(tmp_path) as made:
        settings.CASELIB_HOOK_HOSTS = frozenset({made.host})
        settings.CASELIB_HOOK_CA = str(tmp_path / "receiver.pem")
        settings.CASELIB_HOOK_TIMEOUT = 5.0
        yield made


@pytest.fixture
def hall():
    return factories.department()


@pytest.fixture
def system(hall) -> Client:
    return factories.system(within=hall)[0]


@pytest.fixture
def keeper(system) -> ViewerScope:
    """Who looks after the system."""
    return scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=system.department))


@pytest.fixture
def hooked(system, keeper, receiver):
    """Makes an address of the system; `hooked()` gives the row, its `plain` is the secret."""

    def make(events=tuple(Event), **values) -> Hook:
        hook, secret = hook_create(
            system, scope=keeper, address=values.pop("address", receiver.address), events=events, **values
        )
        hook.plain = secret
        return hook

    return make
