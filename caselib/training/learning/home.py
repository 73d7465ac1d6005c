"""我的学习: what somebody was given, what was begun, what comes up again, and what there is besides."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from caselib.core.due import Due, due_of, unsure_of
from caselib.core.paging import PageInfo, page_info
from caselib.core.text import clean
from caselib.orgs.scope import ViewerScope

from ..choices import PackStatus
from ..models import Assignment, Enrolment, Lesson, LessonProgress, Pack, PackVersion
from ..pins import PinState, unfit_of
from ..repeating.asking import due_count
from ..visibility import assignments_for, visible_packs

LONGEST_QUERY = 60


@dataclass(frozen=True, slots=True)
class PackRow:
    """A pack in a list. `stopped`, `unseen`: how many of its lessons rest on a precedent that is 停用 or off view; `best`: the mean of
    the best results, None before there is one."""

    pack: Pack
    version: PackVersion
    total: int
    done: int = 0
    best: int | None = None
    stopped: int = 0
    unseen: int = 0
    enrolment: Enrolment | None = None
    assignment: Assignment | None = None
    due: Due | None = None

    @property
    def is_archived(self) -> bool:
        return self.pack.status == PackStatus.ARCHIVED

    @property
    def is_passed(self) -> bool:
        return self.enrolment is not None and self.enrolment.passed_at is not None


@dataclass(frozen=True, slots=True)
class HomeScreen:
    """`given`: what is to be done, soonest due first; `begun`: what the learner took up besides, newest first; `passed` likewise;
    `offered`: one page of what there is besides. `again`: how many questions come up today."""

    given: tuple[PackRow, ...]
    begun: tuple[PackRow, ...]
    passed: tuple[PackRow, ...]
    offered: tuple[PackRow, ...]
    page: PageInfo
    asked: str
    again: int

    @property
    def unsure(self) -> str:
        """What may still move a due date of the page."""
        return unsure_of(row.due for row in self.given)


def home_for(scope: ViewerScope, *, asked: str, page: object, on: dt.date) -> HomeScreen:
    """The page of a learner. `asked`: what the title of an offered pack holds. 9 queries for any number of packs."""
    asked = " ".join(clean(asked).split())[:LONGEST_QUERY]
    given = _given(scope)
    enrolments = {
        row.pack_id: row
        for row in Enrolment.objects.filter(user=scope.user_id).select_related("pack__live_version")
        if row.pack.live_version_id
    }
    info, offered = _offered(scope, besides={*given, *enrolments}, asked=asked, page=page)
    packs = {
        **{pack.pk: pack for pack in offered},
        **{row.pack_id: row.pack for row in given.values()},
        **{row.pack_id: row.pack for row in enrolments.values()},
    }
    progress = _progress(enrolments.values())
    lessons = _lessons(packs.values())
    cited = {each.precedent_id for held in lessons.values() for each in held if each.precedent_id}
    troubles = unfit_of(cited, scope, on=on)

    def row(pack: Pack) -> PackRow:
        assignment, enrolment = given.get(pack.pk), enrolments.get(pack.pk)
        counted = progress.get(enrolment.pk, {}) if enrolment else {}
        return _row(pack, lessons, counted, troubles, enrolment=enrolment, assignment=assignment, on=on)

    taken = [row(each.pack) for each in enrolments.values()]
    mine = [row(each.pack) for each in given.values()]
    return HomeScreen(
        given=tuple(sorted((each for each in mine if not each.is_passed), key=_soonest)),
        begun=tuple(each for each in taken if not each.is_passed and each.assignment is None),
        passed=tuple(each for each in taken if each.is_passed),
        offered=tuple(row(pack) for pack in offered),
        page=info,
        asked=asked,
        again=due_count(scope, on=on),
    )


def _soonest(row: PackRow) -> tuple[bool, dt.date, int]:
    due = row.assignment.due_on if row.assignment else None
    return (due is None, due or dt.date.max, row.pack.pk)


def _given(scope: ViewerScope) -> dict[int, Assignment]:
    """What was given to the viewer, by pack; of several of one pack the one that is due first. 1 query."""
    rows = assignments_for(scope).filter(pack__status=PackStatus.PUBLISHED)
    found: dict[int, Assignment] = {}
    for row in rows.select_related("pack__live_version", "department"):
        known = found.get(row.pack_id)
        if known is None or (row.due_on or dt.date.max) < (known.due_on or dt.date.max):
            found[row.pack_id] = row
    return found


def _offered(scope: ViewerScope, *, besides: Collection[int], asked: str, page: object) -> tuple[PageInfo, list[Pack]]:
    """One page of the packs that anybody here may take. 2 queries."""
    rows: QuerySet[Pack] = visible_packs(scope).filter(status=PackStatus.PUBLISHED).exclude(pk__in=besides)
    if asked:
        rows = rows.filter(live_version__title__icontains=asked)
    info = page_info(page, total=rows.count())
    ordered = rows.select_related("live_version", "owner_department").order_by("-published_at", "-pk")
    return info, list(ordered[info.offset : info.offset + info.per_page])


def _progress(enrolments: Iterable[Enrolment]) -> dict[int, dict[str, LessonProgress]]:
    """By enrolment and key of the lesson. 1 query."""
    found: dict[int, dict[str, LessonProgress]] = defaultdict(dict)
    for row in LessonProgress.objects.filter(enrolment__in=[each.pk for each in enrolments]):
        found[row.enrolment_id][row.lesson_key] = row
    return found


def _lessons(packs: Iterable[Pack]) -> dict[int, list[Lesson]]:
    """Lessons by version, without any text. 1 query."""
    found: dict[int, list[Lesson]] = defaultdict(list)
    rows = Lesson.objects.filter(version__in=[pack.live_version_id for pack in packs]).order_by()
    for row in rows.only("key", "version_id", "precedent_id", "revision_id"):
        found[row.version_id].append(row)
    return found


def _row(
    pack: Pack,
    lessons: Mapping[int, list[Lesson]],
    progress: Mapping[str, LessonProgress],
    troubles: Mapping[int, PinState],
    *,
    enrolment: Enrolment | None,
    assignment: Assignment | None,
    on: dt.date,
) -> PackRow:
    held = lessons.get(pack.live_version_id, [])
    rows = [progress[each.key] for each in held if each.key in progress]
    states = [troubles.get(each.precedent_id) for each in held]
    done = {row.lesson_key for row in rows if row.done_at is not None}
    unseen = [each for each in held if troubles.get(each.precedent_id) is PinState.HIDDEN]
    bests = [row.best for row in rows if row.best is not None]
    return PackRow(
        pack=pack,
        version=pack.live_version,
        total=len(held) - sum(each.key not in done for each in unseen),
        done=len(done),
        best=sum(bests) // len(bests) if bests else None,
        stopped=states.count(PinState.STOP),
        unseen=len(unseen),
        enrolment=enrolment,
        assignment=assignment,
        due=due_of(assignment.due_on, on=on) if assignment else None,
    )
