"""待审: the submitted texts of a viewer's departments, the one that waits longest first."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock, workdays
from caselib.core.due import Due, due_of, unsure_of
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .access import Answer, may_review
from .models import Revision, RevisionState
from .points import Choice
from .services import RESTORED
from .signal import troubles_of
from .waiting import reviews_waiting

# Working days from submission: a week of work in which an author waits for the first word. Holidays put it off.
REVIEW_WITHIN = 5


class ReviewKind(StrEnum):
    """What a submitted text is: the first of its precedent, a change, or an earlier text brought back."""

    label: str

    def __new__(cls, value: str, label: str) -> "ReviewKind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    FIRST = "first", "首次入库"
    CHANGE = "change", "修订"
    RESTORE = "restore", "恢复旧版"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """`days`: of the calendar, how long it has waited. `troubled`: citations that hold no more.

    `deciding`: whether the viewer may decide.
    """

    revision: Revision
    kind: ReviewKind
    due: Due
    days: int
    submitted_by: str
    troubled: int
    deciding: Answer


@dataclass(frozen=True, slots=True)
class Queue:
    """`own`: how many of all of them the viewer may decide about."""

    rows: tuple[QueueRow, ...]
    page: PageInfo
    kinds: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    late: int
    own: int

    @property
    def is_filtered(self) -> bool:
        return any(choice.is_on for choice in (*self.kinds, *self.departments))

    @property
    def unsure(self) -> str:
        """What may still move a due date of the page."""
        return unsure_of(row.due for row in self.rows)


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a text stands among those that the viewer may decide about: 第 1 件，共 4 件. `number` is 0 where it is none of
    them; `following`: code of the next one, empty when it was the last."""

    number: int
    total: int
    following: str


def due_on(revision: Revision) -> dt.date:
    """The day by which somebody is to decide about a submitted text."""
    return workdays.after_working_days(_submitted_on(revision), REVIEW_WITHIN)


def _submitted_on(revision: Revision) -> dt.date:
    return clock.day_of(revision.submitted_at or revision.saved_at)


def kind_of(revision: Revision) -> ReviewKind:
    """Of one text; `queue_of` asks the same of many at once. 1 query for a change."""
    if revision.precedent.live_revision_id is None:
        return ReviewKind.FIRST
    found = Revision.objects.filter(pk=revision.pk).filter(_RESTORES)
    return ReviewKind.RESTORE if found.exists() else ReviewKind.CHANGE


def queue_of(scope: ViewerScope, *, kind: str = "", department: str = "", page: object = 1, on: dt.date) -> Queue:
    """One page of the submitted texts of the departments in which the viewer reviews or administers, longest wait first.

    `kind`: a value of ReviewKind; `department`: a key; anything else filters nothing. 8 queries for any number.
    """
    waiting = _waiting(scope)
    kinds = _kinds(waiting, kind)
    departments = _departments(waiting, department)
    chosen = waiting.filter(kind=kind) if any(choice.is_on for choice in kinds) else waiting
    if any(choice.is_on for choice in departments):
        chosen = chosen.filter(precedent__owner_department=int(department))
    info = page_info(page, total=chosen.count())
    related = chosen.select_related("precedent__owner_department", "matter", "theme")
    found = list(related.order_by("submitted_at", "pk")[info.offset : info.offset + info.per_page])
    return Queue(
        _rows(found, scope, on=on),
        info,
        kinds,
        departments,
        chosen.filter(submitted_at__date__lt=workdays.before_working_days(on, REVIEW_WITHIN)).count(),
        reviews_waiting(scope).order_by().count(),
    )


def turn_of(revision: Revision, scope: ViewerScope) -> Turn:
    """3 queries at the most; the next one after the last is the first again."""
    mine = reviews_waiting(scope).order_by()
    total = mine.count()
    key = (revision.submitted_at, revision.pk)
    if key[0] is None:
        return Turn(0, total, _first_code(mine))
    after = Q(submitted_at__gt=key[0]) | Q(submitted_at=key[0], pk__gt=key[1])
    following = _first_code(mine.filter(after)) or _first_code(mine.exclude(pk=revision.pk))
    is_one = revision.state == RevisionState.SUBMITTED and may_review(scope, revision)
    return Turn(mine.exclude(after).count() if is_one else 0, total, following)


# An author may write another reason over the first one; a text that is equal to an earlier one is restored all the same.
_RESTORES = Q(change_note__startswith=RESTORED) | Exists(
    Revision.objects.filter(
        precedent=OuterRef("precedent"),
        content_digest=OuterRef("content_digest"),
        number__lt=OuterRef("number"),
        state__in=[RevisionState.SUPERSEDED, RevisionState.APPROVED],
    )
)


def _waiting(scope: ViewerScope) -> QuerySet[Revision]:
    own = scope.departments_with(Role.REVIEWER, Role.DEPARTMENT_ADMIN)
    found = Revision.objects.filter(state=RevisionState.SUBMITTED, precedent__owner_department__in=own)
    kind = Case(
        When(precedent__live_revision__isnull=True, then=Value(ReviewKind.FIRST.value)),
        When(_RESTORES, then=Value(ReviewKind.RESTORE.value)),
        default=Value(ReviewKind.CHANGE.value),
    )
    return found.annotate(kind=kind).order_by()


def _first_code(texts: QuerySet[Revision]) -> str:
    codes = texts.order_by("submitted_at", "pk").values_list("precedent__code", flat=True)
    return codes.first() or ""


def _kinds(waiting: QuerySet[Revision], wanted: str) -> tuple[Choice, ...]:
    counts = dict(waiting.values_list("kind").annotate(count=Count("pk")))
    found = [kind for kind in ReviewKind if kind.value in counts]
    return tuple(Choice(kind.value, kind.label, counts[kind.value], kind.value == wanted) for kind in found)


def _departments(waiting: QuerySet[Revision], wanted: str) -> tuple[Choice, ...]:
    """Most texts first."""
    named = waiting.values_list("precedent__owner_department", "precedent__owner_department__name")
    counted = named.annotate(count=Count("pk")).order_by("-count", "precedent__owner_department")
    return tuple(Choice(str(pk), name, count, str(pk) == wanted) for pk, name, count in counted)


def _rows(found: list[Revision], scope: ViewerScope, *, on: dt.date) -> tuple[QueueRow, ...]:
    troubles = troubles_of([revision.pk for revision in found], on=on, region_ids=scope.region_ids)
    by = submitters_of([revision.pk for revision in found])
    return tuple(
        QueueRow(
            revision=revision,
            kind=ReviewKind(revision.kind),
            due=due_of(due_on(revision), on=on),
            days=(on - _submitted_on(revision)).days,
            submitted_by=by.get(revision.pk, revision.last_editor_name or revision.author_name),
            troubled=len({each.citation for each in troubles.get(revision.pk, ())}),
            deciding=may_review(scope, revision),
        )
        for revision in found
    )


def submitters_of(revisions: Collection[int]) -> dict[int, str]:
    """Who submitted each text last, by name. 1 query over the trail."""
    events = AuditEvent.objects.filter(
        action=Action.REVISION_SUBMITTED,
        object_type=Revision._meta.label,
        object_id__in=[str(pk) for pk in revisions],
    )
    return {int(key): name for key, name in events.order_by("pk").values_list("object_id", "actor_name")}
