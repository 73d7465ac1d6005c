"""Merging as one deed: the entry, what is said of precedents, who follows it, the gaps under it. All of it or nothing."""

from typing import Any

from django.db import transaction

from caselib.catalog.matters import matter_merge
from caselib.catalog.models import Matter, Tag
from caselib.catalog.tags import tag_merge
from caselib.consulting.services import consultations_moved
from caselib.following.services import follows_moved
from caselib.precedents.resorting import matter_held, matter_moved, tag_held, tag_moved
from caselib.search.gaps.services import gaps_moved


@transaction.atomic
def matters_merge(key: int, *, into: int, lock_version: int, actor: Any) -> tuple[Matter, int]:
    """Merges a matter with everything under it. Returns the successor and how many precedents followed.

    Raises RuleBroken, NotVisible, StaleState. Writes what `matter_merge`, `matter_moved`, `follows_moved`, `gaps_moved`,
    `consultations_moved` write.
    """
    matter_held(key)
    matter, successor = matter_merge(key, into=into, lock_version=lock_version, actor=actor)
    moved = matter_moved(matter, into=successor, actor=actor)
    follows_moved(matter, into=successor)
    gaps_moved(matter, into=successor)
    consultations_moved(matter, into=successor)
    return successor, moved


@transaction.atomic
def tags_merge(key: int, *, into: int, lock_version: int, actor: Any) -> tuple[Tag, int]:
    """Merges a tag on every text that carries it. As `matters_merge`."""
    tag_held(key)
    tag, successor = tag_merge(key, into=into, lock_version=lock_version, actor=actor)
    moved = tag_moved(tag, into=successor, actor=actor)
    follows_moved(tag, into=successor)
    return successor, moved
