"""The texts of a precedent that get a vector: of its published text only, and only while it belongs into the index."""

import hashlib
from collections.abc import Iterable

import numpy as np

from caselib.precedents.models import Precedent
from caselib.search.indexing import eligible

from .port import PASSAGE_CHARACTERS, prepared

# The outbox topic of vectors.
TOPIC = "vectors"
BATCH = 500
# The first ones; a citizen's ninth way to say it is close to one of these.
_WORDINGS = 8


def passages_of(pks: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The prepared texts of those keys that are eligible, as the database has them now. 2 queries for each 500."""
    wanted = sorted(set(pks))
    found: dict[int, tuple[str, ...]] = {}
    for start in range(0, len(wanted), BATCH):
        rows = eligible().filter(pk__in=wanted[start : start + BATCH])
        for precedent in rows.select_related("live_revision__matter").prefetch_related("live_revision__tags"):
            found[precedent.pk] = _passages(precedent)
    return found


def digest_of(text: str) -> np.uint64:
    """What tells whether a prepared text changed; never 0."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") or 1)


def digests_of(texts: Iterable[str]) -> frozenset[int]:
    return frozenset(int(digest_of(text)) for text in texts)


def _passages(precedent: Precedent) -> tuple[str, ...]:
    """Whole aspects beside single fields: a short question is closest to a short text, a told story to a long one."""
    revision = precedent.live_revision
    applies = " ".join(revision.applies_when)
    matter = revision.matter.name if revision.matter else revision.matter_note
    tags = " ".join(tag.name for tag in revision.tags.all())
    texts = (
        # The first one counts more than the others: what somebody asks is closest to the problem.
        revision.problem,
        f"{revision.title} {revision.problem}",
        f"{revision.blocker} {revision.resolution}",
        f"{revision.title} {matter} {tags} {applies}",
        revision.title,
        applies,
        *revision.requester_wording[:_WORDINGS],
    )
    ready = (prepared(text, most=PASSAGE_CHARACTERS) for text in texts)
    return tuple(dict.fromkeys(text for text in ready if text))
