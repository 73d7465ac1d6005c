"""The pages of a learner ask the database as often for many packs, lessons, questions and attempts as for few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.training.choices import LessonKind, QuestionKind
from caselib.training.models import Assignment, Attempt, Lesson, LessonProgress, LessonQuestion, Pack
from tests import factories
from tests import training_rows as rows
from tests.training_rows import RIGHT, WRONG, handed_in

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def learner(home):
    return factories.user(Role.WINDOW, within=home)


def queries(user, address: str) -> int:
    client = Client()
    client.force_login(user)
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def long_pack(home, lessons: int) -> Pack:
    """Cases and notes in two modules, all about three precedents, each case with two questions."""
    pack = rows.pack(owner=home)
    version = rows.open_version(pack)
    modules = [version.modules.get(), version.modules.create(title="二", position=1)]
    cases = [factories.published(owner=home) for _ in range(3)]
    asked = [rows.question(precedent=each) for each in cases], [rows.question(precedent=each) for each in cases]
    made = Lesson.objects.bulk_create(
        Lesson(
            version=version,
            module=modules[number % 2],
            position=number,
            title=f"第{number}课",
            kind=LessonKind.NOTE if number % 4 == 3 else LessonKind.CASE,
            precedent=None if number % 4 == 3 else cases[number % 3],
            revision=None if number % 4 == 3 else cases[number % 3].live_revision,
            hides=number % 4 == 0,
        )
        for number in range(lessons)
    )
    LessonQuestion.objects.bulk_create(
        LessonQuestion(lesson=lesson, text=questions[number % 3].latest, position=at)
        for number, lesson in enumerate(made)
        if lesson.precedent_id
        for at, questions in enumerate(asked)
    )
    return rows.publish(pack)


def learned(pack: Pack, learner) -> None:
    """Half of the lessons were done, with an attempt at each that asks."""
    enrolment, now = rows.enrolled(pack, learner), clock.now()
    lessons = list(pack.live_version.lessons.all())[::2]
    LessonProgress.objects.bulk_create(
        LessonProgress(enrolment=enrolment, lesson_key=each.key, opened_at=now, done_at=now, best=90, attempts=1)
        for each in lessons
    )
    Attempt.objects.bulk_create(
        Attempt(
            enrolment=enrolment,
            lesson=each,
            lesson_key=each.key,
            number=1,
            state="marked",
            score=90,
            started_at=now,
            saved_at=now,
            submitted_at=now,
        )
        for each in lessons
        if each.precedent_id
    )


def test_a_pack_of_300_lessons_costs_as_much_as_one_of_four(home, learner):
    counts = []
    for lessons in (4, 300):
        pack = long_pack(home, lessons)
        learned(pack, learner)
        counts.append(queries(learner, reverse("training:learning:pack", args=[pack.code])))
    assert counts[0] == counts[1] <= MOST


def test_a_lesson_of_a_long_pack_costs_as_much_as_one_of_a_short_one(home, learner):
    counts = []
    for lessons in (4, 60):
        pack = long_pack(home, lessons)
        learned(pack, learner)
        counts.append(
            [
                queries(learner, reverse("training:learning:lesson", args=[pack.code, lesson.key]))
                for lesson in pack.live_version.lessons.order_by("position")[:3]
            ]
        )
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST


def test_a_lesson_with_twenty_questions_costs_as_much_as_one_with_two(home, learner):
    counts = []
    for questions in (2, 20):
        pack = rows.pack(owner=home)
        precedent = factories.published(owner=home)
        lesson = rows.case(rows.open_version(pack), precedent)
        clause = factories.clause()
        asked = [rows.question(precedent=precedent, clause=clause) for _ in range(questions)]
        rows.asked(lesson, *asked)
        rows.publish(pack)
        address = reverse("training:learning:lesson", args=[pack.code, lesson.key])
        unanswered = queries(learner, address)
        attempt = handed_in(lesson, learner, dict.fromkeys(asked, RIGHT))
        result = queries(learner, reverse("training:learning:attempt", args=[attempt.code]))
        counts.append((unanswered, queries(learner, address), result))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST


def test_handing_in_twenty_answers_writes_as_often_as_two(home, learner):
    counts = []
    for questions in (2, 20):
        pack = rows.pack(owner=home)
        lesson = rows.note(rows.open_version(pack))
        asked = [rows.question(owner=home) for _ in range(questions)]
        rows.asked(lesson, *asked)
        rows.asked(lesson, rows.question(QuestionKind.SHORT, owner=home))
        rows.publish(pack)
        with CaptureQueriesContext(connection) as captured:
            handed_in(lesson, learner, dict.fromkeys(asked, WRONG))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_many_packs_cost_as_much_as_two(home, learner):
    author = factories.user(Role.TRAINER, within=home)
    cases, counts = [factories.published(owner=home) for _ in range(2)], []

    def made() -> Pack:
        pack = rows.pack(owner=home, author=author)
        for each in cases:
            rows.case(rows.open_version(pack), each)
        return rows.publish(pack)

    for more in (2, 5):
        for _ in range(more):
            given, begun, _ = made(), made(), made()
            Assignment.objects.create(
                pack=given, user=learner, due_on=clock.today(), assigned_by_name="老师", assigned_at=clock.now()
            )
            rows.enrolled(begun, learner)
        counts.append(queries(learner, "/training/"))
    assert counts[0] == counts[1] <= MOST
