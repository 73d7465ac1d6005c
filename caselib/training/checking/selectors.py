"""Reads for the rooms of checking: what waits, and the versions of a pack with what was said of them."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from caselib.core import clock, workdays
from caselib.core.answers import Answer
from caselib.core.due import Due, due_of, unsure_of
from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope

from ..access import CHECKERS, may_check_pack, may_edit_pack
from ..choices import OPEN_VERSIONS, PackStatus, VersionState
from ..models import Lesson, LessonQuestion, Pack, PackDecision, PackEditor, PackVersion
from ..visibility import visible_pack, visible_packs
from ..waiting import packs_returned, packs_waiting
from ..writers import with_writing
from .access import may_read_versions
from .held import open_version_of

# Working days from the submission, as precedents have it.
CHECK_WITHIN = 5
# A pack with more of them: the newest are listed.
MOST_VERSIONS = 200
# No version has a larger number; a database refuses what is larger still.
_LARGEST = 2**31 - 1


def due_on(version: PackVersion) -> dt.date:
    """The day by which somebody is to decide about a submitted version."""
    return workdays.after_working_days(clock.day_of(version.submitted_at or version.saved_at), CHECK_WITHIN)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """`lessons`, `questions`: how many; `days`: of the calendar, how long it has waited; `deciding`: whether the viewer may decide."""

    version: PackVersion
    due: Due
    days: int
    lessons: int
    questions: int
    deciding: Answer


@dataclass(frozen=True, slots=True)
class Queue:
    """`own`: how many of all the viewer may decide about; `returned`: versions of the viewer that were sent back, with what was said."""

    rows: tuple[QueueRow, ...]
    page: PageInfo
    own: int
    late: int
    returned: tuple[tuple[PackVersion, str], ...]

    @property
    def unsure(self) -> str:
        return unsure_of(row.due for row in self.rows)


def queue_of(scope: ViewerScope, *, page: object, on: dt.date) -> Queue:
    """The submitted versions of the departments in which the viewer checks, longest wait first, and the viewer's own that were sent
    back. 5 queries for any number."""
    waiting = PackVersion.objects.filter(
        state=VersionState.SUBMITTED, pack__owner_department__in=scope.departments_with(*CHECKERS)
    ).exclude(pack__status=PackStatus.ARCHIVED)
    late = workdays.before_working_days(on, CHECK_WITHIN)
    counts = waiting.aggregate(
        total=Count("pk"),
        late=Count("pk", filter=Q(submitted_at__date__lt=late)),
        own=Count("pk", filter=Q(pk__in=packs_waiting(scope).values("pk"))),
    )
    info = page_info(page, total=counts["total"])
    rows = _counted(waiting).select_related("pack__owner_department").order_by("submitted_at", "pk")
    rows = with_writing(rows, scope.user_id)
    return Queue(
        rows=tuple(_queue_row(row, scope, on=on) for row in rows[info.offset : info.offset + info.per_page]),
        page=info,
        own=counts["own"],
        late=counts["late"],
        returned=_returned(scope),
    )


def _counted(versions: QuerySet[PackVersion]) -> QuerySet[PackVersion]:
    """With `lesson_count` and `question_count`."""
    lessons = Lesson.objects.filter(version=OuterRef("pk")).order_by().values("version").annotate(n=Count("pk"))
    asked = LessonQuestion.objects.filter(lesson__version=OuterRef("pk")).order_by().values("lesson__version")
    return versions.annotate(
        lesson_count=Coalesce(Subquery(lessons.values("n")), 0),
        question_count=Coalesce(Subquery(asked.annotate(n=Count("pk")).values("n")), 0),
    )


def _queue_row(version: PackVersion, scope: ViewerScope, *, on: dt.date) -> QueueRow:
    return QueueRow(
        version=version,
        due=due_of(due_on(version), on=on),
        days=(on - clock.day_of(version.submitted_at or version.saved_at)).days,
        lessons=version.lesson_count,
        questions=version.question_count,
        deciding=may_check_pack(scope, version),
    )


def _returned(scope: ViewerScope) -> tuple[tuple[PackVersion, str], ...]:
    said = PackDecision.objects.filter(version=OuterRef("pk")).order_by("-at", "-pk").values("comment")[:1]
    rows = packs_returned(scope).select_related("pack").annotate(said=Subquery(said)).order_by("decided_at", "pk")
    return tuple((row, row.said or "") for row in rows[:MOST_VERSIONS])


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version with the decisions about it, oldest first."""

    version: PackVersion
    lessons: int
    questions: int
    decisions: tuple[PackDecision, ...]
    is_live: bool

    @property
    def is_open(self) -> bool:
        return self.version.state in OPEN_VERSIONS


@dataclass(frozen=True, slots=True)
class History:
    """Newest first. `editing`: whether the viewer may write the pack."""

    pack: Pack
    title: str
    versions: tuple[VersionLine, ...]
    editing: Answer


def history_of(scope: ViewerScope, code: str) -> History:
    """All versions of a pack. Raises NotVisible, and NotAllowed for who neither writes nor checks it. 3 queries."""
    pack = visible_pack(scope, code)
    may_read_versions(scope, pack).require()
    rows = list(_counted(PackVersion.objects.filter(pack=pack)).order_by("-number")[:MOST_VERSIONS])
    decisions: dict[int, list[PackDecision]] = defaultdict(list)
    for row in PackDecision.objects.filter(version__in=[row.pk for row in rows]).order_by("at", "pk"):
        decisions[row.version_id].append(row)
    versions = tuple(
        VersionLine(row, row.lesson_count, row.question_count, tuple(decisions[row.pk]), row.pk == pack.live_version_id)
        for row in rows
    )
    title = pack.live_version.title if pack.live_version else (rows[0].title if rows else "")
    return History(pack, title, versions, may_edit_pack(scope, pack))


def version_to_read(scope: ViewerScope, code: str, *, number: int | None = None) -> PackVersion:
    """The version with that number; without one the open version, or the live one where none is open. With its pack as
    `visible_packs` has it, department, region and live version. Raises NotVisible, NotAllowed for who neither writes nor checks. 1 query.
    """
    writes = PackEditor.objects.filter(pack=OuterRef("pack"), user=scope.user_id)
    rows = PackVersion.objects.filter(pack__in=visible_packs(scope).filter(code=code).values("pk"))
    if number is None:
        rows = rows.filter(Q(state__in=OPEN_VERSIONS) | Q(pk=F("pack__live_version")))
    else:
        rows = rows.filter(number=min(number, _LARGEST))
    related = ("pack__owner_department__region", "pack__live_version")
    rows = with_writing(rows.annotate(is_coeditor=Exists(writes)), scope.user_id)
    found = rows.select_related(*related).order_by("-number").first()
    if found is None:
        raise NotVisible()
    found.pack.is_coeditor = found.is_coeditor
    if found.pack.live_version is not None:
        found.pack.live_version.pack = found.pack
    may_read_versions(scope, found.pack).require()
    return found


def posted_version(pack: Pack, number: int) -> PackVersion:
    """The version that a form is about, by its number; for less than 0 the open one. Raises NotVisible where there is none. 1 query."""
    found = open_version_of(pack) if number < 0 else PackVersion.objects.filter(pack=pack, number=number).first()
    if found is None:
        raise NotVisible(gettext("没有在编的这一版了，可能已经审完或者放弃。"))
    found.pack = pack
    return found
