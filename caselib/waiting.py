"""需要我处理: what waits for a viewer, by kind. One rule for the number in the header, for the desk and for the daily mail."""

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from caselib.consulting.access import ANSWER as SPEAKERS
from caselib.consulting.waiting import consultations_waiting
from caselib.orgs.models import Role, User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import VERIFIERS
from caselib.precedents.waiting import (
    LETS_THROUGH,
    changes_waiting,
    citations_waiting,
    overrides_waiting,
    points_waiting,
    reviews_waiting,
    siblings_waiting,
)
from caselib.reuse.waiting import reports_waiting
from caselib.search.gaps.waiting import gaps_taken_waiting
from caselib.training.access import CHECKERS, INVITED, TRAINERS
from caselib.training.people.waiting import answers_waiting
from caselib.training.waiting import lessons_waiting, packs_returned, packs_waiting

# Kind of thing, who has such things at all, the rows, and the column whose distinct values are counted.
_KINDS = {
    "changes": ((Role.EDITOR, Role.DEPARTMENT_ADMIN), changes_waiting, "pk"),
    "reviews": ((Role.REVIEWER,), reviews_waiting, "pk"),
    "overrides": (LETS_THROUGH, overrides_waiting, "pk"),
    "siblings": ((Role.EDITOR, Role.DEPARTMENT_ADMIN), siblings_waiting, "pk"),
    "points": (VERIFIERS, points_waiting, "precedent"),
    "reports": (VERIFIERS, reports_waiting, "pk"),
    "citations": ((Role.EDITOR, Role.DEPARTMENT_ADMIN), citations_waiting, "pk"),
    "gaps_taken": ((Role.EDITOR, Role.DEPARTMENT_ADMIN), gaps_taken_waiting, "pk"),
    "consultations": (SPEAKERS, consultations_waiting, "consultation"),
    "packs_returned": (INVITED, packs_returned, "pk"),
    "packs_to_check": (CHECKERS, packs_waiting, "pk"),
    "lessons_changed": (INVITED, lessons_waiting, "pk"),
    "answers_to_mark": (TRAINERS, answers_waiting, "pk"),
}
# How each kind is called, on the desk and in the daily mail.
LABELS = {
    "changes": "退回修改",
    "reviews": "待我审核",
    "overrides": "隐私放行",
    "siblings": "两份并存的草稿",
    "points": "待复核",
    "reports": "纠错",
    "citations": "没认出的引用",
    "gaps_taken": "您认领的缺口",
    "consultations": "会商",
    "packs_returned": "退回的培训包",
    "packs_to_check": "待我审的培训包",
    "lessons_changed": "案例变了的课",
    "answers_to_mark": "等评分的答案",
}
# Who has a desk on which something may wait.
WORKERS = frozenset(role for roles, _, _ in _KINDS.values() for role in roles)


def counts_waiting(scope: ViewerScope) -> dict[str, int]:
    """How much waits, by kind; only the kinds of the viewer's roles. 1 query; none for who has none of them."""
    columns = _columns(scope)
    if not columns:
        return {}
    return _one_row(scope).annotate(**columns).values(*columns).first() or {}


def waiting_count(scope: ViewerScope) -> int:
    """How much waits in all. 1 query; none for who has nothing of the kind."""
    return sum(counts_waiting(scope).values())


def waiting_as_rows(scope: ViewerScope) -> QuerySet:
    """The same number as a queryset of one row and one column, to be asked for within another query."""
    total = sum(_columns(scope).values(), start=Value(0))
    return _one_row(scope).annotate(number=total).values("number")


def _one_row(scope: ViewerScope) -> QuerySet[User]:
    """Something to hang the counts on."""
    return User.objects.filter(pk=scope.user_id).order_by()


def _columns(scope: ViewerScope) -> dict[str, Coalesce]:
    return {
        name: _count(rows(scope), column)
        for name, (roles, rows, column) in _KINDS.items()
        if scope.departments_with(*roles)
    }


def _count(rows: QuerySet, column: str) -> Coalesce:
    """How many distinct values of the column, as one number within another query."""
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(number=Count(column, distinct=True))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), Value(0))
