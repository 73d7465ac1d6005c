"""The trail is checked while people work: what is appended meanwhile is no fault, and the chain stays one."""

import threading

from caselib.audit.actions import Action
from caselib.audit.chain import Tally, breaks
from caselib.audit.models import AuditEvent
from caselib.audit.services import record
from caselib.audit.verifying import last_check, trail_check
from caselib.core.clock import now
from caselib.orgs.models import Region
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database

__all__ = ["shared_database"]


def test_checks_in_the_middle_of_writing_find_nothing_and_the_chain_is_one(shared_database):
    region = factories.region()
    for _ in range(50):
        record(Action.REGION_SAVED, region)
    found: list = []
    begun = threading.Event()

    def work(number: int) -> None:
        if number % 2:
            begun.set()
            for _ in range(10):
                record(Action.REGION_SAVED, Region.objects.get(pk=region.pk))
        else:
            begun.wait(10)
            for _ in range(5):
                found.extend(breaks(Tally()))

    assert all_at_once(work) == {"won": THREADS}
    assert found == []
    assert list(breaks(Tally())) == []
    assert AuditEvent.objects.filter(object_id=str(region.pk)).count() >= 50 + THREADS // 2 * 10


def test_eight_checks_at_once_leave_a_chain_that_holds(shared_database):
    factories.region()
    assert all_at_once(lambda number: trail_check(now=now())) == {"won": THREADS}
    assert not last_check().broken
    assert list(breaks(Tally())) == []
