"""Learning by deciding: an attempt saved, handed in, marked; a lesson done, a pack passed; and nothing typed that goes away."""

import datetime as dt

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.core.errors import NotAllowed, RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.withholding import precedent_withhold
from caselib.training.choices import AttemptState, PackStatus, QuestionKind
from caselib.training.learning.attempts import StaleAttempt, attempt_save, attempt_submit
from caselib.training.learning.marking import response_mark
from caselib.training.learning.progress import enrolment_begin, lesson_done, pack_begin
from caselib.training.models import Attempt, Enrolment, LessonProgress, Pack, PackVersion, Response
from tests import factories
from tests import training_rows as rows
from tests.training_rows import BROKEN, RIGHT, SHORT, WRONG, handed_in, sent, within

pytestmark = pytest.mark.django_db
PHONE = "13800138000"
TRAINER_MARKS = {**SHORT, "marking": "trainer"}


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def learner(home):
    return factories.user(Role.WINDOW, within=home)


@pytest.fixture
def made(home):
    """A pack with one deciding lesson that asks two questions."""
    return taught(home, rows.question, rows.question)


class Taught:
    def __init__(self, pack, lesson, questions):
        self.pack, self.lesson, self.questions = pack, lesson, questions


def taught(home, *makers, **values) -> Taught:
    pack = rows.pack(owner=home, **values)
    precedent = factories.published(owner=home)
    lesson = rows.case(rows.open_version(pack), precedent)
    questions = [make(precedent=precedent) for make in makers]
    rows.asked(lesson, *questions)
    return Taught(rows.publish(pack), lesson, questions)


def short(**values):
    return rows.question(QuestionKind.SHORT, **values)


def trainer_short(**values):
    return rows.question(QuestionKind.SHORT, TRAINER_MARKS, **values)


def broken(**values):
    return rows.question(body=BROKEN, **values)


def progress_of(learner, lesson) -> LessonProgress:
    return LessonProgress.objects.get(enrolment__user=learner, lesson_key=lesson.key)


def withhold(lesson) -> None:
    precedent_withhold(lesson.precedent, reason="说到了一个人", actor=factories.user(Role.REVIEWER))


# --- saving and handing in ---


def test_looking_makes_nothing_and_the_first_save_makes_all(made, learner):
    assert Enrolment.objects.count() == 0
    attempt_save(sent(made.lesson, learner, {made.questions[0]: RIGHT}), **within(made.lesson, learner))
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.number, attempt.lock_version) == (AttemptState.OPEN, 1, 1)
    assert attempt.responses.get().given == RIGHT
    assert AuditEvent.objects.filter(action=Action.TRAINING_STARTED).count() == 1


def test_an_attempt_is_worth_the_mean_of_its_answers(made, learner):
    first, second = made.questions
    attempt = handed_in(made.lesson, learner, {first: RIGHT, second: WRONG})
    assert (attempt.state, attempt.score) == (AttemptState.MARKED, 50)
    assert (progress_of(learner, made.lesson).best, progress_of(learner, made.lesson).done_at) == (50, None)
    assert AuditEvent.objects.get(action=Action.ATTEMPT_SUBMITTED).after["score"] == 50


def test_the_best_attempt_counts_and_passing_once_is_enough(made, learner):
    answers = dict.fromkeys(made.questions, RIGHT)
    assert handed_in(made.lesson, learner, answers).score == 100
    assert handed_in(made.lesson, learner, {}, number=2).score == 0
    progress = progress_of(learner, made.lesson)
    assert (progress.best, progress.attempts) == (100, 2)
    assert progress.done_at is not None
    enrolment = Enrolment.objects.get()
    assert (enrolment.passed_at is not None, enrolment.version) == (True, made.pack.live_version)
    assert AuditEvent.objects.filter(action=Action.TRAINING_PASSED).count() == 1


def test_handing_in_twice_is_one_attempt(made, learner):
    form = sent(made.lesson, learner, dict.fromkeys(made.questions, RIGHT))
    first = attempt_submit(form, **within(made.lesson, learner))
    changed = sent(made.lesson, learner, dict.fromkeys(made.questions, WRONG), stamp=form.stamp)
    again = attempt_submit(changed, **within(made.lesson, learner))
    assert first == again
    assert again.score == 100
    assert AuditEvent.objects.filter(action=Action.ATTEMPT_SUBMITTED).count() == 1


def test_what_is_not_answered_is_asked_about_before_it_is_handed_in(made, learner):
    form = sent(made.lesson, learner, {made.questions[1]: RIGHT})
    with pytest.raises(RuleBroken) as told:
        attempt_submit(form, **within(made.lesson, learner))
    assert (told.value.code, told.value.field) == ("unanswered", f"q{made.questions[0].latest.pk}")
    assert "第 1 题" in told.value.message
    assert attempt_submit(form, **within(made.lesson, learner), anyway=True).score == 50


def test_saving_again_replaces_and_takes_away(made, learner):
    first, second = made.questions
    form = sent(made.lesson, learner, {first: RIGHT, second: RIGHT})
    attempt_save(form, **within(made.lesson, learner))
    later = sent(made.lesson, learner, {first: WRONG, second: {"chosen": []}}, stamp=form.stamp, lock=1)
    attempt_save(later, **within(made.lesson, learner))
    assert [row.given for row in Response.objects.all()] == [WRONG]


def test_time_runs_from_the_first_sight_of_the_questions(made, learner):
    now = clock.now()
    attempt = handed_in(made.lesson, learner, {}, started_at=now - dt.timedelta(minutes=7), now=now)
    assert attempt.seconds == 420


# --- two windows ---


def test_the_second_window_is_told_and_may_go_on_into_the_first(made, learner):
    first, second = made.questions
    one, two = (sent(made.lesson, learner, {first: RIGHT}), sent(made.lesson, learner, {second: RIGHT}))
    kept = attempt_save(one, **within(made.lesson, learner))
    with pytest.raises(StaleAttempt) as told:
        attempt_save(two, **within(made.lesson, learner))
    assert told.value.attempt == kept
    assert Response.objects.get().text == first.latest
    into = sent(made.lesson, learner, {first: RIGHT, second: WRONG}, stamp=two.stamp, into=kept.code, lock=1)
    assert attempt_submit(into, **within(made.lesson, learner)) == kept
    assert Attempt.objects.get().score == 50


def test_a_window_that_is_behind_is_told_and_one_that_repeats_itself_is_not(made, learner):
    form = sent(made.lesson, learner, {made.questions[0]: RIGHT})
    attempt_save(form, **within(made.lesson, learner))
    # The answer was lost on the way: the same once more, with the lock of before.
    assert attempt_save(form, **within(made.lesson, learner)).state == AttemptState.OPEN
    behind = sent(made.lesson, learner, {made.questions[0]: WRONG}, stamp=form.stamp, lock=0)
    with pytest.raises(StaleAttempt):
        attempt_save(behind, **within(made.lesson, learner))
    assert Response.objects.get().given == RIGHT


def test_a_window_that_was_open_when_another_handed_in_makes_no_second_attempt(made, learner):
    two = sent(made.lesson, learner, dict.fromkeys(made.questions, WRONG))
    handed_in(made.lesson, learner, dict.fromkeys(made.questions, RIGHT))
    with pytest.raises(StaleAttempt) as told:
        attempt_submit(two, **within(made.lesson, learner))
    assert told.value.attempt is None
    assert "还在页面上" in told.value.message
    assert Attempt.objects.count() == 1


# --- rules ---


def test_no_more_attempts_than_allowed(home, learner):
    made = taught(home, rows.question, most_attempts=1)
    handed_in(made.lesson, learner, {})
    with pytest.raises(RuleBroken) as told:
        handed_in(made.lesson, learner, {}, number=2)
    assert told.value.code == "not_now"
    assert "最多答 1 次" in told.value.message


def test_between_two_attempts_one_waits(home, learner):
    made, now = taught(home, rows.question, wait_minutes=30), clock.now()
    handed_in(made.lesson, learner, {}, now=now)
    with pytest.raises(RuleBroken, match="还要等 30 分钟"):
        handed_in(made.lesson, learner, {}, number=2, now=now)
    assert handed_in(made.lesson, learner, {}, number=2, now=now + dt.timedelta(minutes=31)).number == 2


def test_a_pack_that_was_never_published_is_not_begun(home, learner):
    pack = rows.pack(owner=home)
    with pytest.raises(RuleBroken):
        enrolment_begin(pack, scope=scope_of(learner))
    assert Enrolment.objects.count() == 0


def test_who_only_administers_the_system_does_not_learn(made):
    with pytest.raises(NotAllowed):
        enrolment_begin(made.pack, scope=scope_of(factories.user(Role.SYSTEM_ADMIN)))


def test_beginning_twice_is_once(made, learner):
    assert pack_begin(made.pack, scope=scope_of(learner)) == pack_begin(made.pack, scope=scope_of(learner))
    assert AuditEvent.objects.filter(action=Action.TRAINING_STARTED).count() == 1


# --- what people type ---


def test_personal_data_is_masked_before_it_is_stored(home, learner):
    made = taught(home, short)
    handed_in(made.lesson, learner, {made.questions[0]: {"text": f"先打 {PHONE} 问\x00清楚😀"}})
    words = Response.objects.get().given["text"]
    assert PHONE not in words
    assert "😀" in words
    assert "\x00" not in words


def test_an_answer_that_is_too_long_is_refused_and_not_cut(home, learner):
    made = taught(home, short)
    form = sent(made.lesson, learner, {made.questions[0]: {"text": "长" * 20_000}})
    for deed in (attempt_save, attempt_submit):
        with pytest.raises(RuleBroken) as told:
            deed(form, **within(made.lesson, learner))
        assert (told.value.code, told.value.field) == ("too_long", f"q{made.questions[0].latest.pk}")
        assert "20,000" in told.value.message
    assert Attempt.objects.count() == 0


# --- marking ---


def test_a_short_answer_waits_and_the_learner_marks_it(home, learner):
    made = taught(home, rows.question, short)
    attempt = handed_in(made.lesson, learner, {made.questions[0]: RIGHT, made.questions[1]: {"text": "三天内补"}})
    assert (attempt.state, attempt.score) == (AttemptState.SUBMITTED, None)
    response = attempt.responses.get(text=made.questions[1].latest)
    marked = response_mark(response, met=["a", "forged"], by=learner)
    assert (marked.state, marked.score) == (AttemptState.MARKED, 75)
    response.refresh_from_db()
    assert (response.points, response.score, response.marked_by) == (["a"], 50, learner)
    assert AuditEvent.objects.get(action=Action.ATTEMPT_MARKED).after["met"] == "1/2"


def test_a_learner_marks_once_and_the_same_again_changes_nothing(home, learner):
    made = taught(home, short)
    attempt = handed_in(made.lesson, learner, {made.questions[0]: {"text": "三天内补"}})
    response = attempt.responses.get()
    assert response_mark(response, met=["a"], by=learner).score == 50
    assert response_mark(response, met=["a"], by=learner).score == 50
    with pytest.raises(StaleState):
        response_mark(response, met=["a", "b"], by=learner)
    assert AuditEvent.objects.filter(action=Action.ATTEMPT_MARKED).count() == 1


def test_what_a_trainer_marks_the_learner_does_not(home, learner):
    made = taught(home, trainer_short)
    attempt = handed_in(made.lesson, learner, {made.questions[0]: {"text": "三天内补"}})
    response, trainer = attempt.responses.get(), factories.user(Role.TRAINER, within=home)
    with pytest.raises(NotAllowed):
        response_mark(response, met=["a", "b"], by=learner)
    marked = response_mark(response, met=["a", "b"], comment=f"很好，{PHONE}", by=trainer)
    assert marked.score == 100
    response.refresh_from_db()
    assert PHONE not in response.comment
    assert Enrolment.objects.get().passed_at is not None


def test_a_trainer_may_change_a_mark_and_the_best_follows(home, learner):
    made = taught(home, trainer_short)
    response = handed_in(made.lesson, learner, {made.questions[0]: {"text": "三天"}}).responses.get()
    trainer = factories.user(Role.TRAINER, within=home)
    response_mark(response, met=["a", "b"], by=trainer)
    assert response_mark(response, met=[], by=trainer).score == 0
    assert progress_of(learner, made.lesson).best == 0


def test_nothing_written_meets_nothing_and_nobody_has_to_look(home, learner):
    made = taught(home, trainer_short)
    attempt = handed_in(made.lesson, learner, {made.questions[0]: {"text": "  "}})
    assert (attempt.state, attempt.score) == (AttemptState.MARKED, 0)


def test_what_is_open_or_no_short_answer_is_not_marked(made, learner):
    attempt_save(sent(made.lesson, learner, {made.questions[0]: RIGHT}), **within(made.lesson, learner))
    with pytest.raises(StaleState):
        response_mark(Response.objects.get(), met=[], by=learner)
    handed = handed_in(made.lesson, learner, {}, stamp=None, lock=1, into=Attempt.objects.get().code)
    with pytest.raises(RuleBroken):
        response_mark(handed.responses.first(), met=[], by=learner)


# --- what went wrong meanwhile ---


def test_a_question_without_a_right_answer_counts_for_nobody(home, learner):
    made = taught(home, rows.question, broken)
    attempt = handed_in(made.lesson, learner, {made.questions[0]: RIGHT, made.questions[1]: RIGHT})
    assert attempt.score == 100
    row = attempt.responses.get(text=made.questions[1].latest)
    assert (row.score, row.marked_at is not None) == (None, True)


def test_a_lesson_of_broken_questions_alone_is_not_handed_in(home, learner):
    made = taught(home, broken)
    with pytest.raises(RuleBroken) as told:
        handed_in(made.lesson, learner, {})
    assert told.value.code == "nothing"


def test_what_was_answered_before_the_precedent_went_off_view_is_kept_and_marked(made, learner):
    first, second = made.questions
    form = sent(made.lesson, learner, {first: RIGHT})
    attempt_save(form, **within(made.lesson, learner))
    withhold(made.lesson)
    # The page shows no question any more, so the form holds none.
    attempt = attempt_submit(sent(made.lesson, learner, {}, stamp=form.stamp, lock=1), **within(made.lesson, learner))
    assert (attempt.state, attempt.score) == (AttemptState.MARKED, 100)
    assert attempt.responses.get(text=second.latest).score is None


def test_what_stood_in_the_form_when_it_went_off_view_counts_too(made, learner):
    form = sent(made.lesson, learner, dict.fromkeys(made.questions, RIGHT))
    withhold(made.lesson)
    assert attempt_submit(form, **within(made.lesson, learner)).score == 100


def test_what_is_off_view_stands_in_nobodys_way(home, learner):
    pack = rows.pack(owner=home)
    version = rows.open_version(pack)
    note, case = rows.note(version), rows.case(version, factories.published(owner=home))
    rows.publish(pack)
    withhold(case)
    given = within(note, learner)
    lesson_done(given["lesson"], pack=given["pack"], scope=given["scope"])
    assert Enrolment.objects.get().passed_at is not None


def test_a_version_that_is_published_meanwhile_changes_nothing_of_the_attempt(made, learner):
    first, second = made.questions
    form = sent(made.lesson, learner, {first: RIGHT})
    attempt_save(form, **within(made.lesson, learner))
    next_version = PackVersion.objects.create(
        pack=made.pack, number=2, title="新版", created_at=clock.now(), saved_at=clock.now()
    )
    module = next_version.modules.create(title="一")
    new = rows.case(next_version, made.lesson.precedent, module=module, key=made.lesson.key)
    rows.asked(new, rows.question(precedent=made.lesson.precedent))
    rows.publish(made.pack)
    whole = sent(made.lesson, learner, {first: RIGHT, second: RIGHT}, stamp=form.stamp, lock=1)
    attempt = attempt_submit(whole, **within(made.lesson, learner))
    assert (attempt.lesson, attempt.score) == (made.lesson, 100)
    enrolment = Enrolment.objects.get()
    assert progress_of(learner, new).done_at is not None
    assert enrolment.version == next_version


def test_who_was_answering_when_the_pack_was_archived_still_hands_in(made, learner):
    began, now = clock.now() - dt.timedelta(minutes=5), clock.now()
    rows.enrolled(made.pack, learner)
    Pack.objects.filter(pk=made.pack.pk).update(status=PackStatus.ARCHIVED, archived_at=now)
    answers = dict.fromkeys(made.questions, RIGHT)
    assert handed_in(made.lesson, learner, answers, started_at=began).score == 100
    with pytest.raises(RuleBroken, match="归档"):
        handed_in(made.lesson, learner, answers, number=2, started_at=now + dt.timedelta(minutes=1))


# --- lessons that ask nothing ---


def test_a_pack_is_passed_when_all_of_it_is_done(home, learner):
    pack = rows.pack(owner=home)
    notes = [rows.note(rows.open_version(pack)) for _ in range(2)]
    rows.publish(pack)
    for number, each in enumerate(notes):
        given = within(each, learner)
        lesson_done(given["lesson"], pack=given["pack"], scope=given["scope"])
        lesson_done(given["lesson"], pack=given["pack"], scope=given["scope"])
        assert (Enrolment.objects.get().passed_at is not None) is (number == 1)
    assert AuditEvent.objects.filter(action=Action.TRAINING_PASSED).count() == 1


def test_passed_stays_passed_when_a_later_version_asks_for_more(home, learner):
    pack = rows.pack(owner=home)
    note = rows.note(rows.open_version(pack))
    rows.publish(pack)
    given = within(note, learner)
    lesson_done(given["lesson"], pack=given["pack"], scope=given["scope"])
    passed_at = Enrolment.objects.get().passed_at
    more = PackVersion.objects.create(pack=pack, number=2, title="新版", created_at=clock.now(), saved_at=clock.now())
    more.modules.create(title="一")
    rows.note(more)
    rows.publish(pack)
    pack_begin(Pack.objects.get(), scope=scope_of(learner))
    assert Enrolment.objects.get().passed_at == passed_at
