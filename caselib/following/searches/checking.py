"""Asks saved searches again, through the same way as the results page, with what their owners may see now.

Only the first 50 hits count, and only texts that were published or changed in substance since the search was saved: that
one moved up because another went is no news. A page that is opened checks nothing: reading writes nothing.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, QuerySet

from caselib.core import clock
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.precedents.models import Precedent
from caselib.search.selectors import results_for_page

from ..models import Frequency, SavedSearch, SearchNews
from .asked import Asked, asked_of

LOOKED_AT = 50
BATCH = 200
# Keys that a search remembers; those of the last hits always.
MOST_KNOWN = 500
# The index may be that much later than the library: a search is asked again as long as a change is that young.
LAG = dt.timedelta(hours=1)
KEPT_FOR = dt.timedelta(days=90)

# Digest of the text and the moment of its last change in substance, by key of the precedent.
Hits = dict[int, tuple[str, dt.datetime | None]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one search. `asked`: False where nothing in the library changed. `failed`: the index could not be read."""

    search: SavedSearch
    told: int = 0
    asked: bool = True
    failed: bool = False


def searches_check(*, now: dt.datetime | None = None) -> Iterator[Checked]:
    """Asks every search that is due, and yields what became of each. Some 30 ms each; each is written by itself.

    Where nothing in the library changed since the last time, nothing is asked. News of 90 days ago goes.
    """
    now = now or clock.now()
    SearchNews.objects.filter(at__lt=now - KEPT_FOR).delete()
    changed_at = Precedent.objects.aggregate(last=Max("changed_at"))["last"]
    due = SavedSearch.objects.filter(user__is_active=True).exclude(frequency=Frequency.OFF).select_related("user")
    scope, user = None, None
    for search in _in_batches(due):
        if not is_due(search, now=now):
            continue
        if changed_at is None or changed_at < search.checked_at - LAG:
            SavedSearch.objects.filter(pk=search.pk).update(checked_at=now)
            yield Checked(search, asked=False)
            continue
        if search.user_id != user:
            user, scope = search.user_id, scope_of(search.user)
        if scope.reads_content:
            yield _checked(search, scope, now=now)


def _in_batches(searches: QuerySet[SavedSearch]) -> Iterator[SavedSearch]:
    """Those of one account together. By key and no cursor: each is written while the next ones wait."""
    keys = list(searches.order_by("user", "pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        yield from searches.filter(pk__in=keys[start : start + BATCH]).order_by("user", "pk")


def is_due(search: SavedSearch, *, now: dt.datetime) -> bool:
    """Whether it is time: each run, once a day, once in seven days, in days of the hall."""
    days = (clock.day_of(now) - clock.day_of(search.checked_at)).days
    return {Frequency.AT_ONCE: True, Frequency.DAILY: days >= 1, Frequency.WEEKLY: days >= 7}.get(
        search.frequency, False
    )


def known_now(asked: Asked, scope: ViewerScope) -> dict[str, str]:
    """The digests of what a search finds now, as it is stored; empty while the index cannot be read."""
    return {str(pk): digest for pk, (digest, _) in (hits_of(asked, scope) or {}).items()}


def hits_of(asked: Asked, scope: ViewerScope) -> Hits | None:
    """The first 50 that fit, in their order; None while the index cannot be read. What is near for reference only is no hit."""
    page = results_for_page(
        scope=scope,
        text=asked.text,
        filters=asked.filters,
        sort=asked.sort,
        per_page=LOOKED_AT,
        literal=asked.literal,
        typed=asked.typed,
    )
    if not page.from_index:
        return None
    keys = [row.pk for row in page.rows] if page.fits else []
    columns = ("pk", "live_revision__content_digest", "changed_at")
    rows = Precedent.objects.visible_to(scope).findable().filter(pk__in=keys).order_by().values_list(*columns)
    found = {pk: (digest, changed_at) for pk, digest, changed_at in rows}
    return {pk: found[pk] for pk in keys if pk in found}


def _checked(search: SavedSearch, scope: ViewerScope, *, now: dt.datetime) -> Checked:
    hits = hits_of(asked_of(search.address), scope)
    if hits is None:
        return Checked(search, failed=True)
    return Checked(search, told=search_told(search, hits, now=now))


@transaction.atomic
def search_told(search: SavedSearch, hits: Hits, *, now: dt.datetime) -> int:
    """Notes what is new or changed among the hits and remembers them; returns how many. Another run at the same time
    finds them known. No audit event: it tells of a wish of the account."""
    search = SavedSearch.objects.select_for_update().filter(pk=search.pk).first()
    if search is None:
        return 0
    fresh = {
        pk: SearchNews.Kind.CHANGED if str(pk) in search.known else SearchNews.Kind.NEW
        for pk, (digest, changed_at) in hits.items()
        if changed_at is not None and changed_at > search.created_at and search.known.get(str(pk)) != digest
    }
    # Told anew; what nobody has seen yet stays new to them.
    unseen = {news.precedent_id: news for news in search.news.filter(seen_at=None, precedent__in=fresh)}
    for news in unseen.values():
        news.at, news.mailed_at = now, None
    SearchNews.objects.bulk_update(unseen.values(), ["at", "mailed_at"])
    SearchNews.objects.bulk_create(
        SearchNews(search=search, precedent_id=pk, kind=kind, at=now) for pk, kind in fresh.items() if pk not in unseen
    )
    known = {str(pk): digest for pk, (digest, _) in hits.items()}
    older = {pk: digest for pk, digest in search.known.items() if pk not in known}
    room = max(0, MOST_KNOWN - len(known))
    search.known = {**dict(list(older.items())[len(older) - min(room, len(older)) :]), **known}
    search.checked_at = now
    search.save(update_fields=["known", "checked_at"])
    return len(fresh)
