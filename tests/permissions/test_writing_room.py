"""Who sees and does what in the room of those who write: role by department by address, one table."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.models import Precedent, Revision, RevisionState
from caselib.precedents.services import revision_start, revision_submit
from caselib.precedents.visibility import Audience
from tests import factories

pytestmark = pytest.mark.django_db
WRITES = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
SEES_DRAFTS = WRITES | {Role.REVIEWER}
CONTENT = SEES_DRAFTS | {Role.WINDOW, Role.TRAINER}
SECRET = "只给本部门看的标题"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def draft(db) -> Revision:
    return factories.draft(owner=factories.department(), title=SECRET)


@pytest.mark.parametrize("role", Role)
def test_the_list_and_a_new_draft_are_for_who_writes(role):
    client = signed_in(factories.user(role))
    for address in ("/desk/write/", "/desk/write/new/"):
        assert client.get(address).status_code == (200 if role in WRITES else 403)
    response = client.post("/desk/write/new/", {"title": "新的", "result_type": "solved"})
    assert response.status_code == (302 if role in WRITES else 403)
    assert Precedent.objects.exists() is (role in WRITES)


@pytest.mark.parametrize("role", Role)
def test_the_list_holds_the_own_departments_alone(role, draft):
    for within, shown in ((draft.precedent.owner_department, True), (factories.department(), False)):
        client = signed_in(factories.user(role, within=within))
        pages = [client.get(f"/desk/write/?of={of}").content.decode() for of in ("mine", "department")]
        assert any(SECRET in page for page in pages) is (shown and role in WRITES)


def own_answers(role: Role) -> int:
    """What a page for writers answers in the own department: who reads there sees that there is one, and why not."""
    return 200 if role in WRITES else 403 if role in SEES_DRAFTS else 404


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("path", ["", "beside/", "siblings/"])
def test_a_draft_is_there_for_its_department_alone(role, own, path, draft):
    within = draft.precedent.owner_department if own else factories.department()
    response = signed_in(factories.user(role, within=within)).get(f"/desk/write/{draft.precedent.code}/{path}")
    if path == "siblings/":
        assert response.status_code == (200 if own and role in SEES_DRAFTS else 404)
    else:
        assert response.status_code == (own_answers(role) if own else 404)
    assert (SECRET in response.content.decode()) is (response.status_code == 200)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_the_preview_is_for_who_sees_drafts(role, own, draft):
    within = draft.precedent.owner_department if own else factories.department()
    response = signed_in(factories.user(role, within=within)).get(f"/desk/write/{draft.precedent.code}/preview/")
    assert response.status_code == (200 if own and role in SEES_DRAFTS else 404)


DEEDS = [
    ("", {"gist": "盖掉"}),
    ("", {"replace": "gist|-1||0|1|0"}),
    ("", {"claim": "gist|-1||0|1"}),
    ("submit/", {"do": "submit"}),
    ("withdraw/", {"do": "discard", "lock_version": "0"}),
    ("autosave/", {"gist": "盖掉"}),
    ("cite/", {"cite": "公司法35"}),
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize(("path", "typed"), DEEDS, ids=[f"{path}{'-'.join(typed)}" for path, typed in DEEDS])
def test_only_who_writes_there_changes_a_draft(role, own, path, typed, draft):
    user = factories.user(role, within=draft.precedent.owner_department if own else factories.department())
    sent = {"account": str(user.pk), "revision": "1", "lock_version": "0", **typed}
    response = signed_in(user).post(f"/desk/write/{draft.precedent.code}/{path}", sent)
    if own and role in WRITES:
        assert response.status_code in (200, 302, 422)
        return
    assert response.status_code == (403 if own and role in SEES_DRAFTS else 404)
    stored = Revision.objects.get(pk=draft.pk)
    assert (stored.gist, stored.state, stored.lock_version) == (draft.gist, RevisionState.DRAFT, 0)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_only_who_writes_there_opens_a_revision(role, own):
    published = factories.published()
    client = signed_in(factories.user(role, within=published.owner_department if own else factories.department()))
    response = client.post(f"/desk/write/revise/{published.code}/")
    allowed = own and role in WRITES
    assert response.status_code == (302 if allowed else 403 if role in CONTENT else 404)
    assert published.revisions.count() == (2 if allowed else 1)


@pytest.mark.parametrize("role", Role)
def test_what_is_hidden_is_not_there(role):
    published = factories.published(audience=Audience.DEPARTMENT)
    client = signed_in(factories.user(role, within=factories.department()))
    assert client.get(f"/desk/write/{published.code}/").status_code == 404
    assert client.get(f"/desk/write/{published.code}/preview/").status_code == 404
    assert client.post(f"/desk/write/revise/{published.code}/").status_code == 404


@pytest.mark.parametrize("role", sorted(CONTENT))
def test_the_page_of_a_precedent_tells_of_its_draft_to_who_writes_it(role):
    published = factories.published()
    user = factories.user(role, within=published.owner_department)
    address = f"/p/{published.code}/"
    assert ("/desk/write/revise/" in signed_in(user).get(address).content.decode()) is (role in WRITES)
    revision_start(published, author=factories.user(Role.EDITOR, within=published.owner_department))
    assert (f"/desk/write/{published.code}/" in signed_in(user).get(address).content.decode()) is (role in WRITES)


@pytest.mark.parametrize("role", sorted(WRITES))
def test_what_waits_for_a_review_is_taken_back_by_who_writes(role, draft):
    revision_submit(draft, lock_version=0, actor=factories.user())
    client = signed_in(factories.user(role, within=draft.precedent.owner_department))
    assert client.post(f"/desk/write/{draft.precedent.code}/withdraw/", {"lock_version": "1"}).status_code == 302
    assert Revision.objects.get(pk=draft.pk).state == RevisionState.DRAFT


@pytest.mark.parametrize("path", ["", "new/", "x/", "x/preview/", "x/siblings/", "x/beside/"])
def test_nobody_gets_in_without_signing_in(path):
    response = Client().get(f"/desk/write/{path}")
    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("path", ["x/", "x/submit/", "x/withdraw/", "revise/x/", "new/"])
def test_nobody_writes_without_signing_in(path):
    response = Client().post(f"/desk/write/{path}", {"title": "x"})
    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("path", ["x/submit/", "x/withdraw/", "revise/x/"])
def test_a_deed_is_no_link(path):
    client = signed_in(factories.user(Role.EDITOR))
    assert client.get(f"/desk/write/{path}").status_code == 405


def test_reading_writes_nothing(draft):
    client = signed_in(factories.user(Role.EDITOR, within=draft.precedent.owner_department))
    for path in ("", "?add=materials", "preview/", "beside/", "siblings/"):
        client.get(f"/desk/write/{draft.precedent.code}/{path}")
    assert Revision.objects.get(pk=draft.pk).lock_version == 0
    assert Revision.objects.count() == 1
