"""How many notices are unread: what the header of each page shows to who follows something, saved a search or asked.

A process remembers for each reader what it has counted, and asks the trail only for what came since.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace

from django.db.models import DateTimeField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from caselib.audit.models import AuditEvent
from caselib.core import clock, prepared
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.waiting import waiting_as_rows

from . import answers
from .imported import imported_by
from .models import Follow, Reading
from .searches.selectors import news_unseen
from .trail import concerning, imports

# Above this the header says 99+.
MOST = 100
# Readers that a process remembers, and seconds for which it does: a text that was revised since may concern nobody any more.
KEPT = 1000
SECONDS = 600

_FOLLOW, _MARK, _EVENT, _IMPORT, _NEWS, _ANSWER, _SEEN = range(7)


@dataclass(frozen=True, slots=True)
class Following:
    """What somebody follows, by key, and how many notices are unread, MOST at most: of what is followed, of saved searches,
    and answers.

    `waiting`: how much waits for the viewer on the desk, which the header shows beside it; None where it was not asked along.
    """

    policies: frozenset[int] = frozenset()
    matters: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()
    unread: int = 0
    waiting: int | None = None

    @property
    def label(self) -> str:
        """The number as the header shows it; empty for none."""
        return "" if not self.unread else f"{MOST - 1}+" if self.unread >= MOST else str(self.unread)


NOTHING = Following()


@dataclass(frozen=True, slots=True)
class _Counted:
    """`events`: the newest that concern what is followed, up to the event `upto`, for these follows, until a moment."""

    follows: frozenset[tuple[int, int, int, int]]
    upto: int
    events: frozenset[int]
    until: float


_counted: OrderedDict[Hashable, _Counted] = OrderedDict()
_lock = threading.Lock()


def following_of(user: User, scope: ViewerScope) -> Following:
    """What the account follows and what of it is unread. No query for who follows nothing and saved no search, else 1.

    1 more after something happened that makes what was counted useless, and 1 after an import; for answers see there.
    """
    if not scope.reads_content:
        return NOTHING
    if not user.follow_count:
        answered = answers.answers_unread(scope) if answers.is_told(user, scope) else 0
        return replace(NOTHING, unread=min(answered, MOST)) if answered else NOTHING
    at = (user.pk, scope.shape)
    before = _remembered(at)
    waits = answers.is_told(user, scope) and not answers.is_known(scope)
    follows, (seen, newest, waiting), fresh, news = _asked(
        user.pk, scope, after=before.upto if before else 0, with_answers=waits
    )
    if before and (before.follows != follows or before.upto > newest):
        before = None
        follows, (seen, newest, waiting), fresh, news = _asked(user.pk, scope, after=0)
    answered = answers.answers_unread(scope) if answers.is_told(user, scope) else 0
    events = sorted(fresh | (before.events if before else frozenset()))[-MOST:]
    until = before.until if before else time.monotonic() + SECONDS
    _remember(at, _Counted(follows, newest, frozenset(events), until))
    return Following(
        policies=frozenset(policy for policy, *_ in follows if policy),
        matters=frozenset(matter for _, matter, *_ in follows if matter),
        tags=frozenset(tag for _, _, tag, _ in follows if tag),
        unread=min(MOST, sum(1 for event in events if event > seen) + news + answered),
        waiting=waiting,
    )


def forget() -> None:
    """Drops all that this process remembers."""
    answers.forget()
    with _lock:
        _counted.clear()


def _asked(
    user: int, scope: ViewerScope, *, after: int, with_answers: bool = False
) -> tuple[frozenset[tuple[int, int, int, int]], tuple[int, int, int | None], set[int], int]:
    """(follows as policy, matter, tag and beginning; the mark, the newest event and what waits; new events that concern
    them; how much saved searches have to tell).

    1 query.
    """
    # What waits depends on who asks: the account is a key of the composed query wherever it stands in it.
    rows = prepared.values_of(
        "following",
        user,
        after,
        # What is told of days that are near depends on the day.
        shape=(scope.shape, with_answers, clock.today() if with_answers else None),
        # The query is composed once for all who may do the same: whoever asks is a key of it, wherever it stands.
        build=lambda user, after: _rows(user, after, replace(scope, user_id=user), with_answers=with_answers),
    )
    if with_answers:
        told = [(row[0], moment) for moment, *row in rows if moment is not None]
        marks = (moment for kind, moment in told if kind == _SEEN)
        answers.keep(scope, at=(moment for kind, moment in told if kind == _ANSWER), seen=next(marks, None))
    rows = [row[1:] for row in rows]
    follows = frozenset(row[1:] for row in rows if row[0] == _FOLLOW)
    mark = next((row[1:4] for row in rows if row[0] == _MARK), (0, 0, None))
    news = sum(row[0] == _NEWS for row in rows)
    events = {row[1] for row in rows if row[0] == _EVENT}
    came_in = [row[1] for row in rows if row[0] == _IMPORT]
    return follows, mark, events | set(imported_by(came_in, user, scope) if came_in else ()), news


def _rows(user: int, after: int, scope: ViewerScope, *, with_answers: bool) -> QuerySet:
    """Kinds of rows of a moment and four numbers each, in one query; `with_answers`: also those of `answers.moments`."""
    mark = Reading.objects.filter(user=user)
    newest = AuditEvent.objects.order_by("-pk").values("pk")[:1]
    start = Greatest(Coalesce(Subquery(mark.values("seen_event")), Value(0)), Value(after))

    def numbers(rows: QuerySet, kind: int, *names: str) -> QuerySet:
        fill = {f"fill{at}": Value(0) for at in range(len(names), 4)}
        rows = rows.order_by().annotate(moment=Value(None, DateTimeField()), row_kind=Value(kind), **fill)
        return rows.values_list("moment", "row_kind", *names, *fill)

    def moments(rows: QuerySet, kind: int) -> QuerySet:
        """Behind the one column that these have already."""
        return rows.annotate(row_kind=Value(kind), **{f"fill{at}": Value(0) for at in range(4)})

    follows = Follow.objects.filter(user=user).annotate(
        of_policy=Coalesce("policy_id", Value(0)),
        of_matter=Coalesce("matter_id", Value(0)),
        of_tag=Coalesce("tag_id", Value(0)),
    )
    parts = [numbers(part, _EVENT, "pk") for part in concerning(user, scope, after=start)]
    if with_answers:
        seen, *answered = answers.moments(scope)
        parts += [moments(seen, _SEEN), *(moments(part, _ANSWER) for part in answered)]
    return numbers(follows, _FOLLOW, "of_policy", "of_matter", "of_tag", "since_event").union(
        numbers(
            mark.annotate(newest=Coalesce(Subquery(newest), Value(0)), waiting=Subquery(waiting_as_rows(scope))),
            *(_MARK, "seen_event", "newest", "waiting"),
        ),
        numbers(imports(user, after=start), _IMPORT, "pk"),
        numbers(news_unseen(user, scope), _NEWS, "pk"),
        *parts,
        all=True,
    )


def _remembered(at: Hashable) -> _Counted | None:
    with _lock:
        found = _counted.get(at)
        if found is None or found.until < time.monotonic():
            return None
        _counted.move_to_end(at)
        return found


def _remember(at: Hashable, counted: _Counted) -> None:
    with _lock:
        _counted[at] = counted
        _counted.move_to_end(at)
        while len(_counted) > KEPT:
            _counted.popitem(last=False)
