"""Reads of saved searches and of what they found. News of what can be seen no more is not told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.shown import holds_personal, title_shown

from ..models import Frequency, SavedSearch, SearchNews
from .asked import asked_of, gone_in, words_of

# Titles that one search names in a notice or a mail; the rest is counted.
MOST_TITLES = 5


@dataclass(frozen=True, slots=True)
class SearchLine:
    """`new`, `changed`: how many since it was looked at last. `filters`: in words; `gone`: those that are no more."""

    search: SavedSearch
    address: str
    text: str
    filters: tuple[str, ...]
    gone: tuple[str, ...]
    new: int
    changed: int

    @property
    def is_off(self) -> bool:
        return self.search.frequency == Frequency.OFF


def searches_for_page(user: int, scope: ViewerScope) -> tuple[SearchLine, ...]:
    """The user's saved searches, newest first. 2 queries for any number, and at most 4 for the names of filters."""
    searches = list(SavedSearch.objects.filter(user=user))
    counts = _counts(user, scope)
    many = [asked_of(search.address) for search in searches]
    return tuple(
        SearchLine(search, results_address(search), asked.text, words_of(asked), gone, *counts.get(search.pk, (0, 0)))
        for search, asked, gone in zip(searches, many, gone_in(many), strict=True)
    )


def results_address(search: SavedSearch) -> str:
    return f"{reverse('search:results')}?{search.address}"


def news_unseen(user: object, scope: ViewerScope) -> QuerySet[SearchNews]:
    """What was found and not looked at, as far as the viewer may find it now."""
    findable = Precedent.objects.visible_to(scope).findable()
    mine = SearchNews.objects.filter(search__user=user, seen_at=None, precedent__in=findable)
    return mine.exclude(search__frequency=Frequency.OFF).order_by()


def _counts(user: int, scope: ViewerScope) -> dict[int, tuple[int, int]]:
    kinds = {kind.value: Count("pk", filter=Q(kind=kind)) for kind in SearchNews.Kind}
    rows = news_unseen(user, scope).values("search").annotate(**kinds).values_list("search", *kinds)
    return {search: (new, changed) for search, new, changed in rows}


@dataclass(frozen=True, slots=True)
class Found:
    """One precedent that a search tells of."""

    key: int
    word: str
    title: str
    address: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class SearchTold:
    """What one search tells: the newest few by title, `more` of them counted. `keys`: of all the news."""

    search: SavedSearch
    at: dt.datetime
    found: tuple[Found, ...]
    more: int
    keys: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.keys)


def searches_told(user: int, scope: ViewerScope, *, unmailed: bool = False) -> tuple[SearchTold, ...]:
    """What the saved searches of a user have to tell, newest first; `unmailed`: what no mail told. 2 queries for any number."""
    if not scope.reads_content:
        return ()
    news = news_unseen(user, scope)
    rows = list((news.filter(mailed_at=None) if unmailed else news).select_related("search").order_by("-at", "-pk"))
    by_search: dict[int, list[SearchNews]] = {}
    for row in rows:
        by_search.setdefault(row.search_id, []).append(row)
    shown = [row for group in by_search.values() for row in group[:MOST_TITLES]]
    precedents = _precedents([row.precedent_id for row in shown], scope)
    return tuple(_told(group, precedents) for group in by_search.values())


def _told(group: Sequence[SearchNews], precedents: dict[int, Precedent]) -> SearchTold:
    found = tuple(
        _found(row, precedents[row.precedent_id]) for row in group[:MOST_TITLES] if row.precedent_id in precedents
    )
    keys = tuple(row.pk for row in group)
    return SearchTold(group[0].search, group[0].at, found, len(keys) - len(found), keys)


def _found(news: SearchNews, precedent: Precedent) -> Found:
    address = reverse("pages:precedent", args=[precedent.code])
    return Found(news.pk, news.get_kind_display(), title_shown(precedent), address, news.at)


def _precedents(keys: Sequence[int], scope: ViewerScope) -> dict[int, Precedent]:
    if not keys:
        return {}
    visible = Precedent.objects.visible_to(scope).filter(live_revision__isnull=False)
    columns = ("code", "status", "live_revision", "live_revision__title")
    return visible.annotate(is_personal=holds_personal()).select_related("live_revision").only(*columns).in_bulk(keys)
