"""The lists of the tuning desk, from the search log. Each takes a fixed number of queries for any size of the log."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, F, Max, Q, QuerySet

from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.privacy import outgoing_text
from caselib.search.models import RelevanceQuestion, SearchLogEntry
from caselib.search.questions import question_key

PERIODS = (7, 30, 90, 180)
DEFAULT_PERIOD = 30
# Low click: asked at least so often, and opened in less than this share (percent).
LEAST_ASKED = 3
MOST_OPENED = 20


class Tab(StrEnum):
    """What is wrong with a question, if anything."""

    FREQUENT = "frequent"
    ZERO = "zero"
    LOW = "low"
    REWORDED = "reworded"


LABELS = {Tab.FREQUENT: "问得多", Tab.ZERO: "没查到", Tab.LOW: "没人点", Tab.REWORDED: "换过说法"}
EXPLAINED = {
    Tab.FREQUENT: "同一个问题问了几次，打开结果的有几次。",
    Tab.ZERO: "没有结果，或者页面说没有合适的。加了筛选的不算。",
    Tab.LOW: "有结果，但很少有人打开：多半是第一条不对。",
    Tab.REWORDED: "没打开结果，两分钟内换了说法再问，这回打开了。两种说法可以加成同义词。",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the desk is asked for. `least` and `share` count for Tab.LOW."""

    tab: Tab = Tab.FREQUENT
    days: int = DEFAULT_PERIOD
    least: int = LEAST_ASKED
    share: int = MOST_OPENED


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: `value` in the address."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Favourite:
    """The precedent that was opened most often from a question, as far as the viewer may see it."""

    number: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One question of the log. `asked`, `opened`, `missed`: how many times; `reworded_as`: what was asked instead."""

    question: str
    asked: int
    opened: int
    missed: int
    last_at: dt.datetime
    reworded_as: str
    favourite: Favourite | None
    relevance_id: int | None


@dataclass(frozen=True, slots=True)
class DeskPage:
    wanted: Wanted
    explained: str
    tabs: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    asked: int
    rows: tuple[DeskRow, ...]
    page: PageInfo


def wanted_from(values: Mapping[str, str]) -> Wanted:
    """Reads an address; what is no choice becomes the usual."""
    tab, days = values.get("tab", ""), _number(values.get("days"), DEFAULT_PERIOD)
    return Wanted(
        tab=Tab(tab) if tab in set(Tab) else Tab.FREQUENT,
        days=days if days in PERIODS else DEFAULT_PERIOD,
        least=min(max(1, _number(values.get("least"), LEAST_ASKED)), 1000),
        share=min(max(1, _number(values.get("share"), MOST_OPENED)), 100),
    )


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else usual


def desk_for_page(wanted: Wanted, *, scope: ViewerScope, now: dt.datetime, page: object = 1) -> DeskPage:
    """One page of one list. 5 queries for any size of the log."""
    entries = SearchLogEntry.objects.filter(at__gte=now - dt.timedelta(days=wanted.days)).order_by()
    gathered = _gathered(entries, wanted)
    info = page_info(page, total=gathered.count())
    found = list(gathered[info.offset : info.offset + info.per_page])
    # The words that found it say best what should be found.
    told = {row["question_key"]: question_key(row.get("reworded_as", "")) or row["question_key"] for row in found}
    favourites = _favourites(entries, told.values(), scope)
    known = dict(RelevanceQuestion.objects.filter(text_key__in=told).values_list("text_key", "pk"))
    rows = tuple(
        DeskRow(
            question=row["shown"],
            asked=row["asked"],
            opened=row["opened_times"],
            missed=row["missed"],
            last_at=row["last_at"],
            reworded_as=row.get("reworded_as", ""),
            favourite=favourites.get(told[row["question_key"]]),
            relevance_id=known.get(row["question_key"]),
        )
        for row in found
    )
    return DeskPage(
        wanted=wanted,
        explained=EXPLAINED[wanted.tab],
        tabs=tuple(Choice(tab, LABELS[tab], tab == wanted.tab) for tab in Tab),
        periods=tuple(Choice(str(days), f"最近 {days} 天", days == wanted.days) for days in PERIODS),
        asked=entries.count(),
        rows=rows,
        page=info,
    )


def _gathered(entries: QuerySet[SearchLogEntry], wanted: Wanted) -> QuerySet:
    """The entries gathered by question, the worst first."""
    if wanted.tab == Tab.REWORDED:
        again = entries.exclude(reworded_as="").filter(opened_rank=None)
        return _counted(again, "question_key", "reworded_as").order_by("-asked", "-last_at", "question_key")
    if wanted.tab == Tab.ZERO:
        missed = _counted(entries.filter(narrowed=False), "question_key").filter(missed__gt=0)
        return missed.order_by("-missed", "-last_at", "question_key")
    counted = _counted(entries, "question_key").order_by("-asked", "-last_at", "question_key")
    if wanted.tab == Tab.LOW:
        # A question that finds nothing cannot be opened; it stands in the list of those.
        some = counted.filter(asked__gte=wanted.least, missed__lt=F("asked"))
        return some.filter(opened_times__lt=F("asked") * wanted.share / 100.0)
    return counted


def _counted(entries: QuerySet[SearchLogEntry], *by: str) -> QuerySet:
    return entries.values(*by).annotate(
        asked=Count("pk"),
        opened_times=Count("opened_rank"),
        missed=Count("pk", filter=Q(total=0) | Q(fits=False)),
        last_at=Max("at"),
        shown=Max("question"),
    )


def _favourites(entries: QuerySet[SearchLogEntry], keys: Iterable[str], scope: ViewerScope) -> dict[str, Favourite]:
    """By key of the question, titles without personal data. 1 query."""
    visible = Precedent.objects.visible_to(scope).findable()
    opened = entries.filter(question_key__in=set(keys), opened__in=visible)
    columns = ("question_key", "opened__number", "opened__code", "opened__live_revision__title")
    counted = opened.values_list(*columns).annotate(times=Count("pk")).order_by("-times", "opened__number")
    found: dict[str, Favourite] = {}
    for key, number, code, title, _ in counted:
        found.setdefault(key, Favourite(number or "", code, outgoing_text(title or "", decided={})))
    return found
