"""布置: a pack for departments and people, with a day; and taking it back. Lock order: Pack, Assignment, then the trail."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotAllowed, RuleBroken
from caselib.orgs.models import Department, User
from caselib.orgs.scope import ViewerScope
from caselib.orgs.services import departments_trained, users_asked
from caselib.search.questions import kept_note

from ..access import may_assign
from ..models import Assignment, Pack
from .reach import departments_offered, people_offered, withdrawable

LONGEST_NOTE = 200
# More is a department.
MOST_PEOPLE = 100
# Nobody plans further, and a slip of the year (2062) shows.
MOST_DAYS = 2 * 366


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """To whom, by keys; by which day (inclusive), None for none; what is said with it."""

    departments: Sequence[int] = ()
    people: Sequence[int] = ()
    due_on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of it, as names. `changed`: had it already, and has another day or note now; `same`: had just this;
    `others`: have it from somebody whose assignment the viewer may not change, and stay as they were."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    others: tuple[str, ...]


@transaction.atomic
def training_assign(
    pack: Pack, asked: NewAssignment, *, scope: ViewerScope, now: dt.datetime | None = None
) -> Assigned:
    """Assigns a pack; who has it already gets the new day and note, and is told again.

    Raises RuleBroken for nobody, somebody who is not offered, a day that is over and a note that is too long; NotAllowed.
    Writes Assignment, what marks them as to be told, AuditEvent training.assigned; nothing where all is as it was.
    """
    # Two that assign at once wait for each other here.
    pack = Pack.objects.select_for_update(of=("self",)).select_related("owner_department__region").get(pk=pack.pk)
    may_assign(scope, pack).require()
    now = now or clock.now()
    note = _note(asked.note)
    due_on = _due(asked.due_on, on=clock.day_of(now))
    addressees = _addressees(scope, pack, asked)
    actor = User.objects.get(pk=scope.user_id)
    told: dict[str, list[Department | User]] = {"new": [], "changed": [], "same": [], "others": []}
    written = {"pack": pack, "due_on": due_on, "note": note, "assigned_at": now}
    written |= {"assigned_by": actor, "assigned_by_name": str(actor)[:64]}
    before = _live(pack, scope)
    for addressee in addressees:
        told[_given(addressee, before.get(_key(addressee)), written)].append(addressee)
    _recorded(pack, [*told["new"], *told["changed"]], actor=actor, due_on=due_on, note=note)
    return Assigned(**{name: tuple(map(_named, reached)) for name, reached in told.items()})


def _recorded(
    pack: Pack, reached: Sequence[Department | User], *, actor: User, due_on: dt.date | None, note: str
) -> None:
    """Marks who is to be told, and leaves the event."""
    if not reached:
        return
    departments = [each for each in reached if isinstance(each, Department)]
    people = [each for each in reached if isinstance(each, User)]
    departments_trained([each.pk for each in departments])
    users_asked([each.pk for each in people])
    after = {"departments": [each.name for each in departments], "people": [each.username for each in people]}
    record(Action.TRAINING_ASSIGNED, pack, actor=actor, after=after | {"due_on": due_on, "note": note})


def _given(addressee: Department | User, known: Assignment | None, written: dict[str, object]) -> str:
    """Writes one; returns which of the four of `Assigned` it is."""
    if known is None:
        Assignment.objects.create(**{_key(addressee)[0]: addressee}, **written)
        return "new"
    if (known.due_on, known.note) == (written["due_on"], written["note"]):
        return "same"
    if not known.is_mine:
        return "others"
    Assignment.objects.filter(pk=known.pk).update(**{name: value for name, value in written.items() if name != "pack"})
    return "changed"


def _live(pack: Pack, scope: ViewerScope) -> dict[tuple[str, int], Assignment]:
    """Who has the pack, by addressee; each with `is_mine`: whether the viewer may change it. 2 queries."""
    rows = Assignment.objects.filter(pack=pack, withdrawn_at=None)
    mine = set(rows.filter(withdrawable(scope)).values_list("pk", flat=True))
    found = {}
    for row in rows:
        row.is_mine = row.pk in mine
        found["department" if row.department_id else "user", row.department_id or row.user_id] = row
    return found


def _key(addressee: Department | User) -> tuple[str, int]:
    return "department" if isinstance(addressee, Department) else "user", addressee.pk


def _named(addressee: Department | User) -> str:
    return addressee.name if isinstance(addressee, Department) else str(addressee)


def _addressees(scope: ViewerScope, pack: Pack, asked: NewAssignment) -> list[Department | User]:
    """Each once. Raises RuleBroken for none and for one that is not offered. 2 queries."""
    if not asked.departments and not asked.people:
        raise broken(gettext("还没有选给谁。勾上部门，或者搜人。"), "required", "departments")
    if len(asked.people) > MOST_PEOPLE:
        raise broken(
            gettext("一次最多布置给 {most} 个人，人多就布置给部门。").format(most=MOST_PEOPLE), "too_many", "who"
        )
    departments = list(departments_offered(scope, pack).filter(pk__in=asked.departments))
    people = list(people_offered(scope, pack).filter(pk__in=asked.people).order_by("pk"))
    if len(departments) != len(set(asked.departments)):
        raise broken(
            gettext("选的部门里有一个不在这个培训包的范围里，或者已经停用，重新选。"), "not_offered", "departments"
        )
    if len(people) != len(set(asked.people)):
        raise broken(gettext("选的人里有一个已经不在这些部门，重新搜。"), "not_offered", "who")
    return [*departments, *people]


def _due(due_on: dt.date | None, *, on: dt.date) -> dt.date | None:
    if due_on is None:
        return None
    if due_on < on:
        raise broken(gettext("期限 {day:%Y-%m-%d} 已经过了，选今天或以后的。").format(day=due_on), "past", "day")
    if (due_on - on).days > MOST_DAYS:
        raise broken(gettext("期限最远两年，请核对年份。"), "too_far", "day")
    return due_on


def _note(typed: str) -> str:
    if len(typed) > LONGEST_NOTE:
        told = gettext("留言最多 {longest} 个字，现在 {count:,} 个。").format(longest=LONGEST_NOTE, count=len(typed))
        raise broken(told, "too_long", "note")
    return kept_note(typed, longest=LONGEST_NOTE)


def broken(told: str, code: str, field: str) -> RuleBroken:
    """What was wrong with an assignment, with what is kept."""
    return RuleBroken(gettext("没有布置：{told}选的、写的都在。").format(told=told), code=code, field=field)


@transaction.atomic
def training_unassign(assignment: Assignment, *, scope: ViewerScope, now: dt.datetime | None = None) -> bool:
    """Takes an assignment back; what somebody has begun stays. False where it was taken back already.

    Raises NotAllowed for somebody else's. Writes Assignment, AuditEvent training.unassigned.
    """
    pack = Pack.objects.select_for_update().get(pk=assignment.pack_id)
    rows = Assignment.objects.filter(pk=assignment.pk)
    if not rows.filter(withdrawable(scope)).exists():
        raise NotAllowed(gettext("这是别人布置的，由布置的人或者这个培训包的培训老师撤回。"))
    if not rows.filter(withdrawn_at=None).update(withdrawn_at=now or clock.now()):
        return False
    named = {"departments": [assignment.department.name]} if assignment.department_id else {}
    named |= {"people": [assignment.user.username]} if assignment.user_id else {}
    actor = User.objects.get(pk=scope.user_id)
    record(Action.TRAINING_UNASSIGNED, pack, actor=actor, before=named | {"due_on": assignment.due_on})
    return True
