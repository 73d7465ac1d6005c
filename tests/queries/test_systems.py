"""Pages of systems and answers of the API ask the database a fixed number of times."""

import pytest
from django.db import connection
from django.test import Client as Http
from django.test.utils import CaptureQueriesContext

from caselib.connect.clients.services import token_issue
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from tests import factories
from tests.api.calls import system
from tests.search.conftest import index

__all__ = ["index"]
pytestmark = pytest.mark.django_db


def queries(ask, address: str) -> int:
    ask(address)
    with CaptureQueriesContext(connection) as captured:
        assert ask(address).status_code == 200
    return len(captured)


def test_the_list_takes_the_same_for_two_and_for_twenty_systems():
    home, http = factories.department(), Http()
    http.force_login(factories.user(Role.DEPARTMENT_ADMIN, within=home))
    counts = []
    for more in (2, 18):
        for _ in range(more):
            factories.system(within=home)
        counts.append(queries(http.get, "/desk/systems/"))
    assert counts[0] == counts[1] <= 8


def test_one_system_takes_the_same_for_two_and_for_ten_tokens():
    home, http = factories.department(), Http()
    administrator = factories.user(Role.DEPARTMENT_ADMIN, within=home)
    http.force_login(administrator)
    client, _ = factories.system(within=home)
    counts = []
    for more in (1, 8):
        for _ in range(more):
            token_issue(client, scope=scope_of(administrator))
        counts.append(queries(http.get, f"/desk/systems/{client.code}/"))
    assert counts[0] == counts[1] <= 9


@pytest.mark.parametrize(
    ("address", "most"),
    [("search?q=租户", 8), ("suggest?q=租户", 3), ("matters", 4), ("policies", 5), ("matters/{}", 8)],
)
def test_an_answer_takes_the_same_for_two_and_for_twenty_rows(index, address, most):
    caller, counts = system(), []
    matter = factories.matter()
    for start, more in ((0, 2), (2, 18)):
        for n in range(start, start + more):
            clause = factories.clause(33 + n)
            factories.published(title=f"前租户没有注销 {n}", matter=matter, citations=(factories.citation(clause),))
            factories.matter(f"事项{n}", theme=factories.theme(f"主题{n}"))
        index.refresh()
        counts.append(queries(caller.get, address.format(matter.code)))
    assert counts[0] == counts[1] <= most


def test_a_precedent_takes_the_same_for_two_and_for_twenty_citations():
    caller, counts = system(), []
    for more in (2, 20):
        clauses = [factories.clause(n) for n in range(1, more + 1)]
        precedent = factories.published(citations=tuple(map(factories.citation, clauses)))
        counts.append(queries(caller.get, f"precedents/{precedent.code}"))
    assert counts[0] == counts[1] <= 16
