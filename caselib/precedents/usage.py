"""In how many precedents an entry of a vocabulary is used: those in the library, and drafts. For who keeps the entries.

Counts alone, of the whole library: whoever merges or deletes has to know of what the own rooms do not show.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from caselib.catalog.models import Matter, Tag

from .models import OPEN_STATES, Precedent, Revision
from .visibility import FINDABLE

_LIVE = Q(revision__live_for__status__in=FINDABLE)
_OPEN = Q(revision__state__in=OPEN_STATES)


@dataclass(frozen=True, slots=True)
class Usage:
    """`live`: precedents that are in the library with it; `drafts`: precedents with an open text that has it."""

    live: int = 0
    drafts: int = 0

    @property
    def is_none(self) -> bool:
        return not self.live and not self.drafts


NO_USE = Usage()


def usage_of_tags(keys: Collection[int]) -> dict[int, Usage]:
    """By key; tags that nobody uses are missing. 1 query."""
    return _linked(Revision.tags.through.objects.all(), "tag", keys)


def usage_of_causes(keys: Collection[int]) -> dict[int, Usage]:
    """By key; causes that nobody uses are missing. 1 query."""
    return _linked(Revision.causes.through.objects.all(), "cause", keys)


def usage_of_categories(keys: Collection[int]) -> dict[int, Usage]:
    """By key; classes that nobody uses are missing. 1 query."""
    return _linked(Revision.categories.through.objects.all(), "category", keys)


def usage_of_schemes(keys: Collection[int]) -> dict[int, Usage]:
    """By key; schemes that nothing is sorted by are missing. 1 query."""
    return _linked(Revision.categories.through.objects.all(), "category__scheme", keys)


def usage_of_matters(keys: Collection[int]) -> dict[int, Usage]:
    """By key, as first or further matter. 1 query with four counts for each."""
    first = Revision.objects.filter(matter=OuterRef("pk"))
    further = Revision.more_matters.through.objects.filter(matter=OuterRef("pk")).exclude(revision__matter=F("matter"))
    rows = (
        Matter.objects.filter(pk__in=keys)
        .order_by()
        .values_list(
            "pk",
            _count(first.filter(live_for__status__in=FINDABLE)),
            _count(further.filter(_LIVE)),
            _count(first.filter(state__in=OPEN_STATES)),
            _count(further.filter(_OPEN)),
        )
    )
    return _used({pk: (live + more_live, drafts + more_drafts) for pk, live, more_live, drafts, more_drafts in rows})


def usage_of_departments(keys: Collection[int]) -> dict[int, Usage]:
    """By key: the precedents that a department owns. 1 query."""
    rows = Precedent.objects.filter(owner_department__in=keys).order_by().values_list("owner_department")
    return _counted(rows, live=Q(status__in=FINDABLE), drafts=Q(revisions__state__in=OPEN_STATES), of="pk")


def usage_of_regions(keys: Collection[int]) -> dict[int, Usage]:
    """By key: the precedents that hold there. 1 query."""
    rows = Revision.objects.filter(region__in=keys).order_by().values_list("region")
    live, drafts = Q(live_for__status__in=FINDABLE), Q(state__in=OPEN_STATES)
    return _counted(rows, live=live, drafts=drafts, of="precedent")


def unused_tags() -> QuerySet[Tag]:
    """Tags in use by no text that is live or open; merged ones are none."""
    links = Revision.tags.through.objects.filter(_LIVE | _OPEN)
    return Tag.objects.filter(merged_into=None).exclude(pk__in=links.values("tag"))


def _linked(links: QuerySet, name: str, keys: Collection[int]) -> dict[int, Usage]:
    rows = links.filter(**{f"{name}__in": keys}).order_by().values_list(name)
    return _counted(rows, live=_LIVE, drafts=_OPEN, of="revision__precedent")


def _counted(rows: QuerySet, *, live: Q, drafts: Q, of: str) -> dict[int, Usage]:
    counted = rows.annotate(
        live_count=Count(of, distinct=True, filter=live), draft_count=Count(of, distinct=True, filter=drafts)
    )
    return _used({pk: (live_count, draft_count) for pk, live_count, draft_count in counted})


def _used(counts: Mapping[int, tuple[int, int]]) -> dict[int, Usage]:
    return {pk: Usage(*pair) for pk, pair in counts.items() if any(pair)}


def _count(rows: QuerySet) -> Any:
    return Coalesce(Subquery(rows.order_by().values("matter").annotate(n=Count("*")).values("n")[:1]), 0)
