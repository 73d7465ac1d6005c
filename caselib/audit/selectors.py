"""Reads of the trail for whoever keeps watch over it: by what was done, by whom, to what, newest first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Max, Min, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from .chain import GENESIS, Fault, faults_of
from .models import AuditEvent, AuditHead

PER_PAGE = 50
# Counting stops here: a trail has a million rows, and a page need not know all of them.
MOST_COUNTED = 1000
MOST_RELATED = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events, all conditions at once; an empty one asks nothing.

    `since`, `until`: days of the hall, both of them included. `actions`: any of these. `accounts`: keys, any of these;
    `name`: as the event has it. `label`: a part of what the object was called.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    actions: Sequence[str] = ()
    accounts: Sequence[int] = ()
    name: str = ""
    object_type: str = ""
    object_id: str = ""
    label: str = ""
    request_id: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True)
class EventPage:
    """A part of what was found. `newer`, `older`: the key from which the neighbouring part goes on, 0 where there is none.

    `count`: how many were found, at the most MOST_COUNTED; `is_more`: there are more than that.
    """

    events: Sequence[AuditEvent]
    newer: int
    older: int
    count: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class OneEvent:
    """An event with its place in the chain and what belongs to it. `faults`: what is wrong at it, empty where it holds."""

    event: AuditEvent
    previous: AuditEvent | None
    following: AuditEvent | None
    faults: Sequence[Fault]
    same_request: Sequence[AuditEvent] = field(default_factory=tuple)
    same_object: Sequence[AuditEvent] = field(default_factory=tuple)


def events_wanted(wanted: Wanted) -> QuerySet[AuditEvent]:
    """The events that were asked for, in no order. 1 query where days are asked for."""
    equal = {
        "actor_name": wanted.name,
        "object_type": wanted.object_type,
        "object_id": wanted.object_id,
        "request_id": wanted.request_id,
        "ip": wanted.ip,
        "object_label__icontains": wanted.label,
    }
    events = AuditEvent.objects.filter(**{name: value for name, value in equal.items() if value})
    if wanted.actions:
        events = events.filter(action__in=wanted.actions)
    if wanted.accounts:
        events = events.filter(actor__in=wanted.accounts)
    if wanted.since or wanted.until:
        events = _in_days(events, wanted.since, wanted.until)
    return events


def _in_days(events: QuerySet[AuditEvent], since: dt.date | None, until: dt.date | None) -> QuerySet[AuditEvent]:
    """Those between the first and the last key of these days: the order of keys is that of the list, so nothing is sorted.

    The time is compared all the same, since a clock may have been set back; as an expression that no index answers.
    1 query.
    """
    bounds = {}
    if since:
        bounds["gte"] = _midnight(since)
    if until:
        bounds["lt"] = _midnight(until + dt.timedelta(days=1))
    within = AuditEvent.objects.filter(**{f"at__{how}": moment for how, moment in bounds.items()})
    ends = within.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return events.none()
    events = events.alias(moment=Coalesce("at", "at")).filter(pk__gte=ends["first"], pk__lte=ends["last"])
    return events.filter(**{f"moment__{how}": moment for how, moment in bounds.items()})


def events_page(wanted: Wanted, *, older: int = 0, newer: int = 0) -> EventPage:
    """Up to 50 events, newest first: from the beginning, those before the key `older`, or those after `newer`.

    By key and not by number of page: the thousandth page costs what the first one does. 3 queries, 1 more for days.
    """
    found = events_wanted(wanted)
    rows = found.select_related("actor").defer("before", "after")
    if newer:
        part = list(rows.filter(pk__gt=newer).order_by("pk")[: PER_PAGE + 1])
        is_more = len(part) > PER_PAGE
        part = part[:PER_PAGE][::-1]
        ahead, behind = is_more, bool(part) and found.filter(pk__lt=part[-1].pk).exists()
    else:
        rows = rows.filter(pk__lt=older) if older else rows
        part = list(rows.order_by("-pk")[: PER_PAGE + 1])
        behind = len(part) > PER_PAGE
        part = part[:PER_PAGE]
        ahead = bool(part and older) and found.filter(pk__gt=part[0].pk).exists()
    count = _count(found) if older or newer or behind else len(part)
    return EventPage(
        events=part,
        newer=part[0].pk if part and ahead else 0,
        older=part[-1].pk if part and behind else 0,
        count=min(count, MOST_COUNTED),
        is_more=count > MOST_COUNTED,
    )


def event_for_page(pk: int) -> OneEvent | None:
    """One event with its neighbours, None where there is none. 5 queries, 6 for the newest one."""
    events = AuditEvent.objects.select_related("actor")
    event = events.filter(pk=pk).first()
    if event is None:
        return None
    previous = AuditEvent.objects.filter(pk__lt=pk).order_by("-pk").first()
    following = AuditEvent.objects.filter(pk__gt=pk).order_by("pk").first()
    related = events.exclude(pk=pk).defer("before", "after").order_by("-pk")
    of_request = related.filter(request_id=event.request_id)[:MOST_RELATED] if event.request_id else ()
    of_object = related.filter(object_type=event.object_type, object_id=event.object_id)[:MOST_RELATED]
    return OneEvent(
        event=event,
        previous=previous,
        following=following,
        faults=_faults(event, previous, following),
        same_request=list(of_request),
        same_object=list(of_object),
    )


def _faults(event: AuditEvent, previous: AuditEvent | None, following: AuditEvent | None) -> list[Fault]:
    """What is wrong at this event; whether the next one follows it shows there."""
    faults = list(faults_of(event))
    if event.previous_hash != (previous.hash if previous else GENESIS):
        faults.append(Fault.LINK)
    if following is None and not AuditHead.objects.filter(hash=event.hash).exists():
        faults.append(Fault.HEAD)
    return faults


def _count(found: QuerySet[AuditEvent]) -> int:
    return found.order_by()[: MOST_COUNTED + 1].count()


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
