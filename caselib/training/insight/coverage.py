"""覆盖: which matters and causes have precedents and lessons, which precedents no lesson teaches, which questions most people miss.

Counted in the database, over what the viewer may see; three pages, so that each stays small.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Coalesce

from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Kind, Precedent
from caselib.precedents.selectors import PrecedentRow, rows_of

from ..choices import PackStatus, QuestionState
from ..models import Lesson, QuestionText, Unclear
from ..telling import texts_unseen
from ..visibility import visible_packs, visible_questions
from .misses import HARD_FROM, Misses, misses_of, read

MATTERS_A_PAGE = 20
# More hard questions than these are no list to work off; the most missed stand first.
MOST_HARD = 50
SORTS = {"bare": "缺课多的在前", "used": "用得多的在前", "name": "按事项名称"}
BARE_SORTS = {"used": "用得多的在前", "newest": "新发布的在前"}


@dataclass(slots=True)
class Cell:
    """One cause of a matter. `bare`: precedents that no published lesson teaches; `used`: how often these were used."""

    precedents: int = 0
    lessons: int = 0
    questions: int = 0
    bare: int = 0
    used: int = 0


@dataclass(frozen=True, slots=True)
class CauseOf:
    """A column. `key` is None for precedents that name no cause."""

    key: int | None
    name: str


@dataclass(slots=True)
class MatterRow:
    """A line of the map. `cells` in the order of the columns, None where there is nothing. The sums count each precedent once."""

    code: str
    name: str
    total: Cell = field(default_factory=Cell)
    by_cause: dict[int | None, Cell] = field(default_factory=lambda: defaultdict(Cell))
    cells: tuple[tuple[CauseOf, Cell | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    columns: tuple[CauseOf, ...]
    rows: tuple[MatterRow, ...]
    page: PageInfo
    sort: str
    bare: int
    precedents: int


def findable(scope: ViewerScope) -> QuerySet[Precedent]:
    """What could be taught: precedents in use that the viewer may see, each with whether a published lesson teaches it (`is_taught`)."""
    taught = Exists(_taught(scope).filter(precedent=OuterRef("pk")))
    rows = Precedent.objects.visible_to(scope).findable().filter(kind=Kind.PRECEDENT, live_revision__isnull=False)
    return rows.annotate(is_taught=taught).order_by()


def _taught(scope: ViewerScope) -> QuerySet[Lesson]:
    packs = visible_packs(scope).filter(status=PackStatus.PUBLISHED).values("live_version")
    return Lesson.objects.filter(version__in=packs, precedent__isnull=False).order_by()


def coverage_for_page(scope: ViewerScope, *, sort: str = "", page: object = 1) -> Coverage:
    """The map. 5 queries for any size of the library, which are sums over it."""
    sort = sort if sort in SORTS else "bare"
    rows, causes = _counted(scope)
    total = sum(row.total.precedents for row in rows.values())
    bare = sum(row.total.bare for row in rows.values())
    ordered = sorted(rows.values(), key=_order(sort))
    info = page_info(page, total=len(ordered), per_page=MATTERS_A_PAGE)
    shown = ordered[info.offset : info.offset + info.per_page]
    columns = tuple(cause for cause in causes if any(cause.key in row.by_cause for row in shown))
    for row in shown:
        row.cells = tuple((cause, row.by_cause.get(cause.key)) for cause in columns)
    return Coverage(columns, tuple(shown), info, sort, bare, total)


def _order(sort: str):
    if sort == "name":
        return lambda row: row.name
    if sort == "used":
        return lambda row: (-row.total.used, -row.total.bare, row.name)
    return lambda row: (-row.total.bare, -row.total.used, row.name)


def _counted(scope: ViewerScope) -> tuple[dict[int, MatterRow], list[CauseOf]]:
    rows: dict[int, MatterRow] = {}
    pool = findable(scope).filter(matter__isnull=False)
    by_matter = pool.values_list("matter", "matter__code", "matter__name", "is_taught")
    for matter, code, name, is_taught, count, used in by_matter.annotate(count=Count("pk"), used=Sum("reuse_count")):
        _add(rows.setdefault(matter, MatterRow(code, name)).total, count, used, is_taught=is_taught)
    cause, name, place = (f"live_revision__causes{part}" for part in ("", "__name", "__position"))
    causes: dict[int | None, tuple[int, str]] = {}
    by_cause = pool.values_list("matter", cause, name, place, "is_taught")
    for matter, key, label, position, is_taught, count, used in by_cause.annotate(
        count=Count("pk"), used=Sum("reuse_count")
    ):
        causes[key] = (position if key else 10**6, label or "没写原因")
        _add(rows[matter].by_cause[key], count, used, is_taught=is_taught)
    _add_lessons(rows, scope)
    _add_questions(rows, scope)
    ordered = sorted(causes.items(), key=lambda item: item[1])
    return rows, [CauseOf(key, label) for key, (_, label) in ordered]


def _add(cell: Cell, count: int, used: int, *, is_taught: bool) -> None:
    cell.precedents += count
    if not is_taught:
        cell.bare += count
        cell.used += used


def _add_lessons(rows: Mapping[int, MatterRow], scope: ViewerScope) -> None:
    """How many lessons teach a precedent of each matter and cause; of what is out of use or hidden, none are counted."""
    taught = _taught(scope).filter(precedent__in=Precedent.objects.visible_to(scope).findable())
    for matter, count in taught.values_list("precedent__matter").annotate(count=Count("pk")):
        if matter in rows:
            rows[matter].total.lessons += count
    by_cause = taught.values_list("precedent__matter", "precedent__live_revision__causes")
    for matter, cause, count in by_cause.annotate(count=Count("pk")):
        if matter in rows and cause in rows[matter].by_cause:
            rows[matter].by_cause[cause].lessons += count


def _add_questions(rows: Mapping[int, MatterRow], scope: ViewerScope) -> None:
    active = visible_questions(scope).filter(state=QuestionState.ACTIVE).order_by()
    sorted_by = active.annotate(about=Coalesce("matter", "precedent__matter")).values_list("about", "cause")
    for matter, cause, count in sorted_by.annotate(count=Count("pk")):
        if matter in rows:
            rows[matter].total.questions += count
            if cause in rows[matter].by_cause:
                rows[matter].by_cause[cause].questions += count


@dataclass(frozen=True, slots=True)
class Bare:
    """Precedents without a lesson. `about`: names of what it is narrowed to."""

    rows: tuple[PrecedentRow, ...]
    page: PageInfo
    sort: str
    about: tuple[str, ...]


def bare_for_page(
    scope: ViewerScope, *, matter: str = "", cause: str = "", sort: str = "", page: object = 1, on: dt.date
) -> Bare:
    """One page of the precedents that no published lesson teaches. `matter`: a code, `cause`: a name. 4 queries for any number."""
    sort = sort if sort in BARE_SORTS else "used"
    pool = findable(scope).filter(is_taught=False)
    if matter:
        pool = pool.filter(matter__code=matter)
    if cause:
        pool = pool.filter(live_revision__causes__name=cause)
    info = page_info(page, total=pool.count())
    order = ("-published_at", "-pk") if sort == "newest" else ("-reuse_count", "-published_at", "-pk")
    keys = list(pool.order_by(*order).values_list("pk", flat=True)[info.offset : info.offset + info.per_page])
    found = {row.precedent.pk: row for row in rows_of(Precedent.objects.filter(pk__in=keys), scope, on=on)}
    rows = tuple(found[key] for key in keys if key in found)
    name = rows[0].precedent.matter.name if matter and rows else ""
    return Bare(rows, info, sort, tuple(filter(None, (name, cause if rows else ""))))


@dataclass(frozen=True, slots=True)
class HardRow:
    """A text of a question that most people miss. `is_told`: whether the owner of the precedent has been told; `is_latest`: whether the
    bank still asks with these words."""

    text: QuestionText
    misses: Misses
    is_told: bool
    is_latest: bool


def hard_for_page(scope: ViewerScope) -> tuple[HardRow, ...]:
    """The texts that most people missed at first, the most missed first, MOST_HARD at most. 3 queries for any number of answers."""
    texts = QuestionText.objects.filter(question__in=visible_questions(scope)).values("pk")
    misses = read(misses_of(texts, least=HARD_FROM)[:MOST_HARD])
    told = Exists(Unclear.objects.filter(text=OuterRef("pk")))
    related = ("question__matter", "question__cause", "question__precedent")
    rows = QuestionText.objects.select_related(*related).annotate(is_told=told)
    found = {text.pk: text for text in rows.filter(pk__in=[each.text for each in misses])} if misses else {}
    unseen = texts_unseen(found.values(), scope)
    return tuple(_hard(found[each.text], each) for each in misses if each.text in found and each.text not in unseen)


def _hard(text: QuestionText, misses: Misses) -> HardRow:
    return HardRow(text, misses, text.is_told, text.question.latest_id == text.pk)


def choices_of(sorts: Mapping[str, str], chosen: str) -> Iterable[tuple[str, str, bool]]:
    """(value, label, whether it is chosen) of each order."""
    return [(value, label, value == chosen) for value, label in sorts.items()]
