"""What a search sees: the segments of one commit with what is deleted from them. Never changes, so threads share it."""

import pickle
import struct
import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.index import IndexError as WhooshIndexError

from caselib.search.dictionary import NO_WORDS, Dictionary
from caselib.search.engine.port import SCORED_FIELDS, IndexUnavailable

from .segment import KEY_FIELD, SegmentData
from .store import DAMAGED, IndexStore

INDEX_NAME = "MAIN"
# What reading damaged or foreign files of Whoosh raises (pickles, structs, text, and its own complaints).
_BROKEN = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    AttributeError,
    TypeError,
    ImportError,
    AssertionError,
    pickle.UnpicklingError,
    struct.error,
    WhooshIndexError,
)
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Leaf:
    """A segment with what is deleted from it. `alive` and `dead` (document numbers ascending) are None where nothing is."""

    data: SegmentData
    alive: np.ndarray | None
    live_count: int
    dead: np.ndarray | None = None

    def living(self, place: int, count: int) -> int:
        """How many of a term's postings are of documents that are not deleted."""
        if self.dead is None or not count:
            return count
        ids = self.data.postings(place, count)[0]
        at = np.minimum(np.searchsorted(ids, self.dead), count - 1)
        return count - int(np.count_nonzero(ids[at] == self.dead))

    def live_length(self, field: str) -> int:
        """Tokens of a scored field in all documents that are not deleted."""
        total = self.data.total_lengths.get(field, 0)
        return total if self.dead is None else total - int(self.data.lengths[field][self.dead].sum(dtype=np.int64))

    def doc_count(self) -> int:
        return self.live_count

    def doc_count_all(self) -> int:
        return self.data.count


def stepped_averages(totals: Mapping[str, int], *, count: int) -> dict[str, float]:
    """Average lengths by scored field, to steps of about 1 %, from all tokens of so many documents."""
    exact = {name: max(1.0, total / max(1, count)) for name, total in totals.items()}
    return {name: float(2.0 ** (round(np.log2(average) * 64) / 64)) for name, average in exact.items()}


class Snapshot:
    """`leaves` in the order of the table of contents; `fingerprint`, `dictionary`: what the index was analysed with."""

    def __init__(
        self, folder: Path, leaves: tuple[Leaf, ...], *, fingerprint: str, dictionary: Dictionary = NO_WORDS
    ) -> None:
        self.folder = folder
        self.leaves = leaves
        self.fingerprint = fingerprint
        self.dictionary = dictionary

    @cached_property
    def count(self) -> int:
        return sum(leaf.live_count for leaf in self.leaves)

    @cached_property
    def average_lengths(self) -> dict[str, float]:
        """Average number of tokens by scored field, to steps of about 1 %.

        The steps keep what was computed from it valid over many small commits.
        """
        totals = {name: sum(leaf.live_length(name) for leaf in self.leaves) for name in SCORED_FIELDS}
        return stepped_averages(totals, count=self.count)

    def locate(self, key: str) -> tuple[SegmentData, int] | None:
        """Where a document lies, if it is there and not deleted."""
        for leaf in reversed(self.leaves):
            for number in leaf.data.documents_of(KEY_FIELD, key).tolist():
                if leaf.alive is None or leaf.alive[number]:
                    return leaf.data, number
        return None


# Segments that some snapshot still uses, by their folder and identifier.
_open_segments: "weakref.WeakValueDictionary[tuple[str, str], SegmentData]" = weakref.WeakValueDictionary()
_opening = threading.Lock()


def _segment(folder: Path, segment_id: str) -> SegmentData:
    key = (str(folder), segment_id)
    with _opening:
        data = _open_segments.get(key)
        if data is None:
            data = _open_segments[key] = SegmentData(folder, segment_id)
        return data


def _leaf(folder: Path, segment) -> Leaf:
    data = _segment(folder, segment.segment_id())
    deleted = list(segment.deleted_docs())
    if not deleted:
        return Leaf(data, None, data.count)
    alive = np.ones(data.count, bool)
    alive[deleted] = False
    dead = np.array(sorted(deleted), np.uint32)
    return Leaf(data, alive, data.count - len(dead), dead)


_dictionaries: "weakref.WeakValueDictionary[str, Dictionary]" = weakref.WeakValueDictionary()


def _dictionary(store: IndexStore, folder: Path) -> Dictionary:
    """The words of a generation. They never change, so all commits on it share what was read once."""
    known = _dictionaries.get(str(folder))
    if known is None:
        known = _dictionaries[str(folder)] = store.dictionary(folder)
    return known


def open_snapshot(store: IndexStore) -> Snapshot:
    """The latest commit. Raises `IndexUnavailable` for whatever is wrong with the files."""
    for attempt in range(_TRIES):
        folder = store.live()
        about = store.about(folder)
        try:
            contents = TOC.read(FileStorage(str(folder)), INDEX_NAME)
            leaves = tuple(_leaf(folder, segment) for segment in contents.segments)
        except FileNotFoundError as error:
            # A writer removed the old table of contents or segment between listing and opening: look again.
            if attempt == _TRIES - 1:
                raise IndexUnavailable(DAMAGED) from error
        except _BROKEN as error:
            raise IndexUnavailable(DAMAGED) from error
        else:
            fingerprint = str(about.get("fingerprint", ""))
            return Snapshot(folder, leaves, fingerprint=fingerprint, dictionary=_dictionary(store, folder))
    raise IndexUnavailable(DAMAGED)
