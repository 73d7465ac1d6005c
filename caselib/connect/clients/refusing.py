"""Refused calls are counted, and told to the trail at the 1st, 10th, 100th … of a day: 10,000 bad calls make five events.

A process keeps what it has counted and writes when the count has doubled, or after a minute: who hammers at the door with
bad tokens costs the database next to nothing. What a process has not written when it stops is lost, less than a minute's.
"""

import datetime as dt
import threading
from dataclasses import dataclass

from django.db import transaction

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock

from .models import Reason, Refusal, Token

_KEPT_DAYS = 180
_PAUSE = dt.timedelta(minutes=1)


@dataclass(slots=True)
class _Counted:
    day: dt.date
    written: int
    waiting: int
    written_at: dt.datetime


_counted: dict[tuple[int | None, str], _Counted] = {}
_lock = threading.Lock()


def refusal_count(token: Token | None, reason: Reason, *, now: dt.datetime) -> None:
    """Counts one refused call. Writes Refusal and AuditEvent client.token_refused, but rarely (see above)."""
    key = (token.pk if token else None, reason.value)
    day = clock.day_of(now)
    with _lock:
        known = _counted.get(key)
        if known is None or known.day != day:
            if len(_counted) > 1_000:
                _counted.clear()
            known = _counted[key] = _Counted(day, 0, 0, now)
        known.waiting += 1
        # A clock that was set back must not keep the count from being written.
        if known.waiting < known.written and abs(now - known.written_at) < _PAUSE:
            return
        times, known.waiting = known.waiting, 0
        known.written += times
        known.written_at = now
    _refusals_write(token, reason, day, times)


def refusals_forget() -> None:
    """Forgets what this process counted, as a new one would have."""
    with _lock:
        _counted.clear()


@transaction.atomic
def _refusals_write(token: Token | None, reason: Reason, day: dt.date, times: int) -> None:
    row, is_new = Refusal.objects.get_or_create(token=token, reason=reason, day=day)
    row = Refusal.objects.select_for_update().get(pk=row.pk)
    before, row.times = row.times, row.times + times
    row.save(update_fields=["times"])
    if is_new:
        Refusal.objects.filter(day__lt=day - dt.timedelta(days=_KEPT_DAYS)).delete()
    if len(str(row.times)) > len(str(before)) or not before:
        record(Action.TOKEN_REFUSED, row, after={"reason": reason.value, "times": row.times})
