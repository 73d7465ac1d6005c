"""A missing, empty, half-written, foreign or damaged index folder: titles are searched, with a note, until it heals."""

import json
import pickle
import shutil

import pytest
from django.core.management import call_command

from caselib.core.marks import pending
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.services import TOPIC
from caselib.precedents.visibility import Audience
from caselib.search.engine.port import IndexUnavailable
from caselib.search.indexing import key_of
from caselib.search.live import live_engine
from caselib.search.outbox import drain_after_commit, rebuild
from caselib.search.selectors import results_for_page
from tests import factories
from tests.search.conftest import Index, index

__all__ = ["index"]


def _remove(index: Index) -> None:
    index.remove()


def _empty(index: Index) -> None:
    index.remove()
    index.folder.mkdir()


def _no_pointer(index: Index) -> None:
    (index.folder / "current").unlink()


def _pointer_to_nothing(index: Index) -> None:
    _replace(index.folder / "current", b"g999999-0 1\n")


def _pointer_out_of_the_folder(index: Index) -> None:
    _replace(index.folder / "current", b"../../etc 1\n")


def _pointer_of_rubbish(index: Index) -> None:
    _replace(index.folder / "current", b"\xff\x00")


def _pointer_empty(index: Index) -> None:
    _replace(index.folder / "current", b"")


def _cut_table_of_contents(index: Index) -> None:
    for path in index.folder.glob("g*/*.toc"):
        _replace(path, path.read_bytes()[:40])
    _touch(index)


def _rubbish_table_of_contents(index: Index) -> None:
    for path in index.folder.glob("g*/*.toc"):
        _replace(path, b"\x07rubbish" * 100)
    _touch(index)


def _foreign_table_of_contents(index: Index) -> None:
    for path in index.folder.glob("g*/*.toc"):
        _replace(path, pickle.dumps({"not": "ours"}))
    _touch(index)


def _cut_arrays(index: Index) -> None:
    _move_to_new_generation(index, ".arr")


def _cut_postings(index: Index) -> None:
    _move_to_new_generation(index, ".pst")


def _no_table_of_contents(index: Index) -> None:
    for path in index.folder.glob("g*/*.toc"):
        path.unlink()
    _touch(index)


def _other_format(index: Index) -> None:
    for path in index.folder.glob("g*/about.json"):
        _replace(path, json.dumps({"format": 99}).encode())
    _touch(index)


def _file_in_place_of_the_folder(index: Index) -> None:
    index.remove()
    index.folder.write_text("not a folder")


def _replace(path, content: bytes) -> None:
    """A new file under the name, as a restore from elsewhere makes it; what is mapped stays what it was."""
    path.unlink()
    path.write_bytes(content)


def _touch(index: Index) -> None:
    pointer = index.folder / "current"
    _replace(pointer, pointer.read_bytes())


def _move_to_new_generation(index: Index, ending: str) -> None:
    """A restore that stopped half-way: another generation with one file cut off."""
    live = live_engine().store.live()
    copy = live.with_name("g000099-abc")
    shutil.copytree(live, copy)
    for path in copy.glob(f"*{ending}"):
        _replace(path, path.read_bytes()[: path.stat().st_size // 2])
    _replace(index.folder / "current", f"{copy.name} 1\n".encode())


DAMAGES = [
    _remove,
    _empty,
    _no_pointer,
    _pointer_to_nothing,
    _pointer_out_of_the_folder,
    _pointer_of_rubbish,
    _pointer_empty,
    _cut_table_of_contents,
    _rubbish_table_of_contents,
    _foreign_table_of_contents,
    _cut_arrays,
    _cut_postings,
    _no_table_of_contents,
    _other_format,
]


@pytest.fixture
def library(index):
    factories.published(title="补办营业执照")
    factories.published(title="内部的营业执照案例", audience=Audience.DEPARTMENT)
    index.refresh()
    return scope_of(factories.user(Role.WINDOW))


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_titles_are_searched_until_a_rebuild_heals_without_restart(index, library, damage):
    assert results_for_page(scope=library, text="执照丢了补办").from_index
    damage(index)
    results = results_for_page(scope=library, text="执照丢了补办")
    assert not results.from_index
    assert [row.plain_title for row in results.rows] == ["补办营业执照"]
    assert "暂用标题匹配" in results.notes[0]
    rebuild()
    healed = results_for_page(scope=library, text="执照丢了补办")
    assert healed.from_index
    assert healed.notes == ()
    assert healed.total == 1


@pytest.mark.parametrize("text", ["", "税", '"((*[', "😀", "执照" * 10_000, "％_%"])
def test_titles_are_searched_for_any_input(index, library, text):
    index.remove()
    filters = {"theme": ["x"], "year": ["2024", "不是年份"], "cause": ["材料缺失"], "policy_status": ["in_force"]}
    assert results_for_page(scope=library, text=text, filters=filters, page="9999").total == 0
    assert results_for_page(scope=library, text=text, page="9999").page.number == 1


def test_a_file_in_place_of_the_folder_is_no_error(index, library):
    _file_in_place_of_the_folder(index)
    try:
        assert not results_for_page(scope=library, text="执照").from_index
        factories.published(title="换发营业执照")
        drain_after_commit()
        assert pending(TOPIC).count() == 1
    finally:
        index.folder.unlink()


def test_a_foreign_pickle_is_not_run(index, library, tmp_path):
    """Files of a folder that does not say it is ours are not opened at all."""
    witness = tmp_path / "ran"

    class Payload:
        def __reduce__(self):
            return (open, (str(witness), "w"))

    folder = index.folder / "g000099-abc"
    folder.mkdir()
    (folder / "_MAIN_1.toc").write_bytes(pickle.dumps(Payload()))
    _replace(index.folder / "current", b"g000099-abc 1\n")
    with pytest.raises(IndexUnavailable):
        live_engine().snapshot()
    assert not witness.exists()


def test_index_folder_is_closed_to_others(index, library):
    assert index.folder.stat().st_mode & 0o077 == 0
    assert live_engine().store.live().stat().st_mode & 0o077 == 0


def test_reconcile_says_what_is_wrong_with_a_missing_index(index, library):
    index.remove()
    from django.core.management import CommandError

    with pytest.raises(CommandError, match="search_rebuild"):
        call_command("search_reconcile")


def test_a_rebuild_with_the_wrong_number_is_not_switched_to(index, library):
    from caselib.search.engine.port import IndexNotWritten

    engine = live_engine()
    before = engine.store.live()
    with pytest.raises(IndexNotWritten, match="没有启用"), engine.rebuild() as building:
        building.switch(expected=7)
    assert engine.store.live() == before
    assert results_for_page(scope=library, text="执照").total == 1
    assert [path for path in index.folder.glob("g*") if path != before] == []


def test_a_commit_is_told_on_a_disk_that_keeps_no_fine_times(index, monkeypatch):
    factories.published(title="补办营业执照")
    drain_after_commit()
    assert live_engine().count() == 1
    monkeypatch.setattr("caselib.search.engine.whoosh.store.os.utime", lambda *_, **__: None)
    factories.published(title="换发营业执照")
    drain_after_commit()
    assert live_engine().count() == 2


def test_a_commit_is_told_where_the_pointer_was_lost_meanwhile(index):
    factories.published(title="补办营业执照")
    drain_after_commit()
    store = live_engine().store
    folder = store.live()
    for broken in (_no_pointer, _pointer_of_rubbish, _pointer_to_nothing):
        broken(index)
        store.tell_of_commit(folder)
        assert store.live() == folder


class Killed(BaseException):
    pass


def test_a_delete_whose_writer_died_before_telling_is_told_by_the_next(index, monkeypatch):
    row = factories.published(title="补办营业执照")
    drain_after_commit()
    engine = live_engine()
    assert engine.count() == 1

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(type(engine.store), "tell_of_commit", killed)
        with pytest.raises(Killed):
            engine.write(deletes=[key_of(row.pk)])
    engine.write(deletes=[key_of(row.pk)])
    assert engine.count() == 0
