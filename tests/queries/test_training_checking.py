"""The pages of checking ask the database as often for 300 lessons as for three."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.models import Precedent
from caselib.training.checking.opening import version_revise
from caselib.training.choices import LessonKind
from caselib.training.models import Lesson, LessonQuestion, Pack
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
MOST = 12


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def filled(pack: Pack, precedents: list[Precedent], *, lessons: int) -> None:
    """Puts lessons on these precedents into the open version, each with a question."""
    version = training_rows.open_version(pack)
    module = version.modules.get()
    made = Lesson.objects.bulk_create(
        Lesson(
            version=version,
            module=module,
            position=number,
            kind=LessonKind.CASE,
            title=f"第{number}课",
            note="先看**期限**。",
            hides=True,
            precedent=precedent,
            revision=precedent.live_revision,
        )
        for number, precedent in ((number, precedents[number % len(precedents)]) for number in range(lessons))
    )
    texts = {each.pk: training_rows.question(precedent=each).latest for each in precedents}
    LessonQuestion.objects.bulk_create(
        LessonQuestion(lesson=lesson, text=texts[lesson.precedent_id]) for lesson in made
    )


@pytest.fixture
def packs():
    """A small and a large pack, both published once and open again, in different departments; every other precedent has a newer text."""
    made = []
    for lessons, kinds in ((3, 2), (300, 12)):
        owner = factories.department()
        pack = training_rows.pack(owner=owner, author=factories.user(Role.TRAINER, within=owner))
        precedents = [training_rows.shelved(owner=owner) for _ in range(kinds)]
        filled(pack, precedents, lessons=lessons)
        training_rows.publish(pack)
        for precedent in precedents[::2]:
            training_rows.newer(precedent)
        made.append(pack)
    return made


def counted(readers: list[tuple[Client, Pack]], address: str) -> list[int]:
    return [queries(client, address.format(code=pack.code)) for client, pack in readers]


def test_300_lessons_cost_as_much_as_three(packs):
    for pack in packs:
        version_revise(pack, scope=scope_of(factories.user(Role.TRAINER, within=pack.owner_department)))
        training_rows.open_version(pack).lessons.filter(position__lte=1).update(note="改了。")
        training_rows.submitted(pack)
    readers = [(signed_in(factories.user(Role.TRAINER, within=pack.owner_department)), pack) for pack in packs]
    # What a process knows of a reader is asked once.
    counted(readers, "/training/check/")
    for address in (
        "/training/check/{code}/",
        "/training/check/{code}/versions/1/",
        "/training/check/{code}/versions/",
        "/training/check/changes/",
        "/training/check/",
        "/training/check/{code}/submit/",
    ):
        few, many = counted(readers, address)
        assert few == many <= MOST, address
    few, many = counted(readers, "/desk/")
    assert few == many <= 14
