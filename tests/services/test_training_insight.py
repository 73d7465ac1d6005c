"""Results flow back: what most learners miss reaches the owner of the precedent, once, and names nobody."""

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_retire
from caselib.reuse.models import Report, ReportKind, ReportState
from caselib.reuse.reports.answering import report_decline
from caselib.reuse.reports.selectors import report_for_desk
from caselib.training.choices import Aspect, AttemptState
from caselib.training.insight.flowing import SECTION_OF_ASPECT, noted_after
from caselib.training.models import Attempt, QuestionText, Response, Unclear
from tests import factories, training_rows
from tests.services.missed import answered, handed_in
from tests.services.reporting import reported, revised

pytestmark = pytest.mark.django_db


def looked_at(text: QuestionText) -> None:
    noted_after(list(Response.objects.filter(text=text)), now=clock.now())


def asked(aspect: str = Aspect.CONDITION, **values) -> QuestionText:
    values = {"precedent": factories.published(), **values}
    return training_rows.question(aspect=aspect, **values).latest


@pytest.mark.parametrize(("wrong", "right", "is_told"), [(3, 2, True), (4, 0, False), (5, 4, False), (6, 4, True)])
def test_enough_people_and_most_of_them_have_to_miss_it(wrong, right, is_told):
    text = asked()
    answered(text, wrong=wrong, right=right)
    looked_at(text)
    assert Unclear.objects.filter(text=text).exists() is is_told
    assert Report.objects.count() == is_told


@pytest.mark.parametrize("aspect", Aspect)
def test_the_section_is_that_which_the_question_asks_about(aspect):
    text = asked(aspect)
    answered(text, wrong=5, right=0)
    looked_at(text)
    report = Report.objects.get()
    assert (report.kind, report.section) == (ReportKind.UNCLEAR, SECTION_OF_ASPECT[aspect])


def test_the_desk_reads_numbers_and_the_question_and_no_names():
    text = asked(stem="缺的件能不能后补？")
    learners = answered(text, wrong=9, right=3)
    looked_at(text)
    owner = text.question.precedent.owner_department
    screen = report_for_desk(
        scope_of(factories.user(Role.EDITOR, within=owner)), Report.objects.get().pk, on=clock.today()
    )
    (filing,) = screen.filings
    assert filing.text == "培训中 12 人里 9 人答错：缺的件能不能后补？"
    assert (filing.user, filing.user_name) == (None, "培训")
    event = AuditEvent.objects.get(action=Action.SECTION_UNCLEAR)
    assert event.after["missed"] == 9
    assert not any(learner.display_name in f"{event.after}{filing.text}" for learner in learners)


def test_a_text_is_told_once_however_many_more_miss_it():
    text = asked()
    for _ in range(2):
        answered(text, wrong=5, right=0)
        looked_at(text)
    assert (Unclear.objects.count(), Report.objects.count(), Report.objects.get().filings.count()) == (1, 1, 1)


def test_only_the_first_answer_of_a_person_counts_and_an_open_one_not_yet():
    text = asked()
    pack = training_rows.pack()
    lesson = training_rows.note(training_rows.open_version(pack))
    one = training_rows.enrolled(pack)
    for _ in range(6):
        handed_in(text, lesson, one, score=0)
    answered(text, wrong=0, right=3)
    answered(text, wrong=5, right=0, state=AttemptState.OPEN)
    looked_at(text)
    assert not Unclear.objects.exists()


def test_it_joins_what_readers_said_of_the_section():
    text = asked(Aspect.SAY)
    reported(text.question.precedent, section="script", kind="unclear", text="听不懂")
    answered(text, wrong=5, right=0)
    looked_at(text)
    assert Report.objects.get().filings.count() == 2


def test_a_question_against_an_older_text_and_one_of_what_is_out_of_use_tell_nothing():
    older, retired = asked(), asked()
    revised(older.question.precedent)
    precedent_retire(retired.question.precedent, reason="不用了", actor=None)
    for text in (older, retired, asked(precedent=None)):
        answered(text, wrong=5, right=0)
        looked_at(text)
    assert not Report.objects.exists()


def test_the_owner_closes_it_as_any_other():
    text = asked()
    answered(text, wrong=5, right=0)
    looked_at(text)
    owner = factories.user(Role.EDITOR, within=text.question.precedent.owner_department)
    assert report_decline(Report.objects.get(), by=owner, reason="写得够清楚").state == ReportState.DECLINED
    looked_at(text)
    assert Report.objects.count() == 1


def test_the_fifth_learner_who_misses_it_tells_the_owner_and_loses_no_answer(django_capture_on_commit_callbacks):
    precedent = factories.published()
    pack = training_rows.pack(owner=precedent.owner_department)
    lesson = training_rows.case(training_rows.open_version(pack), precedent)
    question = training_rows.question(precedent=precedent, aspect=Aspect.CONDITION)
    training_rows.asked(lesson, question)
    training_rows.publish(pack)
    for number in range(5):
        learner = factories.user(Role.WINDOW, within=pack.owner_department)
        with django_capture_on_commit_callbacks(execute=True):
            training_rows.handed_in(lesson, learner, {question: training_rows.WRONG})
        assert Attempt.objects.count() == number + 1
        assert Unclear.objects.exists() is (number == 4)
    report = Report.objects.get(precedent=precedent)
    assert report.section == "fits"
