"""A pack of three hundred lessons asks the database as often as one of three, and a list of packs likewise."""

import itertools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caselib.orgs.models import Role, User
from caselib.orgs.scope import scope_of
from caselib.personal.folder_items import item_add
from caselib.personal.folders import FolderFacts, folder_create
from caselib.precedents.models import Precedent
from caselib.training.models import Lesson, LessonQuestion, Module, Pack
from tests import factories, training_rows
from tests.search.conftest import index  # noqa: F401 - the fixture is used by name

pytestmark = pytest.mark.django_db
MOST = 12


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def filled(pack: Pack, precedents: list[Precedent], *, lessons: int, modules: int) -> str:
    """Gives a pack so many lessons, each with a question, and gives back the key of one."""
    version = training_rows.open_version(pack)
    made = [Module(version=version, title=f"第{n}单元", position=n) for n in range(1, modules + 1)]
    Module.objects.bulk_create(made)
    places = itertools.cycle(made)
    rows = Lesson.objects.bulk_create(
        Lesson(
            version=version,
            module=next(places),
            kind="case",
            title=f"第{n}课",
            position=n // modules,
            precedent=precedent,
            revision=precedent.live_revision,
            hides=True,
        )
        for n, precedent in zip(range(lessons), itertools.cycle(precedents), strict=False)
    )
    asked = training_rows.question(precedent=precedents[0])
    LessonQuestion.objects.bulk_create(LessonQuestion(lesson=row, text=asked.latest) for row in rows)
    return rows[0].key


def test_three_hundred_lessons_ask_no_more_than_three():
    trainer = factories.user(Role.TRAINER)
    home, client = trainer.memberships.get().department, signed_in(trainer)
    precedents = [factories.published(owner=home) for _ in range(3)]
    counts = []
    for lessons, modules in ((3, 1), (300, 30)):
        pack = training_rows.pack(owner=home, author=trainer)
        key = filled(pack, precedents, lessons=lessons, modules=modules)
        pages = (
            reverse("training:building:pack", args=[pack.code]) + f"?move={key}&open=all",
            reverse("training:building:lesson", args=[pack.code, key]),
            reverse("training:building:add", args=[pack.code]),
            reverse("training:building:settings", args=[pack.code]),
            reverse("training:building:people", args=[pack.code]),
            reverse("training:building:list"),
        )
        counts.append([queries(client, page) for page in pages])
    assert counts[0] == counts[1]
    assert max(counts[1]) <= MOST


def test_lists_ask_as_often_for_two_as_for_twenty(index):  # noqa: F811 - the fixture is used by name
    counts = []
    for many in (4, 16):
        trainer = factories.user(Role.TRAINER)
        home, client, scope = trainer.memberships.get().department, signed_in(trainer), scope_of(trainer)
        precedents = [factories.published(owner=home, title=f"前租户未注销之{n}") for n in range(3)]
        folder = folder_create(FolderFacts("常用"), scope=scope)
        for precedent in precedents:
            item_add(folder, precedent, scope=scope)
        for n in range(many):
            pack = training_rows.pack(owner=home, author=trainer, is_template=bool(n % 2))
            filled(pack, precedents, lessons=3, modules=1)
            if n:
                training_rows.publish(pack)
        index.refresh()
        first = Pack.objects.filter(owner_department=home).order_by("pk").first()
        add = reverse("training:building:add", args=[first.code])
        pages = (
            reverse("training:building:list") + "?of=published",
            reverse("training:building:new"),
            reverse("training:building:new") + f"?from={first.code}",
            add + "?q=前租户未注销",
            add + f"?way=folder&folder={folder.code}",
        )
        # The first question after the index was written reads what a process keeps.
        client.get(pages[3])
        counts.append([queries(client, page) for page in pages])
    assert counts[0] == counts[1]
    assert max(counts[1]) <= MOST
