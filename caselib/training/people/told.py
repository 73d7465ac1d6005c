"""What training has to tell somebody, for the page of notices, the number in the header and the daily mail: what was assigned, what is
due soon or late, what a trainer marked, and what went out of use in a pack that is being learned.

Each kind is a source as `following.answers` takes them. Nothing is stored: an assignment reaches who belongs to its department when
the page is asked for, and who joins later is told from the day of joining.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Case, CharField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock, workdays
from caselib.core.due import due_of
from caselib.core.told import Told
from caselib.orgs.models import Membership
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import PrecedentStatus

from ..choices import PackStatus
from ..models import Assignment, Attempt, Enrolment, Response
from ..visibility import assignments_for

MOST = 50
# Told so many working days before the last day, and for so many days after it.
SOON = 3
LATE_FOR = 30


@dataclass(frozen=True, slots=True)
class Source:
    """`rows`: what there is to tell, with the moment `at`; `told`: one of them in words; `relations`: what that needs loaded."""

    rows: Callable[[ViewerScope], QuerySet]
    told: Callable[..., Told]
    relations: tuple[str, ...]

    def answers_for(self, scope: ViewerScope) -> tuple[Told, ...]:
        """Newest first, at most 50. 1 query."""
        rows = self.rows(scope).select_related(*self.relations).order_by("-at", "-pk")[:MOST]
        return tuple(self.told(row) for row in rows)

    def answered_at(self, scope: ViewerScope) -> QuerySet:
        """The moments alone, one column, to be asked for together with those of others. No query."""
        return self.rows(scope).order_by().values_list("at")


def _open(scope: ViewerScope) -> QuerySet[Assignment]:
    """What the viewer was assigned and has not passed."""
    passed = Enrolment.objects.filter(pack=OuterRef("pack"), user=scope.user_id, passed_at__isnull=False)
    return assignments_for(scope).filter(~Exists(passed), pack__status=PackStatus.PUBLISHED)


def _assigned(scope: ViewerScope) -> QuerySet[Assignment]:
    """From the moment of the assignment, or of joining the department, whichever was later."""
    own = Membership.objects.filter(user=scope.user_id, department=OuterRef("department")).order_by("pk")
    # The trail knows when somebody joined; the key stands there as text.
    key = Cast(Subquery(own.values("pk")[:1]), CharField())
    joined = AuditEvent.objects.filter(
        action=Action.MEMBERSHIP_GRANTED, object_type="orgs.Membership", object_id=OuterRef("membership_key")
    )
    rows = _open(scope).annotate(membership_key=key)
    since = Coalesce(Subquery(joined.order_by("-pk").values("at")[:1]), F("assigned_at"))
    return rows.annotate(at=Greatest(F("assigned_at"), since))


def _told_assigned(row: Assignment) -> Told:
    said = gettext("{by}布置的，{by_day}。").format(by=row.assigned_by_name, by_day=_by_day(row.due_on))
    return _of_pack(row, gettext("新布置"), f"{said}{row.note}")


def _due(scope: ViewerScope) -> QuerySet[Assignment]:
    """What is due soon or late, by the first of its days where a pack reaches the viewer twice."""
    days = reminders(clock.today())
    earlier = _open(scope).filter(
        Q(due_on__lt=OuterRef("due_on")) | Q(due_on=OuterRef("due_on"), pk__lt=OuterRef("pk")), pack=OuterRef("pack")
    )
    moments = (When(due_on=day, then=Value(at, DateTimeField())) for day, at in days.items())
    rows = _open(scope).filter(~Exists(earlier), due_on__in=list(days))
    return rows.annotate(at=Case(*moments, output_field=DateTimeField()))


def reminders(on: dt.date) -> dict[dt.date, dt.datetime]:
    """Days of which there is something to tell on `on`, each with the moment from which it is told: the morning of the third working day
    before it, and once it is over the morning after. No query."""
    found: dict[dt.date, dt.datetime] = {}
    last = workdays.after_working_days(on, SOON)
    for back in range((last - on).days + LATE_FOR + 1):
        day = last - dt.timedelta(days=back)
        ends = workdays.first_working_day_on_or_after(day)
        tells = workdays.before_working_days(ends, SOON) if ends >= on else ends + dt.timedelta(days=1)
        found[day] = timezone.make_aware(dt.datetime.combine(tells, dt.time()), timezone.get_default_timezone())
    return found


def _told_due(row: Assignment) -> Told:
    due = due_of(row.due_on, on=clock.today())
    word = gettext("已超期") if due.is_late else gettext("快到期")
    return _of_pack(row, word, gettext("{due}，还没有合格。").format(due=due.words))


def _of_pack(row: Assignment, word: str, text: str) -> Told:
    return Told(row.at, row.pack.live_version.title, text, "training:learning:pack", (row.pack.code,), word)


def _by_day(day: dt.date | None) -> str:
    due = due_of(day, on=clock.today())
    return gettext("{day}前学完").format(day=due.day) if due else gettext("没有定期限")


def _marked(scope: ViewerScope) -> QuerySet[Attempt]:
    """Attempts of which somebody else marked an answer, from the last one that was marked."""
    answers = Response.objects.filter(attempt=OuterRef("pk"), marked_by__isnull=False).exclude(marked_by=scope.user_id)
    newest = Subquery(answers.order_by("-marked_at").values("marked_at")[:1])
    return Attempt.objects.filter(enrolment__user=scope.user_id).annotate(at=newest).filter(at__isnull=False)


def _told_marked(row: Attempt) -> Told:
    said = gettext("老师评了您的答案。") if row.score is None else gettext("老师评了您的答案，这一课 {score} 分。")
    title = row.enrolment.pack.live_version.title
    args = (row.code,)
    return Told(row.at, title, said.format(score=row.score), "training:learning:attempt", args, gettext("评了分"))


def _stopped(scope: ViewerScope) -> QuerySet[Enrolment]:
    """Packs in work of which a precedent went out of use since they were begun; one row for each lesson."""
    lesson = "pack__live_version__lessons"
    seen = Precedent.objects.visible_to(scope).filter(pk=OuterRef(f"{lesson}__precedent"))
    events = AuditEvent.objects.filter(
        action=Action.PRECEDENT_RETIRED, object_type="precedents.Precedent", object_id=OuterRef("precedent_key")
    )
    mine = Enrolment.objects.filter(
        **{f"{lesson}__precedent__status": PrecedentStatus.RETIRED},
        user=scope.user_id,
        passed_at=None,
        pack__status=PackStatus.PUBLISHED,
    )
    rows = mine.annotate(precedent_key=Cast(f"{lesson}__precedent", CharField()), lesson_key=F(f"{lesson}__key"))
    rows = rows.annotate(at=Subquery(events.order_by("-pk").values("at")[:1]))
    return rows.filter(Exists(seen), at__gte=F("started_at"))


def _told_stopped(row: Enrolment) -> Told:
    said = gettext("您正在学的这一课，用的案例停用了，先别照着办。")
    args = (row.pack.code, row.lesson_key)
    title = row.pack.live_version.title
    return Told(row.at, title, said, "training:learning:lesson", args, gettext("案例停用"))


_PACK = ("pack__live_version",)
SOURCES = (
    Source(_assigned, _told_assigned, _PACK),
    Source(_due, _told_due, _PACK),
    Source(_marked, _told_marked, ("enrolment__pack__live_version",)),
    Source(_stopped, _told_stopped, _PACK),
)
