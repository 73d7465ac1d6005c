"""Writes of the bank: a question with its texts, and whether it is offered.

A text never changes: who saves another one makes the next. Lock order: PackVersion, Question, then the trail.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.ids import is_code, new_code
from caselib.orgs.models import Department, User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision, RevisionState
from caselib.precedents.visibility import PrecedentStatus

from ..access import TRAINERS, may_edit_question, may_make
from ..choices import QuestionState
from ..models import Question, QuestionText
from ..visibility import visible_questions
from .facts import QuestionFacts, kept_facts
from .versions import held_for, moved_to

STALE = "没有存：您写的时候有人存了新的一版（第 {number} 版）。您写的都在；先看看那一版，要用您的就再存一次。"
# What readers read, now or once.
READ = (RevisionState.APPROVED, RevisionState.SUPERSEDED)


@transaction.atomic
def question_create(
    facts: QuestionFacts,
    *,
    scope: ViewerScope,
    owner: Department | None,
    precedent: Precedent | None = None,
    code: str = "",
    now: dt.datetime | None = None,
) -> Question:
    """A new question with its first text. `code`: of the form, so that pressing twice makes one. Typed words are masked.

    Raises RuleBroken for what nobody could answer, NotVisible, NotAllowed, StaleState where the same form made another text.
    Writes Question, QuestionText, AuditEvent question.saved.
    """
    may_make(scope).require()
    kept, now = kept_facts(facts), now or clock.now()
    # Two presses of one form wait for each other here.
    actor = User.objects.select_for_update().get(pk=scope.user_id)
    found = _begun(code, actor)
    if found is not None:
        return question_save(found, facts, scope=scope, number=0, now=now)
    if owner is None or owner.pk not in scope.departments_with(*TRAINERS) or not owner.is_active:
        raise RuleBroken(gettext("没有存：选一个您做培训老师的部门。写的都在。"), code="owner", field="owner")
    if precedent is not None:
        precedent = Precedent.objects.get_visible(scope, code=precedent.code)
    _check_source(kept.revision, precedent)
    made = Question.objects.create(
        code=code if is_code(code) else new_code(),
        owner_department=owner,
        precedent=precedent,
        matter=kept.matter,
        cause=kept.cause,
        aspect=kept.aspect,
        created_at=now,
    )
    return _stored(kept, made, actor, now)


@transaction.atomic
def question_save(
    question: Question, facts: QuestionFacts, *, scope: ViewerScope, number: int, now: dt.datetime | None = None
) -> Question:
    """A new text of a question; content that is equal makes none. `number`: of the text that was read.

    Lessons of versions that may still be written in follow to the new text in the same transaction; frozen versions keep theirs.
    Raises as `question_create`, StaleState where somebody saved another text meanwhile. Writes QuestionText, Question,
    LessonQuestion, PackVersion, AuditEvent question.saved; nothing where the same stands there already.
    """
    kept, now = kept_facts(facts), now or clock.now()
    held_for(question)
    held = _held(question, scope)
    may_edit_question(scope, held).require()
    _check_source(kept.revision, held.precedent)
    is_sorted_so = (held.aspect, held.matter_id, held.cause_id) == (kept.aspect, _key(kept.matter), _key(kept.cause))
    if held.latest is not None and kept.is_said_by(held.latest) and is_sorted_so:
        return held
    if held.latest is not None and held.latest.number != number:
        raise StaleState(gettext(STALE).format(number=held.latest.number))
    return _stored(kept, held, User.objects.get(pk=scope.user_id), now)


def _begun(code: str, actor: User) -> Question | None:
    """What the same form made already. Raises NotVisible for a code that is somebody else's."""
    found = Question.objects.filter(code=code).first() if is_code(code) else None
    if found is not None and not found.texts.filter(number=1, author=actor).exists():
        raise NotVisible()
    return found


def _held(question: Question, scope: ViewerScope) -> Question:
    rows = visible_questions(scope).select_for_update(of=("self",))
    found = rows.select_related("owner_department", "precedent", "latest").filter(pk=question.pk).first()
    if found is None:
        raise NotVisible()
    return found


def _key(row: Any) -> int | None:
    return row.pk if row else None


def _check_source(revision: Revision | None, precedent: Precedent | None) -> None:
    """A question about a precedent is written against a text of it that readers could read."""
    if precedent is not None and precedent.status == PrecedentStatus.WITHHELD:
        told = gettext("没有存：案例已紧急下架，等它重新上架再存。写的都在。")
        raise RuleBroken(told, code="withheld", field="precedent")
    of = revision.precedent_id if revision else None
    if of != _key(precedent) or (revision is not None and revision.state not in READ):
        told = gettext("没有存：题目要对着案例发布过的一版写。回案例页重新出题，写的都在。")
        raise RuleBroken(told, code="revision", field="precedent")


def _stored(kept: QuestionFacts, question: Question, actor: User, now: dt.datetime) -> Question:
    """The latest text stays where only the sorting changed."""
    latest = question.latest
    before = _told(question) if latest else None
    if latest is None or not kept.is_said_by(latest):
        latest = QuestionText.objects.create(
            question=question,
            number=latest.number + 1 if latest else 1,
            kind=kept.kind,
            stem=kept.stem,
            body=dict(kept.body),
            explanation=kept.explanation,
            clause=kept.clause,
            locator=kept.locator,
            revision=kept.revision,
            author=actor,
            author_name=str(actor)[:64],
            at=now,
        )
        moved_to(latest, actor=actor, now=now)
    question.latest, question.aspect, question.matter, question.cause = latest, kept.aspect, kept.matter, kept.cause
    question.save(update_fields=["latest", "aspect", "matter", "cause"])
    record(Action.QUESTION_SAVED, question, actor=actor, before=before, after=_told(question))
    return question


def _told(question: Question) -> dict[str, Any]:
    text = question.latest
    sorting = {"aspect": question.aspect, "matter": str(question.matter or ""), "cause": str(question.cause or "")}
    return sorting | {"number": text.number, "kind": text.kind, "stem": text.stem, "basis": text.locator}


@transaction.atomic
def question_switch(question: Question, *, state: str, scope: ViewerScope) -> Question:
    """Takes a question out of use or back into it. It stays where it is asked already; one out of use is offered no more.

    Raises RuleBroken for no such state, NotAllowed. Writes AuditEvent question.switched; nothing where it stands so already.
    """
    if state not in QuestionState.values:
        raise RuleBroken(gettext("没有改：只有在用和停用两种。"), code="state", field="state")
    held = Question.objects.select_for_update(of=("self",)).select_related("owner_department").get(pk=question.pk)
    may_edit_question(scope, held).require()
    if held.state == state:
        return held
    before, held.state = held.state, state
    held.save(update_fields=["state"])
    actor = User.objects.get(pk=scope.user_id)
    record(Action.QUESTION_SWITCHED, held, actor=actor, before={"state": before}, after={"state": state})
    return held
