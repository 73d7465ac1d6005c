"""Who changed something last, and what became of it: for the pages of the thing itself."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import models
from django.db.models import Max

from .actions import LABELS, Action
from .models import AuditEvent


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed something last, when, and what the deed is called."""

    who: str
    at: dt.datetime
    what: str


def last_changes(model: type[models.Model], keys: Collection[int]) -> dict[int, LastChange]:
    """The last event of each of these rows, by key; of a row that nobody touched there is none. 1 query."""
    mine = AuditEvent.objects.filter(object_type=model._meta.label, object_id__in=[str(key) for key in keys])
    latest = mine.order_by().values("object_id").annotate(latest=Max("pk")).values("latest")
    return {int(event.object_id): _change(event) for event in AuditEvent.objects.filter(pk__in=latest)}


def changes_of(row: models.Model, *, most: int = 20) -> tuple[AuditEvent, ...]:
    """The events of one row, the latest first. 1 query."""
    events = AuditEvent.objects.filter(object_type=row._meta.label, object_id=str(row.pk))
    return tuple(events.order_by("-pk")[:most])


def _change(event: AuditEvent) -> LastChange:
    known = event.action in list(Action)
    return LastChange(event.actor_name, event.at, LABELS[Action(event.action)] if known else event.action)
