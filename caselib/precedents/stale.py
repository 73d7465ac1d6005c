"""What time does by itself, once a night: facts begin, versions end, days of review pass, seams between rules close."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from caselib.core.marks import mark_dirty
from caselib.policies.models import Clause
from caselib.policies.standing import statuses_refresh

from .impact import marked_citing
from .keeping import Point, points_open
from .models import Citation, Doubt, DoubtKind, Precedent
from .services import TOPIC
from .signal import Kind, reasons_of, troubles_of
from .visibility import FINDABLE, PrecedentStatus

BATCH = 500
# What a person has to look at again; a rule of another region is for the reader, not for the owner.
_TASKS = frozenset({Kind.ENDED, Kind.CHANGED, Kind.HEIR, Kind.SOON, Kind.REPEALED, Kind.CLAUSE_REPEALED})
# Seams that closed so long ago have left the index on an earlier night.
_LOOK_BACK = dt.timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Flagged:
    """What a night came to: policies with another status, points opened, precedents whose points have come due."""

    policies: int
    opened: int
    due: int
    seams: int


def flag(*, now: dt.datetime, on: dt.date) -> Flagged:
    """Opens a task for each point of a signal that has none; twice in a night, the second finds nothing to do.

    5 queries and some 9 for each 500 precedents. Writes what `points_open` writes; marks the index dirty.
    """
    changed = statuses_refresh(on=on)
    with transaction.atomic():
        marked_citing(changed)
    opened = sum(sum(points_open(points, actor=None, now=now).values()) for points in _batches(on))
    return Flagged(policies=len(changed), opened=opened, due=_come_due(on), seams=_closed_seams(on))


def _batches(on: dt.date) -> Iterator[dict[int, list[Point]]]:
    keys = list(Precedent.objects.findable().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        yield _points(keys[start : start + BATCH], on=on)


def _points(keys: Sequence[int], *, on: dt.date) -> dict[int, list[Point]]:
    rows = Precedent.objects.filter(pk__in=keys).values_list("pk", "live_revision", "reverify_due_on")
    owners = {revision: pk for pk, revision, _ in rows}
    troubles = troubles_of(list(owners), on=on, region_ids=frozenset())
    reasons = [
        (owners[revision], each.citation, reason)
        for revision, found in troubles.items()
        for each in found
        for reason in reasons_of(each, on=on)
        if reason.kind in _TASKS
    ]
    codes = {code for _, _, reason in reasons for code in (reason.old, reason.new) if code}
    clauses = {clause.code: clause for clause in Clause.objects.filter(code__in=codes)}
    citations = Citation.objects.in_bulk({citation for _, citation, _ in reasons})
    known = _known(keys)
    points: dict[int, list[Point]] = defaultdict(list)
    for pk, citation, reason in reasons:
        old, new = clauses.get(reason.old), clauses.get(reason.new)
        # A change that was announced, or entered with its impact, has its task already, in other words.
        if _place(pk, old.pk if old else None, new.pk if new else None, citation) in known:
            continue
        points[pk].append(
            Point(
                reason=reason.text[:500],
                kind=DoubtKind.POLICY,
                citation=citations.get(citation),
                old_clause=old,
                new_clause=new,
            )
        )
    for pk, _, due_on in rows:
        if due_on and due_on < on:
            reason = f"复核日 {due_on:%Y-%m-%d} 已过，还没有人复核。"
            points[pk].append(Point(reason=reason, kind=DoubtKind.REVIEW_DUE))
    return points


def _known(keys: Sequence[int]) -> set[tuple[int | None, ...]]:
    open_ones = Doubt.objects.open().filter(precedent__in=keys, kind=DoubtKind.POLICY)
    return {_place(*row) for row in open_ones.values_list("precedent", "old_clause", "new_clause", "citation")}


def _place(precedent: int, old: int | None, new: int | None, citation: int | None) -> tuple[int | None, ...]:
    """What a task is about: two clauses, or the citation of a document as a whole."""
    return precedent, old, new, citation if old is None else None


def _come_due(on: dt.date) -> int:
    """Points whose change is near now: their precedents are to be verified from today on."""
    due = Doubt.objects.due(on=on).values("precedent")
    late = Precedent.objects.filter(pk__in=due, status=PrecedentStatus.PUBLISHED)
    with transaction.atomic():
        keys = list(late.values_list("pk", flat=True))
        for start in range(0, len(keys), BATCH):
            batch = Precedent.objects.filter(pk__in=keys[start : start + BATCH], status=PrecedentStatus.PUBLISHED)
            batch.update(status=PrecedentStatus.NEEDS_REVERIFICATION, lock_version=F("lock_version") + 1)
        mark_dirty(TOPIC, keys)
    return len(keys)


def _closed_seams(on: dt.date) -> int:
    """Texts for a seam between two rules that closed: they leave the default results."""
    closed = Precedent.objects.filter(status__in=FINDABLE, applies_until__lte=on, applies_until__gt=on - _LOOK_BACK)
    with transaction.atomic():
        keys = list(closed.values_list("pk", flat=True))
        mark_dirty(TOPIC, keys)
    return len(keys)
