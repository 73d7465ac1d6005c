"""The packs that somebody makes or writes along in, by how far they are."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_noop

from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope

from ..access import TRAINERS
from ..choices import OPEN_VERSIONS, PackStatus, VersionState
from ..models import Lesson, LessonQuestion, Pack, PackVersion
from ..pins import PinState, pins_of
from ..visibility import visible_packs

PER_PAGE = 15
WRITING, WAITING, PUBLISHED, ARCHIVED = "writing", "waiting", "published", "archived"
LABELS = {
    WRITING: gettext_noop("在编的"),
    WAITING: gettext_noop("等审核的"),
    PUBLISHED: gettext_noop("已发布的"),
    ARCHIVED: gettext_noop("归档的"),
}


@dataclass(frozen=True, slots=True)
class PackRow:
    """`version`: the one that is shown, the open one first. `concerns`: how many of its lessons pin a precedent that changed, was
    marked or went out of sight; `is_own`: of a department that the viewer trains for, else the viewer writes along."""

    pack: Pack
    version: PackVersion
    lessons: int
    questions: int
    concerns: int
    is_own: bool

    @property
    def is_open(self) -> bool:
        return self.version.state in OPEN_VERSIONS


@dataclass(frozen=True, slots=True)
class Tab:
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PacksPage:
    rows: tuple[PackRow, ...]
    page: PageInfo
    of: str
    tabs: tuple[Tab, ...]


def packs_written(scope: ViewerScope) -> QuerySet[Pack]:
    """Those of the departments that the viewer trains for, and those that the viewer writes along in. Each with `is_coeditor`."""
    own = Q(owner_department__in=scope.departments_with(*TRAINERS)) | Q(is_coeditor=True)
    return visible_packs(scope).filter(own)


def packs_for_page(scope: ViewerScope, *, of: str, on: dt.date, page: object = 1) -> PacksPage:
    """One list, what was saved last first. 7 queries for any number of packs and lessons."""
    sorted_packs = packs_written(scope).annotate(place=_place())
    counts = dict(sorted_packs.order_by().values("place").annotate(number=Count("pk")).values_list("place", "number"))
    if of not in LABELS:
        of = next((name for name in LABELS if counts.get(name)), WRITING)
    info = page_info(page, total=counts.get(of, 0), per_page=PER_PAGE)
    found = sorted_packs.filter(place=of).select_related("owner_department", "live_version")
    saved = PackVersion.objects.filter(pack=OuterRef("pk")).order_by("-saved_at").values("saved_at")[:1]
    packs = list(
        found.annotate(saved_at=Subquery(saved)).order_by("-saved_at", "-pk")[info.offset : info.offset + info.per_page]
    )
    return PacksPage(
        rows=_rows(packs, scope, on=on),
        page=info,
        of=of,
        tabs=tuple(Tab(name, label, counts.get(name, 0), name == of) for name, label in LABELS.items()),
    )


def _place() -> Case:
    """The list that a pack stands in. A published one with an open version is being written."""
    open_versions = PackVersion.objects.filter(pack=OuterRef("pk"))
    writable = Exists(open_versions.filter(state__in=[VersionState.DRAFT, VersionState.CHANGES_REQUESTED]))
    return Case(
        When(status=PackStatus.ARCHIVED, then=Value(ARCHIVED)),
        When(Exists(open_versions.filter(state=VersionState.SUBMITTED)), then=Value(WAITING)),
        When(writable, then=Value(WRITING)),
        When(status=PackStatus.PUBLISHED, then=Value(PUBLISHED)),
        default=Value(WRITING),
        output_field=CharField(),
    )


def _rows(packs: list[Pack], scope: ViewerScope, *, on: dt.date) -> tuple[PackRow, ...]:
    shown = _versions(packs)
    lessons = list(
        Lesson.objects.filter(version__in=[version.pk for version in shown.values()]).select_related("revision")
    )
    counts = _questions(shown.values())
    concerns: dict[int, int] = {}
    for pin in pins_of(lessons, scope, on=on).values():
        if pin.state is not PinState.CURRENT:
            concerns[pin.lesson.version_id] = concerns.get(pin.lesson.version_id, 0) + 1
    own, numbers = scope.departments_with(*TRAINERS), _numbers(lessons)
    return tuple(
        PackRow(
            pack=pack,
            version=shown[pack.pk],
            lessons=numbers.get(shown[pack.pk].pk, 0),
            questions=counts.get(shown[pack.pk].pk, 0),
            concerns=concerns.get(shown[pack.pk].pk, 0),
            is_own=pack.owner_department_id in own,
        )
        for pack in packs
        if pack.pk in shown
    )


def _versions(packs: list[Pack]) -> dict[int, PackVersion]:
    """The open version of each pack, else the live one, else the newest. 1 query."""
    shown: dict[int, PackVersion] = {}
    for version in PackVersion.objects.filter(pack__in=packs).order_by("number"):
        kept = shown.get(version.pack_id)
        is_better = kept is None or kept.state not in (*OPEN_VERSIONS, VersionState.PUBLISHED)
        if version.state in OPEN_VERSIONS or is_better:
            shown[version.pack_id] = version
    return shown


def _questions(versions: Iterable[PackVersion]) -> dict[int, int]:
    rows = LessonQuestion.objects.filter(lesson__version__in=[version.pk for version in versions]).order_by()
    return dict(rows.values("lesson__version").annotate(number=Count("pk")).values_list("lesson__version", "number"))


def _numbers(lessons: Iterable[Lesson]) -> Mapping[int, int]:
    numbers: dict[int, int] = {}
    for lesson in lessons:
        numbers[lesson.version_id] = numbers.get(lesson.version_id, 0) + 1
    return numbers
