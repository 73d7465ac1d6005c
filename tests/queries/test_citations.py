"""The page of citations and the queue ask the database as often for two as for twenty."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.precedents.citing import Unresolved
from caselib.precedents.models import UnresolvedCitation
from caselib.precedents.unresolved import citations_dismiss, citations_queue
from tests import factories

pytestmark = pytest.mark.django_db
MOST = 14


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def editor(home):
    return factories.user(Role.EDITOR, within=home)


@pytest.fixture
def client(editor):
    client = Client()
    client.force_login(editor)
    # The first request reads what the process keeps: the names of policies, the groups of synonyms.
    client.get("/desk/citations/")
    return client


def asked(client: Client, address: str, **posted) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.post(address, posted) if posted else client.get(address)
    assert response.status_code == 200
    return len(captured), response.content.decode()


def test_the_page_of_a_draft_takes_the_same_for_two_and_for_twenty(client, home, editor):
    counts = []
    for size in (2, 20):
        clauses = [factories.clause(n + 1) for n in range(size)]
        draft = factories.draft(owner=home, author=editor, citations=tuple(map(factories.citation, clauses)))
        where = f"/p/{draft.precedent.code}/citations/"
        client.get(f"{where}?typed=第一条")
        plain, page = asked(client, where)
        assert page.count("改或移除") == size
        text = "、".join(f"《{clause.version.policy.title}》第{clause.ref}条" for clause in clauses)
        found, page = asked(client, f"{where}find/", text=text + "、《没有的办法》第一条")
        assert page.count('name="pick"') == size
        counts.append((plain, found))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= MOST


@pytest.mark.parametrize("state", ["", "closed"])
def test_the_queue_takes_the_same_for_two_and_for_twenty(client, home, editor, state):
    counts = []
    for first, last in ((0, 2), (2, 20)):
        for number in range(first, last):
            title = factories.clause().version.policy.title
            left = [Unresolved(f"《第{number}个没有的办法》第五条", "unknown_policy", ""),
                    Unresolved(f"《{title}》第三十三条", "unknown_policy", "")]  # fmt: skip
            for _ in range(2):
                citations_queue(factories.draft(owner=home), left, actor=editor)
        if state:
            citations_dismiss(UnresolvedCitation.objects.filter(closed_at=None), reason="不是依据", actor=editor)
        client.get("/desk/citations/")
        count, page = asked(client, f"/desk/citations/?state={state}")
        counts.append(count)
        assert page.count("没有的办法》第五条</b>") in (2, 4, 10, 20)
    assert counts[0] == counts[1]
    assert counts[1] <= MOST
