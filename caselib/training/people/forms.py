"""The form of an assignment, read: whom, by when, with what words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext

from caselib.core import workdays
from caselib.core.days import read_day
from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.orgs.models import CONTENT_ROLES, Department, Membership, User
from caselib.orgs.scope import ViewerScope

from ..models import Assignment, Pack
from .assigning import LONGEST_NOTE, NewAssignment, broken
from .reach import departments_offered, people_offered

# Working days that are offered with one click.
QUICK = (3, 5, 10)
NO_DAY, ON_DAY = "none", "day"
# So many people are listed for a search; who looks for one of them types more.
MOST_FOUND = 20
LONGEST_SEARCH = 64


@dataclass(frozen=True, slots=True)
class DepartmentOption:
    """`has`: whether it has the pack already, with `due_on`, the day, None for none."""

    department: Department
    chosen: bool
    has: bool
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PersonOption:
    """`place`: the departments of the person, in words."""

    user: User
    place: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class AssignForm:
    """What stands in the form. `when`: one of none, day, or a number of working days; `quick`: (value, number, the day that it is,
    whether chosen); `found`: what a search found, beside those that are chosen already; `more`: whether there are more."""

    departments: tuple[DepartmentOption, ...]
    people: tuple[PersonOption, ...]
    searched: str
    more: bool
    when: str
    day: str
    note: str
    quick: tuple[tuple[str, int, dt.date, bool], ...]
    longest: int = LONGEST_NOTE

    @property
    def unsure(self) -> int | None:
        """The year whose holidays are not known and decide about one of the days that are offered."""
        return next((year for *_, day, _ in self.quick if (year := workdays.unsettled_year(day))), None)


def assign_form(scope: ViewerScope, pack: Pack, typed: QueryDict, *, on: dt.date) -> AssignForm:
    """The form with what was typed, and what the search found. 5 queries for any number."""
    when = typed.get("when", "5")
    searched = clean(typed.get("q", ""))[:LONGEST_SEARCH].strip()
    chosen = set(keys_in(typed.getlist("department")))
    given = {
        row.department_id: row.due_on for row in Assignment.objects.filter(pack=pack, withdrawn_at=None, user=None)
    }
    rows = departments_offered(scope, pack).select_related("region").order_by("region__path", "code")
    people, more = _people(scope, pack, searched, keys_in(typed.getlist("who")))
    return AssignForm(
        departments=tuple(
            DepartmentOption(each, each.pk in chosen, each.pk in given, given.get(each.pk)) for each in rows
        ),
        people=people,
        searched=searched,
        more=more,
        when=when,
        day=typed.get("day", ""),
        note=typed.get("note", ""),
        quick=tuple((str(n), n, workdays.after_working_days(on, n), when == str(n)) for n in QUICK),
    )


def _people(
    scope: ViewerScope, pack: Pack, searched: str, chosen: Sequence[int]
) -> tuple[tuple[PersonOption, ...], bool]:
    """Who is chosen, then who was found, and whether more would have been. 3 queries at most."""
    offered = people_offered(scope, pack)
    kept = list(offered.filter(pk__in=chosen).order_by("display_name", "pk")) if chosen else []
    found: list[User] = []
    if searched:
        fits = Q(username__icontains=searched) | Q(display_name__icontains=searched)
        found = list(offered.filter(fits).exclude(pk__in=chosen).order_by("display_name", "pk")[: MOST_FOUND + 1])
    places = _places([*kept, *found])
    options = [PersonOption(each, places.get(each.pk, ""), True) for each in kept]
    options += [PersonOption(each, places.get(each.pk, ""), False) for each in found[:MOST_FOUND]]
    return tuple(options), len(found) > MOST_FOUND


def _places(people: Sequence[User]) -> Mapping[int, str]:
    if not people:
        return {}
    rows = Membership.objects.filter(user__in=people, role__in=CONTENT_ROLES).order_by("pk")
    names: dict[int, list[str]] = {}
    for user, name in rows.values_list("user", "department__name"):
        known = names.setdefault(user, [])
        if name not in known:
            known.append(name)
    return {user: gettext("、").join(known) for user, known in names.items()}


def asked_of(typed: QueryDict, *, on: dt.date) -> NewAssignment:
    """What was asked for. Raises RuleBroken for a day that is none."""
    return NewAssignment(
        departments=keys_in(typed.getlist("department")),
        people=keys_in(typed.getlist("who")),
        due_on=_due_on(typed.get("when", ""), typed.get("day", ""), on=on),
        note=typed.get("note", ""),
    )


def _due_on(when: str, day: str, *, on: dt.date) -> dt.date | None:
    if when == ON_DAY:
        try:
            found = read_day(day, field="day")
        except RuleBroken as error:
            raise broken(error.message, error.code, "day") from error
        if found is None:
            raise broken(gettext("选了“到某一天”，还没有写哪一天。"), "required", "day")
        return found
    quick = next((number for number in QUICK if when == str(number)), None)
    return None if quick is None else workdays.after_working_days(on, quick)


def keys_in(values: Sequence[str]) -> list[int]:
    """The keys among values that a form sent, each once; what is no key of a row is 0, which is nobody's."""
    numbers = (int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0 for value in values)
    return list(dict.fromkeys(numbers))
