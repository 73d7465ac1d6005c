"""The library looked through again: what readers see, with its attachments, by the rules of today.

What is found becomes a task of its owner that names kinds and places, never words; readers see it hidden meanwhile
(`shown`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, QuerySet

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import personal_data

from .keeping import Point, points_open
from .models import Attachment, Doubt, DoubtKind, Precedent, PrivacyOverride, PrivacyScan
from .privacy import Decided, Hit, hits_in, told
from .sections import Place, places_in_bulk
from .visibility import FINDABLE, READABLE

BATCH = 200


@dataclass(frozen=True, slots=True)
class Scanned:
    """`texts` and `attachments`: how many were looked at; `found`: precedents with something that blocks.

    `opened`: tasks that were opened; `retired`: numbers of those that are out of use, for which there are no tasks;
    `is_whole`: whether nothing is left to look at.
    """

    texts: int = 0
    attachments: int = 0
    found: int = 0
    opened: int = 0
    retired: tuple[str, ...] = ()
    is_whole: bool = True

    def __add__(self, other: "Scanned") -> "Scanned":
        return Scanned(
            self.texts + other.texts,
            self.attachments + other.attachments,
            self.found + other.found,
            self.opened + other.opened,
            self.retired + other.retired,
            self.is_whole and other.is_whole,
        )


def rules_digest() -> str:
    """What stands for the rules of today: another digest, and the library is looked through again."""
    return personal_data.RULES_DIGEST


def scan(
    *,
    now: dt.datetime,
    keys: Collection[int] | None = None,
    dry_run: bool = False,
    show: Callable[[int], None] | None = None,
) -> Scanned:
    """Looks through the texts that readers can reach, or those of the precedents with these keys; twice, the second opens nothing.

    `dry_run`: writes nothing. `show` is told how many are done. 7 queries for each 200 and what `points_open` takes;
    holds 200 texts at a time. Writes what `points_open` writes.
    """
    total = Scanned()
    for batch in _batches(keys, after=0):
        total += _scan_batch(batch, now=now, dry_run=dry_run)
        if show:
            show(total.texts)
    return total


def scan_if_rules_changed(*, now: dt.datetime, interrupted: Callable[[], bool] = lambda: False) -> Scanned | None:
    """Looks through the whole library once for each set of rules; None when that was done.

    What was done before a stop is not done again; asks `interrupted` after each 200.
    Writes PrivacyScan, AuditEvent privacy.scanned at the end.
    """
    rules = rules_digest()
    state, _ = PrivacyScan.objects.get_or_create(rules=rules, defaults={"started_at": now})
    if state.finished_at is not None:
        return None
    total = Scanned()
    for batch in _batches(None, after=state.done_up_to):
        with transaction.atomic():
            total += (done := _scan_batch(batch, now=now, dry_run=False))
            PrivacyScan.objects.filter(pk=state.pk).update(
                done_up_to=batch[-1].pk, scanned=F("scanned") + done.texts, found=F("found") + done.found
            )
        if interrupted():
            return replace(total, is_whole=False)
    _finished(state, now=now)
    return total


@transaction.atomic
def _finished(state: PrivacyScan, *, now: dt.datetime) -> None:
    if PrivacyScan.objects.filter(pk=state.pk, finished_at=None).update(finished_at=now):
        state.refresh_from_db()
        after = {"rules": state.rules[:16], "scanned": state.scanned, "found": state.found}
        record(Action.PRIVACY_SCANNED, state, after=after)


def _batches(keys: Collection[int] | None, *, after: int) -> Iterator[list[Precedent]]:
    """Precedents that readers can reach, 200 at a time, in the order of their keys."""
    rows: QuerySet[Precedent] = Precedent.objects.filter(status__in=READABLE, live_revision__isnull=False)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    while batch := list(rows.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield batch
        after = batch[-1].pk


def _scan_batch(batch: Sequence[Precedent], *, now: dt.datetime, dry_run: bool) -> Scanned:
    owners = {row.live_revision_id: row.pk for row in batch}
    places = {owners[pk]: found for pk, found in places_in_bulk(owners).items()}
    attached = _attached([row.pk for row in batch])
    decided = _decided([row.pk for row in batch])
    hits = {pk: _blocking([*found, *attached.get(pk, ())], decided.get(pk, {})) for pk, found in places.items()}
    found = {pk: blocking for pk, blocking in hits.items() if blocking}
    in_use = [row for row in batch if row.pk in found and row.status in FINDABLE]
    opened = 0 if dry_run else _open({row.pk: found[row.pk] for row in in_use}, now=now)
    return Scanned(
        texts=len(batch),
        attachments=sum(1 for pk in attached for place in attached[pk] if place.part == "name"),
        found=len(found),
        opened=opened,
        retired=tuple(str(row) for row in batch if row.pk in found and row.status not in FINDABLE),
    )


def _blocking(places: Sequence[Place], decided: Decided) -> list[Hit]:
    return [hit for hit in hits_in(places, decided) if hit.blocks]


def _attached(precedents: Sequence[int]) -> dict[int, list[Place]]:
    """Names and texts of attachments, by precedent. 1 query."""
    rows = Attachment.objects.filter(precedent__in=precedents, removed_at=None).order_by("pk")
    found: dict[int, list[Place]] = defaultdict(list)
    for precedent, name, text in rows.values_list("precedent_id", "name", "stored__text"):
        index = sum(1 for place in found[precedent] if place.part == "name")
        found[precedent] += [Place("附件", name, index, "name"), Place("附件", text or "", index, "text")]
    return found


def _decided(precedents: Sequence[int]) -> dict[int, dict[tuple[str, str], PrivacyOverride]]:
    found: dict[int, dict[tuple[str, str], PrivacyOverride]] = defaultdict(dict)
    for row in PrivacyOverride.objects.filter(precedent__in=precedents):
        found[row.precedent_id][row.kind, row.mark] = row
    return found


def _open(found: Mapping[int, Sequence[Hit]], *, now: dt.datetime) -> int:
    """One task for each precedent that has none of the kind."""
    known = set(
        Doubt.objects.open().filter(precedent__in=found, kind=DoubtKind.PRIVACY).values_list("precedent_id", flat=True)
    )
    points = {
        pk: [Point(reason=_reason(hits), kind=DoubtKind.PRIVACY)] for pk, hits in found.items() if pk not in known
    }
    return sum(points_open(points, actor=None, now=now).values()) if points else 0


def _reason(hits: Sequence[Hit]) -> str:
    """What the owner has to look at: kinds and places, never the words."""
    return f"可能有个人信息：{told(hits)}。读者看到的已经遮住；改掉再复核，要紧的先下架。"[:500]
