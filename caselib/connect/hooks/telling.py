"""What a message says: decided by what the system may see at the moment of sending, never by what was so when it happened.

A precedent that it may see is published (not known to it so far) or changed; one that it may not see any more is withdrawn, and
told by number alone; one that it never could see is not told at all. Where nothing changed since the last message, there
is none.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from caselib.connect.acting import scope_acting
from caselib.connect.clients.models import Deed
from caselib.connect.showing import address_of, line_outgoing
from caselib.core import clock
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.selectors import PrecedentRow, rows_of

from .models import TEST, Delivery, Event, Hook, Known

SCHEMA = "caselib.hook/1"


@dataclass(frozen=True, slots=True)
class Message:
    """`kind`: a value of Event or TEST. `digest`: of what it says of the precedent, empty where it went."""

    kind: str
    body: bytes
    digest: str = ""


def scope_for(hook: Hook) -> ViewerScope:
    """What the system may see now; nothing where it was switched off. Needs `client` with account and department. 1 query."""
    return scope_acting(hook.client, deed=Deed.HOOKS)


def within(precedents: QuerySet[Precedent], hook: Hook) -> QuerySet[Precedent]:
    """Those of the matter that was subscribed to, as first or further one."""
    if hook.matter_id is None:
        return precedents
    further = Revision.more_matters.through.objects.filter(revision=OuterRef("live_revision"), matter=hook.matter_id)
    return precedents.filter(Q(matter=hook.matter_id) | Exists(further))


def message_for(delivery: Delivery, *, now: dt.datetime) -> Message | None:
    """What is to be sent, or None where there is nothing to tell. Needs `hook` with its client and account.

    6 queries, 1 more where a text has a decision about personal data.
    """
    if delivery.kind == TEST:
        return Message(TEST, _body(delivery, TEST, now, None))
    known = Known.objects.filter(hook=delivery.hook, precedent=delivery.precedent_id).first()
    row = _seen(delivery, is_known=known is not None, on=clock.day_of(now))
    if row is None:
        if known is None:
            return None
        gone = {"code": delivery.precedent.code, "number": delivery.precedent.number}
        return Message(Event.WITHDRAWN, _body(delivery, Event.WITHDRAWN, now, gone))
    said = _said(row)
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    if known is not None and known.digest == digest:
        return None
    # What was being sent when a sender died is the same message again.
    is_new = known is None or (delivery.kind == Event.PUBLISHED and not known.digest)
    kind = Event.PUBLISHED if is_new else Event.CHANGED
    return Message(kind, _body(delivery, kind, now, said), digest)


def _seen(delivery: Delivery, *, is_known: bool, on: dt.date) -> PrecedentRow | None:
    """The precedent as the system may see it now. One that it knows stays in even where it is of another matter now."""
    found = Precedent.objects.filter(pk=delivery.precedent_id).findable()
    found = found if is_known else within(found, delivery.hook)
    rows = rows_of(found, scope_for(delivery.hook), on=on)
    return rows[0] if rows else None


def _said(row: PrecedentRow) -> dict[str, Any]:
    precedent, revision = row.precedent, row.revision
    matter = precedent.matter
    return {
        "code": precedent.code,
        "number": precedent.number,
        "kind": precedent.kind,
        "title": line_outgoing(revision.title, precedent=precedent),
        "version": revision.number,
        "digest": revision.content_digest,
        "signal": "" if row.is_sample else str(row.signal.word),
        "signal_label": "" if row.is_sample else row.signal.label,
        "reasons": [str(point.kind) for point in row.signal.points],
        "matter": {"code": matter.code, "name": matter.name} if matter else None,
        "link": address_of(precedent),
    }


def _body(delivery: Delivery, kind: str, now: dt.datetime, precedent: dict[str, Any] | None) -> bytes:
    message = {
        "schema": SCHEMA,
        "event": str(kind),
        "delivery": delivery.code,
        "sent_at": now.isoformat(timespec="seconds"),
        "precedent": precedent,
        "notice": "案例供参考，不是依据。",
    }
    return json.dumps(message, ensure_ascii=False).encode()
