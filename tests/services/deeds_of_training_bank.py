"""The deeds of `deeds` that concern the bank of questions."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.bank.facts import QuestionFacts
from caselib.training.bank.placing import lesson_questions_add
from caselib.training.bank.services import question_create, question_switch
from tests import factories, training_rows

from .deeds import planted


def _saved() -> None:
    trainer = factories.user(Role.TRAINER)
    body = {
        "options": [
            {"key": "a", "text": planted("甲"), "why": planted("因为")},
            {"key": "b", "text": planted("乙"), "when": planted("那时")},
        ],
        "right": ["a"],
    }
    words = {"stem": planted("先做什么"), "explanation": planted("讲解"), "locator": planted("指南")}
    home = trainer.memberships.get().department
    question_create(QuestionFacts(kind="single", body=body, **words), scope=scope_of(trainer), owner=home)


def _switched() -> None:
    trainer = factories.user(Role.TRAINER)
    asked = training_rows.question(owner=trainer.memberships.get().department)
    question_switch(asked, state="retired", scope=scope_of(trainer))


def _arranged() -> None:
    trainer = factories.user(Role.TRAINER)
    home = trainer.memberships.get().department
    lesson = training_rows.note(training_rows.open_version(training_rows.pack(owner=home)))
    lesson_questions_add(lesson, [training_rows.question(owner=home)], scope=scope_of(trainer))


TRAINING_BANK: dict[Action, Callable[[], object]] = {
    Action.QUESTION_SAVED: _saved,
    Action.QUESTION_SWITCHED: _switched,
    Action.PACK_ARRANGED: _arranged,
}
