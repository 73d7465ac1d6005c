"""What happened to a published text: checks, versions that went live, the points that are open; and what else stands in small lists
beside a text, so that its page asks for all of them at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import DateField, DateTimeField, F, IntegerField, Model, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext

from caselib.catalog.models import Category, Cause, Matter, Tag
from caselib.core import clock, prepared

from .models import OPEN_STATES, Attachment, Doubt, Revision, RevisionState, Verification

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
class OpenText:
    """The revision that somebody is working on or that waits for a review; `last_editor_name`: who wrote in it last."""

    number: int
    state: str
    last_editor_name: str

    @property
    def author_name(self) -> str:
        return self.last_editor_name

    @property
    def get_state_display(self) -> str:
        return str(RevisionState(self.state).label)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment that is still there."""

    pk: int
    code: str
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Past:
    """`entries` newest first; `points` in the order in which they were noted; `checked`: last check by key of the text.

    `draft`: for who writes the text alone. `named`: (name, scheme or code) of the text's causes, tags, categories and further matters,
    by kind.
    """

    entries: tuple[HistoryEntry, ...]
    points: tuple[OpenPoint, ...]
    checked: dict[int, dt.date]
    draft: OpenText | None
    files: tuple[File, ...]
    named: dict[str, list[tuple[str, str]]]


_COLUMNS = ("what", "pk", "day", "moment", "of", "words", "result", "more")
_NAMED = ("cause", "tag", "category", "matter")


def _noted(precedent: int, revision: int) -> QuerySet:
    """Small lists as rows of one shape: checks, texts, open points, the open text, files, and what the text is filed under."""
    day, moment = Value(None, DateField()), Value(None, DateTimeField())
    none, nothing = Value(0, IntegerField()), Value("")
    checks = Verification.objects.filter(precedent=precedent).order_by()
    texts = Revision.objects.filter(precedent=precedent, state__in=PUBLIC_STATES).order_by()
    points = Doubt.objects.told().filter(precedent=precedent).order_by()
    checks = checks.annotate(
        what=Value("check"),
        day=F("on"),
        moment=moment,
        of=F("revision_id"),
        words=F("note"),
        result=F("outcome"),
        more=nothing,
    )
    texts = texts.annotate(
        what=Value("text"),
        day=day,
        moment=Coalesce("decided_at", "created_at"),
        of=F("number"),
        words=nothing,
        result=nothing,
        more=nothing,
    )
    points = points.annotate(
        what=Value("point"), day=day, moment=F("opened_at"), of=none, words=F("reason"), result=F("kind"), more=nothing
    )
    writing = Coalesce(NullIf("last_editor_name", nothing), "author_name")
    drafts = Revision.objects.filter(precedent=precedent, state__in=OPEN_STATES).order_by()
    drafts = drafts.annotate(
        what=Value("draft"), day=day, moment=moment, of=F("number"), words=writing, result=F("state"), more=nothing
    )
    files = Attachment.objects.filter(precedent=precedent, removed_at=None).order_by()
    files = files.annotate(
        what=Value("file"), day=day, moment=moment, of=none, words=F("name"), result=F("media_type"), more=F("code")
    )
    lists = [each.values_list(*_COLUMNS) for each in (texts, points, drafts, files, *_filed(revision))]
    return checks.values_list(*_COLUMNS).union(*lists, all=True)


def _filed(revision: int) -> Iterator[QuerySet]:
    """Causes, tags, categories and further matters of a text."""
    more = Revision.more_matters.through.objects.filter(revision=revision)
    found: tuple[tuple[QuerySet[Model], str], ...] = (
        (Cause.objects.filter(revisions=revision), "name"),
        (Tag.objects.filter(revisions=revision), "name"),
        (Category.objects.filter(revisions=revision), "scheme__name"),
        (Matter.objects.filter(pk__in=more.values("matter")), "code"),
    )
    for kind, (rows, beside) in zip(_NAMED, found, strict=True):
        yield rows.order_by().annotate(
            what=Value(kind),
            day=Value(None, DateField()),
            moment=Value(None, DateTimeField()),
            of=Value(0, IntegerField()),
            words=F("name"),
            result=F(beside),
            more=Value(""),
        )


def past_of(precedent: int, revision: int) -> Past:
    """Of a precedent and of one text of it. 1 query, composed once in each thread."""
    found = sorted(prepared.values_of("past", precedent, revision, shape=None, build=_noted), key=lambda row: row[1])
    rows: dict[str, list] = defaultdict(list)
    for what, *row in found:
        rows[what].append(row)
    entries = [
        HistoryEntry(day, gettext("复核：{label}").format(label=Verification.Outcome(result).label), words)
        for _, day, _, _, words, result, _ in rows["check"]
    ]
    entries += [
        HistoryEntry(clock.day_of(moment), gettext("第 {of} 版发布").format(of=of))
        for _, _, moment, of, *_ in rows["text"]
    ]
    checked: dict[int, dt.date] = {}
    for _, day, _, of, *_ in rows["check"]:
        checked[of] = max(day, checked.get(of, day))
    points = [OpenPoint(words, moment, result) for _, _, moment, _, words, result, _ in rows["point"]]
    return Past(
        entries=tuple(sorted(entries, key=lambda entry: entry.on, reverse=True)),
        points=tuple(sorted(points, key=lambda point: point.opened_at)),
        checked=checked,
        draft=next((OpenText(of, result, words) for _, _, _, of, words, result, _ in rows["draft"]), None),
        files=tuple(File(pk, code, name, kind) for pk, _, _, _, name, kind, code in rows["file"]),
        named={kind: [(row[4], row[5]) for row in rows[kind]] for kind in _NAMED},
    )
