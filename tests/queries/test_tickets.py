"""The pages of tickets ask the database a fixed number of times, for any number of tickets, days and rows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.cases.models import TicketEntry
from caselib.cases.sealing import seal
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/desk/tickets/"
MOST = 16


@pytest.fixture
def house():
    return factories.department()


@pytest.fixture
def client(house):
    client = Client()
    client.force_login(factories.user(Role.EDITOR, within=house))
    return client


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_takes_the_same_for_two_and_for_twenty(client, house):
    clerk = factories.user(Role.WINDOW, within=house)
    counts = []
    for start, more in ((0, 2), (2, 18)):
        for n in range(start, start + more):
            factories.ticket(within=house, by=clerk, matter=factories.matter(f"事项{n}"))
        queries(client, LIST)
        counts.append(queries(client, LIST))
    assert counts[0] == counts[1] <= MOST


def test_the_list_does_not_load_sealed_texts(client, house):
    factories.ticket(within=house)
    with CaptureQueriesContext(connection) as captured:
        client.get(LIST)
    assert not [query for query in captured if '"sealed_text"' in query["sql"]]


def test_a_ticket_takes_the_same_for_two_and_for_twenty_days(client, house):
    ticket = factories.ticket(within=house)
    counts = []
    for more in (2, 18):
        for n in range(more):
            TicketEntry.objects.create(ticket=ticket, day=ticket.received_on, sealed_what=seal("x"), position=n)
        queries(client, f"{LIST}{ticket.code}/")
        counts.append(queries(client, f"{LIST}{ticket.code}/"))
    assert counts[0] == counts[1] <= MOST


def test_a_preview_and_an_import_take_the_same_for_two_and_for_twenty_rows(client):
    previews, imports = [], []
    for start, more in ((0, 2), (2, 20)):
        rows = "来源系统,来源编号,原文\n" + "".join(
            f"综窗,A-{n},2026-03-13 窗口：联系\n" for n in range(start, start + more)
        )
        address = client.post(f"{LIST}import/", {"rows": rows})["Location"]
        queries(client, address)
        previews.append(queries(client, address))
        with CaptureQueriesContext(connection) as captured:
            assert client.post(address).status_code == 302
        imports.append(len(captured))
    assert previews[0] == previews[1] <= MOST
    assert imports[0] == imports[1]
