"""What somebody took out of a pack just now, kept in the own session for half an hour so that it can be put back."""

import datetime as dt
from typing import Any

from caselib.core import clock

from ..models import Pack
from .services.removing import Removed

KEPT_MINUTES = 30
MOST_KEPT = 5
_NAME = "training_removed"


def removed_here(session: Any, pack: Pack) -> list[Removed]:
    """Of this pack, the last one first."""
    since = (clock.now() - dt.timedelta(minutes=KEPT_MINUTES)).isoformat()
    kept = session.get(_NAME, {}).get(pack.code, [])
    return [Removed.from_values(values) for values in reversed(kept) if values["at"] >= since]


def removed_keep(session: Any, pack: Pack, removed: Removed) -> None:
    """Only the last few of one pack are kept."""
    others = [each for each in reversed(removed_here(session, pack)) if each.key != removed.key]
    session[_NAME] = {pack.code: [each.as_values() for each in [*others, removed][-MOST_KEPT:]]}


def removed_forget(session: Any, pack: Pack, key: str) -> None:
    """It was put back."""
    left = [each.as_values() for each in reversed(removed_here(session, pack)) if each.key != key]
    session[_NAME] = {pack.code: left}
