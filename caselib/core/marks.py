"""The outbox: a change and its mark are one transaction; whoever keeps a cache (the search index) works the marks off.

A mark says only that an object has to be looked at again. What is right is read from the database at that moment, so
marks may be worked off twice, late or in any order without harm.
"""

from collections.abc import Callable
from functools import partial

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from .models import DirtyMark

# Names that many objects carry (departments, matters, tags) changed: whoever keeps a cache compares all of it.
VOCABULARY = "vocabulary"
_WHOLE = 1

_listeners: dict[str, Callable[[], None]] = {}


def listen(topic: str, drain: Callable[[], None]) -> None:
    """Registers what is called after a commit that marked something of `topic`. One listener a topic."""
    _listeners[topic] = drain


def mark_dirty(topic: str, object_ids: list[int]) -> None:
    """Marks the objects. Call it in the transaction of the change. 1 to 2 queries for any number of objects.

    Writes DirtyMark; calls the listener of `topic` once after the outermost commit.
    """
    if not object_ids:
        return
    DirtyMark.objects.bulk_create(
        [DirtyMark(topic=topic, object_id=object_id, wanted=0) for object_id in sorted(set(object_ids))],
        ignore_conflicts=True,
        batch_size=500,
    )
    for start in range(0, len(object_ids), 500):
        DirtyMark.objects.filter(topic=topic, object_id__in=object_ids[start : start + 500]).update(
            wanted=F("wanted") + 1
        )
    transaction.on_commit(partial(_notify, topic))


def mark_vocabulary() -> None:
    """Marks that a name which other objects are indexed under changed. Call it in the transaction of the change."""
    mark_dirty(VOCABULARY, [_WHOLE])


def vocabulary_turn() -> None:
    """Makes every other writer of names wait until this transaction ends, so that none is given twice. 2 queries."""
    row, _ = DirtyMark.objects.get_or_create(topic=VOCABULARY, object_id=_WHOLE, defaults={"wanted": 0})
    DirtyMark.objects.select_for_update().get(pk=row.pk)


def pending(topic: str) -> models.QuerySet[DirtyMark]:
    """Marks that nobody has worked off yet, oldest first."""
    return DirtyMark.objects.filter(topic=topic, wanted__gt=F("done")).order_by("pk")


def mark_done(topic: str, seen: dict[int, int]) -> None:
    """Notes that each object was worked off as of the `wanted` that was read before the work: {object_id: wanted}.

    A mark that was raised meanwhile stays pending.
    """
    by_wanted: dict[int, list[int]] = {}
    for object_id, wanted in seen.items():
        by_wanted.setdefault(wanted, []).append(object_id)
    for wanted, object_ids in by_wanted.items():
        for start in range(0, len(object_ids), 500):
            DirtyMark.objects.filter(topic=topic, object_id__in=object_ids[start : start + 500]).update(
                done=Greatest(F("done"), wanted), attempts=0, last_error=""
            )


def mark_failed(topic: str, object_ids: list[int], error: str) -> None:
    """Notes a failed attempt; the marks stay pending."""
    DirtyMark.objects.filter(topic=topic, object_id__in=object_ids).update(
        attempts=F("attempts") + 1, last_error=error[:500]
    )


def _notify(topic: str) -> None:
    if topic in _listeners:
        _listeners[topic]()
