"""What there is to tell an address: read from the audit trail by key, so that no lower package has to call up here.

The trail is written in the transaction of the deed, and its writers stand in line (audit.AuditHead): a key that can be read is
followed by higher ones only. So one mark for each address loses nothing, whatever is killed and whenever it is.

An event only says which precedent has to be looked at again. What is told is decided when it is sent (telling.py).
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.precedents.models import Precedent, Revision

from .models import Delivery, Hook, Known, Paused
from .telling import scope_for, within

# Deeds that change what readers see of a precedent, by what they were recorded at.
OF_PRECEDENT = (
    Action.PRECEDENT_RETIRED,
    Action.PRECEDENT_WITHHELD,
    Action.PRECEDENT_RESTORED,
    Action.PRECEDENT_DOUBTED,
    Action.PRECEDENT_VERIFIED,
    Action.PRECEDENT_RESORTED,
    Action.TIER_SET,
)
TOLD = (*OF_PRECEDENT, Action.REVISION_APPROVED, Action.PRECEDENTS_IMPORTED)
BATCH = 500


def newest_event() -> int:
    """The key of the last event, 0 for none. 1 query."""
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def hook_gather(hook: Hook, *, now: dt.datetime) -> int:
    """Makes messages of the next events of the trail and moves the mark, both or neither. Returns how many events it read.

    A mark that another process moved meanwhile is left alone. Writes Delivery, Hook; 4 to 7 queries for 500 events.
    """
    newest = newest_event()
    if newest <= hook.read_event:
        return 0
    events = list(
        AuditEvent.objects.filter(pk__gt=hook.read_event, pk__lte=newest, action__in=TOLD).order_by("pk")[:BATCH]
    )
    upto = events[-1].pk if len(events) == BATCH else newest
    pairs = _about(events)
    with transaction.atomic():
        won = Hook.objects.filter(pk=hook.pk, read_event=hook.read_event, paused=Paused.NO).update(read_event=upto)
        if won:
            _deliver(hook, pairs, now=now)
    hook.refresh_from_db(fields=["read_event", "paused"])
    return len(events) if won else 0


def _about(events: Sequence[AuditEvent]) -> list[tuple[int, int]]:
    """(event, precedent), in the order of the trail, each pair once."""
    approved = [int(event.object_id) for event in events if event.action == Action.REVISION_APPROVED]
    of_text = dict(Revision.objects.filter(pk__in=approved).values_list("pk", "precedent_id"))
    codes = {code for event in events for code in _codes(event)}
    by_code = dict(Precedent.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
    pairs: list[tuple[int, int | None]] = []
    for event in events:
        if event.action == Action.REVISION_APPROVED:
            pairs.append((event.pk, of_text.get(int(event.object_id))))
        elif event.action == Action.PRECEDENTS_IMPORTED:
            pairs += [(event.pk, by_code.get(code)) for code in _codes(event)]
        else:
            pairs.append((event.pk, int(event.object_id)))
    known = set(Precedent.objects.filter(pk__in={pk for _, pk in pairs if pk}).values_list("pk", flat=True))
    return [(event, pk) for event, pk in dict.fromkeys(pairs) if pk in known]


def _codes(event: AuditEvent) -> Sequence[str]:
    if event.action != Action.PRECEDENTS_IMPORTED or not event.after.get("published"):
        return ()
    return event.after.get("codes", ())


def _deliver(hook: Hook, pairs: Iterable[tuple[int, int]], *, now: dt.datetime) -> None:
    rows = [Delivery(hook=hook, event=event, precedent_id=pk, made_at=now) for event, pk in pairs]
    # Once for each event and address, whoever else reads the same part of the trail.
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


@transaction.atomic
def hook_sweep(hook: Hook, *, now: dt.datetime) -> int:
    """Makes messages of what no event tells: a department that moved, an account with another role, an import of more than the
    thousand precedents that its event names. Returns how many. Compares the library with what the system knows.

    Writes Delivery; 4 queries.
    """
    visible = visible_for(hook)
    waiting = Delivery.objects.filter(hook=hook, precedent=OuterRef("precedent"), state=Delivery.State.WAITING)
    gone = Known.objects.filter(~Exists(visible.filter(pk=OuterRef("precedent"))), ~Exists(waiting), hook=hook)
    known = Known.objects.filter(hook=hook, precedent=OuterRef("pk"))
    told = Delivery.objects.filter(hook=hook, precedent=OuterRef("pk"), state=Delivery.State.WAITING)
    new = within(visible, hook).filter(~Exists(known), ~Exists(told))
    pks = {*gone.order_by().values_list("precedent", flat=True), *new.order_by().values_list("pk", flat=True)}
    event = newest_event()
    _deliver(hook, [(event, pk) for pk in sorted(pks)], now=now)
    return len(pks)


def visible_for(hook: Hook) -> QuerySet[Precedent]:
    """What the system may find now, of any matter. 1 query for its scope."""
    return Precedent.objects.visible_to(scope_for(hook)).findable().filter(live_revision__isnull=False)


def known_seed(hook: Hook) -> int:
    """Notes what is there when a system subscribes: it may have read it before, and has to hear when it goes. 2 queries and 1
    for each 2,000."""
    rows = within(visible_for(hook), hook).order_by().values_list("pk", flat=True)
    made = Known.objects.bulk_create(
        [Known(hook=hook, precedent_id=pk) for pk in rows], ignore_conflicts=True, batch_size=2000
    )
    return len(made)
