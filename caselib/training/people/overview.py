"""学员: what is assigned and how it goes, over all packs that the viewer has to do with."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from caselib.core.due import Due, due_of
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import CONTENT_ROLES, Membership
from caselib.orgs.scope import ViewerScope

from ..access import TRAINERS
from ..choices import PackStatus
from ..models import Assignment, Enrolment, Lesson, LessonProgress, Pack
from ..visibility import visible_packs
from .reach import assignments_seen, enrolments_seen
from .waiting import answers_waiting

PER_PAGE = 20
# So many people who are stuck are listed, and packs that nobody was assigned.
SHOWN = 10
# Trying a lesson so often without passing it is being stuck.
TRIES = 2


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One assignment. `reached`: how many people today, of whom, as far as the viewer may see it, so many have begun, finished all
    lessons, passed, are late."""

    assignment: Assignment
    due: Due | None
    reached: int
    begun: int
    done: int
    passed: int
    late: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """Somebody who tried a lesson several times and has not passed it. The lesson is not named: its precedent may be hidden."""

    name: str
    enrolment: str
    pack: Pack
    tries: int
    best: int
    may_read: bool


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """`packs`: packs with what is assigned of them; `unassigned`: published ones of which nothing is; `to_mark`: answers that wait."""

    packs: tuple[tuple[Pack, tuple[AssignmentRow, ...]], ...]
    page: PageInfo
    stuck: tuple[Stuck, ...]
    unassigned: tuple[Pack, ...]
    to_mark: int


def overview_for_page(scope: ViewerScope, *, page: object = 1, on: dt.date) -> OverviewPage:
    """Packs of which the newest was assigned last first. 8 queries for any number."""
    seen = assignments_seen(scope)
    keys = list(dict.fromkeys(seen.order_by("-assigned_at", "-pk").values_list("pack", flat=True)))
    info = page_info(page, total=len(keys), per_page=PER_PAGE)
    shown = keys[info.offset : info.offset + info.per_page]
    rows = _rows(list(seen.filter(pack__in=shown).select_related(*_RELATIONS)), scope, on=on)
    return OverviewPage(
        packs=tuple((rows[key][0].assignment.pack, tuple(rows[key])) for key in shown if key in rows),
        page=info,
        stuck=_stuck(scope),
        unassigned=_unassigned(scope),
        to_mark=answers_waiting(scope).count(),
    )


_RELATIONS = ("pack__live_version", "pack__owner_department", "department", "user")


def _rows(assignments: Sequence[Assignment], scope: ViewerScope, *, on: dt.date) -> dict[int, list[AssignmentRow]]:
    """The assignments by pack, each with its numbers. 2 queries."""
    own = scope.departments_with(*TRAINERS)
    reached = Q(department__in={each.department_id for each in assignments if each.department_id})
    reached |= Q(user__in={each.user_id for each in assignments if each.user_id})
    people: dict[int, set[int]] = defaultdict(set)
    ours: set[int] = set()
    members = Membership.objects.filter(reached, role__in=CONTENT_ROLES, user__is_active=True)
    for department, user in members.values_list("department", "user"):
        people[department].add(user)
        ours |= {user} if department in own else set()
    progress = _progress({each.pack_id for each in assignments})
    rows: dict[int, list[AssignmentRow]] = defaultdict(list)
    for each in assignments:
        reached = people[each.department_id] if each.department_id else {each.user_id}
        # The numbers beside one person are that person's result: whoever moved is for the new department to see.
        seen = reached if each.pack.owner_department_id in own else reached & ours
        rows[each.pack_id].append(_row(each, reached, seen, progress.get(each.pack_id, {}), on=on))
    return rows


def _row(
    assignment: Assignment, reached: set[int], seen: set[int], progress: Mapping[int, tuple[bool, bool]], *, on: dt.date
) -> AssignmentRow:
    due = due_of(assignment.due_on, on=on)
    begun = seen & progress.keys()
    passed = sum(progress[user][1] for user in begun)
    return AssignmentRow(
        assignment=assignment,
        due=due,
        reached=len(reached),
        begun=len(begun),
        done=sum(progress[user][0] for user in begun),
        passed=passed,
        late=len(seen) - passed if due is not None and due.is_late else 0,
    )


def _progress(packs: set[int]) -> dict[int, dict[int, tuple[bool, bool]]]:
    """Of each pack, by account: whether all lessons are done, whether it passed. 1 query."""
    lessons = Lesson.objects.filter(version__live_for=OuterRef("pack")).order_by()
    whole = lessons.values("version").annotate(number=Count("pk")).values("number")
    here = Q(progress__lesson_key__in=Lesson.objects.filter(version__live_for__in=packs).values("key"))
    done = Count("progress", filter=here & Q(progress__done_at__isnull=False))
    rows = Enrolment.objects.filter(pack__in=packs).order_by().annotate(whole=Subquery(whole), done=done)
    found: dict[int, dict[int, tuple[bool, bool]]] = defaultdict(dict)
    for pack, user, passed_at, number, finished in rows.values_list("pack", "user", "passed_at", "whole", "done"):
        found[pack][user] = (bool(number) and finished >= number, passed_at is not None)
    return found


def stuck_rows(scope: ViewerScope) -> QuerySet[LessonProgress]:
    """Lessons of the live versions that somebody of whom the viewer may see it tried several times and has not passed."""
    lesson = Lesson.objects.filter(version__live_for=OuterRef("enrolment__pack"), key=OuterRef("lesson_key"))
    return LessonProgress.objects.filter(
        Exists(lesson),
        enrolment__in=enrolments_seen(scope).values("pk"),
        enrolment__passed_at=None,
        enrolment__pack__status=PackStatus.PUBLISHED,
        enrolment__user__is_active=True,
        attempts__gte=TRIES,
        best__lt=F("enrolment__pack__live_version__pass_mark"),
    )


def _stuck(scope: ViewerScope) -> tuple[Stuck, ...]:
    """Who tried most often first. 1 query."""
    own = scope.departments_with(*TRAINERS)
    rows = stuck_rows(scope).select_related("enrolment__user", "enrolment__pack__live_version")
    return tuple(
        Stuck(
            name=str(row.enrolment.user),
            enrolment=row.enrolment.code,
            pack=row.enrolment.pack,
            tries=row.attempts,
            best=row.best,
            may_read=row.enrolment.pack.owner_department_id in own,
        )
        for row in rows.order_by("-attempts", "best", "pk")[:SHOWN]
    )


def _unassigned(scope: ViewerScope) -> tuple[Pack, ...]:
    """Published packs that the viewer sees and of which nothing is assigned that concerns the viewer, newest first. 1 query."""
    if not scope.has_role(*TRAINERS):
        return ()
    given = assignments_seen(scope).filter(pack=OuterRef("pk"))
    rows = visible_packs(scope).filter(~Exists(given), status=PackStatus.PUBLISHED).select_related("live_version")
    return tuple(rows.order_by("-published_at", "-pk")[:SHOWN])
