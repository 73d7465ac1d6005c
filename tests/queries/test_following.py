"""我的关注 and the number of the header ask the database as often for two follows as for twenty."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.following.services import follow
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.policies.models import PolicyStatus
from caselib.policies.services import VersionFacts, policy_relate, policy_version_add
from caselib.policies.standing import StatusFacts, status_fact_confirm
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from tests import factories
from tests.search.conftest import index  # noqa: F401 - the fixture is used by name

pytestmark = pytest.mark.django_db


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def signed_in(*, follows: int = 0) -> Client:
    """A reader for whom something of each kind is new about each thing that is followed."""
    reader = factories.user(Role.WINDOW)
    scope, owner = scope_of(reader), factories.department()
    for number in range(follows):
        clause, matter = factories.clause(), factories.matter(f"事项{follows}-{number}")
        policy = clause.version.policy
        for thing in (policy, matter):
            follow(reader, thing, scope=scope)
        policy_version_add(policy, VersionFacts(label="新的一版"), actor=None)
        status_fact_confirm(policy, StatusFacts(status=PolicyStatus.AMENDED), actor=None)
        policy_relate(policy, factories.clause().version.policy, relation="配套", actor=None)
        factories.matter(matter.name, aliases=["另一个说法"])
        precedent = factories.published(owner=owner, matter=matter, citations=(factories.citation(clause),))
        precedent_doubt(precedent, reason="看一看", actor=None)
        precedent_retire(precedent, reason="不用了", actor=None)
    client = Client()
    client.force_login(reader)
    return client


def test_the_page_takes_the_same_for_two_and_for_twenty():
    few, many = signed_in(follows=2), signed_in(follows=20)
    count = queries(few, "/notices/")
    assert queries(many, "/notices/") == count
    # Session, account, memberships, the header; the rest is the page's own.
    assert count <= 21


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("address", ["/", "/matters/", "/policies/", "/search/"])
def test_the_number_takes_one_query_on_each_page_and_none_for_who_follows_nothing(address):
    nobody, few, many = signed_in(), signed_in(follows=2), signed_in(follows=20)
    for client in (nobody, few, many):
        # What is prepared at the first page of a process is no part of it.
        queries(client, address)
    none = queries(nobody, address)
    assert queries(few, address) == queries(many, address) == none + 1


def test_the_button_takes_no_query_beside_the_number():
    nobody, reader = signed_in(), signed_in(follows=2)
    for address in (f"/policies/{factories.clause().version.policy.code}/", f"/matters/{factories.matter().code}/"):
        assert queries(reader, address) == queries(nobody, address) + 1
