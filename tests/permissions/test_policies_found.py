"""Policies are found by everybody who reads content and by nobody else; precedents that rely on them are counted as seen."""

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import NOBODY, scope_of
from caselib.policies.models import Clause
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.search.policies import keeping
from caselib.search.policies.selectors import policies_for_page
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]
ADDRESS = "/search/?q=消防条例&in=policies"


@pytest.fixture
def clause(index) -> Clause:
    made = factories.clause(title="消防条例")
    keeping.rebuild()
    return made


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_administers_the_system_finds_no_policy(clause, client, role):
    user = factories.user(role)
    client.force_login(user)
    page = client.get(ADDRESS)
    assert page.status_code == 200
    assert "消防条例</" not in page.content.decode()
    assert "公示期" not in page.content.decode()
    assert policies_for_page(scope=scope_of(user), text="消防条例").rows == ()


def test_nobody_finds_no_policy(clause):
    found = policies_for_page(scope=NOBODY, text="消防条例")
    assert (found.rows, found.page.total) == ((), 0)


@pytest.mark.parametrize("role", [Role.WINDOW, Role.EDITOR, Role.REVIEWER, Role.TRAINER, Role.DEPARTMENT_ADMIN])
def test_who_reads_content_finds_it(clause, role):
    found = policies_for_page(scope=scope_of(factories.user(role)), text="消防条例")
    assert [row.policy.title for row in found.rows] == ["消防条例"]


def test_only_precedents_that_the_viewer_may_see_are_counted(clause):
    owner = factories.department()
    colleague = scope_of(factories.user(Role.WINDOW, within=owner))
    stranger = scope_of(factories.user(Role.WINDOW, within=factories.department()))
    cited = {"owner": owner, "citations": (factories.citation(clause),)}
    factories.published(**cited)
    factories.published(**cited, audience=Audience.DEPARTMENT)
    retired = factories.published(**cited)
    factories.draft(owner=owner, citations=(factories.citation(clause),))
    precedent_retire(retired, reason="旧了", actor=None)
    for scope, seen in ((colleague, 2), (stranger, 1)):
        assert [row.relying for row in policies_for_page(scope=scope, text="消防条例").rows] == [seen]
