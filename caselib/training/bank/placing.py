"""Questions put into a lesson. Lock order: PackVersion, Lesson, then the trail."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.orgs.models import Department, User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import PrecedentStatus

from ..access import may_write
from ..choices import QuestionState
from ..models import Lesson, LessonQuestion, PackVersion, Question
from ..visibility import visible_packs, visible_questions
from .facts import QuestionFacts
from .services import question_create
from .versions import touched

MOST_IN_LESSON = 30


@transaction.atomic
def lesson_questions_add(
    lesson: Lesson, questions: Sequence[Question], *, scope: ViewerScope, now: dt.datetime | None = None
) -> int:
    """Puts questions at the end of a lesson, each with its newest text; one that is in it already stays as it is.

    Returns how many were added. Raises NotVisible, NotAllowed, RuleBroken for more than 30 and for one that is out of use.
    Writes LessonQuestion, PackVersion, AuditEvent pack.arranged; nothing where all are in it.
    """
    now = now or clock.now()
    version = PackVersion.objects.select_for_update(of=("self",)).get(pk=lesson.version_id)
    pack = visible_packs(scope).select_related("owner_department").filter(pk=version.pack_id).first()
    if pack is None:
        raise NotVisible()
    version.pack = pack
    may_write(scope, version).require()
    lesson = Lesson.objects.select_for_update(of=("self",)).filter(pk=lesson.pk, version=version).first()
    if lesson is None:
        raise StaleState(gettext("没有放进去：这一课刚刚被删了或者换了地方。回培训包看看。"))
    added = _to_add(lesson, questions, scope)
    last = lesson.asked.aggregate(last=Max("position"))["last"]
    start = 0 if last is None else last + 1
    for position, each in enumerate(added, start):
        LessonQuestion.objects.create(lesson=lesson, text_id=each.latest_id, position=position)
    if added:
        actor = User.objects.get(pk=scope.user_id)
        touched([version.pk], actor=actor, now=now)
        after = {"lesson": lesson.key, "questions": [each.code for each in added]}
        record(Action.PACK_ARRANGED, pack, actor=actor, after=after)
    return len(added)


def _to_add(lesson: Lesson, questions: Sequence[Question], scope: ViewerScope) -> list[Question]:
    keys = {each.pk for each in questions}
    rows = visible_questions(scope).exclude(precedent__status=PrecedentStatus.WITHHELD).filter(pk__in=keys)
    found = {each.pk: each for each in rows.filter(latest__isnull=False)}
    if len(found) < len(keys):
        raise NotVisible()
    inside = set(lesson.asked.values_list("text__question", flat=True))
    added = [found[pk] for pk in dict.fromkeys(each.pk for each in questions) if pk not in inside]
    if any(each.state == QuestionState.RETIRED for each in added):
        raise RuleBroken(
            gettext("没有放进去：选的题里有停用的。换一道，或者先恢复它。"), code="retired", field="questions"
        )
    if len(inside) + len(added) > MOST_IN_LESSON:
        raise RuleBroken(
            gettext("没有放进去：一课最多 {most} 道题，已有 {inside} 道，又选了 {added} 道。").format(
                most=MOST_IN_LESSON, inside=len(inside), added=len(added)
            ),
            code="too_many",
            field="questions",
        )
    return added


@transaction.atomic
def question_create_into(
    facts: QuestionFacts,
    *,
    lesson: Lesson | None,
    scope: ViewerScope,
    owner: Department | None,
    precedent: Precedent | None = None,
    code: str = "",
    now: dt.datetime | None = None,
) -> Question:
    """A new question, put into a lesson where one is named: both or neither. As `question_create` and `lesson_questions_add`."""
    made = question_create(facts, scope=scope, owner=owner, precedent=precedent, code=code, now=now)
    if lesson is not None:
        lesson_questions_add(lesson, [made], scope=scope, now=now)
    return made
