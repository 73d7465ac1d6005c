"""Points to check again: the desk of who looks after a department's precedents, and one precedent with what to compare."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Min, QuerySet
from django.db.models.functions import Coalesce

from caselib.core.diff import Change, Mark, marked
from caselib.core.due import Due, due_of, late_since, unsure_of
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Clause, Policy

from .access import Answer, may_retire
from .models import OPEN_STATES, Doubt, DoubtKind, Precedent
from .selectors import PrecedentPage, PrecedentRow, precedent_for_page, rows_of
from .waiting import points_waiting

# A point is read with the two clauses and the documents that they stand in.
_RELATIONS = ("old_clause__version__policy", "new_clause__version__policy", "citation__version__policy")


# With less in common, marks are confetti: two sentences about the same thing, each its own.
_LEAST_KEPT = 0.5


@dataclass(frozen=True, slots=True)
class PointLine:
    """A point as the desk lists it."""

    doubt: Doubt
    due: Due | None


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A precedent with its open points, the one that is due first at the top; `due` is that of this one."""

    row: PrecedentRow
    points: tuple[PointLine, ...]
    due: Due | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with the number of precedents behind it."""

    value: str
    label: str
    count: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class Desk:
    rows: tuple[DeskRow, ...]
    page: PageInfo
    kinds: tuple[Choice, ...]
    policies: tuple[Choice, ...]
    late: int

    @property
    def is_filtered(self) -> bool:
        return any(choice.is_on for choice in (*self.kinds, *self.policies))

    @property
    def unsure(self) -> str:
        """What may still move a due date of the page."""
        return unsure_of(row.due for row in self.rows)


def desk_of(scope: ViewerScope, *, kind: str = "", policy: str = "", page: object = 1, on: dt.date) -> Desk:
    """One page of the precedents of the viewer's departments with open points, soonest due first.

    `kind`: a value of DoubtKind; `policy`: a code; anything else filters nothing. 9 queries for any number.
    """
    policy_key = Coalesce("old_clause__version__policy", "new_clause__version__policy", "citation__version__policy")
    waiting = points_waiting(scope).annotate(policy=policy_key)
    kinds = _kinds(waiting, kind)
    policies = _policies(waiting, policy)
    chosen = waiting.filter(kind=kind) if any(choice.is_on for choice in kinds) else waiting
    if any(choice.is_on for choice in policies):
        chosen = chosen.filter(policy__in=Policy.objects.filter(code=policy).values("pk"))
    due = chosen.values("precedent").annotate(soonest=Min("due_on"))
    info = page_info(page, total=due.count())
    ordered = due.order_by(F("soonest").asc(nulls_last=True), "precedent").values_list("precedent", flat=True)
    keys = list(ordered[info.offset : info.offset + info.per_page])
    return Desk(_rows(keys, scope, on=on), info, kinds, policies, due.filter(soonest__lte=late_since(on)).count())


def _kinds(waiting: QuerySet[Doubt], wanted: str) -> tuple[Choice, ...]:
    counts = dict(waiting.values_list("kind").annotate(count=Count("precedent", distinct=True)))
    found = [kind for kind in DoubtKind if kind in counts]
    return tuple(Choice(kind.value, kind.label, counts[kind], kind == wanted) for kind in found)


def _policies(waiting: QuerySet[Doubt], wanted: str) -> tuple[Choice, ...]:
    """The documents that the points are about, most precedents first."""
    counted = waiting.filter(policy__isnull=False).values_list("policy")
    counts = dict(counted.annotate(count=Count("precedent", distinct=True)).order_by("-count", "policy"))
    named = Policy.objects.in_bulk(list(counts))
    return tuple(
        Choice(named[pk].code, named[pk].title, count, named[pk].code == wanted) for pk, count in counts.items()
    )


def _rows(keys: Collection[int], scope: ViewerScope, *, on: dt.date) -> tuple[DeskRow, ...]:
    points: dict[int, list[PointLine]] = defaultdict(list)
    doubts = Doubt.objects.open().filter(precedent__in=keys).select_related(*_RELATIONS)
    for doubt in doubts.order_by(F("due_on").asc(nulls_last=True), "opened_at", "pk"):
        points[doubt.precedent_id].append(PointLine(doubt, due_of(doubt.due_on, on=on)))
    rows = {row.precedent.pk: row for row in rows_of(Precedent.objects.filter(pk__in=keys), scope, on=on)}
    return tuple(DeskRow(rows[pk], tuple(points[pk]), points[pk][0].due) for pk in keys if pk in rows)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two clauses side by side. `marks`: its words, those that the other does not have marked as changed."""

    clause: Clause
    marks: tuple[Mark, ...]
    is_gist: bool


@dataclass(frozen=True, slots=True)
class ComparedPoint:
    """A point with the clause that was relied on and the one that took its place, where there are such.

    `unmarked_why`: why their differences are not marked, where they are not.
    """

    doubt: Doubt
    due: Due | None
    old: Side | None
    new: Side | None
    unmarked_why: str = ""

    @property
    def is_marked(self) -> bool:
        return any(mark.change is not Change.KEPT for side in (self.old, self.new) if side for mark in side.marks)


@dataclass(frozen=True, slots=True)
class Checking:
    """What somebody has before them who checks a precedent. `last`: key of the last check, 0 before the first.

    `draft`: number of a revision that somebody has begun, or None.
    """

    page: PrecedentPage
    points: tuple[ComparedPoint, ...]
    last: int
    draft: int | None
    retiring: Answer

    @property
    def has_marks(self) -> bool:
        return any(point.is_marked for point in self.points)


def checking_of(scope: ViewerScope, code: str, *, on: dt.date) -> Checking:
    """The live text with its open points. Raises NotVisible; whether the viewer may check it, `access` says.

    4 queries beside those of the page.
    """
    page = precedent_for_page(scope, on=on, code=code)
    precedent = page.precedent
    doubts = Doubt.objects.open().filter(precedent=precedent).select_related(*_RELATIONS)
    draft = precedent.revisions.filter(state__in=OPEN_STATES).values_list("number", flat=True).first()
    return Checking(
        page=page,
        points=tuple(
            _compared(doubt, on=on) for doubt in doubts.order_by(F("due_on").asc(nulls_last=True), "opened_at", "pk")
        ),
        last=precedent.verifications.order_by("-pk").values_list("pk", flat=True).first() or 0,
        draft=draft if page.precedent.live_revision_id else None,
        retiring=may_retire(scope, precedent),
    )


def _compared(doubt: Doubt, *, on: dt.date) -> ComparedPoint:
    old, new = doubt.old_clause, doubt.new_clause
    marks, why = _marks(old, new) if old and new else ((), "")
    return ComparedPoint(
        doubt,
        due_of(doubt.due_on, on=on),
        _side(old, marks, leaves_out=Change.ADDED) if old else None,
        _side(new, marks, leaves_out=Change.REMOVED) if new else None,
        why,
    )


def _marks(old: Clause, new: Clause) -> tuple[tuple[Mark, ...], str]:
    """(the differences, empty where they say nothing; why they are left out)."""
    before, after = (clause.text or clause.gist for clause in (old, new))
    if not before or not after:
        return (), ""
    if not (old.text and new.text):
        return (), "条文大意不逐字对照，定之前看官方文本。"
    marks = marked(before, after)
    kept = sum(len(mark.text) for mark in marks if mark.change is Change.KEPT)
    if 2 * kept < _LEAST_KEPT * (len(before) + len(after)):
        return (), "两条的写法差得多，没有逐字标差别，整条对着看。"
    return marks, ""


def _side(clause: Clause, marks: tuple[Mark, ...], *, leaves_out: Change) -> Side:
    words = clause.text or clause.gist
    own = tuple(mark for mark in marks if mark.change is not leaves_out)
    return Side(clause, own or ((Mark(Change.KEPT, words),) if words else ()), is_gist=not clause.text)
