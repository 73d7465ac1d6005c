"""How the policies of the library can be named, kept in memory for reading texts. A change of a policy is seen at once.

Every change of a policy leaves an audit event, so the end of the trail tells whether anything changed.
"""

import threading
from dataclasses import dataclass

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent, AuditHead

from .models import Policy, PolicyVersion
from .texts.names import KnownPolicy, PolicyTable

_CHANGING = tuple(action for action in Action if action.startswith("policy."))


@dataclass(frozen=True, slots=True)
class _Kept:
    """`head`: the end of the trail when the table was read; `change`: the last event that changed a policy."""

    head: str
    change: str
    table: PolicyTable


_kept: _Kept | None = None
_reading = threading.Lock()


def policy_table() -> PolicyTable:
    """All policies by what they are called. 1 query while nothing at all changes, 2 after a deed, 4 after one on a policy."""
    global _kept
    # The trail is read before the policies: a change between the two makes the next call read again, never miss it.
    head = AuditHead.objects.values_list("hash", flat=True).first() or ""
    kept = _kept
    if kept is not None and kept.head == head:
        return kept.table
    with _reading:
        change = _last_change()
        kept = _kept
        table = kept.table if kept is not None and kept.change == change else table_read()
        _kept = _Kept(head, change, table)
    return table


def _last_change() -> str:
    changes = AuditEvent.objects.filter(action__in=_CHANGING).order_by("-pk")
    return changes.values_list("hash", flat=True).first() or ""


def table_read() -> PolicyTable:
    """The same, read from the database. 2 queries."""
    numbers: dict[int, list[str]] = {}
    names: dict[int, list[str]] = {}
    for pk, number, title in PolicyVersion.objects.order_by("pk").values_list("policy", "doc_number", "title"):
        numbers.setdefault(pk, []).append(number)
        names.setdefault(pk, []).append(title)
    columns = ("pk", "code", "title", "short_titles", "doc_number")
    return PolicyTable.of(
        KnownPolicy(
            code=code,
            title=title,
            numbers=tuple(dict.fromkeys(filter(None, (number, *numbers.get(pk, ()))))),
            names=tuple(dict.fromkeys(filter(None, (title, *short, *names.get(pk, ()))))),
        )
        for pk, code, title, short, number in Policy.objects.order_by("pk").values_list(*columns)
    )
