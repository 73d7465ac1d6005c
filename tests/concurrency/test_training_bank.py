"""Eight trainers save a question, press one form or fill one lesson in the same moment: no text and no place is lost or doubled."""

import pytest

from caselib.core.ids import new_code
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.bank.facts import QuestionFacts
from caselib.training.bank.placing import lesson_questions_add
from caselib.training.bank.services import question_create, question_save
from caselib.training.models import Question, QuestionText
from tests import factories, training_rows

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


def facts(stem: str) -> QuestionFacts:
    return QuestionFacts(kind="single", stem=stem, body=training_rows.SINGLE)


def test_one_of_eight_saves_first_and_the_others_are_told():
    home = factories.department()
    asked = training_rows.question(owner=home)
    lesson = training_rows.note(training_rows.open_version(training_rows.pack(owner=home)))
    training_rows.asked(lesson, asked)
    scopes = [scope_of(factories.user(Role.TRAINER, within=home)) for _ in range(THREADS)]
    deed = lambda n: question_save(asked, facts(f"第{n}种"), scope=scopes[n], number=1)  # noqa: E731
    assert all_at_once(deed) == {"won": 1, "StaleState": THREADS - 1}
    asked.refresh_from_db()
    assert asked.latest.number == asked.texts.count() == 2
    assert lesson.asked.get().text == asked.latest


def test_eight_presses_of_one_form_make_one_question():
    home, code = factories.department(), new_code()
    scope = scope_of(factories.user(Role.TRAINER, within=home))
    deed = lambda n: question_create(facts("一道题？"), scope=scope, owner=home, code=code)  # noqa: E731
    assert all_at_once(deed) == {"won": THREADS}
    assert Question.objects.count() == QuestionText.objects.count() == 1


def test_eight_who_fill_one_lesson_with_the_same_question_put_it_in_once():
    home = factories.department()
    lesson = training_rows.note(training_rows.open_version(training_rows.pack(owner=home)))
    shared = training_rows.question(owner=home)
    own = [training_rows.question(owner=home) for _ in range(THREADS)]
    scopes = [scope_of(factories.user(Role.TRAINER, within=home)) for _ in range(THREADS)]
    deed = lambda n: lesson_questions_add(lesson, [shared, own[n]], scope=scopes[n])  # noqa: E731
    assert all_at_once(deed) == {"won": THREADS}
    assert sorted(lesson.asked.values_list("position", flat=True)) == list(range(THREADS + 1))
