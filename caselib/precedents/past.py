"""What happened to a published text: checks, versions that went live, and the points that are open."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import DateField, DateTimeField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Coalesce

from caselib.core import clock, prepared

from .models import Doubt, Revision, RevisionState, Verification

PUBLIC_STATES = (RevisionState.APPROVED, RevisionState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the change log: roles, numbers and dates, never the name of a person."""

    on: dt.date
    what: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A point that waits for somebody to check it."""

    reason: str
    opened_at: dt.datetime
    kind: str = ""

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Past:
    """`entries` newest first; `points` in the order in which they were noted; `checked`: last check by key of the text."""

    entries: tuple[HistoryEntry, ...]
    points: tuple[OpenPoint, ...]
    checked: dict[int, dt.date]


_COLUMNS = ("what", "pk", "day", "moment", "of", "words", "result")


def _noted(precedent: int) -> QuerySet:
    """Checks, texts and open points as rows of one shape: three small lists in one query."""
    day, moment = Value(None, DateField()), Value(None, DateTimeField())
    none, nothing = Value(0, IntegerField()), Value("")
    checks = Verification.objects.filter(precedent=precedent).order_by()
    texts = Revision.objects.filter(precedent=precedent, state__in=PUBLIC_STATES).order_by()
    points = Doubt.objects.told().filter(precedent=precedent).order_by()
    checks = checks.annotate(
        what=Value("check"), day=F("on"), moment=moment, of=F("revision_id"), words=F("note"), result=F("outcome")
    )
    texts = texts.annotate(
        what=Value("text"),
        day=day,
        moment=Coalesce("decided_at", "created_at"),
        of=F("number"),
        words=nothing,
        result=nothing,
    )
    points = points.annotate(
        what=Value("point"), day=day, moment=F("opened_at"), of=none, words=F("reason"), result=F("kind")
    )
    return checks.values_list(*_COLUMNS).union(texts.values_list(*_COLUMNS), points.values_list(*_COLUMNS), all=True)


def past_of(precedent: int) -> Past:
    """1 query, composed once in each thread."""
    entries: list[HistoryEntry] = []
    points: list[OpenPoint] = []
    checked: dict[int, dt.date] = {}
    found = prepared.values_of("past", precedent, shape=None, build=_noted)
    for what, _, day, moment, of, words, result in sorted(found, key=lambda row: row[1]):
        if what == "check":
            entries.append(HistoryEntry(day, f"复核：{Verification.Outcome(result).label}", words))
            checked[of] = max(day, checked.get(of, day))
        elif what == "text":
            entries.append(HistoryEntry(clock.day_of(moment), f"第 {of} 版发布"))
        else:
            points.append(OpenPoint(words, moment, result))
    entries.sort(key=lambda entry: entry.on, reverse=True)
    return Past(tuple(entries), tuple(sorted(points, key=lambda point: point.opened_at)), checked)
