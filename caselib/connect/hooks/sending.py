"""Sends what waits: one sender for each address at a time, the messages about one precedent in their order.

Before a message goes, who sends holds a lease on the address; after it, the row is marked by compare-and-swap. What dies in
between is sent again with the same id, so that a receiver can tell; nothing is sent by two at once, and nothing is lost.
Moments are compared so that a clock that was set back keeps nobody waiting longer than the longest pause.
"""

import datetime as dt
import logging
import random
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.connect.acting import may_act
from caselib.connect.clients.models import Deed
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.core.ids import new_code

from .gathering import BATCH, hook_gather, hook_sweep
from .models import TEST, Delivery, Event, Hook, Known, Paused
from .sealing import NoKeyOpens, is_sealed_with_first, seal, signature_of, unseal
from .telling import Message, message_for
from .wire import Unreachable, post

logger = logging.getLogger(__name__)

# Longer than any message may take: one that is sent is sent by its owner or given up by the clock of wire.py.
LEASE = dt.timedelta(seconds=90)
# The first pause after a failure; each next one is twice as long, up to the last.
PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=30), dt.timedelta(hours=6)
JITTER = 0.25
# Attempts of one message, some 14 hours; and failures in a row after which an address is left alone.
ATTEMPTS = 12
FAILURES = 15
# Messages of one address in one turn, so that one that is far behind keeps no other waiting.
TURN = 50
_GONE = 410
# Answers that say that nobody is there to read just now: other messages would fare no better.
_LATER = {408, 425, 429}


@dataclass(slots=True)
class Tally:
    """What became of the messages of a turn."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0

    @property
    def done(self) -> int:
        return self.sent + self.dropped


def hooks_send(*, sweep: bool = False) -> Tally:
    """Reads the trail for every address that is not paused, and sends what is due. `sweep`: compares the library as well.

    Never raises for what a receiver does. Writes Delivery, Hook, Known; AuditEvent hook.switched where one is paused.
    """
    tally = Tally()
    now = clock.now()
    rows = Hook.objects.filter(paused=Paused.NO).select_related("client__account", "client__department", "matter")
    for hook in rows.order_by("pk"):
        # Of a system that was switched off everything waits, and comes when it is switched on again.
        if not may_act(hook.client, deed=Deed.HOOKS):
            continue
        while hook_gather(hook, now=now) >= BATCH:
            pass
        if sweep:
            hook_sweep(hook, now=now)
        if _is_due(hook.due_at, now):
            _send_all(hook, tally)
    return tally


def _is_due(at: dt.datetime | None, now: dt.datetime) -> bool:
    """A moment further ahead than any pause is one of a clock that was set back since."""
    return at is None or at <= now or at > now + LONGEST_PAUSE * (1 + JITTER)


def _send_all(hook: Hook, tally: Tally) -> None:
    lease = new_code()
    if not _leased(hook, lease):
        return
    try:
        left = TURN
        while left and (keys := _waiting(hook)[:left]):
            left -= len(keys)
            for pk in keys:
                # Renewed for each message; lost when this process slept and another one went on.
                if not _leased(hook, lease) or not _send_one(pk, tally):
                    return
    finally:
        Hook.objects.filter(pk=hook.pk, lease=lease).update(lease="", leased_until=None)


def _leased(hook: Hook, lease: str) -> bool:
    """Takes or renews the lease; False while somebody else holds it, or the address was paused meanwhile. 1 query."""
    now = clock.now()
    # One far ahead is of a clock that was set back since. One that is ahead by less is of somebody who took it after this
    # process looked at the clock, and is at work.
    set_back = Q(leased_until__gt=now + 2 * LEASE)
    free = Q(lease=lease) | Q(leased_until__isnull=True) | Q(leased_until__lte=now) | set_back
    mine = Hook.objects.filter(free, pk=hook.pk, paused=Paused.NO)
    return bool(mine.update(lease=lease, leased_until=now + LEASE))


def _waiting(hook: Hook) -> list[int]:
    """The oldest messages that are due and have none about the same precedent before them. 1 query."""
    now = clock.now()
    waiting = Delivery.objects.filter(hook=hook, state=Delivery.State.WAITING)
    earlier = waiting.filter(precedent=OuterRef("precedent"), pk__lt=OuterRef("pk"))
    # As `_is_due` has it.
    due = Q(due_at__isnull=True) | Q(due_at__lte=now) | Q(due_at__gt=now + LONGEST_PAUSE * (1 + JITTER))
    return list(waiting.filter(due, ~Exists(earlier)).order_by("pk").values_list("pk", flat=True)[:TURN])


def _send_one(pk: int, tally: Tally) -> bool:
    """Sends one message and notes what came of it. False where the address has to be left alone for now."""
    delivery = Delivery.objects.select_related(
        "hook__client__account", "hook__client__department", "hook__matter", "precedent"
    ).get(pk=pk)
    if delivery.state != Delivery.State.WAITING:
        return True
    now = clock.now()
    message = message_for(delivery, now=now)
    if message is None or (message.kind != TEST and message.kind not in delivery.hook.events):
        tally.dropped += _dropped(delivery, message, now=now)
        return True
    try:
        secret = _secret_of(delivery.hook)
    except NoKeyOpens:
        hook_pause(delivery.hook, Paused.SEALED)
        return False
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "caselib-hooks/1",
        "Caselib-Event": message.kind,
        "Caselib-Delivery": delivery.code,
        "Caselib-Signature": signature_of(message.body, secret=secret, at=int(now.timestamp())),
    }
    _announced(delivery, message)
    answer, error = None, ""
    try:
        answer = post(delivery.hook.address, message.body, headers=headers)
    except (Unreachable, RuleBroken) as why:
        error = str(why)
    return _noted(delivery, message, answer, error, tally)


def _secret_of(hook: Hook) -> str:
    """The secret; sealed with an older key, it is sealed anew, so that the older key may go."""
    secret = unseal(hook.secret)
    if not is_sealed_with_first(hook.secret):
        Hook.objects.filter(pk=hook.pk, secret=hook.secret).update(secret=seal(secret))
    return secret


def _noted(delivery: Delivery, message: Message, answer: int | None, error: str, tally: Tally) -> bool:
    now = clock.now()
    if answer is not None and 200 <= answer < 300:
        tally.sent += _sent(delivery, message, answer, now=now)
        return True
    tally.failed += 1
    if answer == _GONE:
        _failed(delivery, message, answer, Paused.GONE.label, now=now, for_good=True)
        hook_pause(delivery.hook, Paused.GONE)
        return False
    if answer is not None and 300 <= answer < 400:
        error = f"对方回答 {answer}，要转到别的地址。不跟着转，请把地址改成最后那个。"
    _failed(delivery, message, answer, error or f"对方回答 {answer}。", now=now)
    # A message that was refused says nothing about the next one; an address where nobody is does.
    if answer is not None and answer < 500 and answer not in _LATER:
        return True
    failures = delivery.hook.failures + 1
    Hook.objects.filter(pk=delivery.hook_id).update(failures=F("failures") + 1, due_at=now + pause_after(failures))
    if failures >= FAILURES:
        hook_pause(delivery.hook, Paused.FAILING)
    return False


def pause_after(failures: int) -> dt.timedelta:
    """How long to wait after so many failures in a row: doubled each time, a quarter more or less by chance, so that not
    everything that failed together comes back together."""
    pause = min(PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE)
    return pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (no secret)


def _mine(delivery: Delivery) -> QuerySet[Delivery]:
    """The row as it was read: who was slower than another process writes nothing."""
    return Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, attempts=delivery.attempts)


@transaction.atomic
def _announced(delivery: Delivery, message: Message) -> None:
    """Notes before sending what is sent: whoever dies before the answer must not forget that the system may know by now."""
    _mine(delivery).update(kind=message.kind)
    if delivery.precedent_id is not None and message.kind != Event.WITHDRAWN:
        Known.objects.get_or_create(hook_id=delivery.hook_id, precedent_id=delivery.precedent_id)


@transaction.atomic
def _sent(delivery: Delivery, message: Message, answer: int, *, now: dt.datetime) -> int:
    won = _mine(delivery).update(
        state=Delivery.State.SENT,
        kind=message.kind,
        attempts=F("attempts") + 1,
        answer=answer,
        error="",
        due_at=None,
        done_at=now,
    )
    if won:
        _known(delivery, message)
        Hook.objects.filter(pk=delivery.hook_id).update(failures=0, due_at=None)
    return won


@transaction.atomic
def _dropped(delivery: Delivery, message: Message | None, *, now: dt.datetime) -> int:
    """Nothing to tell, or not asked for: what the system may see counts as known to it all the same."""
    kind = message.kind if message else ""
    won = _mine(delivery).update(state=Delivery.State.DROPPED, kind=kind, done_at=now, due_at=None)
    if won and message is not None:
        _known(delivery, message)
    return won


def _known(delivery: Delivery, message: Message) -> None:
    if delivery.precedent_id is None:
        return
    if message.kind == Event.WITHDRAWN:
        Known.objects.filter(hook=delivery.hook_id, precedent=delivery.precedent_id).delete()
        return
    Known.objects.update_or_create(
        hook_id=delivery.hook_id, precedent_id=delivery.precedent_id, defaults={"digest": message.digest}
    )


def _failed(
    delivery: Delivery, message: Message, answer: int | None, error: str, *, now: dt.datetime, for_good: bool = False
) -> None:
    attempts = delivery.attempts + 1
    gives_up = for_good or attempts >= ATTEMPTS
    _mine(delivery).update(
        state=Delivery.State.FAILED if gives_up else Delivery.State.WAITING,
        kind=message.kind,
        attempts=attempts,
        answer=answer,
        error=error[:200],
        due_at=None if gives_up else now + pause_after(attempts),
        done_at=now if gives_up else None,
    )


@transaction.atomic
def hook_pause(hook: Hook, why: Paused) -> None:
    """Leaves an address alone; what waits stays and goes out when somebody lets it go on. Writes AuditEvent hook.switched."""
    if Hook.objects.filter(pk=hook.pk, paused=Paused.NO).update(paused=why, paused_at=clock.now()):
        record(Action.HOOK_SWITCHED, hook, actor=None, before={"paused": ""}, after={"paused": str(why)})
