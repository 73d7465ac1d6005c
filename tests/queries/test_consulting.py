"""Consultations and one gap ask the database as often for two as for twenty."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.consulting.services import consultation_answer
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.gaps.services import gap_close, gap_file
from caselib.search.gaps.working import gap_join, gap_take
from tests import factories
from tests.services.deeds_of_asking import asked, speaker

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("of", ["mine", "waiting"])
def test_twenty_consultations_cost_as_much_as_two(of):
    lead = factories.department()
    asker = factories.user(Role.WINDOW)
    client = signed_in(asker if of == "mine" else factories.user(Role.EDITOR, within=lead))
    counts = []
    for more in (2, 18):
        for _ in range(more):
            asked(lead=lead, others=(factories.department(),), by=asker, matter=factories.matter(f"事项{more}{_}"))
        counts.append(queries(client, f"/consult/?of={of}"))
    assert counts[0] == counts[1] <= 9


def test_twenty_answers_cost_as_much_as_two():
    asker = factories.user(Role.WINDOW)
    few = asked(others=(factories.department(),), by=asker)
    many = asked(others=tuple(factories.department() for _ in range(18)), by=asker)
    for made in (few, many):
        for party in made.parties.select_related("department"):
            read = {"lock_version": 0, "scope": speaker(party.department)}
            consultation_answer(party, words="可以", basis="", **read)
    client = signed_in(asker)
    counts = [queries(client, f"/consult/{made.code}/") for made in (few, many)]
    assert counts[0] == counts[1] <= 13


def test_twenty_that_wait_cost_the_desk_as_much_as_two():
    lead = factories.department()
    editor = factories.user(Role.EDITOR, within=lead)
    client = signed_in(editor)
    counts = []
    for more in (2, 18):
        for number in range(more):
            asked(lead=lead)
            gap = gap_file(f"第{more}{number}件", scope=scope_of(factories.user(Role.WINDOW))).gap
            gap_take(gap, scope=scope_of(editor))
        counts.append(queries(client, "/desk/"))
    assert counts[0] == counts[1] <= 20


def test_a_gap_that_many_filed_costs_as_much_as_one():
    editor = factories.user(Role.EDITOR)
    client = signed_in(editor)
    gap = gap_file("宠物殡葬店执照怎么登记", scope=scope_of(factories.user(Role.WINDOW))).gap
    counts = []
    for more in (2, 18):
        for number in range(more):
            clerk = scope_of(factories.user(Role.WINDOW))
            gap_file("宠物殡葬店执照怎么登记", scope=clerk)
            near = gap_file(f"宠物殡葬店执照登记{more}{number}", scope=clerk).gap
            if number % 2:
                gap_join(near, into=gap, scope=scope_of(editor))
        counts.append(queries(client, f"/search/gaps/{gap.pk}/"))
    assert counts[0] == counts[1] <= 16


def test_twenty_that_somebody_filed_cost_as_much_as_two():
    clerk, editor = factories.user(Role.WINDOW), scope_of(factories.user(Role.EDITOR))
    client = signed_in(clerk)
    counts = []
    for more in (2, 18):
        for number in range(more):
            gap = gap_file(f"第{more}{number}件", scope=scope_of(clerk)).gap
            gap_close(gap, scope=editor, number=factories.published().number)
        counts.append(queries(client, "/search/gaps/mine/"))
    assert counts[0] == counts[1] <= 9
