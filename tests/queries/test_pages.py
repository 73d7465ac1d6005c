"""Pages ask the database a fixed number of times, however much there is to show."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.following.services import follow
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.policies.models import RelationKind, Verified
from caselib.policies.services import (
    ClauseFacts,
    VersionFacts,
    clause_counterpart_set,
    policy_relate,
    policy_version_add,
)
from caselib.precedents.content import Alternative, Detour, Entrance, Material
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.models import Relation
from caselib.search.suggestions import store
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def client():
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    return client


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def precedent_with(count: int):
    clauses = [factories.clause(n + 1) for n in range(count)]
    precedent = factories.published(
        causes=tuple(factories.cause(f"原因{n}") for n in range(count)),
        tags=tuple(f"标签{n}" for n in range(count)),
        matter=factories.matter(),
        more_matters=tuple(factories.matter(f"事项{n}") for n in range(count)),
        citations=tuple(factories.citation(clause) for clause in clauses),
    )
    for n in range(count):
        precedent_doubt(precedent, reason=f"第 {n} 点", actor=None)
    return precedent


def test_a_precedent_takes_the_same_for_two_and_for_twenty_of_everything(client):
    few, many = precedent_with(2), precedent_with(20)
    count = queries(client, f"/p/{few.code}/")
    assert queries(client, f"/p/{many.code}/") == count
    assert count <= MOST


def leading_away(count: int):
    """A precedent of which each condition leads to another one, with as many papers and entrances."""
    targets = [factories.published(title=f"另一件之{n}") for n in range(count)]
    conditions = tuple(f"第 {n} 种情形" for n in range(count))
    return factories.published(
        not_when=conditions,
        detours=tuple(Detour(text, "改走", to.number) for text, to in zip(conditions, targets, strict=True)),
        materials=tuple(Material(f"第 {n} 件") for n in range(count)),
        entrances=tuple(Entrance(f"第 {n} 处", "https://a.gov.cn/") for n in range(count)),
    )


def test_where_conditions_lead_takes_no_query_more(client, index):
    plain, few, many = factories.published(), leading_away(2), leading_away(20)
    index.refresh()
    answers = "&".join(f"n{n}=bad" for n in range(1, 21))
    for precedent in (plain, few, many):
        # What a thread composes once is asked the same way afterwards.
        queries(client, f"/p/{precedent.code}/")
    count = queries(client, f"/p/{few.code}/?{answers}")
    assert queries(client, f"/p/{many.code}/?{answers}") == count
    # One that has similar ones beside it asks for their lines; those that are named come along.
    assert count == queries(client, f"/p/{plain.code}/") <= MOST
    assert queries(client, f"/p/{few.code}/slip/") == queries(client, f"/p/{many.code}/slip/?have=1") <= 9


def policy_with(clauses: int, precedents: int):
    first = factories.clause()
    version = policy_version_add(
        first.version.policy,
        VersionFacts(label="现行", effective_from=dt.date(2022, 1, 1), verified=Verified.TEXT),
        clauses=[ClauseFacts(label=f"第{n}条", ref=str(n)) for n in range(1, clauses + 1)],
        actor=None,
    )
    rows = list(version.clauses.all())
    owner = factories.department()
    for n in range(precedents):
        factories.published(owner=owner, citations=(factories.citation(rows[n % clauses]),))
        other = factories.clause()
        kind = (RelationKind.RELATED, RelationKind.ALTERNATIVE, RelationKind.LOCAL)[n % 3]
        policy_relate(
            version.policy, other.version.policy, relation="配套", kind=kind, conditions="不符合的", actor=None
        )
        clause_counterpart_set(rows[n % clauses], other)
    return version.policy


def test_a_policy_takes_the_same_for_three_hundred_clauses(client):
    few, many = policy_with(2, 2), policy_with(300, 20)
    count = queries(client, f"/policies/{few.code}/")
    assert queries(client, f"/policies/{many.code}/") == count
    assert count <= MOST


def test_a_law_of_three_hundred_clauses_takes_at_most_twelve_whoever_reads_it():
    policy, asked = policy_with(300, 20), {}
    for role in Role:
        reader, client = factories.user(role), Client()
        client.force_login(reader)
        asked[role, "follows nothing"] = queries(client, f"/policies/{policy.code}/")
        if scope_of(reader).reads_content:
            follow(reader, policy, scope=scope_of(reader))
            asked[role, "follows it"] = queries(client, f"/policies/{policy.code}/")
    assert {who: count for who, count in asked.items() if count > MOST} == {}


@pytest.mark.parametrize("address", ["/", "/matters/", "/policies/"])
def test_lists_take_the_same_for_two_and_for_twenty(client, address):
    owner = factories.department()

    def add(count: int) -> None:
        for _ in range(count):
            matter = factories.matter(f"事项{len(made)}")
            made.append(factories.published(owner=owner, matter=matter, theme=factories.theme(),
                                            citations=(factories.citation(factories.clause()),)))  # fmt: skip

    made = []
    add(2)
    few = queries(client, address)
    add(18)
    assert queries(client, address) == few


def test_a_matter_takes_the_same_for_two_and_for_twenty_precedents(client):
    owner = factories.department()
    counts = []
    for count in (2, 20):
        matter = factories.matter(f"事项{count}")
        for n in range(count):
            cited = factories.citation(factories.clause()), factories.citation(factories.clause(), Relation.ALTERNATIVE)
            ways = (Alternative(f"办法{n}", f"换一个{n}"),)
            factories.published(owner=owner, matter=matter, citations=cited, alternatives=ways)
        counts.append(queries(client, f"/matters/{matter.code}/"))
    assert counts[0] == counts[1]


def test_suggestions_take_the_same_for_two_and_for_twenty(client):
    owner = factories.department()
    counts = []
    for count in (2, 18):
        for n in range(count):
            factories.published(owner=owner, title=f"执照变更{count}-{n}", tags=(f"执照标签{count}-{n}",))
            factories.matter(f"执照事项{count}-{n}")
        store.rebuild()
        counts.append(queries(client, "/search/suggest?q=执照"))
    assert counts[0] == counts[1]
    # Session, account and memberships; then all of it is decided about at once.
    assert counts[1] <= 4


def versions_with(clauses: int, precedents: int):
    """A policy of two versions with reworded clauses, the older ones cited."""
    policy = policy_with(clauses, precedents)
    cited = policy.versions.get(label="现行")
    cited.effective_to = dt.date(2026, 1, 1)
    cited.save()
    policy_version_add(
        policy,
        VersionFacts(label="新", effective_from=dt.date(2026, 1, 1), verified=Verified.TEXT),
        clauses=[
            ClauseFacts(label=f"第{n}条", ref=str(n), text=f"新的第 {n} 条", stable_key=clause.stable_key)
            for n, clause in enumerate(cited.clauses.all(), start=1)
        ],
        actor=None,
    )
    return policy


def test_a_comparison_takes_the_same_for_two_and_for_three_hundred_clauses(client):
    few, many = versions_with(2, 2), versions_with(300, 20)
    address = "/policies/{}/compare/?from=2&to=3"
    count = queries(client, address.format(few.code))
    assert queries(client, address.format(many.code)) == count
    assert count <= MOST


def test_the_rule_on_a_day_takes_the_same_for_two_and_for_three_hundred_clauses(client):
    few, many = versions_with(2, 2), versions_with(300, 20)
    count = queries(client, f"/policies/{few.code}/on/")
    assert queries(client, f"/policies/{many.code}/on/") == count
    assert count <= MOST
