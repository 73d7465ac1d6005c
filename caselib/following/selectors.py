"""Reads of what somebody follows, for the page 我的关注."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Min

from caselib.core import clock
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.policies.selectors import validity_by_policy
from caselib.policies.validity import Validity
from caselib.precedents.models import Precedent

from .answers import Answer, answers_of, is_told
from .models import Follow, Reading
from .notices import Link, Notice, matter_address, notices_of, policy_address, tag_address
from .searches.selectors import SearchTold, searches_told
from .trail import concerning, imports, newest_event

# So many of the newest events are looked at for the page. The number of the header and the mail know no such end.
LOOKED_AT = 500
# Events of a trail that are looked through first: most readers find what they came for in these.
WINDOW = 20_000


@dataclass(frozen=True, slots=True)
class FollowLine:
    """One thing that is followed. `kind` and `code` name it in the form that ends it.

    `validity`: of a policy with a version. `count`: precedents in use of a matter or with a tag. `newest`: the last notice, if any.
    """

    kind: str
    code: str
    what: Link
    since: dt.datetime
    validity: Validity | None
    count: int | None
    newest: Notice | None
    unread: int


@dataclass(frozen=True, slots=True)
class NoticeDay:
    day: dt.date
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """`until`: the newest event when it was read, `moment`: when that was: to mark all as read is meant up to there.
    `is_cut`: older ones exist. `searches`: what saved searches have to tell; `answers`: to what the viewer asked, and of training.
    """

    lines: tuple[FollowLine, ...]
    days: tuple[NoticeDay, ...]
    page: PageInfo
    unread: int
    until: int
    is_cut: bool
    moment: dt.datetime
    searches: tuple[SearchTold, ...]
    answers: tuple[Answer, ...]

    @property
    def replies(self) -> tuple[Answer, ...]:
        """What came of what the viewer asked."""
        return tuple(answer for answer in self.answers if not answer.word)

    @property
    def training(self) -> tuple[Answer, ...]:
        """What training has to tell."""
        return tuple(answer for answer in self.answers if answer.word)


def notices_for_page(
    user: User, scope: ViewerScope, *, page: object, on: dt.date, now: dt.datetime | None = None
) -> NoticesPage:
    """What the user follows, and one page of the notices about it. 18 queries for any number, some more with imports,
    with tags, in a long trail, and for answers."""
    moment = now or clock.now()
    until = newest_event()
    marks = Reading.objects.filter(user=user).annotate(since=Min("user__follows__since_event"))
    mark, seen, since = marks.values_list("seen_event", "seen_at", "since").first() or (0, None, None)
    # Who never asked anything and has nothing to learn waits for no answer.
    answers = answers_of(scope, seen=seen) if is_told(user, scope) else ()
    searches = searches_told(user.pk, scope)
    keys = _newest_keys(user.pk, scope, since=since or 0, until=until, limit=LOOKED_AT + 1)
    notices = notices_of(keys[:LOOKED_AT], user=user.pk, scope=scope, seen=mark)
    info = page_info(page, total=len(notices))
    return NoticesPage(
        lines=_lines(user, scope, notices, on=on),
        days=_by_day(notices[info.offset : info.offset + info.per_page]),
        page=info,
        unread=sum(notice.is_new for notice in notices)
        + sum(answer.is_new for answer in answers)
        + sum(told.count for told in searches),
        until=until,
        is_cut=len(keys) > LOOKED_AT,
        moment=moment,
        searches=searches,
        answers=answers,
    )


def keys_concerning(user: int, scope: ViewerScope, *, after: int, limit: int | None = None) -> list[int]:
    """Keys of the events after a mark that concern what the user follows, newest first, with all imports. 1 query."""
    parts = [part.values_list("pk") for part in (*concerning(user, scope, after=after), imports(user, after=after))]
    found = parts[0].union(*parts[1:]).order_by("-id")
    return [pk for (pk,) in (found if limit is None else found[:limit])]


def _newest_keys(user: int, scope: ViewerScope, *, since: int, until: int, limit: int) -> list[int]:
    """The newest keys of those that concern the user, at most `limit`. 1 query, 2 where few of a long trail do."""
    start = max(since, until - WINDOW)
    found = keys_concerning(user, scope, after=start, limit=limit)
    if len(found) < limit and start > since:
        found = keys_concerning(user, scope, after=since, limit=limit)
    return found


def _by_day(notices: Iterable[Notice]) -> tuple[NoticeDay, ...]:
    days = groupby(notices, key=lambda notice: clock.day_of(notice.at))
    return tuple(NoticeDay(day, tuple(found)) for day, found in days)


def _lines(user: User, scope: ViewerScope, notices: list[Notice], *, on: dt.date) -> tuple[FollowLine, ...]:
    follows = list(Follow.objects.filter(user=user).select_related("policy", "matter", "tag"))
    validity = validity_by_policy([follow.policy for follow in follows if follow.policy], on=on)
    counts = _counts("matter", [follow.matter_id for follow in follows if follow.matter_id], scope)
    tagged = _counts("live_revision__tags", [follow.tag_id for follow in follows if follow.tag_id], scope)
    newest: dict[int, Notice] = {}
    unread: dict[int, int] = {}
    for notice in notices:
        for pk in notice.follows:
            newest.setdefault(pk, notice)
            unread[pk] = unread.get(pk, 0) + notice.is_new
    lines = (
        _line(follow, validity, tagged if follow.tag_id else counts, newest.get(follow.pk), unread.get(follow.pk, 0))
        for follow in follows
    )
    # What has moved last comes first; what never did, as it was followed.
    return tuple(sorted(lines, key=lambda line: -(line.newest.event if line.newest else 0)))


def _line(
    follow: Follow, validity: dict[int, Validity], counts: dict[int, int], newest: Notice | None, unread: int
) -> FollowLine:
    policy, counted = follow.policy, follow.matter or follow.tag
    kind, code, what = _named(follow)
    return FollowLine(
        kind=kind,
        code=code,
        what=what,
        since=follow.created_at,
        validity=validity.get(policy.pk) if policy else None,
        count=counts.get(counted.pk, 0) if counted else None,
        newest=newest,
        unread=unread,
    )


def _named(follow: Follow) -> tuple[str, str, Link]:
    """(kind and code for the form that ends it, where it is read). A tag has no code: its key."""
    if follow.policy:
        return "policy", follow.policy.code, Link(follow.policy.title, policy_address(follow.policy))
    if follow.matter:
        return "matter", follow.matter.code, Link(follow.matter.name, matter_address(follow.matter))
    return "tag", str(follow.tag_id), Link(follow.tag.name, tag_address(follow.tag))


def _counts(column: str, keys: list[int], scope: ViewerScope) -> dict[int, int]:
    """How many precedents in use the viewer finds under each key. 1 query, none for none."""
    if not keys:
        return {}
    findable = Precedent.objects.visible_to(scope).findable().filter(**{f"{column}__in": keys}).order_by()
    return dict(findable.values_list(column).annotate(count=Count("pk")))
