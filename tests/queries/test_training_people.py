"""The pages about learners and the question that comes up again ask the database as often for two as for a thousand."""

import itertools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.core import clock
from caselib.following import unread
from caselib.orgs.models import Membership, Role, User
from caselib.training.choices import QuestionKind
from caselib.training.models import Attempt, Enrolment, LessonProgress, Response
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
MOST = 12
_serial = itertools.count(1)


def queries(client: Client, address: str, most: int = MOST) -> int:
    """Asked twice: what a process prepares at its first page is no part of it."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, address
    assert len(captured) <= most, "\n".join(query["sql"][:160] for query in captured)
    return len(captured)


def crowd(pack, home, number: int) -> None:
    """So many people of the department who took the first lesson twice, wrongly."""
    now, lesson = clock.now(), pack.live_version.lessons.first()
    text = lesson.asked.get().text
    first = next(_serial)
    people = User.objects.bulk_create(
        User(username=f"crowd{first}-{each}", display_name=f"学员{first}-{each}") for each in range(number)
    )
    Membership.objects.bulk_create(Membership(user=each, department=home, role=Role.WINDOW) for each in people)
    common = {"started_at": now, "active_at": now}
    begun = Enrolment.objects.bulk_create(Enrolment(pack=pack, user=each, department=home, **common) for each in people)
    LessonProgress.objects.bulk_create(
        LessonProgress(enrolment=each, lesson_key=lesson.key, opened_at=now, attempts=2, best=0) for each in begun
    )
    common = {"lesson": lesson, "lesson_key": lesson.key, "started_at": now, "saved_at": now, "submitted_at": now}
    attempts = Attempt.objects.bulk_create(
        Attempt(enrolment=each, number=at, state="marked", score=0, **common) for each in begun for at in (1, 2)
    )
    Response.objects.bulk_create(
        Response(attempt=each, text=text, given={"chosen": ["b"]}, score=0) for each in attempts
    )


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("is_own", "number"), [(True, 1000), (False, 12)])
def test_a_thousand_learners_cost_as_much_as_two(is_own, number):
    pack, home = training_rows.published_pack(lessons=2), factories.department()
    training_rows.assigned(pack, to=home, due_on=clock.today())
    role, place = (Role.TRAINER, pack.owner_department) if is_own else (Role.DEPARTMENT_ADMIN, home)
    client = client_of(factories.user(role, within=place))
    addresses = [f"/training/people/{pack.code}/", f"/training/people/{pack.code}/hard/", "/training/people/"]
    addresses += [f"/training/people/{pack.code}/?department={home.pk}&state=late&page=2"]
    counts = []
    # Below five answers there is nothing to be shown of them to who does not own the pack.
    for more in (6, number - 6):
        crowd(pack, home, more)
        counts.append([queries(client, address) for address in addresses])
    assert counts[0] == counts[1]
    assert client.get(addresses[0]).content.decode().count('<tr role="row">') == min(number + 1, 50) + 1


def test_eight_packs_and_assignments_cost_as_much_as_two():
    owner = factories.department()
    client = client_of(factories.user(Role.TRAINER, within=owner))
    counts = []
    for more in (2, 6):
        for _ in range(more):
            pack = training_rows.published_pack(lessons=0, owner=owner)
            for home in (factories.department(), factories.department()):
                training_rows.assigned(pack, to=home)
            training_rows.assigned(pack, to=factories.user(Role.WINDOW))
            training_rows.published_pack(lessons=0, owner=owner)
        counts.append([queries(client, "/training/people/"), queries(client, f"/training/people/{pack.code}/assign/")])
    assert counts[0] == counts[1]


def test_nine_attempts_and_answers_to_mark_cost_as_much_as_three():
    pack = training_rows.pack()
    version = training_rows.open_version(pack)
    body = {**training_rows.SHORT, "marking": "trainer"}
    for _ in range(3):
        precedent = factories.published(owner=pack.owner_department)
        lesson = training_rows.case(version, precedent)
        questions = [training_rows.question(QuestionKind.SHORT, body, precedent=precedent) for _ in range(3)]
        training_rows.asked(lesson, *questions)
    training_rows.publish(pack)
    enrolment = training_rows.enrolled(pack)
    client = client_of(factories.user(Role.TRAINER, within=pack.owner_department))
    counts = []
    for more in (1, 2):
        for _, lesson in itertools.product(range(more), version.lessons.all()):
            training_rows.answered(enrolment, lesson, None, None, None)
        addresses = ("/training/people/marking/", f"/training/people/learner/{enrolment.code}/")
        counts.append([queries(client, address) for address in addresses])
    assert counts[0] == counts[1]


def test_a_certificate_of_five_lessons_costs_as_much_as_one_of_two():
    counts = []
    for lessons in (2, 5):
        pack = training_rows.published_pack(lessons=lessons)
        enrolment = training_rows.passed(training_rows.enrolled(pack))
        counts.append(queries(client_of(enrolment.user), f"/training/people/certificate/{enrolment.code}/"))
    assert counts[0] == counts[1]


def test_eight_questions_that_come_up_again_cost_as_much_as_two():
    learner = factories.user(Role.WINDOW)
    client = client_of(learner)
    counts = []
    for more in (2, 6):
        for _ in range(more):
            training_rows.review_card(learner, training_rows.question(precedent=factories.published()))
        counts.append(queries(client, "/training/again/"))
    assert counts[0] == counts[1]


def test_what_is_told_costs_the_header_one_query_and_nobody_else_anything():
    pack, home = training_rows.published_pack(), factories.department()
    reader, nobody = factories.user(Role.WINDOW, within=home), factories.user(Role.WINDOW)
    clients = [client_of(reader), client_of(nobody)]
    for client in clients:
        client.get("/matters/")
    training_rows.assigned(pack, to=home, due_on=clock.today())
    counts = []
    for client in clients:
        unread.forget()
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/matters/").content.decode()
        counts.append((len(captured), "条未读" in page))
    assert counts[0] == (counts[1][0] + 1, True)
    assert not counts[1][1]
