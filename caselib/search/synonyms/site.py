"""The groups of this site: those of the product, with what its editors changed, switched off and added in their place.

A row exists only for what the site has touched. So a site without rows has the words of the product, a group that was
edited or switched off stays so after an upgrade, and groups that a later version brings are there at once.
"""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from caselib.search.models import SynonymGroup, SynonymState

from .groups import SITE_MARK, Group, Synonyms
from .parsing import built_in_groups

# Seconds until another process follows a change. One query in that time, whatever is asked.
CHECK_EVERY = 2.0


@dataclass(frozen=True, slots=True)
class SiteGroup:
    """A group as the desk knows it. `key` goes into addresses; `pk` is None for one of the product that nobody touched."""

    key: str
    group: Group
    is_active: bool = True
    origin: str = SynonymGroup.Origin.BUILT_IN
    note: str = ""
    lock_version: int = 0
    pk: int | None = None
    changed_by: str = ""
    changed_at: dt.datetime | None = None

    @property
    def is_built_in(self) -> bool:
        return self.origin == SynonymGroup.Origin.BUILT_IN


def key_of_row(pk: int, built_in_key: str | None) -> str:
    """The key of a row: that of the group of the product for which it stands, or its own."""
    return built_in_key or f"{SITE_MARK}{pk}"


def load_groups() -> list[SiteGroup]:
    """All groups of the site, switched off ones included, the site's own last added first. 1 query; 10,000 in 0.2 s."""
    columns = ("pk", "words", "is_one_way", "is_active", "origin", "note", "lock_version", "built_in_key")
    rows = SynonymGroup.objects.order_by("-pk").values_list(*columns, "changed_by__display_name", "changed_at")
    found = [
        SiteGroup(
            key=key_of_row(pk, built_in_key),
            group=Group(tuple(words), one_way=one_way),
            is_active=active,
            origin=origin,
            note=note,
            lock_version=version,
            pk=pk,
            changed_by=by or "",
            changed_at=at,
        )
        for pk, words, one_way, active, origin, note, version, built_in_key, by, at in rows
    ]
    return [*found, *_untouched(found)]


def _untouched(rows: list[SiteGroup]) -> Iterator[SiteGroup]:
    """The groups of the product that no row stands for, without the words that the site has put elsewhere."""
    replaced = {row.key for row in rows}
    active = [row.group for row in rows if row.is_active]
    placed = {word for group in active if not group.one_way for word in group.words}
    leading = {group.label for group in active if group.one_way}
    for group in built_in_groups():
        key = group.built_in_key
        if key in replaced or (group.one_way and group.label in leading):
            continue
        if not group.one_way and not placed.isdisjoint(group.words):
            group = Group(tuple(word for word in group.words if word not in placed))
        if len(group.words) > 1:
            yield SiteGroup(key=key, group=group)


def state_token() -> str:
    """Differs after every change of the groups; empty while there was none. 1 query."""
    return SynonymState.objects.filter(pk=1).values_list("token", flat=True).first() or ""


@dataclass(slots=True)
class _Loaded:
    synonyms: Synonyms
    token: str
    look_again_at: float


_loaded: _Loaded | None = None
_loading = threading.Lock()
_tried: ContextVar[Synonyms | None] = ContextVar("caselib_tried_synonyms", default=None)


def current() -> Synonyms:
    """The words that count now, in every process. A change is seen at once where it was made, elsewhere in 2 seconds."""
    tried = _tried.get()
    if tried is not None:
        return tried
    loaded = _loaded
    if loaded is not None and time.monotonic() < loaded.look_again_at:
        return loaded.synonyms
    return _refreshed()


def _refreshed() -> Synonyms:
    global _loaded
    with _loading:
        now = time.monotonic()
        if _loaded is not None and now < _loaded.look_again_at:
            return _loaded.synonyms
        # Read before the groups: what changes in between is then read again at the next look.
        token = state_token()
        if _loaded is None or _loaded.token != token:
            active = Synonyms.of(row.group for row in load_groups() if row.is_active)
            _loaded = _Loaded(active, token, now + CHECK_EVERY)
        else:
            _loaded.look_again_at = now + CHECK_EVERY
        return _loaded.synonyms


def site_words() -> frozenset[str]:
    """Every word of every group that counts, as the database has them now. 1 query."""
    return frozenset(word for row in load_groups() if row.is_active for word in row.group.words)


def forget() -> None:
    """The next question reads the groups anew."""
    global _loaded
    _loaded = None


def hold(synonyms: Synonyms) -> None:
    """These words count until `forget()`, and nobody looks into the database. For tests and measurements."""
    global _loaded
    _loaded = _Loaded(synonyms, "", float("inf"))


@contextmanager
def trying(synonyms: Synonyms) -> Iterator[None]:
    """Inside, questions of this thread are read with other words: what a change would bring, before it is saved."""
    token = _tried.set(synonyms)
    try:
        yield
    finally:
        _tried.reset(token)
