"""The vectors on the disk: what is written is read, what is damaged reads as empty."""

import json

import numpy as np
import pytest

from caselib.search.semantic import snapshot as snapshots
from caselib.search.semantic import store as stores
from caselib.search.semantic.port import unit
from caselib.search.semantic.snapshot import ObjectRows
from caselib.search.semantic.store import MANIFEST, StoreBusy, VectorStore, quantised

WIDTH = 96


def rows(*directions: int, digests: tuple[int, ...] = ()) -> ObjectRows:
    """One row a direction, along one axis each."""
    made = np.zeros((len(directions), WIDTH), np.float32)
    made[range(len(directions)), directions] = 1.0
    return ObjectRows(np.array(digests or [d + 1 for d in directions], np.uint64), quantised(made))


def random_rows(rng: np.random.Generator, count: int) -> ObjectRows:
    vectors = unit(rng.standard_normal((count, WIDTH)).astype(np.float32) + 0.5)
    return ObjectRows(rng.integers(1, 2**63, count, dtype=np.uint64), quantised(vectors))


def towards(direction: int) -> np.ndarray:
    asked = np.zeros(WIDTH, np.float32)
    asked[direction] = 1.0
    return asked


@pytest.fixture
def store(tmp_path) -> VectorStore:
    made = VectorStore(tmp_path / "vectors")
    with made.turn():
        made.start("model")
    return made


def write(store: VectorStore, changes: dict, removed: tuple[int, ...] = ()) -> None:
    with store.turn():
        store.write(changes, removed=removed)


def held(store: VectorStore) -> dict[int, frozenset[int]]:
    return dict(VectorStore(store.folder).snapshot().digests())


def files(store: VectorStore) -> set[str]:
    return {file.name.split(".")[0] for file in store.folder.glob("*.npy")}


def test_the_score_is_of_the_best_the_mean_and_the_first_cosine(store):
    write(store, {7: rows(0, 1), 3: rows(1), 5: rows(2, 3)})
    found = VectorStore(store.folder).snapshot().closest(towards(1))
    assert found.orders.tolist() == [3, 5, 7]
    assert found.scores.tolist() == pytest.approx([1.0, 0.0, 0.6 + 0.3 / 2], abs=0.01)
    assert found.best == pytest.approx(1.0, abs=0.01)
    assert found.mean == pytest.approx((1.6 + 0.3 / 2) / 3, abs=0.01)


def test_new_rows_take_the_place_of_the_old_ones(store):
    write(store, {1: rows(0, 1, 2), 2: rows(5)})
    write(store, {1: rows(3)})
    assert held(store) == {1: {4}, 2: {6}}
    found = store.snapshot().closest(towards(0))
    assert found.scores.tolist() == pytest.approx([0.0, 0.0], abs=0.01)


def test_what_is_removed_is_not_found_and_may_come_back(store):
    write(store, {1: rows(0), 2: rows(1)})
    write(store, {}, removed=(1, 99))
    assert held(store) == {2: {2}}
    write(store, {1: rows(4)})
    assert held(store) == {1: {5}, 2: {2}}


def test_an_object_without_rows_is_removed(store, monkeypatch):
    monkeypatch.setattr(stores, "SMALL_ROWS", 1)
    write(store, {1: rows(0), 2: rows(1)})
    write(store, {1: rows(2)})
    write(store, {1: ObjectRows(np.empty(0, np.uint64), np.empty((0, WIDTH), np.int8))})
    assert held(store) == {2: {2}}


def test_any_order_of_writes_equals_a_dictionary(store, monkeypatch):
    monkeypatch.setattr(stores, "SMALL_ROWS", 12)
    rng = np.random.default_rng(3)
    expected: dict[int, ObjectRows] = {}
    most = 0
    for _ in range(120):
        changes = {int(pk): random_rows(rng, int(rng.integers(1, 5))) for pk in rng.integers(0, 40, rng.integers(0, 6))}
        removed = tuple(set(rng.integers(0, 40, 2).tolist()) - changes.keys())
        write(store, changes, removed)
        expected = {pk: entry for pk, entry in (expected | changes).items() if pk not in removed}
        most = max(most, len(store.snapshot().segments))
        assert held(store) == {pk: frozenset(entry.digests.tolist()) for pk, entry in expected.items()}
    assert most > 2, "several segments are what this is about"
    fresh = VectorStore(store.folder).snapshot()
    for pk, entry in expected.items():
        assert np.array_equal(fresh.rows_of(pk).rows, entry.rows)
    assert files(store) == {segment.name for segment in fresh.segments}


def test_withdrawn_rows_are_wiped_from_segments_that_stay(store, monkeypatch):
    monkeypatch.setattr(stores, "SMALL_ROWS", 1)
    write(store, {1: rows(0, 1), 2: rows(2, 3), 3: rows(4, 5)})
    segment = store.snapshot().segments[0].name
    write(store, {}, removed=(2,))
    assert files(store) == {segment}
    on_disk = np.load(store.folder / f"{segment}.rows.npy")
    assert not on_disk[2:4].any()
    assert on_disk[:2].any(axis=1).all()
    assert not np.load(store.folder / f"{segment}.bits.npy")[:, 2:4].any()


def test_a_wipe_that_was_cut_short_is_finished_by_the_next_writer(store, monkeypatch):
    monkeypatch.setattr(stores, "SMALL_ROWS", 1)
    write(store, {1: rows(0, 1), 2: rows(2), 3: rows(3)})
    segment = store.snapshot().segments[0].name
    monkeypatch.setattr(VectorStore, "_wipe", lambda *_: None)
    write(store, {}, removed=(2,))
    monkeypatch.undo()
    monkeypatch.setattr(stores, "SMALL_ROWS", 1)
    assert np.load(store.folder / f"{segment}.rows.npy")[2].any()
    write(store, {}, removed=(9,))
    assert not np.load(store.folder / f"{segment}.rows.npy")[2].any()


def test_a_reader_keeps_what_it_opened_while_segments_go(store):
    write(store, {1: rows(0)})
    reader = VectorStore(store.folder)
    old = reader.snapshot()
    write(store, {2: rows(1)})
    assert old.closest(towards(0)).orders.tolist() == [1]
    assert reader.snapshot().closest(towards(0)).orders.tolist() == [1, 2]


def test_unchanged_vectors_are_not_read_again(store):
    write(store, {1: rows(0)})
    assert store.snapshot() is store.snapshot()


def test_starting_for_another_model_empties_the_store(store):
    write(store, {1: rows(0)})
    with store.turn():
        store.start("other")
    assert store.snapshot().model == "other"
    assert store.snapshot().count == 0
    assert files(store) == set()


def test_no_folder_reads_as_empty(tmp_path):
    snapshot = VectorStore(tmp_path / "nowhere").snapshot()
    assert (snapshot.model, snapshot.count, snapshot.closest(towards(0)), snapshot.closest_to(1)) == ("", 0, None, None)


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "null",
        '{"format": 1}',
        '{"format": 99, "model": "model", "segments": [], "removed": []}',
        '{"format": 1, "model": "model", "segments": ["../../etc/passwd"], "removed": []}',
        '{"format": 1, "model": "model", "segments": [3], "removed": []}',
        '{"format": 1, "model": "model", "segments": ["gone"], "removed": []}',
        "\x00\xff",
    ],
)
def test_a_damaged_or_foreign_manifest_reads_as_empty(store, manifest):
    write(store, {1: rows(0)})
    (store.folder / MANIFEST).write_text(manifest, encoding="latin-1")
    for reader in (store, VectorStore(store.folder)):
        assert reader.snapshot().model == ""
        assert reader.snapshot().count == 0


@pytest.mark.parametrize("kind", ["owners", "digests", "rows", "bits", "mean"])
@pytest.mark.parametrize("how", ["gone", "empty", "short", "text", "shape", "kind"])
def test_a_damaged_segment_reads_as_empty(store, kind, how):
    write(store, {1: rows(0, 1), 2: rows(2)})
    file = next(store.folder.glob(f"*.{kind}.npy"))
    whole = file.read_bytes()
    array = np.load(file)
    if how == "gone":
        file.unlink()
    elif how == "shape":
        np.save(file, np.zeros((*array.shape, 2), array.dtype))
    elif how == "kind":
        np.save(file, array.astype(np.float64))
    else:
        file.write_bytes({"empty": b"", "short": whole[:-1], "text": b"something else"}[how])
    assert VectorStore(store.folder).snapshot().count == 0


@pytest.mark.parametrize("kind", ["owners", "rows"])
def test_one_wrong_byte_in_the_head_of_a_segment_never_fails(store, kind):
    write(store, {1: rows(0, 1), 2: rows(2)})
    file = next(store.folder.glob(f"*.{kind}.npy"))
    whole = file.read_bytes()
    for place in range(128):
        for wrong in b"\x00'(\n9*":
            file.write_bytes(whole[:place] + bytes([wrong]) + whole[place + 1 :])
            assert VectorStore(store.folder).snapshot().count <= 2


def test_a_damaged_store_can_be_started_anew(store):
    write(store, {1: rows(0)})
    (store.folder / MANIFEST).write_text("nonsense")
    with store.turn():
        store.start("model")
    write(store, {2: rows(1)})
    assert held(store) == {2: {2}}


def test_a_full_disk_leaves_the_store_as_it_was(store, monkeypatch):
    write(store, {1: rows(0)})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stores.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(store, {2: rows(1)})
    monkeypatch.undo()
    assert held(store) == {1: {1}}
    write(store, {2: rows(1)})
    assert held(store) == {1: {1}, 2: {2}}
    assert files(store) == {segment.name for segment in store.snapshot().segments}


def test_rows_of_another_width_are_refused(store):
    write(store, {1: rows(0)})
    with pytest.raises(ValueError, match="widths"):
        write(store, {2: ObjectRows(np.array([9], np.uint64), np.zeros((1, 8), np.int8))})
    assert held(store) == {1: {1}}


def test_a_question_of_another_width_finds_nothing(store):
    write(store, {1: rows(0)})
    assert store.snapshot().closest(np.ones(8, np.float32)) is None


def test_only_one_writes_at_a_time(store):
    with store.turn(), pytest.raises(StoreBusy), VectorStore(store.folder).turn(patience=0.02):
        pytest.fail("the second one must not get in")


def test_objects_close_to_a_stored_one_leave_it_out(store):
    write(store, {1: rows(0, 1), 2: rows(0), 3: rows(9)})
    found = store.snapshot().closest_to(1)
    assert found.orders.tolist() == [2, 3]
    assert found.scores[0] == found.best == pytest.approx(0.707, abs=0.02)
    assert store.snapshot().closest_to(4) is None


def test_the_first_pass_keeps_the_closest_objects_and_their_exact_scores(store, monkeypatch):
    rng = np.random.default_rng(5)
    centres = rng.standard_normal((50, WIDTH)).astype(np.float32)

    def of_centre(number: int) -> ObjectRows:
        vectors = unit(centres[number % 50] + rng.standard_normal((3, WIDTH)).astype(np.float32) + 1.0)
        return ObjectRows(np.arange(number * 3 + 1, number * 3 + 4, dtype=np.uint64), quantised(vectors))

    for start in (0, 1500):
        write(store, {number: of_centre(number) for number in range(start, start + 1500)})
    snapshot = store.snapshot()
    assert len(snapshot.segments) == 2
    asked = unit(centres[7] + 1.0)
    monkeypatch.setattr(snapshots, "EXACT_ROWS", 10**9)
    exact = snapshot.closest(asked)
    monkeypatch.setattr(snapshots, "EXACT_ROWS", 1024)
    monkeypatch.setattr(snapshots, "MOST_OBJECTS", 200)
    quick = snapshot.closest(asked)
    assert 200 <= len(quick.orders) < 400
    assert (np.diff(quick.orders) > 0).all()
    places = np.searchsorted(exact.orders, quick.orders)
    assert quick.scores == pytest.approx(exact.scores[places], abs=1e-5)
    best = set(exact.orders[np.argsort(-exact.scores)[:20]].tolist())
    assert len(best & set(quick.orders.tolist())) >= 19
    spread = float(exact.scores.std())
    assert quick.mean == pytest.approx(exact.mean, abs=spread / 4)


def test_removed_objects_are_forgotten_once_their_rows_are_gone(store):
    write(store, {1: rows(0), 2: rows(1)})
    write(store, {}, removed=(1,))
    write(store, {3: rows(2)})
    assert json.loads((store.folder / MANIFEST).read_text())["removed"] == []
