"""The deeds of `deeds` that concern learners."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.orgs.models import Role, User
from caselib.orgs.scope import scope_of
from caselib.training.choices import QuestionKind
from caselib.training.learning.marking import response_mark
from caselib.training.learning.progress import pack_begin
from caselib.training.models import Attempt, Lesson, Pack, Question
from tests import factories
from tests import training_rows as rows

from .deeds import planted


def _taught() -> tuple[Pack, Lesson, Question, User]:
    """A published pack with one short answer, and a learner."""
    pack = rows.pack()
    lesson = rows.note(rows.open_version(pack))
    question = rows.question(QuestionKind.SHORT, owner=pack.owner_department)
    rows.asked(lesson, question)
    learner = factories.user(Role.WINDOW, within=pack.owner_department)
    return rows.publish(pack), lesson, question, learner


def _handed_in() -> tuple[Attempt, User]:
    _, lesson, question, learner = _taught()
    return rows.handed_in(lesson, learner, {question: {"text": planted("先受理")}}), learner


def _started() -> None:
    pack, _, _, learner = _taught()
    pack_begin(pack, scope=scope_of(learner))


def _marked() -> None:
    attempt, learner = _handed_in()
    response_mark(attempt.responses.get(), met=["a", "b"], comment=planted("说全了"), by=learner)


LEARNING: dict[Action, Callable[[], object]] = {
    Action.TRAINING_STARTED: _started,
    Action.ATTEMPT_SUBMITTED: _handed_in,
    Action.ATTEMPT_MARKED: _marked,
    Action.TRAINING_PASSED: _marked,
}
