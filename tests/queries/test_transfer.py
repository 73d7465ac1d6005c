"""The room asks the database the same for two rows and for twenty, and an export the same for two precedents and twenty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caselib.core import clock
from caselib.exchange.incoming import read_file
from caselib.exchange.models import ImportBatch
from caselib.exchange.planning import Ways, plan_rows
from tests import factories
from tests.services.test_transfer_in import Desk, book
from tests.services.test_transfer_out import begin
from tests.web.test_transfer import HOME, Counter

pytestmark = pytest.mark.django_db


def counted(ask) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def rows(count: int) -> bytes:
    return book(*[[f"A{n}", f"第{n}件" if n % 3 else "", "问"] for n in range(count)])


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("kind", ["", "?kind=created", "?kind=refused"])
def test_a_dry_run_shows_two_rows_and_twenty_for_the_same(kind, done):
    counter = Counter()
    pages = []
    for count in (3, 20):
        ImportBatch.objects.all().delete()
        batch = counter.staged(rows(count).replace(b"\x00\x00", b"\x00\x00"))
        address = f"{HOME}in/{batch.code}/{kind}"
        if done and count == 20:
            counter.act(batch, "confirm", digest=batch.plan_digest)
        counter.client.get(address)
        pages.append(counted(lambda address=address: counter.client.get(address)))
    assert pages[1] <= pages[0] + (1 if done else 0) and pages[1] <= 16


def test_the_home_of_the_room_asks_the_same_for_more_imports():
    counter = Counter()
    counter.staged(rows(2))
    counter.client.get(HOME)
    few = counted(lambda: counter.client.get(HOME))
    for _ in range(4):
        counter.staged(rows(2))
    assert counted(lambda: counter.client.get(HOME)) == few <= 16


def test_a_plan_of_new_rows_asks_the_same_for_two_and_for_two_hundred():
    desk = Desk()

    def plan(count: int) -> int:
        raws = read_file(rows(count)).raws
        ways = Ways(department=desk.home)
        return counted(lambda: plan_rows(raws, ways=ways, scope=desk.scope, on=clock.today()))

    assert plan(200) == plan(2) <= 20


@pytest.mark.parametrize("form", ["jsonl", "xlsx", "docx"])
def test_an_export_asks_the_same_for_two_and_for_twenty(form):
    from caselib.exchange.export import leaving

    desk = Desk()
    law = factories.clause()
    codes = [
        factories.published(owner=desk.home, tags=(f"标{n}",), citations=(factories.citation(law),)).code
        for n in range(20)
    ]
    few, many = (
        counted(lambda part=part: list(leaving(begin(desk, form, codes=tuple(part))))) for part in (codes[:2], codes)
    )
    assert many == few
