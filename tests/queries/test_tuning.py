"""The pages of the tuning desk ask the database a fixed number of times, for any size of log and relevance set."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from caselib.orgs.models import Role
from caselib.search.log.notes import Asked, Opened
from caselib.search.log.services import notes_write
from caselib.search.models import RelevanceJudgement, RelevanceQuestion, SearchLogEntry
from tests import factories

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def client():
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    return client


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def fill(start: int, count: int) -> None:
    """So many questions in the log and in the set, each with a precedent of its own."""
    owner, now = factories.department(), timezone.now()
    for n in range(start, start + count):
        precedent = factories.published(owner=owner)
        row = {"question": f"问题{n}", "question_key": f"问题{n}", "total": 3, "fits": False}
        SearchLogEntry.objects.bulk_create(
            [
                SearchLogEntry(at=now, **row, opened=precedent, opened_rank=1),
                *(SearchLogEntry(at=now - dt.timedelta(hours=k), **row, reworded_as=f"问题{n - 1}") for k in range(9)),
            ]
        )
        question = RelevanceQuestion.objects.create(text=f"问题{n}", text_key=f"问题{n}", changed_at=now)
        RelevanceJudgement.objects.create(question=question, precedent=precedent)


@pytest.mark.parametrize(
    "address",
    ["/search/tuning/?tab=frequent", "/search/tuning/?tab=zero", "/search/tuning/?tab=low&share=90",
     "/search/tuning/?tab=reworded", "/search/tuning/questions/", "/search/tuning/trial/"],
)  # fmt: skip
def test_a_page_takes_the_same_for_two_and_for_twenty(client, address):
    fill(0, 2)
    queries(client, address)
    few = queries(client, address)
    fill(2, 18)
    assert queries(client, address) == few <= MOST


def test_a_question_of_the_set_takes_the_same_for_two_and_for_twenty_precedents(client):
    fill(0, 1)
    question = RelevanceQuestion.objects.get()
    counts = []
    for more in (1, 18):
        for _ in range(more):
            RelevanceJudgement.objects.create(question=question, precedent=factories.published(), grade=2)
        counts.append(queries(client, f"/search/tuning/questions/{question.pk}/"))
    assert counts[0] == counts[1] <= MOST


def test_exports_take_one_query_a_file_beside_the_sign_in(client):
    counts = []
    for start, count in ((0, 2), (2, 18)):
        fill(start, count)
        with CaptureQueriesContext(connection) as captured:
            for name in ("queries", "qrels"):
                b"".join(client.get(f"/search/tuning/questions/{name}.jsonl").streaming_content)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= MOST


def plans_over_the_log(captured: CaptureQueriesContext) -> list[str]:
    """How SQLite would go through the log for each query that was captured."""
    found = []
    with connection.cursor() as cursor:
        for query in captured:
            if '"search_searchlogentry"' in query["sql"] and query["sql"].startswith(("SELECT", "UPDATE")):
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                found += [row[-1] for row in cursor.fetchall() if "search_searchlogentry" in row[-1]]
    return found


@pytest.mark.parametrize("tab", ["frequent", "zero", "low", "reworded"])
def test_a_list_walks_an_index_of_the_log_and_does_not_read_it_whole(client, tab):
    if connection.vendor != "sqlite":
        return
    fill(0, 3)
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/search/tuning/?tab={tab}&days=7")
    plans = plans_over_the_log(captured)
    assert len(plans) >= 3
    assert [plan for plan in plans if "INDEX" not in plan] == []


def test_opening_a_result_looks_its_question_up_and_does_not_read_the_log():
    if connection.vendor != "sqlite":
        return
    now = timezone.now()
    first, second = (Asked(f"{n}" * 16, "t" * 16, f"问题{n}", now, 3, True) for n in (1, 2))
    notes_write([first, second])
    with CaptureQueriesContext(connection) as captured:
        notes_write([Opened(second.token, factories.published().pk, 1)])
    plans = plans_over_the_log(captured)
    assert len(plans) >= 3
    assert [plan for plan in plans if not plan.startswith("SEARCH")] == []
    assert SearchLogEntry.objects.get(question="问题1").reworded_as == "问题2"
