"""The page of policies found asks the database the same for two and for twenty rows."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.policies.models import Clause
from caselib.policies.services import ClauseFacts, VersionFacts, clause_counterpart_set, policy_version_add
from caselib.search.policies import keeping
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]
MOST = 14
OLD = {"effective_from": dt.date(2010, 1, 1), "effective_to": dt.date(2020, 1, 1)}
NEW = VersionFacts(label="新", effective_from=dt.date(2020, 1, 1))
FACTS = [
    ClauseFacts(label="第34条", ref="34", gist="另有规定。"),
    ClauseFacts(label="第33条", ref="33", gist="公示期十日。"),
]


@pytest.mark.parametrize(
    ("question", "most"),
    [("公示期", MOST), ("旧时", MOST + 1), ("条例第33条", MOST + 2)],
    ids=["words", "ended", "article"],
)
def test_twenty_rows_ask_no_more_than_two(index, question, most):
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    counts = []
    for number in range(1, 21):
        clause = factories.clause(title=f"公示期第{number}条例", **OLD)
        Clause.objects.filter(pk=clause.pk).update(gist="公示期二十日，旧时。")
        new = policy_version_add(clause.version.policy, NEW, clauses=FACTS, actor=None)
        clause_counterpart_set(clause, new.clauses.get(ref="34"))
        factories.published(citations=(factories.citation(clause),))
        if number in (2, 20):
            keeping.rebuild()
            client.get("/search/", {"q": question, "in": "policies"})
            with CaptureQueriesContext(connection) as captured:
                page = client.get("/search/", {"q": question, "in": "policies"}).content.decode()
            assert page.count("data-hit") == number
            assert page.count("clausehits__text") == number
            counts.append(len(captured))
    assert counts[0] == counts[1] <= most
