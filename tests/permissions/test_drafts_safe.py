"""Who saves a draft, who reads what stands beside it, and who is told what the library has: every role, one table."""

import pytest
from django.test import Client

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.precedents.models import Revision
from caselib.precedents.siblings import sibling_keep
from caselib.precedents.visibility import DRAFT_ROLES
from tests import factories
from tests.web.test_drafts_safe import form_of

pytestmark = pytest.mark.django_db
EDIT = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
WORDS = "并存的话，里面有人的姓名"


def signed_in(role: Role, within=None):
    user, client = factories.user(role, within=within), Client()
    client.force_login(user)
    return client, user


def statuses(client, user, draft) -> dict[str, int]:
    where = f"/desk/write/{draft.precedent.code}"
    form = {**form_of(Revision.objects.get(pk=draft.pk), user), "cite": "第五条"}
    return {
        "autosave": client.post(f"{where}/autosave/", form).status_code,
        "beside": client.get(f"{where}/beside/").status_code,
        "cite": client.post(f"{where}/cite/", form, headers={"accept": "application/json"}).status_code,
        "siblings": client.get(f"{where}/siblings/").status_code,
    }


@pytest.mark.parametrize("role", Role)
def test_who_saves_a_draft_and_reads_what_stands_beside_it(role):
    home = factories.department()
    draft = factories.draft(owner=home, author=factories.user(Role.EDITOR, within=home))
    sibling_keep(draft, typed={"problem": [WORDS]}, based_on=0, window="w", author=draft.author, now=clock.now())
    client, user = signed_in(role, within=home)
    found = statuses(client, user, draft)
    edits, sees = role in EDIT, role in DRAFT_ROLES
    refused = 403 if sees else 404
    assert found == {
        "autosave": 200 if edits else refused,
        "beside": 200 if edits else refused,
        # An article of no policy is refused, and only to who may add one.
        "cite": 422 if edits else refused,
        "siblings": 200 if sees else 404,
    }
    page = client.get(f"/desk/write/{draft.precedent.code}/siblings/").content.decode()
    assert (WORDS in page) == sees
    assert set(statuses(*signed_in(role), draft).values()) == {404}


@pytest.mark.parametrize("role", Role)
def test_siblings_of_a_published_precedent_are_for_who_sees_drafts(role):
    home = factories.department()
    precedent = factories.published(owner=home)
    sibling_keep(
        precedent.live_revision,
        typed={"problem": [WORDS]},
        based_on=0,
        window="w",
        author=factories.user(Role.EDITOR, within=home),
        now=clock.now(),
    )
    address = f"/desk/write/{precedent.code}/siblings/"
    at_home, elsewhere = (signed_in(role, within=place)[0].get(address) for place in (home, None))
    assert at_home.status_code == (200 if role in DRAFT_ROLES else 404)
    assert (WORDS in at_home.content.decode()) == (role in DRAFT_ROLES)
    assert elsewhere.status_code == 404


def test_nobody_gets_in_without_signing_in():
    draft = factories.draft()
    where = f"/desk/write/{draft.precedent.code}"
    for name in ("siblings", "beside"):
        response = Client().get(f"{where}/{name}/")
        assert (response.status_code, response["Location"][:17]) == (302, "/account/sign-in/")
    assert Client().post(f"{where}/autosave/", {}).status_code == 401
    assert Client().post(f"{where}/cite/", {}).status_code == 302


def test_a_reviewer_reads_both_texts_and_has_no_button():
    home = factories.department()
    draft = factories.draft(owner=home, author=factories.user(Role.EDITOR, within=home))
    row = sibling_keep(draft, typed={"problem": [WORDS]}, based_on=0, window="w", author=draft.author, now=clock.now())
    client, _ = signed_in(Role.REVIEWER, within=home)
    page = client.get(f"/desk/write/{draft.precedent.code}/siblings/").content.decode()
    assert "只能看，不能合" in page
    assert 'name="do"' not in page
    posted = {"sibling": row.pk, "do": "take_all", "lock_version": 0}
    assert client.post(f"/desk/write/{draft.precedent.code}/siblings/", posted).status_code == 403
