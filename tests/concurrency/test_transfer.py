"""Eight presses of 导入为草稿 in the same moment make the drafts once; two people never overwrite what one brought."""

import pytest

from caselib.core import clock
from caselib.exchange.batches import batch_discard, batch_import, batch_plan_again
from caselib.exchange.models import ImportBatch
from caselib.precedents.models import Precedent, RevisionState
from tests import factories
from tests.services.test_transfer_in import Desk, book

from .test_transitions import THREADS, all_at_once, shared_database

__all__ = ["shared_database"]


@pytest.fixture
def desk(shared_database) -> Desk:
    return Desk()


def press(desk: Desk, batch: ImportBatch) -> None:
    found = ImportBatch.objects.select_related("department").get(pk=batch.pk)
    batch_import(found, digest_seen=batch.plan_digest, actor=desk.editor, scope=desk.scope, now=clock.now())


def test_eight_presses_import_once(desk):
    there = factories.published(owner=desk.home, external_id="A0")
    batch = desk.stage(book(["A0", "改题", ""], ["A1", "甲", ""], ["A2", "乙", ""]))
    assert all_at_once(lambda _: press(desk, batch)) == {"won": 1, "StaleState": THREADS - 1}
    assert Precedent.objects.count() == 3
    assert there.revisions.filter(state=RevisionState.DRAFT).count() == 1


def test_eight_copies_of_one_file_make_each_precedent_once(desk):
    batches = [desk.stage(book(["A1", "甲", ""], ["A2", "乙", ""])) for _ in range(5)]
    outcome = all_at_once(lambda number: press(desk, batches[number % 5]))
    assert outcome == {"won": 1, "StaleState": THREADS - 1}
    assert Precedent.objects.count() == 2


def test_importing_discarding_and_masking_at_once_end_in_one_state(desk):
    batch = desk.stage(book(["A1", "甲", ""]))

    def deed(number: int) -> None:
        found = ImportBatch.objects.select_related("department").get(pk=batch.pk)
        if number % 3 == 0:
            press(desk, batch)
        elif number % 3 == 1:
            batch_discard(found, actor=desk.editor, now=clock.now())
        else:
            batch_plan_again(found, scope=desk.scope, actor=desk.editor, now=clock.now(), is_masked=True)

    outcome = all_at_once(deed)
    assert set(outcome) <= {"won", "StaleState"}
    batch.refresh_from_db()
    assert Precedent.objects.count() == (1 if batch.state == ImportBatch.State.DONE else 0)
    assert batch.rows.count() == (0 if batch.state == ImportBatch.State.DISCARDED else 1)
