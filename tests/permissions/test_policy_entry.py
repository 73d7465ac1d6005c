"""Who enters policies: every role, one table."""

import pytest
from django.test import Client

from caselib.orgs.models import ADMIN_ROLES, Role
from caselib.policies import drafts
from caselib.policies.entry import typed_from
from caselib.policies.models import StatusFact, VersionDraft
from tests import factories

pytestmark = pytest.mark.django_db
ENTER = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
STEPS = ("", "text/", "clauses/", "impact/")


@pytest.mark.parametrize("role", Role)
def test_who_enters_policies(role):
    clause = factories.clause()
    policy, fact = clause.version.policy, StatusFact.objects.get()
    draft = drafts.draft_start(typed_from({"title": "别人的草稿"}), policy=None, actor=factories.user(Role.EDITOR))
    client = Client()
    client.force_login(factories.user(role))
    pages = ["/desk/policies/", "/desk/policies/new/", f"/policies/{policy.code}/relations/"]
    pages += [f"/desk/policies/drafts/{draft.code}/{step}" for step in STEPS[:2]]
    deeds = ["/desk/policies/new/", f"/policies/{policy.code}/status/", f"/policies/{policy.code}/relations/"]
    deeds += [f"/policies/{policy.code}/status/{fact.pk}/withdraw/", f"/policies/{policy.code}/checked/"]
    deeds += [f"/desk/policies/drafts/{draft.code}/{step}" for step in (*STEPS, "discard/")]
    refused = 404 if role in ADMIN_ROLES else 403
    for address in pages:
        assert client.get(address).status_code == (200 if role in ENTER else refused), address
    for address in deeds:
        draft.refresh_from_db()
        response = client.post(address, {"lock_version": draft.lock_version})
        assert (response.status_code in (302, 422)) if role in ENTER else (response.status_code == refused), address
        if role not in ENTER:
            assert "别人的草稿" not in response.content.decode()
            assert ("编辑和部门管理员录入" in response.content.decode()) is (refused == 403)
    kept = VersionDraft.objects.get(pk=draft.pk)
    assert (kept.discarded_at is None) is (role not in ENTER)


@pytest.mark.parametrize("role", Role)
def test_the_dated_facts_are_for_everybody_who_is_signed_in(role):
    client = Client()
    client.force_login(factories.user(role))
    page = client.get(f"/policies/{factories.clause().version.policy.code}/status/")
    assert page.status_code == 200
    assert ("再确认一条" in page.content.decode()) is (role in ENTER)


@pytest.mark.parametrize(
    "address",
    ["/desk/policies/", "/desk/policies/new/", "/desk/policies/drafts/abcdefghjk/", "/policies/abcdefghjk/status/",
     "/policies/abcdefghjk/relations/"],
)  # fmt: skip
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(address), Client().post(address)):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")
