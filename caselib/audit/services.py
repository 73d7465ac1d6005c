"""The audit trail: one event for each deed, chained by hash so that a changed or missing row shows."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from caselib.core import clock
from caselib.core.middleware import current_trace

from .actions import Action
from .models import AuditEvent, AuditHead

GENESIS = "0" * 64
# A trail without a person: the loader of the starter library, a nightly job.
SYSTEM_NAME = "系统"


def _digest(event: AuditEvent) -> str:
    """The hash of everything in the row but its key and its own hash; `actor` by name, because accounts may go."""
    fields = [
        event.at.isoformat(),
        event.actor_name,
        event.action,
        event.object_type,
        event.object_id,
        event.object_label,
        event.before,
        event.after,
        event.request_id,
        event.ip,
        event.previous_hash,
    ]
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """What the database will give back for these values: hashing the Python values themselves would not verify."""
    return json.loads(json.dumps(values, ensure_ascii=False, cls=DjangoJSONEncoder))


@transaction.atomic
def record(
    action: Action,
    obj: models.Model,
    *,
    actor: Any | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEvent:
    """Appends one event. Call it inside the transaction of the deed, so that both happen or neither does.

    `actor` is a User, or None for the system itself. Writes AuditEvent and AuditHead; 4 queries.
    """
    head = _head()
    event = _event(action, obj, actor=actor, before=before, after=after, previous_hash=head.hash)
    event.save(force_insert=True)
    head.hash = event.hash
    head.save(update_fields=["hash"])
    return event


@transaction.atomic
def record_many(
    action: Action,
    objects: Sequence[models.Model],
    *,
    actor: Any | None = None,
    after: Sequence[dict[str, Any]],
    before: Sequence[dict[str, Any]] | None = None,
) -> None:
    """Appends one event for each object, `before` and `after` in their order. Like `record`, for what one deed does to many.

    Writes AuditEvent and AuditHead; 3 queries and one for each 500.
    """
    if not objects:
        return
    head = _head()
    events = []
    for obj, old, values in zip(objects, before or [{}] * len(objects), after, strict=True):
        events.append(_event(action, obj, actor=actor, before=old, after=values, previous_hash=head.hash))
        head.hash = events[-1].hash
    AuditEvent.objects.bulk_create(events, batch_size=500)
    head.save(update_fields=["hash"])


def _head() -> AuditHead:
    head, _ = AuditHead.objects.select_for_update().get_or_create(id=1, defaults={"hash": GENESIS})
    return head


def _event(
    action: Action,
    obj: models.Model,
    *,
    actor: Any | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    previous_hash: str,
) -> AuditEvent:
    """The event that follows the one with that hash, not stored yet."""
    trace = current_trace()
    event = AuditEvent(
        at=clock.now(),
        actor=actor,
        actor_name=str(actor) if actor is not None else SYSTEM_NAME,
        action=Action(action),
        object_type=obj._meta.label,
        object_id=str(obj.pk),
        object_label=str(obj)[:200],
        before=_plain(before or {}),
        after=_plain(after or {}),
        request_id=trace.request_id,
        ip=trace.ip,
        previous_hash=previous_hash,
    )
    event.hash = _digest(event)
    return event


def broken_events() -> Iterator[AuditEvent]:
    """The events at which the chain does not hold: changed rows, and rows that follow a missing one.

    Reads the whole trail, 2,000 rows at a time.
    """
    previous = GENESIS
    for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=2000):
        if event.previous_hash != previous or event.hash != _digest(event):
            yield event
        previous = event.hash
