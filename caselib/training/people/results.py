"""How far everybody came with a pack: the table of its learners.

A table is worked out of a few lists of numbers rather than row by row: a thousand learners take as many queries as one.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Avg, Count, Q, QuerySet
from django.utils.translation import gettext

from caselib.core.due import Due, due_of
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import CONTENT_ROLES, Department, Membership, Role
from caselib.orgs.scope import ViewerScope

from ..models import Assignment, Enrolment, Lesson, Pack
from .reach import assignments_seen, belongs_to, enrolments_seen, keeps

PER_PAGE = 50
NONE, GOING, PASSED, LATE = "none", "going", "passed", "late"
STATES = {NONE: "没开始", GOING: "在学", PASSED: "合格", LATE: "逾期没合格"}


@dataclass(slots=True)
class Learner:
    """One learner of a pack. `departments`: today's, name by key; `left`: the department of which it was when it began and is no more,
    as a row like those, or empty; `done`: lessons finished; `best`: mean of the best scores of the lessons, per cent, None without any.
    """

    name: str
    username: str
    departments: dict[int, str] = field(default_factory=dict)
    left: dict[int, str] = field(default_factory=dict)
    due: Due | None = None
    enrolment: str = ""
    done: int = 0
    best: int | None = None
    active_at: dt.datetime | None = None
    passed_at: dt.datetime | None = None

    @property
    def state(self) -> str:
        return PASSED if self.passed_at else GOING if self.enrolment else NONE

    @property
    def label(self) -> str:
        return gettext(STATES[self.state])

    @property
    def place(self) -> str:
        """Where it works today, in words: the first two departments and how many there are."""
        first = gettext("、").join(list(self.departments.values())[:2])
        count = len(self.departments)
        return first if count <= 2 else gettext("{first}等 {count} 个部门").format(first=first, count=count)

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.due.is_late and self.passed_at is None

    @property
    def has_left(self) -> bool:
        """Whether it works nowhere any more where it could be reached."""
        return bool(self.left) and not self.departments


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """One page of the learners of a pack. `may_all`: whether the viewer sees everybody's; `moved`: how many began in a department that
    the viewer heads and are elsewhere now; `departments`, `states`: (value, label, whether chosen) to filter by; `of`: name of the
    department that is chosen, empty for all; `lessons`: how many the pack has."""

    pack: Pack
    assignments: tuple[Assignment, ...]
    learners: tuple[Learner, ...]
    page: PageInfo
    counts: Mapping[str, int]
    may_all: bool
    moved: int
    departments: tuple[tuple[str, str, bool], ...]
    states: tuple[tuple[str, str, bool], ...]
    of: int | None
    lessons: int


def results_for_page(
    scope: ViewerScope, pack: Pack, *, department: str = "", state: str = "", page: object = 1, on: dt.date
) -> ResultsPage:
    """The table. 5 queries for any number of learners, 1 more for who heads a department and does not own the pack."""
    assignments = tuple(assignments_seen(scope).filter(pack=pack).select_related("department", "user", "assigned_by"))
    may_all = keeps(scope, pack)
    learners = learners_of(pack, assignments, scope, on=on)
    places = {key: name for each in learners for key, name in (each.departments | each.left).items()}
    of = next((key for key in places if str(key) == department), None)
    there = [each for each in learners if of is None or of in each.departments or of in each.left]
    chosen = [each for each in there if state not in STATES or _is_in(each, state)]
    info = page_info(page, total=len(chosen), per_page=PER_PAGE)
    return ResultsPage(
        pack=pack,
        assignments=assignments,
        learners=tuple(chosen[info.offset : info.offset + info.per_page]),
        page=info,
        counts={each: sum(_is_in(row, each) for row in there) for each in STATES} | {"all": len(there)},
        may_all=may_all,
        moved=0 if may_all else _moved(scope, pack),
        departments=tuple((str(key), name, key == of) for key, name in sorted(places.items(), key=lambda row: row[1])),
        states=tuple((value, label, value == state) for value, label in STATES.items()),
        of=of,
        lessons=Lesson.objects.filter(version=pack.live_version_id).count(),
    )


def _is_in(learner: Learner, state: str) -> bool:
    return learner.is_late if state == LATE else learner.state == state


def learners_of(pack: Pack, assignments: Sequence[Assignment], scope: ViewerScope, *, on: dt.date) -> list[Learner]:
    """Who was reached today or has begun, as far as the viewer may see them: the late first, then by name. 2 queries."""
    found: dict[int, Learner] = {}
    for user, name, username, key, place in _members([pack.pk], assignments, scope, pack=pack):
        found.setdefault(user, Learner(name, username)).departments[key] = place
    for user, learner in found.items():
        learner.due = due_of(_nearest(assignments, user, learner.departments), on=on)
    for row in _begun(enrolments_seen(scope).filter(pack=pack), pack):
        learner = found.setdefault(row["user"], Learner(row["user__display_name"], row["user__username"]))
        if row["department"] is not None and row["department"] not in learner.departments:
            learner.left[row["department"]] = row["department__name"]
        learner.enrolment, learner.done = row["code"], row["done"]
        learner.best = None if row["best"] is None else round(row["best"])
        learner.active_at, learner.passed_at = row["active_at"], row["passed_at"]
    return sorted(found.values(), key=lambda each: (not each.is_late, each.passed_at is not None, each.name))


def _members(
    packs: Iterable[int], assignments: Sequence[Assignment], scope: ViewerScope, *, pack: Pack
) -> Iterable[tuple[int, str, str, int, str]]:
    """(account, its name, its user name, a department of it, its name) of who was assigned the pack or has begun. 1 query."""
    begun = Enrolment.objects.filter(pack__in=packs).values("user")
    reached = Q(user__in=[each.user_id for each in assignments if each.user_id]) | Q(user__in=begun)
    given = [each.department_id for each in assignments if each.department_id]
    reached |= Q(user__in=Membership.objects.filter(department__in=given, role__in=CONTENT_ROLES).values("user"))
    rows = Membership.objects.filter(reached, user__is_active=True, role__in=CONTENT_ROLES)
    if not keeps(scope, pack):
        rows = rows.filter(belongs_to(scope.departments_with(Role.DEPARTMENT_ADMIN), user="user"))
    columns = ("user", "user__display_name", "user__username", "department", "department__name")
    return rows.order_by().values_list(*columns).distinct()


def _nearest(assignments: Iterable[Assignment], user: int, departments: Mapping[int, str]) -> dt.date | None:
    """The first day by which somebody is to be done, None for none."""
    days = (each.due_on for each in assignments if each.user_id == user or each.department_id in departments)
    return min((day for day in days if day is not None), default=None)


def _begun(rows: QuerySet[Enrolment], pack: Pack) -> Iterable[Mapping[str, object]]:
    """Who has begun, with how many lessons of the live version are done and the mean of the best scores. 1 query."""
    here = Q(progress__lesson_key__in=Lesson.objects.filter(version=pack.live_version_id).values("key"))
    counted = rows.order_by().annotate(
        done=Count("progress", filter=here & Q(progress__done_at__isnull=False)),
        best=Avg("progress__best", filter=here),
    )
    return counted.values(
        *("user", "user__display_name", "user__username", "department", "department__name"),
        *("code", "done", "best", "active_at", "passed_at"),
    )


def _moved(scope: ViewerScope, pack: Pack) -> int:
    """How many began in a department that the viewer heads and belong to none of these now: a number, and no names. 1 query."""
    headed = scope.departments_with(Role.DEPARTMENT_ADMIN)
    if not headed:
        return 0
    begun = Enrolment.objects.filter(pack=pack, department__in=headed)
    return begun.exclude(belongs_to(headed, user="user")).count()


def department_of(enrolment: Enrolment) -> Department | None:
    """Where the learner is today, or was when it began. 1 query."""
    rows = Membership.objects.filter(user=enrolment.user_id, role__in=CONTENT_ROLES).select_related("department")
    homes = [row.department for row in rows.order_by("pk")]
    return enrolment.department if enrolment.department in homes or not homes else homes[0]
