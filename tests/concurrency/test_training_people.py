"""Eight people assign the same, mark the same answer, or answer one card in eight tabs in the same moment."""

import datetime as dt

import pytest

from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.choices import QuestionKind
from caselib.training.models import Assignment, Response, ReviewCard
from caselib.training.people.assigning import NewAssignment, training_assign, training_unassign
from caselib.training.people.marking import answer_mark
from caselib.training.repeating.cards import card_answer
from tests import factories, training_rows

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


def trainers(pack):
    return [scope_of(factories.user(Role.TRAINER, within=pack.owner_department)) for _ in range(THREADS)]


def test_eight_assign_one_department_and_the_last_day_stands_once():
    pack = training_rows.published_pack(lessons=0)
    scopes, home, today = trainers(pack), pack.owner_department_id, clock.today()

    def deed(number: int) -> None:
        asked = NewAssignment([home], due_on=today + dt.timedelta(days=number))
        training_assign(pack, asked, scope=scopes[number])

    assert all_at_once(deed) == {"won": THREADS}
    assert Assignment.objects.count() == 1
    assert AuditEvent.objects.filter(action="training.assigned").count() == THREADS


def test_eight_take_one_back_and_it_is_written_once():
    pack = training_rows.published_pack(lessons=0)
    scopes, assignment = trainers(pack), training_rows.assigned(pack, to=pack.owner_department)
    results = []
    assert all_at_once(lambda n: results.append(training_unassign(assignment, scope=scopes[n]))) == {"won": THREADS}
    assert results.count(True) == 1
    assert AuditEvent.objects.filter(action="training.unassigned").count() == 1


def test_one_of_eight_trainers_marks_an_answer():
    pack = training_rows.pack()
    lesson = training_rows.note(training_rows.open_version(pack))
    body = {**training_rows.SHORT, "marking": "trainer"}
    training_rows.asked(lesson, training_rows.question(QuestionKind.SHORT, body, owner=pack.owner_department))
    training_rows.publish(pack)
    training_rows.answered(training_rows.enrolled(pack), lesson, None)
    response, scopes = Response.objects.select_related("text").get(), trainers(pack)
    deed = lambda n: answer_mark(response, met=["a", "b"][: n % 2 + 1], comment=f"第{n}位", scope=scopes[n])  # noqa: E731
    assert all_at_once(deed) == {"won": 1, "StaleState": THREADS - 1}
    assert Response.objects.get().score in (50, 100)
    assert AuditEvent.objects.filter(action="training.attempt_marked").count() == 1


def test_one_card_in_eight_tabs_is_counted_once():
    learner = factories.user(Role.WINDOW)
    card, scope = training_rows.review_card(learner, training_rows.question()), scope_of(learner)
    counted = []

    def deed(number: int) -> None:
        counted.append(card_answer(card, {"chosen": ["ab"[number % 2]]}, scope=scope, times=0).counted)

    assert all_at_once(deed) == {"won": THREADS}
    assert counted.count(True) == 1
    assert ReviewCard.objects.get().times == 1
