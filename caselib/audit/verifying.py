"""The daily check of the chain: its result is an event of the chain itself, where the auditor's page reads it."""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from caselib.core import clock

from .actions import Action
from .chain import GENESIS, Broken, Fault, Tally, breaks
from .models import AuditEvent, AuditHead
from .services import record

# So many are named; the rest is counted.
NAMED = 50
WHOLE_EVERY = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Check:
    """What came of one check. `events` read, up to `through` with `hash`; `broken` in all, the first of them in `named`.

    `whole_at`: when the whole chain was read last; None where never. `is_whole`: this one read it from its beginning.
    """

    at: dt.datetime
    events: int
    through: int
    hash: str
    broken: int
    named: tuple[Broken, ...]
    is_whole: bool
    whole_at: dt.datetime | None


def last_check() -> Check | None:
    """The newest check, None before the first. 1 query."""
    event = AuditEvent.objects.filter(action=Action.TRAIL_CHECKED).order_by("-pk").first()
    return _check_of(event) if event is not None else None


def trail_check(*, now: dt.datetime, last: Check | None = None) -> Check:
    """Reads the chain, from the end of `last` or from its beginning, and notes the result.

    Nothing is locked while it reads. Writes AuditEvent trail.checked.
    """
    tally = Tally()
    found = breaks(tally, since=last.through, expect=last.hash) if last else breaks(tally)
    named = list(itertools.islice(found, NAMED))
    broken = len(named) + sum(1 for _ in found)
    after = {
        "events": tally.events,
        "through": tally.last,
        "hash": tally.hash,
        "broken": broken,
        "named": [{"pk": each.pk, "at": each.at, "fault": each.fault} for each in named],
        "whole": last is None,
        "whole_at": last.whole_at if last else now,
    }
    # The end of the chain stands for the whole of it; a trail that lost that row is checked all the same.
    event = record(Action.TRAIL_CHECKED, AuditHead(id=1, hash=tally.hash), after=after)
    return _check_of(event)


def nightly_check(*, now: dt.datetime) -> Check | None:
    """The check of a day, None where it was done already. Goes on where the last one ended.

    From the beginning once in a week, and for as long as something is broken. 1 query where there is nothing to do.
    """
    last = last_check()
    if last is None:
        return trail_check(now=now)
    if clock.day_of(last.at) == clock.day_of(now):
        return None
    is_whole_due = last.broken or last.through == 0 or last.whole_at is None or now - last.whole_at >= WHOLE_EVERY
    return trail_check(now=now, last=None if is_whole_due else last)


def _check_of(event: AuditEvent) -> Check:
    """Reads the event again, which somebody may have written over: what is no check of ours counts as broken."""
    told = event.after if isinstance(event.after, dict) else {}
    named = told.get("named")
    return Check(
        at=event.at,
        events=_number(told.get("events")),
        through=_number(told.get("through")),
        hash=str(told.get("hash") or GENESIS),
        broken=_number(told.get("broken"), otherwise=1),
        named=tuple(_broken_of(each) for each in named if isinstance(each, dict)) if isinstance(named, list) else (),
        is_whole=told.get("whole") is True,
        whole_at=_moment(told.get("whole_at")),
    )


def _broken_of(told: dict[str, Any]) -> Broken:
    fault = told.get("fault")
    return Broken(
        _number(told.get("pk")),
        _moment(told.get("at")),
        Fault(fault) if fault in Fault._value2member_map_ else Fault.UNREADABLE,
    )


def _number(told: Any, *, otherwise: int = 0) -> int:
    return told if isinstance(told, int) and told >= 0 else otherwise


def _moment(told: Any) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
