"""Who changes citations and who works off the queue: every role, at home and elsewhere, one table."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.citing import Unresolved
from caselib.precedents.models import UnresolvedCitation
from caselib.precedents.unresolved import citations_queue
from caselib.precedents.visibility import DRAFT_ROLES, Audience
from tests import factories

pytestmark = pytest.mark.django_db
EDIT = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
# What posts, with what it needs; the positions and keys are those of the rows that the test makes.
DEEDS = {"start/": {}, "find/": {"text": "第五条"}, "add/": {"text": "第五条"}, "0/": {"do": "remove"}}
WORDS = "《没有的办法》第五条"


def client_of(role: Role, within=None) -> Client:
    client = Client()
    client.force_login(factories.user(role, within=within))
    return client


def waiting(revision) -> UnresolvedCitation:
    citations_queue(revision, [Unresolved(WORDS, "unknown_policy", "")], actor=None)
    return UnresolvedCitation.objects.get(revision=revision)


def statuses(client: Client, code: str) -> set[int]:
    where = f"/p/{code}/citations/"
    read = [client.get(f"{where}{rest}").status_code for rest in ("", "suggest?q=条例")]
    return {*read, *(client.post(f"{where}{rest}", posted).status_code for rest, posted in DEEDS.items())}


@pytest.mark.parametrize("role", Role)
def test_who_changes_the_citations_of_a_draft(role):
    home = factories.department()
    draft = factories.draft(owner=home)
    found = statuses(client_of(role, within=home), draft.precedent.code)
    if role in EDIT:
        assert not found & {403, 404}
    else:
        assert found == ({403} if role in DRAFT_ROLES else {404})
    assert statuses(client_of(role), draft.precedent.code) == {404}


@pytest.mark.parametrize("role", Role)
def test_who_changes_the_citations_of_a_published_precedent(role):
    home = factories.department()
    precedent = factories.published(owner=home)
    hidden = factories.published(owner=home, audience=Audience.DEPARTMENT)
    found = statuses(client_of(role, within=home), precedent.code)
    reads = role in EDIT | {Role.WINDOW, Role.REVIEWER, Role.TRAINER}
    assert (not found & {403, 404}) if role in EDIT else found == ({403} if reads else {404})
    elsewhere = client_of(role)
    assert statuses(elsewhere, precedent.code) == ({403} if reads else {404})
    assert statuses(elsewhere, hidden.code) == {404}


@pytest.mark.parametrize("role", Role)
def test_who_works_off_the_queue_and_of_which_department(role):
    home = factories.department()
    own, other = waiting(factories.draft(owner=home)), waiting(factories.draft())
    client = client_of(role, within=home)
    desk = client.get("/desk/citations/")
    page = desk.content.decode()
    assert desk.status_code == (200 if role in EDIT else 403)
    assert (WORDS in page) == (role in EDIT)
    assert other.revision.title not in page
    for entry, expected in ((other, 404), (own, 302)):
        posted = client.post(f"/desk/citations/{entry.pk}/dismiss/", {"reason": "写错了条号"})
        assert posted.status_code == (expected if role in EDIT else 403)
    other.refresh_from_db()
    assert other.closed_at is None
    closed = client.get("/desk/citations/?state=closed").content.decode()
    assert ("写错了条号" in closed) == (role in EDIT)
    assert "写错了条号" not in client_of(Role.EDITOR).get("/desk/citations/?state=closed").content.decode()


@pytest.mark.parametrize("deed", ["cite", "dismiss"])
def test_an_entry_of_another_department_with_the_same_words_is_left_alone(deed):
    home = factories.department()
    own, other = waiting(factories.draft(owner=home)), waiting(factories.draft())
    client_of(Role.EDITOR, within=home).post(f"/desk/citations/{own.pk}/{deed}/", {"reason": "写错了条号"})
    other.refresh_from_db()
    assert other.closed_at is None


@pytest.mark.parametrize(
    "address", ["/p/x/citations/", "/p/x/citations/add/", "/desk/citations/", "/desk/citations/1/cite/"]
)
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(address), Client().post(address, {"text": "x"})):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")


def test_only_who_edits_is_led_to_the_page_of_citations():
    home = factories.department()
    precedent = factories.published(owner=home)
    for role in (Role.EDITOR, Role.WINDOW):
        page = client_of(role, within=home).get(f"/p/{precedent.code}/").content.decode()
        assert (f"/p/{precedent.code}/citations/" in page) == (role in EDIT)
