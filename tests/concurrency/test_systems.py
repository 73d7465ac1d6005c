"""A system that sends the same eight times in one moment: one ticket, one use, one bucket for all."""

import pytest

from caselib.cases.models import Ticket
from caselib.connect.clients.limits import call_taken
from caselib.connect.clients.models import KeptAnswer, Refusal
from caselib.reuse.models import ReuseRecord
from tests import factories
from tests.api.calls import system

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


def answered(response, *statuses: int) -> str:
    assert response.status_code in statuses, response.content.decode()
    return response.content.decode()


def test_eight_times_the_same_ticket_is_one():
    caller, told = system(), {"source_system": "综窗", "source_number": "A-1", "text": "群众说受理不了。"}
    codes = []
    results = all_at_once(lambda number: codes.append(answered(caller.post("tickets", told), 200, 201)))
    assert results == {"won": THREADS}
    assert Ticket.objects.count() == 1
    assert sum('"created":true' in each for each in codes) == 1


def test_eight_times_the_same_use_is_one_with_one_answer():
    caller, precedent = system(), factories.published()
    answers = []
    results = all_at_once(lambda number: answers.append(answered(caller.reuse(precedent.code), 201)))
    assert results == {"won": THREADS}
    assert len(set(answers)) == 1
    assert ReuseRecord.objects.count() == KeptAnswer.objects.count() == 1
    precedent.refresh_from_db()
    assert precedent.reuse_count == 1


def test_eight_at_once_take_from_one_bucket():
    client = system(per_minute=5).client
    through = []
    all_at_once(lambda number: through.append(not call_taken(client, at=1_800_000_000.0).is_spent))
    assert (len(through), sum(through)) == (THREADS, 5)


def test_eight_refused_calls_at_once_are_one_row_and_no_fault():
    caller = system()
    caller.secret = "clt_nobody"
    results = all_at_once(lambda number: answered(caller.get("matters"), 401))
    assert results == {"won": THREADS}
    assert Refusal.objects.count() == 1
