"""A full disk while indexing: the change is kept, the mark stays with the reason, search goes on, and it heals by itself."""

import errno

import pytest

from caselib.core.marks import pending
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.services import TOPIC
from caselib.search.engine.port import IndexBusy, IndexNotWritten
from caselib.search.live import live_engine
from caselib.search.outbox import drain, drain_after_commit, drift, rebuild
from caselib.search.selectors import results_for_page
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]

POINTS = [
    "caselib.search.engine.whoosh.writer.pack_arrays",
    "caselib.search.engine.whoosh.writer.sync",
    "caselib.search.engine.whoosh.codec.ArrayFieldWriter.add_field",
    "whoosh.index.TOC.write",
    "whoosh.filedb.filestore.FileStorage.create_file",
]
TELLING = "caselib.search.engine.whoosh.store.IndexStore.tell_of_commit"
SWITCHING = "caselib.search.engine.whoosh.store.IndexStore.point_to"


def _full(*args: object, **options: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("point", [*POINTS, TELLING])
def test_a_full_disk_loses_nothing_and_heals(index, monkeypatch, point):
    scope = scope_of(factories.user(Role.WINDOW))
    factories.published(title="补办营业执照")
    index.refresh()
    factories.published(title="换发营业执照")
    with monkeypatch.context() as patch:
        patch.setattr(point, _full)
        with pytest.raises(IndexNotWritten, match="磁盘空间不足"):
            drain()
        drain_after_commit()
        mark = pending(TOPIC).get()
        assert mark.attempts == 2
        assert "磁盘空间不足" in mark.last_error
        assert results_for_page(scope=scope, text="补办").from_index
    assert drain() == 1
    assert not pending(TOPIC).exists()
    assert drift().count == 0
    assert results_for_page(scope=scope, text="换发").rows[0].plain_title == "换发营业执照"


@pytest.mark.parametrize("point", [*POINTS, SWITCHING])
def test_a_full_disk_stops_a_rebuild_and_leaves_the_live_index(index, monkeypatch, point):
    factories.published(title="补办营业执照")
    index.refresh()
    before = live_engine().store.live()
    with monkeypatch.context() as patch:
        patch.setattr(point, _full)
        with pytest.raises(IndexNotWritten, match="磁盘空间不足"):
            rebuild()
    assert live_engine().store.live() == before
    assert live_engine().count() == 1
    assert list(index.folder.glob("g*")) == [before]


def test_a_writer_that_finds_another_waits_then_leaves_the_mark(index, monkeypatch):
    factories.published(title="补办营业执照")
    engine = live_engine()
    with engine.turn(), pytest.raises(IndexBusy):
        drain(patience=0.05)
    assert pending(TOPIC).count() == 1
    monkeypatch.setattr(engine, "patience", 0.05)
    with engine.store.lock(wait=1), pytest.raises(IndexBusy, match="稍后会自动完成"):
        drain()
    assert pending(TOPIC).get().last_error
    assert drain() == 1
    assert drift().count == 0
