"""Who sees the desk, the page of a check and the list of impact: role by department by status, one table."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Verification
from caselib.precedents.visibility import Audience
from tests import factories
from tests.services.tasks_of_law import House, house_with_task, told

pytestmark = pytest.mark.django_db
VERIFY = {Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN}
RETIRE = {Role.REVIEWER, Role.DEPARTMENT_ADMIN}
EDIT = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
CONTENT = VERIFY | {Role.WINDOW, Role.TRAINER}
SECRET = "只给本部门看的标题"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def posted(house: House, outcome: str = "holds") -> dict:
    form = told(house, outcome, note="对照过")
    return {"outcome": outcome, "note": form.note, "digest": form.digest, "last": form.last, "point": [*form.points]}


@pytest.mark.parametrize("role", Role)
def test_the_desk_is_for_who_keeps_texts_and_shows_the_own_departments_alone(role):
    house = house_with_task(title=SECRET)
    for within, shown in ((house.owner, True), (factories.department(), False)):
        response = signed_in(factories.user(role, within=within)).get("/desk/verify/")
        assert response.status_code == (200 if role in VERIFY else 403)
        assert (SECRET in response.content.decode()) is (shown and role in VERIFY)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_the_page_of_a_check_is_for_the_owning_department(role, own):
    house = house_with_task()
    client = signed_in(factories.user(role, within=house.owner if own else factories.department()))
    address = f"/p/{house.precedent.code}/verify/"
    allowed = own and role in VERIFY
    refused = 403 if role in CONTENT else 404
    assert client.get(address).status_code == (200 if allowed else refused)
    response = client.post(address, posted(house))
    assert response.status_code == (302 if allowed else refused)
    assert Verification.objects.exists() is allowed


@pytest.mark.parametrize("role", sorted(VERIFY))
def test_only_who_may_retire_takes_out_of_use(role):
    house = house_with_task()
    client = signed_in(house.person(role))
    address = f"/p/{house.precedent.code}/verify/"
    page = client.get(address).content.decode()
    assert ('value="no_longer" disabled' in page) is (role not in RETIRE)
    assert client.post(address, posted(house, "no_longer")).status_code == (302 if role in RETIRE else 403)


@pytest.mark.parametrize("role", sorted(VERIFY))
def test_neither_a_draft_nor_what_is_out_of_use_has_a_page_of_a_check(role):
    retired = house_with_task()
    precedent_retire(retired.precedent, reason="过时", actor=None)
    client = signed_in(retired.person(role))
    draft = factories.draft(owner=retired.owner).precedent
    for precedent in (retired.precedent, draft):
        response = client.get(f"/p/{precedent.code}/verify/")
        assert response.status_code == 403
        assert "不用复核" in response.content.decode()


@pytest.mark.parametrize("role", Role)
def test_what_is_hidden_is_not_there(role):
    house = house_with_task(audience=Audience.DEPARTMENT)
    client = signed_in(factories.user(role, within=factories.department()))
    assert client.get(f"/p/{house.precedent.code}/verify/").status_code == 404
    assert client.post(f"/p/{house.precedent.code}/verify/", posted(house)).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_the_list_of_impact_is_for_editors_and_holds_what_they_may_see(role):
    house = house_with_task(title=SECRET, audience=Audience.DEPARTMENT)
    for within, shown in ((house.owner, True), (factories.department(), False)):
        response = signed_in(factories.user(role, within=within)).get(f"/policies/{house.of.code}/impact/?v=1")
        assert response.status_code == (200 if role in EDIT else 403)
        assert (SECRET in response.content.decode()) is (shown and role in EDIT)


@pytest.mark.parametrize("role", Role)
def test_the_frame_counts_what_waits_for_the_viewer_and_says_nothing_to_others(role):
    house = house_with_task()
    viewer = signed_in(house.person(role))
    page = viewer.get("/account/sign-in/" if role not in CONTENT else "/", follow=True)
    text = page.content.decode()
    assert ("/desk/verify/" in viewer.get("/desk/").content.decode()) is (role in VERIFY)
    assert ('<span class="count">1' in text) is (role in VERIFY)


def test_the_button_on_the_page_is_there_for_who_may_check():
    house = house_with_task()
    address = f"/p/{house.precedent.code}/"
    link = f'href="{address}verify/"'
    for role in sorted(CONTENT):
        assert (link in signed_in(house.person(role)).get(address).content.decode()) is (role in VERIFY)


@pytest.mark.parametrize("address", ["/desk/verify/", "/p/x/verify/", "/policies/x/impact/", "/clauses/x/"])
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(address), Client().post(address, {"outcome": "holds"})):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")
