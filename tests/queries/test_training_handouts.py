"""A hand-out of three hundred lessons asks the database as often as one of three."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.handouts.choosing import choice_for
from caselib.training.handouts.material import material_of
from caselib.training.models import Lesson, LessonQuestion, Module
from tests import factories
from tests import training_rows as rows

pytestmark = pytest.mark.django_db
MANY = 300


@pytest.fixture
def room():
    home = factories.department()
    trainer = factories.user(Role.TRAINER, within=home)
    packs = []
    for count in (3, MANY):
        pack = rows.pack(owner=home, author=trainer)
        version = rows.open_version(pack)
        clause = factories.clause(33)
        precedents = [
            factories.published(owner=home, citations=(factories.citation(clause),), tags=("专题",)) for _ in range(3)
        ]
        questions = [rows.question(precedent=each, clause=clause) for each in precedents]
        module = Module.objects.get(version=version)
        values = {"version": version, "module": module, "kind": "case", "hides": True}
        Lesson.objects.bulk_create(
            Lesson(position=at, title=f"第{at}", precedent=each, revision=each.live_revision, **values)
            for at, each in ((at, precedents[at % 3]) for at in range(count))
        )
        LessonQuestion.objects.bulk_create(
            LessonQuestion(lesson=lesson, text=questions[at % 3].latest)
            for at, lesson in enumerate(Lesson.objects.filter(version=version))
        )
        packs.append(rows.publish(pack))
    return trainer, packs


def test_the_material_of_three_hundred_lessons_costs_as_much_as_that_of_three(room):
    trainer, packs = room
    scope, counts = scope_of(trainer), []
    for pack in packs:
        choice = choice_for(scope, pack.code)
        with CaptureQueriesContext(connection) as captured:
            material = material_of(choice.version, scope, on=clock.today(), answers=True)
        counts.append(len(captured))
    assert len(material.lessons) == material.questions == MANY
    assert all(lesson.case.basis and lesson.questions[0].cited for lesson in material.lessons)
    assert counts[0] == counts[1] <= 16


@pytest.mark.parametrize(("path", "most"), [("", 12), ("print/", 20)])
def test_the_pages_of_three_hundred_lessons_cost_as_much_as_those_of_three(room, path, most):
    trainer, packs = room
    client, counts = Client(), []
    client.force_login(trainer)
    client.get(f"/training/out/{packs[0].code}/{path}")
    for pack in packs:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/training/out/{pack.code}/{path}").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= most
