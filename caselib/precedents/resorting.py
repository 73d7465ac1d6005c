"""What is said of precedents follows when a matter or a tag is merged into another: one way, audited, index marked.

Every text that may still be read or taken up again follows, with its digest; superseded ones stay as they were. Who has
an open draft or a review on the screen is told by compare-and-swap, as after a change by anybody else.
"""

from collections.abc import Collection
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q

from caselib.audit.actions import Action
from caselib.audit.services import masked, record_many
from caselib.catalog.models import Matter, Tag
from caselib.core.marks import mark_dirty

from .content import content_of, digest
from .models import OPEN_STATES, Precedent, Revision, RevisionState
from .services import TOPIC

BATCH = 500


def matter_held(matter: int) -> None:
    """Makes who writes one of the texts under a matter wait. Call it first in the transaction of a merge: whoever takes the
    end of the trail before the texts waits for one who has a text and waits for the trail."""
    _held(_texts(_under(matter)))


def tag_held(tag: int) -> None:
    """As `matter_held`, for the texts that carry a tag."""
    _held(_texts(_tagged(tag)))


@transaction.atomic
def matter_moved(matter: Matter, *, into: Matter, actor: Any | None) -> int:
    """Puts what was sorted under one matter under another, and returns how many precedents. Call it in the transaction
    of the merge.

    A theme that came with the matter follows it. 1 query for each text. Writes Revision, Precedent, one AuditEvent
    precedent.resorted for each precedent; marks the index dirty.
    """
    further = Revision.more_matters.through.objects
    keys = _texts(_under(matter.pk))
    _held(keys)
    themed = Q(matter=matter, theme=matter.theme_id)
    for batch in _batches(keys):
        Revision.objects.filter(themed, pk__in=batch).update(theme=into.theme_id)
        Revision.objects.filter(matter=matter, pk__in=batch).update(matter=into)
        _relinked(further, "matter", matter, into, batch)
        # The first matter of a text is not one of its further ones as well.
        further.filter(revision__in=batch, matter=into, revision__matter=into).delete()
    Precedent.objects.filter(themed).update(theme=into.theme_id)
    Precedent.objects.filter(matter=matter).update(matter=into)
    return _followed(keys, old=matter, new=into, actor=actor)


@transaction.atomic
def tag_moved(tag: Tag, *, into: Tag, actor: Any | None) -> int:
    """Puts one tag in the place of another on every text, and returns on how many precedents. As `matter_moved`."""
    links = Revision.tags.through.objects
    keys = _texts(_tagged(tag.pk))
    _held(keys)
    for batch in _batches(keys):
        _relinked(links, "tag", tag, into, batch)
    return _followed(keys, old=tag, new=into, actor=actor)


def _under(matter: int) -> Q:
    further = Revision.more_matters.through.objects.filter(matter=matter)
    return Q(matter=matter) | Q(pk__in=further.values("revision"))


def _tagged(tag: int) -> Q:
    return Q(pk__in=Revision.tags.through.objects.filter(tag=tag).values("revision"))


def _texts(condition: Q) -> list[int]:
    rows = Revision.objects.filter(condition).exclude(state=RevisionState.SUPERSEDED)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _held(keys: Collection[int]) -> None:
    """Whoever saves, submits or decides waits, and then finds another version than the one that was read."""
    for batch in _batches(keys):
        owners = Precedent.objects.filter(revisions__in=batch).order_by("pk").values_list("pk", flat=True)
        list(Precedent.objects.filter(pk__in=list(owners)).select_for_update().order_by("pk").values_list("pk"))
        list(Revision.objects.filter(pk__in=batch).select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _relinked(links: Any, name: str, old: models.Model, new: models.Model, batch: Collection[int]) -> None:
    both = links.filter(**{"revision__in": batch, name: new.pk}).values_list("revision", flat=True)
    links.filter(**{"revision__in": list(both), name: old.pk}).delete()
    links.filter(**{"revision__in": batch, name: old.pk}).update(**{name: new.pk})


def _followed(keys: Collection[int], *, old: models.Model, new: models.Model, actor: Any | None) -> int:
    """The digests of the texts, the versions of the open ones, the trail and the index."""
    owners: dict[int, None] = {}
    for batch in _batches(keys):
        rows = list(
            Revision.objects.filter(pk__in=batch)
            .select_related("matter", "theme", "region")
            .prefetch_related("more_matters", "causes", "categories", "tags")
        )
        for row in rows:
            row.content_digest = digest(content_of(row))
            owners[row.precedent_id] = None
        Revision.objects.bulk_update(rows, ["content_digest"], batch_size=100)
        Revision.objects.filter(pk__in=batch, state__in=OPEN_STATES).update(lock_version=F("lock_version") + 1)
    touched = [row for batch in _batches(sorted(owners)) for row in Precedent.objects.filter(pk__in=batch)]
    told = masked({"from": str(old), "to": str(new)})
    record_many(Action.PRECEDENT_RESORTED, touched, actor=actor, after=[told] * len(touched))
    mark_dirty(TOPIC, [row.pk for row in touched if row.live_revision_id])
    return len(touched)


def _batches(keys: Collection[int]) -> list[list[int]]:
    ordered = list(keys)
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]
