"""Source tickets: every role, in the holding department and in another, at every address."""

import pytest
from django.test import Client

from caselib.cases.importing import table_of
from caselib.cases.models import Ticket
from caselib.cases.staging import import_stage
from caselib.orgs.models import ADMIN_ROLES, Role
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "只有本部门看的工单"
LIST = "/desk/tickets/"
SEE = {Role.WINDOW, Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN}
REGISTER = {Role.WINDOW, Role.EDITOR, Role.DEPARTMENT_ADMIN}
WORK = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
# Address behind the ticket, method, who may, what comes then.
OF_A_TICKET = [
    ("", "get", SEE, 200),
    ("text/", "post", SEE, 200),
    ("edit/", "get", REGISTER, 200),
    ("edit/", "post", REGISTER, 422),
    ("entries/", "post", REGISTER, 422),
    ("entries/1/remove/", "post", REGISTER, 302),
    ("analyse/", "post", WORK, 422),
    ("evaluate/", "post", WORK, 422),
    ("settle/", "post", WORK, 422),
    ("feedback/", "post", REGISTER, 422),
    ("archive/", "post", WORK, 422),
]
OF_THE_ROOM = [
    ("", "get", SEE, 200),
    ("new/", "get", REGISTER, 200),
    ("new/", "post", REGISTER, 422),
    ("import/", "get", WORK, 200),
    ("import/", "post", WORK, 422),
    ("import/sample.csv", "get", WORK, 200),
]


@pytest.fixture
def house():
    return factories.department("持有部门")


@pytest.fixture
def ticket(house):
    return factories.ticket(within=house, title=SECRET)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(client: Client, method: str, address: str):
    return getattr(client, method)(address, {"visits": "x", "day": "x"} if method == "post" else {})


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("part", "method", "who", "status"), OF_A_TICKET)
def test_a_role_in_the_holding_department(house, ticket, role, part, method, who, status):
    client = signed_in(factories.user(role, within=house))
    response = ask(client, method, f"{LIST}{ticket.code}/{part}")
    expected = status if role in who else 403 if role in SEE else 404
    assert response.status_code == expected
    if role not in SEE:
        assert SECRET not in response.content.decode()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("part", "method", "who", "status"), OF_A_TICKET)
def test_a_role_in_another_department_finds_no_such_ticket(ticket, role, part, method, who, status):
    client = signed_in(factories.user(role))
    response = ask(client, method, f"{LIST}{ticket.code}/{part}")
    assert response.status_code == 404
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("part", "method", "who", "status"), OF_THE_ROOM)
def test_a_role_at_the_pages_of_the_room(role, part, method, who, status):
    response = ask(signed_in(factories.user(role)), method, f"{LIST}{part}")
    assert response.status_code == (status if role in who else 403 if role in SEE else 404)


@pytest.mark.parametrize("role", sorted(SEE))
def test_a_list_holds_the_tickets_of_ones_own_departments_alone(house, ticket, role):
    own = signed_in(factories.user(role, within=house)).get(LIST).content.decode()
    other = signed_in(factories.user(role)).get(LIST).content.decode()
    assert (SECRET in own, SECRET in other) == (True, False)


def test_the_matters_to_filter_by_are_those_of_ones_own_tickets(house):
    factories.ticket(within=house, matter=factories.matter("别处的事项"))
    assert "别处的事项" not in signed_in(factories.user(Role.EDITOR)).get(LIST).content.decode()


def test_an_editor_here_who_is_at_the_window_there_works_on_tickets_here_alone(house, ticket):
    editor = factories.user(Role.EDITOR)
    from caselib.orgs.services import membership_grant

    membership_grant(user=editor, department=house, role=Role.WINDOW, actor=None)
    client = signed_in(editor)
    assert client.get(f"{LIST}{ticket.code}/").status_code == 200
    assert client.post(f"{LIST}{ticket.code}/analyse/").status_code == 403


def test_the_window_does_not_change_what_is_being_analysed(house, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(stage="analysed")
    client = signed_in(factories.user(Role.WINDOW, within=house))
    assert client.get(f"{LIST}{ticket.code}/edit/").status_code == 403
    assert client.post(f"{LIST}{ticket.code}/entries/", {"what": "x"}).status_code == 403


def test_a_ticket_cannot_be_registered_for_or_moved_to_another_department(house, ticket):
    other = factories.department("别的部门")
    client = signed_in(factories.user(Role.EDITOR, within=house))
    assert client.post(f"{LIST}new/", {"text": "x", "department": other.pk}).status_code == 422
    typed = {"text": "", "department": other.pk, "lock_version": "0"}
    assert client.post(f"{LIST}{ticket.code}/edit/", typed).status_code == 422
    assert set(Ticket.objects.values_list("department", flat=True)) == {house.pk}


def test_the_number_of_a_ticket_elsewhere_leads_nowhere(house):
    elsewhere = factories.ticket(source_system="综窗", source_number="A-1000")
    client = signed_in(factories.user(Role.WINDOW, within=house))
    response = client.post(f"{LIST}new/", {"text": "x", "source_system": "综窗", "source_number": "A-1000"})
    assert response.status_code == 422
    assert elsewhere.code not in response.content.decode()


@pytest.mark.parametrize("role", Role)
def test_a_staged_import_is_its_owners_alone(house, role):
    owner = factories.user(Role.EDITOR, within=house)
    staged = import_stage(
        table_of("来源编号,原文\nA-1,x\n", field="rows"), department=house, source_system="综窗", actor=owner
    )
    address = f"{LIST}import/{staged.code}/"
    client = signed_in(factories.user(role, within=house))
    for response in (client.get(address), client.post(address)):
        assert response.status_code == (404 if role in WORK or role not in SEE else 403)
    assert not Ticket.objects.exists()
    assert signed_in(owner).get(address).status_code == 200


def test_who_lost_the_role_does_not_import_what_was_staged(house):
    owner = factories.user(Role.EDITOR, within=house)
    staged = import_stage(
        table_of("来源编号,原文\nA-1,x\n", field="rows"), department=house, source_system="综窗", actor=owner
    )
    owner.memberships.all().delete()
    from caselib.orgs.services import membership_grant

    membership_grant(user=owner, department=factories.department(), role=Role.EDITOR, actor=None)
    assert signed_in(owner).post(f"{LIST}import/{staged.code}/").status_code == 404
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "part", ["", "new/", "import/", "import/sample.csv", "import/x/", "x/", "x/text/", "x/edit/", "x/analyse/"]
)
def test_nobody_gets_in_without_signing_in(part):
    for response in (Client().get(f"{LIST}{part}"), Client().post(f"{LIST}{part}", {"text": "x"})):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("part", ["new/", "import/", "{}/text/", "{}/edit/", "{}/archive/"])
def test_a_form_from_another_site_is_refused(house, ticket, part):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user(Role.EDITOR, within=house))
    assert client.post(f"{LIST}{part.format(ticket.code)}", {"text": "x"}).status_code == 403


@pytest.mark.parametrize("role", Role)
def test_the_way_to_tickets_is_shown_to_those_who_see_them(role):
    # Over the work desk, and for the counter, whose only room it is, in the header of every page.
    page = signed_in(factories.user(role)).get("/" if role is Role.WINDOW else "/desk/").content.decode()
    assert (LIST in page) is (role in SEE)
    assert not (role in ADMIN_ROLES and LIST in page)
