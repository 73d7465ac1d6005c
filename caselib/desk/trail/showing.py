"""One event and the last check as the page shows them: lines with names instead of keys and codes."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from caselib.audit.actions import LABELS
from caselib.audit.models import AuditEvent
from caselib.audit.verifying import Check
from caselib.core import clock

from .words import FIELDS, TYPES, VALUES

# Longer texts are folded, with as much of their beginning to tell what they are.
LONGEST, BEGINNING = 160, 60
# A worker that checks every night is no later than this.
LATE = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Shown:
    """A value in words. `beginning`: of one that is folded, empty for others. `is_absent`: this side does not name it."""

    text: str = ""
    beginning: str = ""
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One thing before and after. `is_changed`: both sides name it, differently."""

    label: str
    before: Shown
    after: Shown
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An event in a list. `time`: to the second; `who`: what to ask for to see all that this person did."""

    event: AuditEvent
    deed: str
    time: str
    kind: str
    who: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """The last check in words. `is_late`: it was long ago."""

    check: Check
    day: str
    is_late: bool


def rows_of(events: Sequence[AuditEvent]) -> list[Row]:
    """The events as rows of a list. Needs `actor` loaded."""
    return [row_of(event) for event in events]


def row_of(event: AuditEvent) -> Row:
    return Row(
        event=event,
        deed=LABELS.get(event.action, event.action),
        time=f"{timezone.localtime(event.at):%H:%M:%S}",
        kind=TYPES.get(event.object_type, event.object_type),
        who=event.actor.get_username() if event.actor else event.actor_name,
    )


def lines_of(event: AuditEvent) -> list[Line]:
    """What the event says of before and after, side by side, in the order in which it was written."""
    before, after = _named(event.before), _named(event.after)
    lines = []
    for key in {**before, **after}:
        old, new = _shown(key, before), _shown(key, after)
        is_changed = key in before and key in after and before[key] != after[key]
        lines.append(Line(FIELDS.get(key, key), old, new, is_changed))
    return lines


def check_line(check: Check | None, *, now: dt.datetime) -> CheckLine | None:
    """The last check and whether it is long ago; None where nothing was ever checked."""
    if check is None:
        return None
    days = (clock.day_of(now) - clock.day_of(check.at)).days
    day = {0: "今天", 1: "昨天"}.get(days, f"{clock.day_of(check.at):%Y-%m-%d}")
    return CheckLine(check, day, now - check.at > LATE)


def _named(values: Any) -> dict[str, Any]:
    """What is no mapping any more (somebody wrote over it) is one value without a name."""
    return values if isinstance(values, dict) else {"": values}


def _shown(key: str, values: dict[str, Any]) -> Shown:
    if key not in values:
        return Shown(is_absent=True)
    text = _words(key, values[key])
    return Shown(text, f"{text[:BEGINNING]}…" if len(text) > LONGEST else "")


def _words(key: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return VALUES.get((key, value), value)
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return "、".join(_words(key, each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
