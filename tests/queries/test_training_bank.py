"""The bank asks the database as often for two questions as for twenty, and every page of it a bounded number of times."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.training.models import Attempt, Response
from tests import factories, training_rows
from tests.search.conftest import index  # noqa: F401 - the fixture is used by name

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def client(home) -> Client:
    client = Client()
    client.force_login(factories.user(Role.TRAINER, within=home))
    return client


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def used(home, count: int) -> None:
    """Questions about precedents of their own, each asked in a lesson and answered."""
    version = training_rows.open_version(training_rows.pack(owner=home))
    enrolment = training_rows.enrolled(version.pack)
    for number in range(count):
        precedent = factories.published(owner=home)
        asked = training_rows.question(precedent=precedent, matter=factories.matter(f"事项{count}{number}"))
        lesson = training_rows.note(version)
        training_rows.asked(lesson, asked)
        now = clock.now()
        attempt = Attempt.objects.create(
            enrolment=enrolment,
            lesson=lesson,
            lesson_key=lesson.key,
            number=1,
            state="marked",
            score=50,
            started_at=now,
            saved_at=now,
            submitted_at=now,
        )
        Response.objects.create(attempt=attempt, text=asked.latest, score=50)


def test_twenty_questions_cost_as_much_as_two(client, home):
    counts = []
    for more in (2, 10):
        used(home, more)
        counts.append(queries(client, "/training/bank/"))
    assert counts[0] == counts[1] <= 10
    assert "答过 1 次，平均对 50%" in client.get("/training/bank/").content.decode()


def test_choosing_for_a_lesson_costs_as_much_for_twenty_as_for_two(client, home):
    pack = training_rows.pack(owner=home)
    lesson = training_rows.note(training_rows.open_version(pack))
    counts = []
    for more in (2, 10):
        used(home, more)
        counts.append(queries(client, f"/training/bank/?pack={pack.code}&lesson={lesson.key}"))
    # Three for the pack, the lesson and what it asks already.
    assert counts[0] == counts[1] <= 12


def test_a_question_costs_the_same_however_often_it_is_used(client, home):
    precedent = factories.published(owner=home)
    asked, counts = training_rows.question(precedent=precedent), []
    for more in (1, 8):
        for _ in range(more):
            version = training_rows.open_version(training_rows.pack(owner=home))
            training_rows.asked(training_rows.note(version), asked)
        counts.append(queries(client, f"/training/bank/{asked.code}/"))
    assert counts[0] == counts[1] <= 12


def test_proposals_cost_the_same_among_two_precedents_and_among_twelve(client, home, index):  # noqa: F811 - by name
    matter = factories.matter("企业设立登记")
    precedent = factories.published(owner=home, matter=matter)
    lesson = training_rows.case(training_rows.open_version(training_rows.pack(owner=home)), precedent)
    training_rows.asked(lesson, training_rows.question(precedent=precedent))
    address = f"/training/bank/from/{precedent.code}/"
    into = f"{address}?pack={lesson.version.pack.code}&lesson={lesson.key}"
    counts = []
    for more in (2, 10):
        for _ in range(more):
            cited = (factories.citation(factories.clause()),)
            training_rows.question(precedent=factories.published(owner=home, matter=matter, citations=cited))
        index.refresh()
        counts.append((queries(client, address), queries(client, into)))
    # Who is asking, what is read of the precedent and of its neighbours, and what the bank asks already.
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 12
