"""How far a learner came: a pack begun, a lesson done, a pack passed. Each may be asked for twice without a second effect.

Lock order: Enrolment, Attempt, then the trail. Whatever changes the progress of a learner holds the enrolment first.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import PrecedentStatus

from ..access import may_learn
from ..choices import PackStatus
from ..models import Enrolment, Lesson, LessonProgress, Pack


@transaction.atomic
def enrolment_begin(pack: Pack, *, scope: ViewerScope, now: dt.datetime | None = None) -> Enrolment:
    """The learner's enrolment, held until the transaction ends; the first time it is made.

    Raises RuleBroken for a pack that was not begun and cannot be taken now, NotAllowed. Writes Enrolment, AuditEvent training.started.
    """
    may_learn(scope).require()
    found = _held(pack, scope)
    if found is not None:
        return found
    if pack.status != PackStatus.PUBLISHED:
        is_over = pack.status == PackStatus.ARCHIVED
        told = "这个培训包已经归档，现在开始不了。" if is_over else "这个培训包还没有发布，现在开始不了。"
        raise RuleBroken(gettext(told), code="not_published")
    now, learner = now or clock.now(), User.objects.get(pk=scope.user_id)
    made, is_new = Enrolment.objects.get_or_create(
        pack=pack,
        user=learner,
        defaults={"department_id": scope.home_department_id, "started_at": now, "active_at": now},
    )
    if is_new:
        record(Action.TRAINING_STARTED, made, actor=learner, after={"pack": pack.code})
    return _held(pack, scope) or made


def _held(pack: Pack, scope: ViewerScope) -> Enrolment | None:
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("pack", "user")
    return rows.filter(pack=pack, user=scope.user_id).first()


@transaction.atomic
def pack_begin(pack: Pack, *, scope: ViewerScope, now: dt.datetime | None = None) -> Enrolment:
    """As `enrolment_begin`, for the button: what was left over to be passed is settled besides, as when a lesson was taken out."""
    enrolment = enrolment_begin(pack, scope=scope, now=now)
    enrolment_settle(enrolment, now=now or clock.now())
    return enrolment


@transaction.atomic
def lesson_done(lesson: Lesson, *, pack: Pack, scope: ViewerScope, now: dt.datetime | None = None) -> LessonProgress:
    """A lesson without questions was read. Done again it keeps its day, and takes the revision that was read now.

    The caller has seen that it holds no question that could be answered. Raises RuleBroken, NotAllowed.
    Writes LessonProgress, Enrolment, and what `enrolment_settle` writes.
    """
    now = now or clock.now()
    enrolment = enrolment_begin(pack, scope=scope, now=now)
    progress = progress_of(enrolment, lesson, now=now)
    progress.done_at = progress.done_at or now
    progress.revision_id = lesson.revision_id
    progress.save(update_fields=["done_at", "revision"])
    touched(enrolment, now=now)
    enrolment_settle(enrolment, now=now)
    return progress


def progress_of(enrolment: Enrolment, lesson: Lesson, *, now: dt.datetime) -> LessonProgress:
    """The row of a lesson, made the first time. The caller holds the enrolment."""
    found, _ = LessonProgress.objects.get_or_create(
        enrolment=enrolment, lesson_key=lesson.key, defaults={"opened_at": now, "revision_id": lesson.revision_id}
    )
    return found


def touched(enrolment: Enrolment, *, now: dt.datetime) -> None:
    Enrolment.objects.filter(pk=enrolment.pk).update(active_at=now)
    enrolment.active_at = now


@transaction.atomic
def enrolment_settle(enrolment: Enrolment, *, now: dt.datetime) -> bool:
    """Whether the pack is passed by this: every lesson of the live version that the learner can see is done, for the first time.

    A lesson with questions is done when it was passed once. The caller holds the enrolment, with `pack` and `user`. Writes
    Enrolment, AuditEvent training.passed. 3 queries, 1 for a pack that was passed before.
    """
    pack = enrolment.pack
    if enrolment.passed_at is not None or pack.live_version_id is None:
        return False
    lessons = dict(Lesson.objects.filter(version=pack.live_version_id).values_list("key", "precedent"))
    done = set(enrolment.progress.filter(done_at__isnull=False).values_list("lesson_key", flat=True))
    left = {precedent for key, precedent in lessons.items() if key not in done}
    if not done & set(lessons) or None in left or _can_be_seen(left, enrolment.user):
        return False
    enrolment.passed_at, enrolment.version_id = now, pack.live_version_id
    enrolment.save(update_fields=["passed_at", "version"])
    record(
        Action.TRAINING_PASSED,
        enrolment,
        actor=enrolment.user,
        after={"pack": pack.code, "version": pack.live_version.number},
    )
    return True


def _can_be_seen(precedents: set[int], learner: User) -> bool:
    """Whether any of them is on view for the learner: what is off view stands in nobody's way."""
    if not precedents:
        return False
    rows = Precedent.objects.visible_to(scope_of(learner)).filter(pk__in=precedents)
    return rows.exclude(status=PrecedentStatus.WITHHELD).exists()
