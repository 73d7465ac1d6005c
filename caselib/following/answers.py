"""Answers that somebody waits for, and what training has to tell, from the packages that keep them: one place that collects, so that
the page of notices, the number of the header and the daily mail tell the same.

A package below hands up `answers_for(scope) -> tuple[Told, ...]`: what came of a report, of a gap, of a consultation. It knows
nothing of this one; who adds such a package adds its function to `SOURCES`, and nothing else.
"""

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import F, QuerySet, Value
from django.urls import reverse

from caselib.consulting import selectors as consulting
from caselib.core.told import Told
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.reuse.reports import selectors as reports
from caselib.search.gaps import selectors as gaps
from caselib.training.people.told import SOURCES as TRAINING

from .models import Reading


class Source(Protocol):
    """What a package hands up: the answers to what a viewer asked, and their moments alone, as one column to be asked for."""

    def answers_for(self, scope: ViewerScope, /) -> tuple[Told, ...]: ...

    def answered_at(self, scope: ViewerScope, /) -> QuerySet: ...


SOURCES: tuple[Source, ...] = (reports, gaps, consulting, *TRAINING)
# So many of the newest are listed; nobody waits for more at a time.
MOST = 100
# For the header a process remembers the moments of a reader's answers for so many seconds, of so many readers: a page of
# somebody who waits for nothing asks nothing meanwhile.
SECONDS = 60.0
KEPT = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """`address`: the page that shows it; `word`: as in `Told`."""

    at: dt.datetime
    title: str
    text: str
    address: str
    is_new: bool
    word: str = ""


def answers_of(scope: ViewerScope, *, seen: dt.datetime | None) -> tuple[Answer, ...]:
    """The answers to what the viewer asked, newest first; those after the mark are new. The queries of the sources."""
    if not scope.reads_content or scope.user_id is None:
        return ()
    told = sorted(
        (each for source in SOURCES for each in source.answers_for(scope)), key=lambda each: each.at, reverse=True
    )
    return tuple(
        Answer(
            each.at,
            each.title,
            each.text,
            reverse(each.view, args=each.args),
            seen is None or each.at > seen,
            each.word,
        )
        for each in told[:MOST]
    )


def is_told(user: User, scope: ViewerScope) -> bool:
    """Whether there may be something for the account: it asked or was assigned something, or is of a department that was. No query."""
    return user.has_asked or scope.has_training


@dataclass(frozen=True, slots=True)
class _Moments:
    """When the viewer's answers came, and up to when they are read."""

    at: tuple[dt.datetime, ...]
    seen: dt.datetime | None
    until: float


_moments: OrderedDict[int, _Moments] = OrderedDict()
_lock = threading.Lock()


def answers_unread(scope: ViewerScope) -> int:
    """How many answers are new, for the header: as of a minute ago at most. 1 query once a minute, for all sources."""
    if scope.user_id is None or not scope.reads_content:
        return 0
    known = _remembered(scope)
    return sum(known.seen is None or at > known.seen for at in known.at)


def is_known(scope: ViewerScope) -> bool:
    """Whether this process knows the moments, so that nobody need ask for them along with something else. No query."""
    with _lock:
        known = _moments.get(scope.user_id)
    return known is not None and known.until > time.monotonic()


def keep(scope: ViewerScope, *, at: Iterable[dt.datetime], seen: dt.datetime | None) -> None:
    """Remembers what was asked for along with something else."""
    newest = tuple(sorted(at, reverse=True)[:MOST])
    known = _Moments(at=newest, seen=seen, until=time.monotonic() + SECONDS)
    with _lock:
        _moments[scope.user_id] = known
        _moments.move_to_end(scope.user_id)
        while len(_moments) > KEPT:
            _moments.popitem(last=False)


def forget(user: int | None = None) -> None:
    """Drops what this process remembers: of that account, or all of it."""
    with _lock:
        if user is None:
            _moments.clear()
        else:
            _moments.pop(user, None)


def _remembered(scope: ViewerScope) -> _Moments:
    with _lock:
        known = _moments.get(scope.user_id)
    if known is not None and known.until > time.monotonic():
        return known
    rows = list(_asked(scope)[: MOST + 1])
    keep(
        scope,
        at=(at for at, is_mark in rows if at is not None and not is_mark),
        seen=next((at for at, is_mark in rows if is_mark), None),
    )
    with _lock:
        return _moments[scope.user_id]


def moments(scope: ViewerScope) -> list[QuerySet]:
    """The mark up to which answers are read, then the moments of each source: one column each. No query."""
    mark = Reading.objects.filter(user=scope.user_id, seen_at__isnull=False).order_by().values_list("seen_at")
    return [mark, *(source.answered_at(scope) for source in SOURCES)]


def _asked(scope: ViewerScope) -> QuerySet:
    """Rows (moment, whether it is the mark up to which answers are read), newest first; the mark before all of them."""
    mark, *sources = moments(scope)
    parts = [each.annotate(is_mark=Value(0)) for each in sources]
    return mark.annotate(is_mark=Value(1)).union(*parts, all=True).order_by(F("is_mark").desc(), F("seen_at").desc())
