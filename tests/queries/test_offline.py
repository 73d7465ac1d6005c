"""A pack, the room of packs and the answers to an assistant ask the database the same for two rows and for twenty."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.connect.assistant.asking import asked
from caselib.core import clock
from caselib.offline.halls import hall_of_department
from caselib.offline.services import pack_build
from caselib.orgs.models import Role
from caselib.orgs.services import membership_grant
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]
pytestmark = pytest.mark.django_db


def counted(ask) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def filled(owner, clause, count: int) -> None:
    for n in range(count):
        # Each with lists of its own, so that a query for each row of them would show.
        factories.published(
            owner=owner,
            matter=factories.matter(),
            tags=(f"标签{n}",),
            citations=(factories.citation(clause), factories.citation(factories.clause(n + 1))),
        )


def test_a_pack_of_twenty_precedents_asks_as_often_as_one_of_two(tmp_path):
    owner, clause = factories.department(), factories.clause()
    hall = hall_of_department(owner)
    numbers = []
    for count in (2, 18):
        filled(owner, clause, count)
        folder = tmp_path / str(count)
        folder.mkdir()
        numbers.append(counted(lambda folder=folder: pack_build(folder, hall=hall, days=7, now=clock.now())))
    assert numbers[0] == numbers[1]
    assert numbers[1] <= 20


def test_the_room_asks_the_same_for_the_administrator_of_two_departments_and_of_twenty():
    account = factories.user(Role.DEPARTMENT_ADMIN)
    client = Client()
    client.force_login(account)
    numbers = []
    for count in (1, 18):
        for _ in range(count):
            membership_grant(user=account, department=factories.department(), role=Role.DEPARTMENT_ADMIN, actor=None)
        client.get("/desk/offline/")
        numbers.append(counted(lambda: client.get("/desk/offline/")))
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    ("tool", "sent"),
    [
        ("search", {"question": "前租户没有注销", "limit": 10}),
        ("search", {"question": "前租户没有注销", "matter": "企业设立登记", "limit": 10}),
        ("impact", {"policy": "登记条例"}),
    ],
    ids=["search", "matter", "impact"],
)
def test_an_answer_with_ten_precedents_asks_as_often_as_one_with_two(index, tool, sent):
    owner, clause = factories.department(), factories.clause(title="登记条例")
    editor = factories.user(Role.EDITOR, within=owner)
    numbers = []
    for count in (2, 18):
        filled(owner, clause, count)
        index.refresh()
        asked(editor.pk, tool, sent)
        numbers.append(counted(lambda: asked(editor.pk, tool, sent)))
    assert numbers[0] == numbers[1]
    assert numbers[1] <= 40
