"""What the home page lists and counts: ways into the library for who does not ask."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from caselib.orgs.scope import ViewerScope

from .models import Kind, Precedent
from .selectors import PrecedentRow, rows_of


@dataclass(frozen=True, slots=True)
class HomeLists:
    """What the home page lists. `reused` holds only precedents that were used with success at least once."""

    recent: tuple[PrecedentRow, ...]
    reused: tuple[PrecedentRow, ...]
    total: int


def rows_for_home(scope: ViewerScope, *, on: dt.date, limit: int = 6) -> HomeLists:
    """5 queries for any size of the library."""
    findable = Precedent.objects.visible_to(scope).findable()
    recent = list(findable.order_by("-changed_at", "-pk").values_list("pk", flat=True)[:limit])
    reused = list(
        findable.filter(reuse_count__gt=0).order_by("-reuse_count", "-pk").values_list("pk", flat=True)[:limit]
    )
    rows = {row.precedent.pk: row for row in rows_of(Precedent.objects.filter(pk__in={*recent, *reused}), scope, on=on)}
    return HomeLists(
        recent=tuple(rows[pk] for pk in recent if pk in rows),
        reused=tuple(rows[pk] for pk in reused if pk in rows),
        total=findable.filter(kind=Kind.PRECEDENT).count(),
    )


# Tags grow without end: those of the newest texts are worth offering, and counting all of them would read the library.
NEWEST = 1000


def counts_by_matter(scope: ViewerScope) -> dict[tuple[int | None, int | None], int]:
    """How many findable precedents of the viewer there are for each (theme, matter), by key. 1 query over the library."""
    findable = Precedent.objects.visible_to(scope).findable().order_by()
    rows = findable.values_list("theme", "matter").annotate(count=Count("pk"))
    return {(theme, matter): count for theme, matter, count in rows}


def counts_by_cause(scope: ViewerScope) -> dict[int, int]:
    """How many findable precedents of the viewer name each cause, by key. 1 query over the library."""
    findable = Precedent.objects.visible_to(scope).findable().order_by()
    rows = findable.values_list("live_revision__causes").annotate(count=Count("pk"))
    return {cause: count for cause, count in rows if cause}


def frequent_tags(scope: ViewerScope, *, limit: int) -> list[int]:
    """The keys of the tags that the newest findable precedents of the viewer carry most often. 1 query."""
    newest = Precedent.objects.visible_to(scope).findable().order_by("-published_at", "-pk").values("pk")[:NEWEST]
    rows = Precedent.objects.filter(pk__in=newest, live_revision__tags__isnull=False).order_by()
    counted = rows.values_list("live_revision__tags").annotate(count=Count("pk"))
    return [tag for tag, _ in counted.order_by("-count", "live_revision__tags")[:limit]]
