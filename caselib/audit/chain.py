"""The chain of hashes: what each event's hash is made of, and where the chain does not hold."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Subquery

from .models import AuditEvent, AuditHead

GENESIS = "0" * 64
BATCH = 2000


class Fault(StrEnum):
    """What is wrong at an event."""

    CHANGED = "changed"
    LINK = "link"
    ACCOUNT = "account"
    UNREADABLE = "unreadable"
    HEAD = "head"
    EXPECTED = "expected"
    START = "start"

    @property
    def label(self) -> str:
        return _FAULTS[self]


_FAULTS = {
    Fault.CHANGED: "这一条被改过",
    Fault.LINK: "和前一条接不上，前面少了、多了或者换了次序",
    Fault.ACCOUNT: "连着的账号不是当时记下的那个",
    Fault.UNREADABLE: "这一条读不出来，有一列不是它该有的样子",
    Fault.HEAD: "末尾和记下的链尾对不上，末尾少了或者多了",
    Fault.EXPECTED: "没有您给的那个哈希，那一条被改过、截掉了，或者不在读的范围里",
    Fault.START: "没有接着读的那一条",
}


@dataclass(frozen=True, slots=True)
class Broken:
    """An event at which the chain does not hold. `at`: its time, None where there is none to be read."""

    pk: int
    at: dt.datetime | None
    fault: Fault


@dataclass(slots=True)
class Tally:
    """How far a reading has come: events read, the key and the hash of the last one."""

    events: int = 0
    last: int = 0
    at: dt.datetime | None = None
    hash: str = GENESIS
    is_expected_seen: bool = False


def digest(event: AuditEvent) -> str:
    """The hash of everything in the row but its key and its own hash; the actor by name, because accounts may go.

    `account` counts only where it is noted: events of before it was are hashed without it.
    """
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
    if event.account:
        fields.append(event.account)
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def faults_of(event: AuditEvent) -> Iterator[Fault]:
    """What is wrong with one row by itself."""
    if event.hash != digest(event):
        yield Fault.CHANGED
    # NULL is what the deletion of an account leaves.
    if event.account and event.actor_id is not None and event.account != str(event.actor_id):
        yield Fault.ACCOUNT


def breaks(tally: Tally, *, since: int = 0, expect: str = "") -> Iterator[Broken]:
    """Reads the chain and yields where it does not hold; `tally` tells how far it came.

    `since`: begin with the event of that key, whose hash is taken as it stands (with `expect`, it must be that one).
    `expect`: a hash noted earlier, which must be among those read. What is appended meanwhile is not read. Holds one event
    in memory for each of `BATCH`, however long the trail is.
    """
    end = _end()
    if since:
        start = AuditEvent.objects.filter(pk=since).values_list("previous_hash", "hash").first()
        if start is None:
            yield Broken(since, None, Fault.START)
            return
        tally.hash = start[0]
        if expect and start[1] != expect:
            yield Broken(since, None, Fault.EXPECTED)
        expect = ""
    tally.is_expected_seen = not expect or expect == GENESIS
    yield from _along(tally, since=since, until=end.last, expect=expect)
    if tally.hash != end.hash:
        yield Broken(tally.last, tally.at, Fault.HEAD)
    if not tally.is_expected_seen:
        yield Broken(tally.last, tally.at, Fault.EXPECTED)


@dataclass(frozen=True, slots=True)
class _End:
    last: int
    hash: str


def _end() -> _End:
    """Key of the last event and the noted end of the chain, both of one moment. 1 query, 2 for a trail without its end."""
    newest = AuditEvent.objects.order_by("-pk").values("pk")[:1]
    # A subquery of nothing that depends on the row: one statement sees one moment on every database.
    found = AuditHead.objects.annotate(last=Subquery(newest)).filter(pk=1).values_list("last", "hash").first()
    if found is None:
        return _End(newest.values_list("pk", flat=True).first() or 0, GENESIS)
    return _End(found[0] or 0, found[1])


def _along(tally: Tally, *, since: int, until: int, expect: str) -> Iterator[Broken]:
    at = since
    while True:
        try:
            rows = AuditEvent.objects.filter(pk__gte=at, pk__lte=until).order_by("pk")
            for event in rows.iterator(chunk_size=BATCH):
                yield from _read(tally, event, expect=expect)
                at = event.pk + 1
            return
        except (ValueError, TypeError, AttributeError):
            # A time that is none: the driver cannot make the row. Named, and passed over; the next row shows nothing by it.
            key, hashed = AuditEvent.objects.filter(pk__gte=at).order_by("pk").values_list("pk", "hash")[0]
            yield Broken(key, None, Fault.UNREADABLE)
            tally.events, tally.last, tally.at, tally.hash = tally.events + 1, key, None, hashed
            at = key + 1


def _read(tally: Tally, event: AuditEvent, *, expect: str) -> Iterator[Broken]:
    if event.previous_hash != tally.hash:
        yield Broken(event.pk, event.at, Fault.LINK)
    for fault in faults_of(event):
        yield Broken(event.pk, event.at, fault)
    tally.events, tally.last, tally.at, tally.hash = tally.events + 1, event.pk, event.at, event.hash
    tally.is_expected_seen = tally.is_expected_seen or event.hash == expect
