"""Who sees a consultation and what each may do there: every role, in the department that asks, that leads, that joins in, and
in none of them."""

import pytest
from django.test import Client

from caselib.consulting.models import Consultation
from caselib.consulting.services import consultation_conclude
from caselib.orgs.models import CONTENT_ROLES, Role
from caselib.precedents.visibility import Audience
from tests import factories
from tests.services.deeds_of_asking import asked, speaker

pytestmark = pytest.mark.django_db
SPEAK = {Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN}
WRITE = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
PLACES = ("asking", "lead", "joining", "elsewhere")
WORD = "qzsecretword"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def hall():
    departments = {place: factories.department() for place in PLACES}
    clerk = factories.user(Role.WINDOW, within=departments["asking"])
    made = asked(
        lead=departments["lead"], others=(departments["joining"],), by=clerk, question=f"宠物殡葬怎么登记 {WORD}"
    )
    return departments, made, clerk


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", Role)
def test_who_sees_and_who_speaks(hall, role, place):
    departments, made, _ = hall
    client = client_of(factories.user(role, within=departments[place]))
    page = client.get(f"/consult/{made.code}/")
    sees = place != "elsewhere" and role in CONTENT_ROLES
    assert page.status_code == (200 if sees else 404)
    assert (WORD in page.content.decode()) is sees
    lists = [client.get("/consult/", {"of": of}) for of in ("mine", "waiting", "done")]
    assert {each.status_code for each in lists} == ({200} if role in CONTENT_ROLES else {403})
    assert any(WORD in each.content.decode() for each in lists) is sees
    parties = {party.department_id: party for party in made.parties.all()}

    def told(name: str, **posted) -> int:
        return client.post(f"/consult/{made.code}/{name}", posted).status_code

    joining = parties[departments["joining"].pk]
    may_answer = place == "joining" and role in SPEAK
    answered = told(f"answer/{joining.pk}/", words="可以", lock="0")
    assert answered == (302 if may_answer else 403 if sees else 404)
    may_lead = place == "asking" and role is Role.DEPARTMENT_ADMIN
    assert told("lead/", lead=str(departments["joining"].pk)) == (302 if may_lead else 403 if sees else 404)
    may_conclude = place == ("joining" if may_lead else "lead") and role in SPEAK
    made.refresh_from_db()
    concluded = told("conclude/", words="可以", lock=str(made.lock_version), anyway="1")
    assert concluded == (302 if may_conclude else 403 if sees else 404)
    withdrawn = told("withdraw/", reason="算了")
    assert withdrawn == (302 if may_lead else 403 if sees else 404)
    draft = client.get(f"/desk/write/from-consultation/{made.code}/").status_code
    assert draft == (200 if place == "lead" and role in WRITE else 403 if sees else 404)


def test_who_asked_takes_it_back_and_names_another_lead(hall):
    departments, made, clerk = hall
    client = client_of(clerk)
    assert client.post(f"/consult/{made.code}/lead/", {"lead": departments["joining"].pk}).status_code == 302
    assert client.post(f"/consult/{made.code}/withdraw/", {"reason": "算了"}).status_code == 302
    colleague = client_of(factories.user(Role.WINDOW, within=departments["asking"]))
    assert colleague.post(f"/consult/{made.code}/withdraw/").status_code == 403


def test_a_party_of_another_consultation_is_not_there(hall):
    departments, made, _ = hall
    foreign = asked().parties.get()
    client = client_of(factories.user(Role.EDITOR, within=foreign.department))
    assert client.post(f"/consult/{made.code}/answer/{foreign.pk}/", {"words": "x", "lock": "0"}).status_code == 404
    own = client_of(factories.user(Role.EDITOR, within=departments["joining"]))
    assert own.post(f"/consult/{made.code}/answer/{foreign.pk}/", {"words": "x", "lock": "0"}).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_who_asks(role):
    client = client_of(factories.user(role))
    lead = factories.department()
    form = client.get("/consult/new/")
    posted = {"question": "能不能办", "lead": lead.pk, "urgency": "soon"}
    assert form.status_code == (200 if role in CONTENT_ROLES else 403)
    assert client.post("/consult/new/", posted).status_code == (302 if role in CONTENT_ROLES else 403)


def test_what_it_came_from_is_shown_only_to_who_may_see_that():
    home, elsewhere = factories.department(), factories.department()
    hidden = factories.published(owner=home, audience=Audience.DEPARTMENT, title="只给本部门看的办法")
    clerk = factories.user(Role.WINDOW, within=home)
    ticket = factories.ticket(within=home)
    made = asked(lead=elsewhere, by=clerk, precedent=hidden, ticket_code=ticket.code)
    pages = {
        user: client_of(user).get(f"/consult/{made.code}/").content.decode()
        for user in (clerk, factories.user(Role.EDITOR, within=elsewhere))
    }
    own, foreign = pages.values()
    assert hidden.live_revision.title in own and ticket.code in own
    assert hidden.live_revision.title not in foreign and ticket.code not in foreign
    stranger = client_of(factories.user(Role.WINDOW, within=elsewhere))
    for asked_with in ({"precedent": hidden.code}, {"ticket": ticket.code}, {"gap": "1"}):
        assert stranger.get("/consult/new/", asked_with).status_code == 404
        posted = {"question": "能不能办", "lead": elsewhere.pk, **asked_with}
        # Nothing typed is lost to who was typing when it went out of sight; nothing of it is told.
        refused = stranger.post("/consult/new/", posted)
        assert refused.status_code == 422
        html = refused.content.decode()
        assert "能不能办</textarea>" in html and "看不到了" in html
        assert hidden.live_revision.title not in html and 'name="precedent"' not in html
    assert Consultation.objects.count() == 1


def test_a_draft_of_the_result_is_named_but_not_linked_for_who_may_not_read_it(hall):
    departments, made, clerk = hall
    lead = departments["lead"]
    read = {"lock_version": made.lock_version, "anyway": True, "scope": speaker(lead)}
    consultation_conclude(made, words="可以", basis="", **read)
    editor = client_of(factories.user(Role.EDITOR, within=lead))
    address = editor.post(f"/desk/write/from-consultation/{made.code}/")["Location"]
    assert editor.get(address).status_code == 200
    assert address in editor.get(f"/consult/{made.code}/").content.decode()
    page = client_of(clerk).get(f"/consult/{made.code}/").content.decode()
    assert address not in page
    assert "从它起了草稿" in page


@pytest.mark.parametrize("address", ["/consult/", "/consult/new/", "/consult/abc/", "/consult/abc/withdraw/"])
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(address), Client().post(address, {})):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")
