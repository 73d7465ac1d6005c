"""Eight windows begin, save, hand in or mark in the same moment: one attempt, one event, and who was second is told."""

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.choices import QuestionKind
from caselib.training.learning.attempts import attempt_save, attempt_submit
from caselib.training.learning.marking import response_mark
from caselib.training.learning.progress import pack_begin
from caselib.training.models import Attempt, Enrolment, LessonProgress, Response
from tests import factories
from tests import training_rows as rows
from tests.training_rows import RIGHT, WRONG, handed_in, sent, within

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


@pytest.fixture
def taught():
    """(pack, lesson, its question, a learner)."""
    pack = rows.pack()
    lesson = rows.note(rows.open_version(pack))
    question = rows.question(owner=pack.owner_department)
    rows.asked(lesson, question)
    return rows.publish(pack), lesson, question, factories.user(Role.WINDOW, within=pack.owner_department)


def test_eight_clicks_begin_a_pack_once(taught):
    pack, _, _, learner = taught
    scope = scope_of(learner)
    assert all_at_once(lambda n: pack_begin(pack, scope=scope)) == {"won": THREADS}
    assert Enrolment.objects.count() == 1
    assert AuditEvent.objects.filter(action=Action.TRAINING_STARTED).count() == 1


def test_eight_clicks_hand_in_one_attempt(taught):
    _, lesson, question, learner = taught
    form, given = sent(lesson, learner, {question: RIGHT}), within(lesson, learner)
    assert all_at_once(lambda n: attempt_submit(form, **given)) == {"won": THREADS}
    assert (Attempt.objects.count(), Response.objects.count()) == (1, 1)
    assert LessonProgress.objects.get().attempts == 1
    for action in (Action.ATTEMPT_SUBMITTED, Action.TRAINING_PASSED):
        assert AuditEvent.objects.filter(action=action).count() == 1


def test_of_eight_windows_one_hands_in_and_the_others_are_told(taught):
    _, lesson, question, learner = taught
    forms = [sent(lesson, learner, {question: RIGHT if n else WRONG}) for n in range(THREADS)]
    given = within(lesson, learner)
    results = all_at_once(lambda n: attempt_submit(forms[n], **given))
    assert results == {"won": 1, "StaleAttempt": THREADS - 1}
    assert Attempt.objects.count() == 1


def test_of_eight_windows_one_saves_first(taught):
    _, lesson, question, learner = taught
    forms = [sent(lesson, learner, {question: WRONG}) for _ in range(THREADS)]
    given = within(lesson, learner)
    assert all_at_once(lambda n: attempt_save(forms[n], **given)) == {"won": 1, "StaleAttempt": THREADS - 1}
    assert (Attempt.objects.get().lock_version, Response.objects.count()) == (1, 1)


def test_eight_clicks_mark_once(taught):
    pack, _, _, learner = taught
    lesson = rows.note(pack.live_version)
    question = rows.question(QuestionKind.SHORT, owner=pack.owner_department)
    rows.asked(lesson, question)
    response = handed_in(lesson, learner, {question: {"text": "三天内补"}}).responses.get()
    met = (["a"], ["a", "b"])
    results = all_at_once(lambda n: response_mark(response, met=met[n % 2], by=learner))
    # Whoever says the same as the first is right as well.
    assert results == {"won": THREADS // 2, "StaleState": THREADS // 2}
    assert AuditEvent.objects.filter(action=Action.ATTEMPT_MARKED).count() == 1
