"""What the library calls things: its policies and places, for reading questions. Kept in memory, read anew on change.

Every change of a policy or a region leaves an audit event, so the end of the trail tells whether anything changed.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent, AuditHead
from caselib.core import prepared
from caselib.orgs.models import NATION, Region
from caselib.policies.known import table_read
from caselib.policies.texts.names import NO_POLICIES, PolicyTable

from .filters import Place, Places, names_of

_NAMING = (Action.REGION_SAVED, Action.POLICY_CREATED, Action.POLICY_VERSION_ADDED)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Names of policies and places, in normal form."""

    policies: PolicyTable = NO_POLICIES
    places: Places = field(default_factory=dict)


NOTHING_KNOWN = Knowledge()


@dataclass(frozen=True, slots=True)
class _Kept:
    """`head`: the end of the trail when it was read; `naming`: the last event that changed a name."""

    head: str
    naming: str
    knowledge: Knowledge


_kept: _Kept | None = None
_reading = threading.Lock()


def known() -> Knowledge:
    """What the library knows now. 1 query while nothing at all changes, 2 after a deed, 5 after a change of names."""
    global _kept
    ends = prepared.rows_of(
        "end of the trail", (), shape=None, build=lambda _: AuditHead.objects.values_list("hash")[:1]
    )
    head = ends[0][0] if ends else ""
    kept = _kept
    if kept is not None and kept.head == head:
        return kept.knowledge
    with _reading:
        naming = (
            AuditEvent.objects.filter(action__in=_NAMING).order_by("-pk").values_list("hash", flat=True).first() or ""
        )
        if kept is None or kept.naming != naming:
            kept = _Kept(head, naming, Knowledge(policies=table_read(), places=_places()))
        _kept = _Kept(head, naming, kept.knowledge)
    return _kept.knowledge


def _places() -> Places:
    rows = list(Region.objects.exclude(full_name=NATION).order_by("path"))
    by_pk = {row.pk: row for row in rows}
    above: Mapping[int, list[str]] = {
        row.pk: [by_pk[pk].full_name for pk in row.ancestor_ids if pk != row.pk and pk in by_pk] for row in rows
    }
    inside: dict[int, set[str]] = {row.pk: {row.full_name} for row in rows}
    for row in rows:
        for pk in row.ancestor_ids:
            if pk in inside:
                inside[pk].add(row.full_name)
    found: dict[str, list[Place]] = {}
    for row in rows:
        place = Place(row.name, row.full_name, frozenset(inside[row.pk]), frozenset((*above[row.pk], NATION)))
        for name in names_of(row.name, row.full_name, above[row.pk]):
            found.setdefault(name, []).append(place)
    return {name: tuple(places) for name, places in found.items()}
