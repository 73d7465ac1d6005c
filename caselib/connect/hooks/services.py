"""Writes of addresses that messages go to. Each is atomic, asks for permission and leaves one event without secret or address."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.models import Matter
from caselib.connect.acting import may_act
from caselib.connect.clients.access import may_revoke, may_tend
from caselib.connect.clients.models import Client, Deed
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from .gathering import known_seed, newest_event
from .models import TEST, Delivery, Event, Hook, Paused
from .sealing import new_secret, seal
from .wire import target_of

MOST_HOOKS = 10
# A receiver that fails is tried by hand as often as somebody likes, but not a thousand times at once.
MOST_TESTS = 5


@transaction.atomic
def hook_create(
    client: Client,
    *,
    scope: ViewerScope,
    address: str,
    events: Iterable[str],
    matter: Matter | None = None,
    now: dt.datetime | None = None,
) -> tuple[Hook, str]:
    """登记推送地址. Returns (hook, secret); the secret is told here and never again. It is told of what happens from now on;
    what it may see already counts as known, so that it hears when that goes.

    Raises RuleBroken (fields address, events), also for a system without the deed and for an eleventh address; NotAllowed,
    NotVisible. Writes Hook, Known, AuditEvent hook.created.
    """
    may_tend(scope, client).require()
    client = _held(client)
    if not may_act(client, deed=Deed.HOOKS):
        message = "这个系统停用了，或者没有开通“接收推送”，没有登记。先在对接系统里勾上。"
        raise RuleBroken(message, code="deed", field="address")
    address = clean(address).strip()
    target_of(address)
    wanted = events_checked(events)
    if client.hooks.count() >= MOST_HOOKS:
        raise RuleBroken(
            gettext("一个系统最多 {most_hooks} 个推送地址，没有登记。").format(most_hooks=MOST_HOOKS),
            code="too_many",
            field="address",
        )
    secret = new_secret()
    values = {"address": address, "events": wanted, "matter": matter, "secret": seal(secret)}
    hook = _made(client, values, now=now or clock.now(), person=_person(scope))
    record(Action.HOOK_CREATED, hook, actor=hook.made_by, after=_told(hook))
    return hook, secret


def _made(client: Client, values: dict[str, Any], *, now: dt.datetime, person: User | None) -> Hook:
    """The row, with what the system may see by now. The mark is read before those rows: what happens in between is told once
    more, and dropped where nothing changed."""
    mark = newest_event()
    try:
        with transaction.atomic():
            hook = Hook.objects.create(client=client, read_event=mark, made_at=now, made_by=person, **values)
    except IntegrityError as error:
        message = "这个地址已经登记过了，没有再登记。要换密钥，在那一条里换。"
        raise RuleBroken(message, code="taken", field="address") from error
    known_seed(hook)
    return hook


def events_checked(events: Iterable[str]) -> list[str]:
    """In the order of the list. Raises RuleBroken for none or an unknown one."""
    wanted = set(events)
    if not wanted or wanted - set(Event.values):
        raise RuleBroken(gettext("至少勾一类要推送的变化。没有存。"), code="no_events", field="events")
    return [event for event in Event.values if event in wanted]


@transaction.atomic
def hook_save(hook: Hook, *, scope: ViewerScope, address: str, events: Iterable[str], seen: str) -> Hook:
    """Changes where and of what it is told; saving what is there writes nothing. `seen`: the mark of what was read.

    Raises RuleBroken, StaleState where somebody changed it since, NotAllowed, NotVisible. Writes Hook, AuditEvent hook.saved.
    """
    may_tend(scope, hook.client).require()
    address = clean(address).strip()
    target_of(address)
    wanted, hook = events_checked(events), _held_hook(hook)
    if (hook.address, hook.events) == (address, wanted):
        return hook
    if seen != hook.mark:
        said = gettext("您打开之后，有人先把它改了，现在送到 {address}。没有存，写的都在；还要改就再存一次。")
        raise StaleState(said.format(address=hook.address))
    before = _told(hook) | {"moved": False}
    moved = hook.address != address
    hook.address, hook.events = address, wanted
    try:
        with transaction.atomic():
            hook.save(update_fields=["address", "events"])
    except IntegrityError as error:
        raise RuleBroken(gettext("这个地址已经登记过了，没有存。"), code="taken", field="address") from error
    record(Action.HOOK_SAVED, hook, actor=_person(scope), before=before, after=_told(hook) | {"moved": moved})
    return hook


@transaction.atomic
def hook_switch(hook: Hook, *, scope: ViewerScope, active: bool, now: dt.datetime | None = None) -> Hook:
    """Stops sending, or lets it go on where it stopped: what happened meanwhile is told then. Twice the same writes nothing.

    Raises NotAllowed, NotVisible. Writes Hook, AuditEvent hook.switched.
    """
    (may_tend if active else may_revoke)(scope, hook.client).require()
    hook = _held_hook(hook)
    if active == (hook.paused == Paused.NO):
        return hook
    before = hook.paused
    hook.paused = Paused.NO if active else Paused.BY_HAND
    hook.paused_at = None if active else now or clock.now()
    hook.failures, hook.due_at = 0, None
    hook.save(update_fields=["paused", "paused_at", "failures", "due_at"])
    if active:
        hook.deliveries.filter(state=Delivery.State.WAITING).update(due_at=None)
    record(
        Action.HOOK_SWITCHED,
        hook,
        actor=_person(scope),
        before={"paused": str(before)},
        after={"paused": str(hook.paused)},
    )
    return hook


@transaction.atomic
def hook_rekey(hook: Hook, *, scope: ViewerScope) -> str:
    """A new secret for signing, in force with the next message; it is told here and never again.

    Raises NotAllowed, NotVisible. Writes Hook, AuditEvent hook.rekeyed.
    """
    may_tend(scope, hook.client).require()
    hook, secret = _held_hook(hook), new_secret()
    hook.secret = seal(secret)
    hook.save(update_fields=["secret"])
    record(Action.HOOK_REKEYED, hook, actor=_person(scope))
    return secret


@transaction.atomic
def hook_test(hook: Hook, *, scope: ViewerScope, now: dt.datetime | None = None) -> Delivery:
    """A message that says nothing but that the way is open; it goes with the next turn of send_hooks.

    Raises StaleState for an address that is paused or has five tests waiting; NotAllowed, NotVisible. Writes Delivery,
    AuditEvent hook.tested.
    """
    may_tend(scope, hook.client).require()
    hook = _held_hook(hook)
    if hook.paused:
        raise StaleState(gettext("这个地址停着，没有试送。先恢复推送。"))
    if hook.deliveries.filter(kind=TEST, state=Delivery.State.WAITING).count() >= MOST_TESTS:
        raise StaleState(gettext("试送的还没送出去，没有再加。看看 send_hooks 有没有在运行。"))
    made = Delivery.objects.create(hook=hook, kind=TEST, made_at=now or clock.now())
    record(Action.HOOK_TESTED, hook, actor=_person(scope), after={"delivery": made.code})
    return made


@transaction.atomic
def delivery_replay(delivery: Delivery, *, scope: ViewerScope) -> Delivery:
    """Sends again what was given up, with the same id; what it says is read anew. One that waits already is left alone.

    Raises StaleState for what arrived or had nothing to tell; NotAllowed, NotVisible. Writes Delivery, AuditEvent
    hook.replayed.
    """
    may_tend(scope, delivery.hook.client).require()
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("hook__client").get(pk=delivery.pk)
    if delivery.state == Delivery.State.WAITING:
        return delivery
    if delivery.state != Delivery.State.FAILED:
        raise StaleState(gettext("这一条已经送到，或者没有要说的，没有重送。"))
    delivery.state, delivery.attempts, delivery.due_at, delivery.done_at = Delivery.State.WAITING, 0, None, None
    delivery.save(update_fields=["state", "attempts", "due_at", "done_at"])
    record(Action.HOOK_REPLAYED, delivery.hook, actor=_person(scope), after={"delivery": delivery.code})
    return delivery


def deliveries_prune(*, older_than: dt.datetime) -> int:
    """Forgets messages that went out or had nothing to tell; what was given up stays, to be seen. Returns how many.

    Writes Delivery; no event, since none of what happened to a precedent is lost.
    """
    over = Delivery.objects.filter(state__in=(Delivery.State.SENT, Delivery.State.DROPPED), done_at__lt=older_than)
    return over.delete()[0]


def _held(client: Client) -> Client:
    held = Client.objects.select_for_update(of=("self",)).select_related("account", "department").filter(pk=client.pk)
    found = held.first()
    if found is None:
        raise NotVisible()
    return found


def _held_hook(hook: Hook) -> Hook:
    found = Hook.objects.select_for_update(of=("self",)).select_related("client").filter(pk=hook.pk).first()
    if found is None:
        raise NotVisible()
    return found


def _person(scope: ViewerScope) -> User | None:
    return User.objects.filter(pk=scope.user_id).first()


def _told(hook: Hook) -> dict[str, object]:
    """The host alone: the way behind it may hold a secret of the other system."""
    return {"host": hook.host, "events": hook.events, "matter": hook.matter.name if hook.matter else ""}
