"""Vectors beside the index: a cache that can be thrown away, written by one at a time, mapped by every reader.

FOLDER/manifest.json   names the model, the live segments and the objects that were removed; replacing it is the switch
FOLDER/NAME.KIND.npy   the segments, see `snapshot`; a later one takes the place of all that earlier ones hold of an object
FOLDER/writer.lock     held by whoever writes
"""

import fcntl
import json
import os
import threading
import time
import tokenize
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .snapshot import SCALE, ObjectRows, Segment, Snapshot, sign_bits

FORMAT = 1
MANIFEST = "manifest.json"
# Smaller segments become one with every write, so that few have to be read.
SMALL_ROWS = 4096
# So many segments of about one size are merged to one of the next size.
_MERGED = 8
# With fewer rows a mean of their own says little; the largest segment's is taken then.
_ROWS_FOR_MEAN = 1024
_KINDS = {"owners": np.int64, "digests": np.uint64, "rows": np.int8, "bits": np.uint64, "mean": np.float32}
_MAPPED = ("rows", "bits", "digests")
# numpy reads the head of a file as Python source: one wrong byte of it fails as source does, or as a number too large.
_HEAD_DAMAGED = (SyntaxError, tokenize.TokenError, OverflowError)
_DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, *_HEAD_DAMAGED)


class StoreBusy(OSError):
    """Another process is writing, and did not finish in time. Nothing was written."""


class VectorStore:
    """The vectors of one site. A missing, foreign or damaged folder reads as empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._refreshing = threading.Lock()
        self._seen: tuple[tuple[int, int] | None, Snapshot] = (None, Snapshot())
        self._removed: frozenset[int] = frozenset()

    def snapshot(self) -> Snapshot:
        """The latest state; one system call when nothing has changed."""
        stamp = self._stamp()
        seen = self._seen
        if seen[0] == stamp:
            return seen[1]
        with self._refreshing:
            # A writer may remove a segment between our reading of the manifest and of the segment: then look again.
            for _ in range(5):
                if self._seen[0] == (stamp := self._stamp()):
                    break
                snapshot, removed, is_whole = self._read(self._seen[1])
                if is_whole or stamp == self._stamp():
                    self._seen, self._removed = (stamp, snapshot), removed
                    break
            return self._seen[1]

    @contextmanager
    def turn(self, *, patience: float = 10.0) -> Iterator[None]:
        """Only one process and thread at a time is inside; the system lets the next in when one dies.

        `patience`: seconds to wait. Raises `StoreBusy` after that, and OSError when the folder cannot be written.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.folder / "writer.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            until = time.monotonic() + patience
            while not _locked(handle):
                if time.monotonic() >= until:
                    raise StoreBusy("the vectors are being written by another process")
                time.sleep(0.005)
            yield
        finally:
            os.close(handle)

    def start(self, model: str) -> None:
        """Empties the store and gives it to a model. The caller is inside `turn`. Raises OSError; then it is as it was."""
        self._switch(model, (), frozenset())

    def write(self, changes: Mapping[int, ObjectRows], *, removed: Iterable[int] = ()) -> None:
        """Sets all rows of the objects in `changes` and drops those of `removed`, in one step.

        The caller is inside `turn`. Raises OSError, when the disk is full for instance; the store is then as it was.
        Raises ValueError for rows of another width than those that are there.
        """
        before = self.snapshot()
        widths = {entry.rows.shape[1] for entry in changes.values()} | ({before.dimensions} - {0})
        if len(widths) > 1:
            raise ValueError(f"rows of different widths: {sorted(widths)}")
        parts = {order: _part(order, entry) for order, entry in changes.items() if len(entry.rows)}
        gone = (self._removed | frozenset(removed) | changes.keys()) - parts.keys()
        dropped = np.fromiter(gone | parts.keys(), np.int64)
        moved = list(parts.values())
        merging = _to_merge(before)
        kept: list[Segment] = []
        for number, (segment, alive) in enumerate(zip(before.segments, before.alive, strict=True)):
            lives = alive & ~np.isin(segment.objects, dropped)
            if number in merging:
                rows = np.repeat(lives, segment.counts)
                moved.append((segment.owners[rows], segment.digests[rows], segment.rows[rows]))
            elif lives.any():
                kept.append(segment)
        if any(len(owners) for owners, _, _ in moved):
            kept.append(self._save(moved, kept))
        self._switch(before.model, kept, gone)

    def _stamp(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self.folder / MANIFEST)
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def _read(self, before: Snapshot) -> tuple[Snapshot, frozenset[int], bool]:
        """What the manifest names, what was removed, and whether all of it could be read."""
        try:
            manifest = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            if manifest["format"] != FORMAT:
                raise ValueError("another format")
            known = {segment.name: segment for segment in before.segments}
            segments = [known.get(name) or self._load(name) for name in manifest["segments"]]
            removed = frozenset(map(int, manifest["removed"]))
            if len({segment.rows.shape[1] for segment in segments}) > 1:
                raise ValueError("rows of different widths")
            return Snapshot(str(manifest["model"]), tuple(segments), _alive(segments, removed)), removed, True
        except _DAMAGED:
            return Snapshot(), frozenset(), False

    def _load(self, name: str) -> Segment:
        if not str(name).isalnum():
            raise ValueError("not a name of ours")
        arrays: dict[str, Any] = {
            kind: np.asarray(np.load(self._path(name, kind), mmap_mode="r" if kind in _MAPPED else None))
            for kind in _KINDS
        }
        segment = Segment(name=name, **arrays)
        rows, width = segment.rows.shape
        shapes = {"owners": (rows,), "digests": (rows,), "bits": (-(-width // 64), rows), "mean": (width,)}
        if any(array.dtype != _KINDS[kind] for kind, array in arrays.items()):
            raise ValueError("arrays of other kinds")
        if not rows or any(arrays[kind].shape != shape for kind, shape in shapes.items()):
            raise ValueError("arrays of other shapes")
        if (np.diff(segment.owners) < 0).any():
            raise ValueError("owners out of order")
        return segment

    def _save(
        self, parts: Sequence[tuple[npt.NDArray, npt.NDArray, npt.NDArray]], others: Sequence[Segment]
    ) -> Segment:
        owners, digests, rows = (np.concatenate(column) for column in zip(*parts, strict=True))
        ascending = np.argsort(owners, kind="stable")
        owners, digests, rows = owners[ascending], digests[ascending], rows[ascending]
        largest = max(others, key=lambda segment: len(segment.owners), default=None)
        if largest is not None and len(owners) < _ROWS_FOR_MEAN:
            mean = np.array(largest.mean)
        else:
            mean = (rows.mean(axis=0, dtype=np.float64) / SCALE).astype(np.float32)
        name = uuid.uuid4().hex
        arrays = {"owners": owners, "digests": digests, "rows": rows, "bits": _bits(rows, mean), "mean": mean}
        for kind, array in arrays.items():
            with self._path(name, kind).open("wb") as file:
                np.save(file, array)
                file.flush()
                os.fsync(file.fileno())
        return self._load(name)

    def _switch(self, model: str, segments: Sequence[Segment], removed: frozenset[int]) -> None:
        """Makes these segments the live ones, in one step, and clears away what is not needed any more."""
        held = [segment.objects for segment in segments]
        still = np.intersect1d(np.fromiter(removed, np.int64), np.concatenate(held)) if held else np.empty(0, np.int64)
        names = [segment.name for segment in segments]
        manifest = {"format": FORMAT, "model": model, "segments": names, "removed": still.tolist()}
        beside = self.folder / f"{MANIFEST}.{os.getpid()}"
        try:
            with beside.open("w", encoding="utf-8") as file:
                json.dump(manifest, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.folder / MANIFEST)
        finally:
            beside.unlink(missing_ok=True)
        _sync_folder(self.folder)
        for file in self.folder.iterdir():
            if file.suffix == ".npy" and file.name.split(".")[0] not in names:
                # Readers that still map it keep their pages until they let go.
                file.unlink(missing_ok=True)
        for segment, alive in zip(segments, _alive(segments, frozenset(still.tolist())), strict=True):
            self._wipe(segment, alive)

    def _wipe(self, segment: Segment, alive: npt.NDArray[np.bool_]) -> None:
        """Overwrites what is dead in a segment: a withdrawn text must not be guessed from its vectors."""
        dead = np.flatnonzero(np.repeat(~alive, segment.counts))
        dead = dead[segment.digests[dead] != 0]
        if not len(dead):
            return
        # The digests last: they tell the next writer that a wipe was not finished.
        for kind in ("rows", "bits", "digests"):
            array = np.load(self._path(segment.name, kind), mmap_mode="r+")
            array[(..., dead) if kind == "bits" else dead] = 0
            array.flush()

    def _path(self, name: str, kind: str) -> Path:
        return self.folder / f"{name}.{kind}.npy"


def quantised(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.int8]:
    """Vectors of length one as rows of the store."""
    return np.rint(vectors * SCALE).clip(-127, 127).astype(np.int8)


def _part(order: int, entry: ObjectRows) -> tuple[npt.NDArray, npt.NDArray, npt.NDArray]:
    return np.full(len(entry.rows), order, np.int64), entry.digests.astype(np.uint64), entry.rows.astype(np.int8)


def _bits(rows: npt.NDArray[np.int8], mean: npt.NDArray[np.float32]) -> npt.NDArray[np.uint64]:
    """Sign bits of the rows less the mean, a piece at a time: a large segment would take four times its size."""
    pieces = [sign_bits(rows[at : at + 65536] / SCALE - mean) for at in range(0, len(rows), 65536)]
    return np.concatenate(pieces, axis=1)


def _alive(segments: Sequence[Segment], removed: frozenset[int]) -> tuple[npt.NDArray[np.bool_], ...]:
    masks: list[npt.NDArray[np.bool_]] = []
    later = np.fromiter(removed, np.int64)
    for segment in reversed(segments):
        masks.append(~np.isin(segment.objects, later))
        later = np.union1d(later, segment.objects)
    return tuple(masks[::-1])


def _to_merge(before: Snapshot) -> set[int]:
    """The numbers of the segments that the next write makes one of: small, half dead, or one of many of a size."""
    sizes = [len(segment.owners) for segment in before.segments]
    living = [segment.counts[alive].sum() for segment, alive in zip(before.segments, before.alive, strict=True)]
    merging = {number for number, size in enumerate(sizes) if size <= SMALL_ROWS or 2 * living[number] < size}
    classes = {number: (size // SMALL_ROWS).bit_length() // 3 for number, size in enumerate(sizes)}
    counted = Counter(size for number, size in classes.items() if number not in merging)
    return merging | {number for number, size in classes.items() if counted[size] >= _MERGED}


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
