"""最近打开: the last 30 precedents that somebody opened, kept by account on the server.

The page of a precedent writes nothing itself (`core.jotting`). Nothing stays in the browser: at a counter that several people
use, the next one who signs in finds the own list. No audit event: what somebody reads is no deed.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from caselib.core import clock
from caselib.core.jotting import Jottings
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent

from .models import RecentOpening

KEPT = 30


@dataclass(frozen=True, slots=True)
class Opened:
    """A precedent was opened by an account; both by key."""

    user: int
    precedent: int
    at: dt.datetime


def opened_noted(scope: ViewerScope, precedent: Precedent, *, now: dt.datetime | None = None) -> None:
    """Has it stand first in the viewer's list from the next second on. No query; nothing for who reads no content."""
    if scope.reads_content and scope.user_id is not None and precedent.live_revision_id is not None:
        openings.put(Opened(scope.user_id, precedent.pk, now or clock.now()))


@transaction.atomic
def openings_write(noted: Sequence[Opened]) -> None:
    """Writes RecentOpening, the newest of each precedent, and deletes what is older than the last 30 of an account.

    What is gone meanwhile is left out. Some 3 queries and 2 for each account.
    """
    newest: dict[tuple[int, int], dt.datetime] = {}
    for note in sorted(noted, key=lambda note: note.at):
        newest[note.user, note.precedent] = note.at
    # In the order of their keys: two processes that write for the same accounts wait for each other.
    accounts = User.objects.filter(pk__in={user for user, _ in newest}).order_by("pk")
    users = set(accounts.select_for_update().values_list("pk", flat=True))
    there = set(Precedent.objects.filter(pk__in={pk for _, pk in newest}).values_list("pk", flat=True))
    rows = [
        RecentOpening(user_id=user, precedent_id=precedent, at=at)
        for (user, precedent), at in sorted(newest.items())
        if user in users and precedent in there
    ]
    RecentOpening.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "precedent"], update_fields=["at"]
    )
    for user in sorted(users):
        older = list(RecentOpening.objects.filter(user=user).values_list("pk", flat=True)[KEPT:])
        if older:
            RecentOpening.objects.filter(pk__in=older).delete()


def openings_clear(scope: ViewerScope) -> None:
    """Forgets what the viewer opened. What was opened within the last second may come after it. 1 query."""
    RecentOpening.objects.filter(user_id=scope.user_id).delete()


openings: Jottings[Opened] = Jottings("recent-openings", openings_write)
