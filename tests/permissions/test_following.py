"""What notices tell whom: role x place x audience x status, on the page, in the number and in the mail."""

import pytest
from django.test import Client

from caselib.core import clock
from caselib.following.digest import digests_send
from caselib.following.models import Follow
from caselib.following.selectors import notices_for_page
from caselib.following.services import daily_mail_set, follow
from caselib.following.unread import following_of
from caselib.orgs.models import CONTENT_ROLES, Role, User
from caselib.orgs.scope import scope_of
from caselib.precedents.bulk import NewPrecedent, precedents_import
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import READABLE, Audience
from tests import factories

from .test_visibility import PLACES, expected, precedent_in

pytestmark = pytest.mark.django_db
SECRET = "只给本部门看的标题"


def readers(departments) -> dict[tuple[Role, str], User]:
    return {
        (role, place): factories.user(role, within=departments[place]) for role in CONTENT_ROLES for place in PLACES
    }


@pytest.fixture
def departments():
    city = factories.region("上海市")
    district = factories.region("上海市虹口区", parent=city)
    street = factories.region("上海市虹口区某街道", parent=district)
    other = factories.region("上海市嘉定区", parent=city)
    places = {"own": district, "neighbour": district, "below": street, "above": city, "elsewhere": other}
    return {place: factories.department(within=region) for place, region in places.items()}


def test_every_viewer_is_told_what_he_may_see_and_nothing_else(departments, monkeypatch):
    clause, matter = factories.clause(), factories.matter()
    people = readers(departments)
    for person in people.values():
        follow(person, clause.version.policy, scope=scope_of(person))
        follow(person, matter, scope=scope_of(person))
        daily_mail_set(person, f"{person.username}@example.org", scope=scope_of(person))
    whole = factories.content

    def about_both(**values):
        return whole(**{"matter": matter, "citations": (factories.citation(clause),), **values})

    monkeypatch.setattr(factories, "content", about_both)
    cells = [(status, audience) for status in ("draft", "in_review", *READABLE) for audience in Audience.values]
    made = {cell: precedent_in(*cell, departments["own"]) for cell in cells}
    titles = {cell: Precedent.objects.get(pk=row.pk).revisions.last().title for cell, row in made.items()}
    mails = {sent.user.pk: sent.text for sent in digests_send()}
    for (role, place), person in people.items():
        person.refresh_from_db()
        page = notices_for_page(person, scope_of(person), page=1, on=clock.today())
        shown = {notice.what.label for day in page.days for notice in day.notices}
        # What is not published yet is no news for anybody, those who may see the draft included.
        may = {title for (status, audience), title in titles.items()
               if status in READABLE and expected(role, place, status, audience)}  # fmt: skip
        assert shown == may, (role, place)
        assert following_of(person, scope_of(person)).unread == page.unread, (role, place)
        assert {title for title in titles.values() if title in mails.get(person.pk, "")} == may, (role, place)


@pytest.mark.parametrize("audience", [Audience.REGION, Audience.DEPARTMENT])
def test_a_hidden_import_makes_no_notice_and_no_count(departments, audience):
    clause = factories.clause()
    colleague, stranger = (factories.user(Role.WINDOW, within=departments[place]) for place in ("own", "elsewhere"))
    for person in (colleague, stranger):
        follow(person, clause.version.policy, scope=scope_of(person))
    text = factories.content(title=SECRET, citations=(factories.citation(clause),))
    items = [NewPrecedent(text, departments["own"], audience=audience)]
    precedents_import(items, publish=True, actor=None, now=clock.now())
    for person, told in ((colleague, True), (stranger, False)):
        person.refresh_from_db()
        client = Client()
        client.force_login(person)
        text = client.get("/notices/").content.decode()
        assert (SECRET in text) is told
        assert ('class="count"' in text) is told


@pytest.mark.parametrize("role", Role)
def test_who_follows(role):
    policy, matter = factories.clause().version.policy, factories.matter()
    client = Client()
    client.force_login(factories.user(role))
    allowed = role in CONTENT_ROLES
    assert client.get("/notices/").status_code == (200 if allowed else 403)
    for address in (f"policy/{policy.code}", f"matter/{matter.code}", "read", "mail"):
        posted = client.post(f"/notices/{address}/", {"on": "1", "until": "1", "email": ""})
        assert posted.status_code == (302 if allowed else 403), address
    assert Follow.objects.count() == (2 if allowed else 0)
    for address in ("/", f"/policies/{policy.code}/", f"/matters/{matter.code}/"):
        text = client.get(address).content.decode()
        assert ('href="/notices/"' in text) is allowed
        assert ('action="/notices/' in text) is (allowed and address != "/")


def test_nobody_ends_or_reads_what_somebody_else_follows():
    policy = factories.clause().version.policy
    mine, other = factories.user(Role.WINDOW), factories.user(Role.WINDOW)
    follow(mine, policy, scope=scope_of(mine))
    mark = mine.reading.seen_event
    client = Client()
    client.force_login(other)
    client.post(f"/notices/policy/{policy.code}/", {"on": "0"})
    client.post("/notices/read/", {"until": "999999"})
    assert Follow.objects.get().user == mine
    mine.reading.refresh_from_db()
    assert mine.reading.seen_event == mark
    client.get("/")  # shows what the clicks were answered with
    assert policy.title not in client.get("/notices/").content.decode()


@pytest.mark.parametrize("address", ["", "read/", "mail/", "policy/x/"])
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(f"/notices/{address}"), Client().post(f"/notices/{address}", {"on": "1"})):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")
