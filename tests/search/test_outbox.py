import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caselib.core.marks import VOCABULARY, mark_dirty, pending
from caselib.orgs.services import department_save
from caselib.precedents.services import TOPIC, precedent_reuse_counted
from caselib.search import outbox
from caselib.search.background import Errand
from caselib.search.engine.whoosh.merging import FAN
from caselib.search.indexing import documents_of
from caselib.search.live import live_engine
from caselib.search.outbox import drain, drift
from tests import factories
from tests.search.engines import document


def test_a_change_during_the_work_stays_pending(index, monkeypatch):
    row = factories.published(title="补办营业执照")
    apply = outbox._apply
    changes = []

    def changed_meanwhile(object_ids):
        apply(object_ids)
        if not changes:
            changes.append(precedent_reuse_counted(row, by=1))

    monkeypatch.setattr(outbox, "_apply", changed_meanwhile)
    index.refresh()
    assert not pending(TOPIC).exists()
    assert outbox.drift().count == 0
    assert list(live_engine().snapshot().leaves[-1].data.numbers["reuse_count"]) == [1.0]


def test_a_change_during_a_rebuild_is_in_the_new_index(index, monkeypatch):
    row = factories.published(title="补办营业执照")
    gone = factories.published(title="注销营业执照")
    index.refresh()
    counted = outbox._counted

    def changed_meanwhile(documents, report):
        yield from counted(documents, report)
        precedent_reuse_counted(row, by=1)
        gone.status = "retired"
        gone.save(update_fields=["status"])
        mark_dirty(TOPIC, [gone.pk])
        factories.published(title="其间发布的")

    monkeypatch.setattr(outbox, "_counted", changed_meanwhile)
    assert outbox.rebuild() == 2
    assert live_engine().count() == 2
    assert outbox.drift().count == 0


def test_a_small_library_without_index_is_indexed_when_something_changes(index):
    factories.published(title="补办营业执照")
    index.remove()
    outbox.drain_after_commit()
    assert live_engine().count() == 1
    assert not pending(TOPIC).exists()


def test_a_large_library_without_index_waits_for_the_rebuild(index, monkeypatch):
    monkeypatch.setattr(outbox, "SMALL_LIBRARY", 0)
    factories.published(title="补办营业执照")
    index.remove()
    outbox.drain_after_commit()
    assert not live_engine().exists()
    assert "search_rebuild" in pending(TOPIC).get().last_error


def test_marks_are_left_to_the_worker_where_one_runs(index, settings):
    settings.CASELIB_INDEX_INLINE = False
    factories.published(title="补办营业执照")
    outbox.drain_after_commit()
    assert pending(TOPIC).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_listener_works_after_the_commit(index):
    factories.published(title="补办营业执照")
    assert live_engine().count() == 1
    assert not pending(TOPIC).exists()


def test_keys_of_other_things_are_surplus_and_removed(index):
    live_engine().write(upserts=[document(1, "营业执照")])
    found = outbox.drift()
    assert found.surplus == ("thing.1",)
    outbox.repair(found)
    assert outbox.drift().count == 0


def test_snapshots_of_before_stay_readable_after_a_switch(index):
    factories.published(title="补办营业执照")
    index.refresh()
    engine = live_engine()
    old = engine.snapshot()
    outbox.rebuild()
    assert old.locate(next(iter(dict(engine.digests())))) is not None
    assert engine.count() == 1


def test_a_name_that_changed_reaches_everything_indexed_under_it(index):
    owner = factories.department("区劳动局", code="D06")
    factories.published(owner=owner, title="补缴社保")
    index.refresh()
    department_save(region=owner.region, code="D06", name="区人社局", former_names=["区劳动局"], actor=None)
    assert drift().stale
    drain()
    assert drift().count == 0
    assert not pending(VOCABULARY).exists()


def test_saving_the_same_names_again_reads_nothing_anew(index):
    owner = factories.department("区劳动局", code="D06")
    department_save(region=owner.region, code="D06", name="区劳动局", actor=None)
    assert not pending(VOCABULARY).exists()


def test_a_precedent_is_read_alone_as_among_many(index):
    clauses = [factories.clause(number) for number in (1, 2)]
    rows = [
        factories.published(
            title=f"第{number}件",
            tags=("歇业备案", "个体工商户")[:number],
            causes=tuple(map(factories.cause, ("材料缺失", "信息不一致", "职责不清")[: number + 1])),
            matter=factories.matter("企业设立登记"),
            more_matters=(factories.matter("企业变更登记"), factories.matter("企业注销登记"))[:number],
            citations=tuple(map(factories.citation, clauses[:number])),
        )
        for number in (0, 1, 2)
    ]
    keys = [row.pk for row in rows]
    together = list(documents_of(keys))
    assert len(together) == 3
    for _ in range(2):
        assert [document for key in keys for document in documents_of([key])] == together
    assert list(documents_of([factories.draft().pk])) == []


def test_reading_a_precedent_alone_takes_the_same_for_any_number_of_everything(index):
    counts = set()
    for number in (0, 1, 6):
        row = factories.published(tags=tuple(f"标签{n}" for n in range(number)))
        with CaptureQueriesContext(connection) as queries:
            list(documents_of([row.pk]))
        counts.add(len(queries))
    assert counts == {5}


def commits(number: int) -> None:
    for at in range(number):
        live_engine().write(upserts=[document(at, "营业执照")])


def test_small_commits_are_merged_beside_once_there_are_many(index, monkeypatch):
    begun = []
    monkeypatch.setattr(outbox, "TIDY_AFTER", 0)
    monkeypatch.setattr(outbox._tidying, "begin", begun.append)
    commits(FAN - 2)
    factories.published(title="补办营业执照")
    outbox.drain_after_commit()
    assert not begun
    factories.published(title="换发营业执照")
    outbox.drain_after_commit()
    assert len(live_engine().snapshot().leaves) == FAN
    (work,) = begun
    work()
    assert len(live_engine().snapshot().leaves) == 1
    assert live_engine().count() == FAN


def test_nothing_is_merged_beside_while_changes_go_on_coming(index, monkeypatch):
    commits(FAN)
    waits = []

    def another_change(seconds: float) -> None:
        waits.append(len(live_engine().snapshot().leaves))
        if len(waits) < 3:
            live_engine().write(upserts=[document(100 + len(waits), "营业执照")])

    monkeypatch.setattr(outbox.time, "sleep", another_change)
    outbox._tidy_quietly(live_engine())
    assert waits == [FAN, FAN + 1, FAN + 2]
    assert len(live_engine().snapshot().leaves) == 1


def test_an_index_that_cannot_be_tidied_is_no_failure_of_the_change(index, monkeypatch):
    monkeypatch.setattr(outbox, "TIDY_AFTER", 0)
    commits(FAN)
    index.remove()
    outbox._tidy_quietly(live_engine())
    outbox._tidy_after_commit()
    assert not live_engine().exists()


def test_an_errand_is_run_by_one_thread_at_a_time_and_again_later():
    errand, ran, may_end, ended = Errand("test"), [], threading.Event(), threading.Event()

    def work() -> None:
        ran.append(threading.current_thread().daemon)
        may_end.wait(5)
        ended.set()

    errand.begin(work)
    errand.begin(work)
    may_end.set()
    assert ended.wait(5)
    for thread in threading.enumerate():
        if thread.name == "test":
            thread.join(5)
    assert ran == [True]
    errand.begin(work)
    for thread in threading.enumerate():
        if thread.name == "test":
            thread.join(5)
    assert ran == [True, True]
