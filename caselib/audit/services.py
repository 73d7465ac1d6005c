"""The audit trail: one event for each deed, chained by hash so that a changed or missing row shows."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from caselib.core import clock
from caselib.core.middleware import current_trace
from caselib.core.personal_data import mask

from .actions import Action
from .chain import GENESIS, Broken, Tally, breaks, digest
from .models import NO_ACCOUNT, AuditEvent, AuditHead

# A trail without a person: the loader of the starter library, a nightly job.
SYSTEM_NAME = "系统"


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

    `actor` is a User, or None for the system itself. What people typed goes into `before` and `after` without personal data
    (`masked`): the trail is never pruned. Writes AuditEvent and AuditHead; 4 queries.
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


def masked(value: Any) -> Any:
    """The value with personal data masked in every text of it, at any depth: for `before` and `after` that people typed."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: masked(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [masked(each) for each in value]
    return value


def _label(obj: models.Model) -> str:
    """What the object is called, without personal data; an account keeps its name, which says who it was done to."""
    text = str(obj)[:200]
    return text if obj._meta.label == settings.AUTH_USER_MODEL else mask(text)[:200]


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
        account=str(actor.pk) if actor is not None else NO_ACCOUNT,
        action=Action(action),
        object_type=obj._meta.label,
        object_id=str(obj.pk),
        object_label=_label(obj),
        before=_plain(before or {}),
        after=_plain(after or {}),
        request_id=trace.request_id,
        ip=trace.ip,
        previous_hash=previous_hash,
    )
    event.hash = digest(event)
    return event


def broken_events() -> Iterator[Broken]:
    """Where the chain does not hold: changed rows, rows that follow a missing one, an end that is cut.

    Reads the whole trail, 2,000 rows at a time.
    """
    return breaks(Tally())
