"""Answers that somebody waits for, from the packages that keep them: one place that collects, so that the page of notices, the
number of the header and the daily mail tell the same.

A package below hands up `answers_for(scope) -> tuple[Told, ...]`: what came of a report, of a gap, of a consultation. It knows
nothing of this one; who adds such a package adds its function to `SOURCES`, and nothing else.
"""

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from caselib.consulting import selectors as consulting
from caselib.core.told import Told
from caselib.orgs.scope import ViewerScope
from caselib.reuse.reports import selectors as reports
from caselib.search.gaps import selectors as gaps

from .models import Reading

Source = Callable[[ViewerScope], tuple[Told, ...]]
SOURCES: tuple[Source, ...] = (reports.answers_for, gaps.answers_for, consulting.answers_for)
# So many of the newest are listed; nobody waits for more at a time.
MOST = 100
# For the header a process remembers the moments of a reader's answers for so many seconds, of so many readers: a page of
# somebody who waits for nothing asks nothing meanwhile.
SECONDS = 60.0
KEPT = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """`address`: the page that shows it."""

    at: dt.datetime
    title: str
    text: str
    address: str
    is_new: bool


def answers_of(scope: ViewerScope, *, seen: dt.datetime | None) -> tuple[Answer, ...]:
    """The answers to what the viewer asked, newest first; those after the mark are new. The queries of the sources."""
    if not scope.reads_content or scope.user_id is None:
        return ()
    told = sorted((each for source in SOURCES for each in source(scope)), key=lambda each: each.at, reverse=True)
    return tuple(
        Answer(each.at, each.title, each.text, reverse(each.view, args=each.args), seen is None or each.at > seen)
        for each in told[:MOST]
    )


_moments: OrderedDict[int, tuple[float, tuple[dt.datetime, ...]]] = OrderedDict()
_lock = threading.Lock()


def answers_unread(scope: ViewerScope) -> int:
    """How many answers are new, for the header: as of a minute ago at most. No query for who has none, else 1; once a minute
    the queries of the sources."""
    if not SOURCES or scope.user_id is None or not scope.reads_content:
        return 0
    moments = _remembered(scope)
    if not moments:
        return 0
    seen = Reading.objects.filter(user=scope.user_id).values_list("seen_at", flat=True).first()
    return sum(seen is None or at > seen for at in moments)


def forget() -> None:
    """Drops all that this process remembers."""
    with _lock:
        _moments.clear()


def _remembered(scope: ViewerScope) -> tuple[dt.datetime, ...]:
    with _lock:
        until, moments = _moments.get(scope.user_id, (0.0, ()))
    if until > time.monotonic():
        return moments
    moments = tuple(answer.at for answer in answers_of(scope, seen=None))
    with _lock:
        _moments[scope.user_id] = (time.monotonic() + SECONDS, moments)
        _moments.move_to_end(scope.user_id)
        while len(_moments) > KEPT:
            _moments.popitem(last=False)
    return moments
