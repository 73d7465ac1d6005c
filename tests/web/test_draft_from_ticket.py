"""从工单生成草稿, by who writes in the department of the ticket."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.content import content_of
from caselib.precedents.models import Precedent
from tests import factories

pytestmark = pytest.mark.django_db
PHONE = "139" + "12345678"
WRITES = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
READS = WRITES | {Role.WINDOW, Role.REVIEWER}


@pytest.fixture
def ticket(db):
    return factories.ticket(
        within=factories.department(),
        text=f"市民来电，电话 {PHONE}，称“能不能先办”。主件齐，只差原件。",
        title="来办变更，只差原件",
    )


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_ticket_becomes_a_draft_and_a_second_press_leads_to_it(ticket):
    client = signed_in(factories.user(Role.EDITOR, within=ticket.department))
    address = f"/desk/write/from-ticket/{ticket.code}/"
    page = client.get(address)
    assert page.status_code == 200
    assert not Precedent.objects.exists()
    first = client.post(address)
    made = Precedent.objects.get()
    assert first["Location"] == f"/desk/write/{made.code}/"
    assert (made.origin_ticket, made.owner_department) == (ticket.code, ticket.department)
    text = content_of(made.revisions.get())
    assert text.title == "来办变更，只差原件"
    assert PHONE not in str(text)
    for again in (client.post(address), client.get(address)):
        assert again["Location"] == first["Location"]
    assert Precedent.objects.count() == 1
    assert "核对一遍" in client.get(first["Location"]).content.decode()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_only_who_writes_in_its_department_makes_a_draft_of_a_ticket(role, own, ticket):
    client = signed_in(factories.user(role, within=ticket.department if own else factories.department()))
    address = f"/desk/write/from-ticket/{ticket.code}/"
    allowed = own and role in WRITES
    refused = 403 if own and role in READS else 404
    assert client.get(address).status_code == (200 if allowed else refused)
    assert client.post(address).status_code == (302 if allowed else refused)
    assert Precedent.objects.exists() is allowed


def test_nobody_makes_a_draft_of_a_ticket_without_signing_in(ticket):
    for response in (
        Client().get(f"/desk/write/from-ticket/{ticket.code}/"),
        Client().post(f"/desk/write/from-ticket/{ticket.code}/"),
    ):
        assert response["Location"].startswith("/account/sign-in/")
