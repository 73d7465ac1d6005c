"""One deed for each kind that concerns messages and feeds to other systems, as `deeds` has them for the others."""

from collections.abc import Callable

from django.test import override_settings

from caselib.audit.actions import Action
from caselib.connect.feeds.services import feed_issue, feed_revoke
from caselib.connect.hooks.models import Delivery, Hook
from caselib.connect.hooks.services import delivery_replay, hook_create, hook_rekey, hook_save, hook_switch, hook_test
from caselib.orgs.scope import ViewerScope
from tests import factories

from .deeds import PHONE
from .deeds_of_systems import administrator

HOSTS = frozenset({"receiver.example"})


def _hook() -> tuple[Hook, ViewerScope]:
    client, _ = factories.system()
    scope = administrator(client)
    with override_settings(CASELIB_HOOK_HOSTS=HOSTS):
        address = f"https://receiver.example/{PHONE}"
        return hook_create(client, scope=scope, address=address, events=["changed"])[0], scope


def _saved() -> None:
    hook, scope = _hook()
    with override_settings(CASELIB_HOOK_HOSTS=HOSTS):
        address = f"https://receiver.example/?t={PHONE}"
        hook_save(hook, scope=scope, address=address, events=["withdrawn"], seen=hook.mark)


def _switched() -> None:
    hook, scope = _hook()
    hook_switch(hook, scope=scope, active=False)


def _rekeyed() -> None:
    hook, scope = _hook()
    hook_rekey(hook, scope=scope)


def _tested() -> None:
    hook, scope = _hook()
    hook_test(hook, scope=scope)


def _replayed() -> None:
    hook, scope = _hook()
    made = hook_test(hook, scope=scope)
    Delivery.objects.update(state=Delivery.State.FAILED, error=PHONE)
    delivery_replay(made, scope=scope)


def _feed_issued():
    client, _ = factories.system()
    scope = administrator(client)
    return feed_issue(client, scope=scope)[0], scope


def _feed_revoked() -> None:
    address, scope = _feed_issued()
    feed_revoke(address, scope=scope)


HOOKS: dict[Action, Callable[[], object]] = {
    Action.HOOK_CREATED: _hook,
    Action.HOOK_SAVED: _saved,
    Action.HOOK_SWITCHED: _switched,
    Action.HOOK_REKEYED: _rekeyed,
    Action.HOOK_TESTED: _tested,
    Action.HOOK_REPLAYED: _replayed,
    Action.FEED_ISSUED: _feed_issued,
    Action.FEED_REVOKED: _feed_revoked,
}
