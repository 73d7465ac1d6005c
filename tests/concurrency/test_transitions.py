"""Eight people press the same button in the same moment: one wins, the others are told, nothing happens twice.

Runs against a real database file (or server): threads of one in-memory database would not wait for each other.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from django.db import connection, connections

from caselib.core.errors import DomainError
from caselib.core.models import DirtyMark
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import NumberSeries, Precedent, ReviewDecision, Revision, RevisionState
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.reuse.models import ReuseRecord
from caselib.reuse.services import reuse_record
from tests import factories

THREADS = 8


@pytest.fixture
def shared_database(transactional_db, tmp_path) -> Iterator[None]:
    """The database that all threads see: the server's, or for SQLite a file of its own."""
    if connection.vendor != "sqlite":
        yield
        return
    file = tmp_path / "shared.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as copy:
        connection.connection.backup(copy)
    settings = connections.databases["default"]
    before, kept = settings["NAME"], connections["default"]
    settings["NAME"] = str(file)
    del connections["default"]
    yield
    connections["default"].close()
    settings["NAME"] = before
    connections["default"] = kept


def all_at_once(deed: Callable[[int], object]) -> Counter:
    """Calls `deed(n)` in eight threads that start together; counts "won" and the names of the errors."""
    gate = threading.Barrier(THREADS)
    results: Counter = Counter()

    def run(number: int) -> None:
        try:
            gate.wait()
            deed(number)
            results["won"] += 1
        except DomainError as error:
            results[type(error).__name__] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sum(results.values()) == THREADS, "a thread ended with an error of the program"
    return results


@pytest.fixture
def house(shared_database):
    return factories.department()


def submitted(owner) -> Revision:
    revision = factories.draft(owner=owner, author=factories.user(Role.EDITOR, within=owner))
    return revision_submit(revision, lock_version=revision.lock_version, actor=revision.author)


def test_eight_approvals_publish_once(house):
    revision = submitted(house)
    reviewers = [factories.user(Role.REVIEWER, within=house) for _ in range(THREADS)]

    def approve(number: int) -> None:
        own = Revision.objects.get(pk=revision.pk)
        revision_approve(
            own,
            lock_version=revision.lock_version,
            reviewer=reviewers[number],
            digest_seen=revision.content_digest,
            comment="核对过，可以入库",
        )

    results = all_at_once(approve)

    # Who reads the row after the winner's commit is told by the table of moves instead of by the lock version.
    assert results["won"] == 1
    assert results["StaleState"] + results["RuleBroken"] == THREADS - 1
    assert ReviewDecision.objects.count() == 1
    assert Precedent.objects.get().number.endswith("-0001")
    assert NumberSeries.objects.get().last == 1
    assert DirtyMark.objects.get().wanted == 1


def test_eight_approvals_from_the_same_reading_leave_seven_stale(house):
    revision = submitted(house)
    readings = [Revision.objects.select_related("precedent").get(pk=revision.pk) for _ in range(THREADS)]
    reviewers = [factories.user(Role.REVIEWER, within=house) for _ in range(THREADS)]

    results = all_at_once(
        lambda number: revision_approve(
            readings[number],
            lock_version=readings[number].lock_version,
            reviewer=reviewers[number],
            digest_seen=readings[number].content_digest,
            comment="核对过，可以入库",
        )
    )

    assert results == {"won": 1, "StaleState": THREADS - 1}


def test_eight_saves_from_the_same_reading_keep_one_text(house):
    author = factories.user(Role.EDITOR, within=house)
    revision = factories.draft(owner=house, author=author)
    readings = [Revision.objects.select_related("precedent").get(pk=revision.pk) for _ in range(THREADS)]
    texts = [factories.content(title=f"第 {number} 个人写的") for number in range(THREADS)]

    results = all_at_once(lambda number: revision_save(readings[number], texts[number], lock_version=0, editor=author))

    assert results == {"won": 1, "StaleState": THREADS - 1}
    revision.refresh_from_db()
    winner = next(reading for reading in readings if reading.lock_version == 1)
    assert (revision.title, revision.content_digest) == (winner.title, winner.content_digest)


def test_eight_revisions_started_together_are_one_open_revision(house):
    precedent = factories.published(owner=house)
    author = factories.user(Role.EDITOR, within=house)

    def start(_: int) -> None:
        revision_start(Precedent.objects.select_related("live_revision").get(pk=precedent.pk), author=author)

    results = all_at_once(start)

    assert results == {"won": 1, "StaleState": THREADS - 1}
    assert precedent.revisions.filter(state=RevisionState.DRAFT).count() == 1


def test_eight_retirements_are_one(house):
    precedent = factories.published(owner=house)
    reviewer = factories.user(Role.REVIEWER, within=house)

    results = all_at_once(
        lambda number: precedent_retire(Precedent.objects.get(pk=precedent.pk), reason=f"原因 {number}", actor=reviewer)
    )

    assert results == {"won": 1, "StaleState": THREADS - 1}


def test_eight_equal_doubts_are_one_point(house):
    precedent = factories.published(owner=house)

    results = all_at_once(
        lambda _: precedent_doubt(Precedent.objects.get(pk=precedent.pk), reason="所引条例已修改", actor=None)
    )

    assert results == {"won": THREADS}
    assert precedent.doubts.count() == 1


def test_eight_publications_of_one_department_get_eight_numbers(house):
    revisions = [submitted(house) for _ in range(THREADS)]
    reviewer = factories.user(Role.REVIEWER, within=house)

    results = all_at_once(
        lambda number: revision_approve(
            revisions[number],
            lock_version=revisions[number].lock_version,
            reviewer=reviewer,
            digest_seen=revisions[number].content_digest,
            comment="核对过，可以入库",
        )
    )

    assert results == {"won": THREADS}
    serials = sorted(int(number[-4:]) for number in Precedent.objects.values_list("number", flat=True))
    assert serials == list(range(1, THREADS + 1))


def test_eight_clicks_of_one_person_are_one_use(house):
    precedent = factories.published(owner=house)
    scope = scope_of(factories.user(Role.WINDOW, within=house))

    results = all_at_once(lambda _: reuse_record(precedent, scope=scope, outcome="worked"))

    precedent.refresh_from_db()
    assert results == {"won": THREADS}
    assert (ReuseRecord.objects.count(), precedent.reuse_count) == (1, 1)
