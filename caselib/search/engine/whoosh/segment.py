"""One segment of the index as arrays. A segment's files never change, so it is shared by threads and kept over commits;
what is deleted from it is no part of it (see snapshot)."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from caselib.search.engine.port import SCORED_FIELDS

from .arrays import map_file, open_arrays
from .codec import IDS, WEIGHTS

ARRAYS_EXT = ".arr"
KEY_FIELD = "id"
FACET_PREFIX = "facet_"


@lru_cache(maxsize=4096)  # a question asks for the same terms several times
def term_hash(field: str, text: str) -> int:
    """A term as a 64-bit number: what the dictionary of a segment is sorted by."""
    digest = hashlib.blake2b(f"{field}\0{text}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


class ByteCache:
    """What was decoded and may be needed again, the least recently used dropped first. Safe for threads.

    `limit`: bytes of all arrays together.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._entries: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> np.ndarray | None:
        with self._lock:
            array = self._entries.get(key)
            if array is not None:
                self._entries.move_to_end(key)
            return array

    def put(self, key: Hashable, array: np.ndarray) -> np.ndarray:
        with self._lock:
            if key not in self._entries:
                self._entries[key] = array
                self._size += array.nbytes
            while self._size > self._limit and len(self._entries) > 1:
                _, dropped = self._entries.popitem(last=False)
                self._size -= dropped.nbytes
        return array


# 40 MB hold the 1,000 commonest terms of a library of 100,000 precedents.
CACHE = ByteCache(40 * 1024 * 1024)
# Preferences of a viewer's place come with every question, those of its facts with few: what comes again stays.
PREFERENCES = ByteCache(8 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one facet field in a segment.

    `docs` is None where no document has two values: then `ords[doc]` is its value's number, or `len(values)` for none.
    Otherwise the i-th pair says that document `docs[i]` has value number `ords[i]`.
    """

    values: tuple[str, ...]
    ords: np.ndarray
    docs: np.ndarray | None

    def counts(self, mask: np.ndarray) -> np.ndarray:
        """How many documents of the mask have each value."""
        chosen = self.ords[mask] if self.docs is None else self.ords[mask[self.docs]]
        return np.bincount(chosen, minlength=len(self.values))[: len(self.values)]

    def mask(self, wanted: Iterable[str], *, size: int) -> np.ndarray:
        """Which documents have one of the values."""
        chosen = np.zeros(len(self.values) + 1, bool)
        chosen[[number for number, value in enumerate(self.values) if value in wanted]] = True
        if self.docs is None:
            return chosen[self.ords]
        mask = np.zeros(size, bool)
        mask[self.docs[chosen[self.ords]]] = True
        return mask

    def weights(self, wanted: Mapping[str, float], *, size: int) -> np.ndarray:
        """The sum of the numbers of each document's values; 0 for values that have none."""
        numbers = np.array([*(wanted.get(value, 0.0) for value in self.values), 0.0], np.float32)
        if self.docs is None:
            return numbers[self.ords]
        found = numbers[self.ords]
        counted = np.flatnonzero(found)
        return np.bincount(self.docs[counted], found[counted], size).astype(np.float32)

    def values_of(self, documents: Sequence[int]) -> list[tuple[str, ...]]:
        """The values of each of some documents."""
        if self.docs is None:
            numbers = self.ords[np.asarray(documents)].tolist()
            return [(self.values[number],) if number < len(self.values) else () for number in numbers]
        # In the type of the column: numpy would otherwise turn the whole column into another one first.
        wanted = np.array(documents, self.docs.dtype)
        firsts, lasts = self.docs.searchsorted(wanted), self.docs.searchsorted(wanted, side="right")
        return [
            tuple([self.values[number] for number in self.ords[first:last].tolist()])
            for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
        ]


class SegmentData:
    """The arrays of a segment, mapped from its files. Raises `OSError` or `ValueError` for files that are damaged."""

    def __init__(self, folder: Path, segment_id: str) -> None:
        self.segment_id = segment_id
        meta, arrays = open_arrays(folder / f"{segment_id}{ARRAYS_EXT}")
        self._postings = map_file(folder / f"{segment_id}.pst")
        if len(self._postings) != meta["postings_size"]:
            raise ValueError(f"{segment_id}.pst is cut off")
        self.count: int = meta["count"]
        self.total_lengths: dict[str, int] = meta["total_lengths"]
        self.numbers = {name: arrays[f"number.{name}"] for name in meta["numbers"]}
        self.lengths = {field: arrays[f"length.{field}"] for field in SCORED_FIELDS}
        self.order, self.digest = arrays["order"], arrays["digest"]
        self._keys, self._key_at = arrays["keys"], arrays["key_at"]
        self._hashes, self._places, self._counts = arrays["term_hash"], arrays["term_at"], arrays["term_count"]
        self.facets = {
            name: Facet(tuple(values), arrays[f"facet.{name}.ords"], arrays.get(f"facet.{name}.docs"))
            for name, values in meta["facets"].items()
        }

    def find(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(where the postings start, how many there are) for each term; 0 postings for terms the segment lacks."""
        if not len(self._hashes):
            return np.zeros(len(hashes), np.uint64), np.zeros(len(hashes), np.uint32)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        known = self._hashes[at] == hashes
        return self._places[at], np.where(known, self._counts[at], 0)

    def postings(self, place: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """(document numbers ascending, weights), straight from the file."""
        ids = np.frombuffer(self._postings, IDS, count, place)
        return ids, np.frombuffer(self._postings, WEIGHTS, count, place + ids.nbytes)

    def postings_of(self, places: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The postings of many terms, those of each behind those of the one before: (document numbers, weights)."""
        cells = np.frombuffer(self._postings, IDS, len(self._postings) // IDS.itemsize)
        # Of each posting: where the list of its term begins, less the postings of all terms before.
        ends = np.cumsum(counts, dtype=np.int64)
        begins = places.astype(np.int64) // IDS.itemsize - (ends - counts)
        at = np.repeat(begins, counts) + np.arange(ends[-1] if len(ends) else 0)
        return cells[at], cells[at + np.repeat(counts, counts)].view(WEIGHTS)

    def documents_of(self, field: str, text: str) -> np.ndarray:
        """The document numbers of one term."""
        places, counts = self.find(np.array([term_hash(field, text)], np.uint64))
        return self.postings(int(places[0]), int(counts[0]))[0] if counts[0] else np.empty(0, IDS)

    @cached_property
    def _by_order(self) -> np.ndarray:
        return np.argsort(self.order, kind="stable")

    def spread(self, orders: np.ndarray, values: np.ndarray) -> np.ndarray:
        """One number a document: the value that stands for its order (`orders` ascending), 0 where there is none."""
        spread = np.zeros(self.count, np.float32)
        if len(orders):
            sorted_orders = self.order[self._by_order]
            at = np.searchsorted(sorted_orders, orders)
            inside = at < self.count
            at, orders, values = at[inside], orders[inside], values[inside]
            # A document that was written again stands twice, the deleted one first.
            while len(at):
                here = sorted_orders[at] == orders
                spread[self._by_order[at[here]]] = values[here]
                at, orders, values = at[here] + 1, orders[here], values[here]
                inside = at < self.count
                at, orders, values = at[inside], orders[inside], values[inside]
        return spread

    def keys(self, documents: Sequence[int] | np.ndarray) -> list[str]:
        """The keys of some documents, in the order asked."""
        return [self._keys[self._key_at[number] : self._key_at[number + 1]].tobytes().decode() for number in documents]

    def filter_mask(self, name: str, wanted: frozenset[str]) -> np.ndarray:
        """Which documents have one of the values in a facet field. Kept, for the same filters come again and again."""
        key = (self.segment_id, name, wanted)
        mask = CACHE.get(key)
        if mask is None:
            facet = self.facets.get(name)
            mask = np.zeros(self.count, bool) if facet is None else facet.mask(wanted, size=self.count)
            CACHE.put(key, mask)
        return mask

    def preference(self, name: str, wanted: Mapping[str, float]) -> np.ndarray | None:
        """What each document gets for its values in a facet field; None where there is no such field."""
        facet = self.facets.get(name)
        if facet is None:
            return None
        key = (self.segment_id, name, frozenset(wanted.items()))
        weights = PREFERENCES.get(key)
        return PREFERENCES.put(key, facet.weights(wanted, size=self.count)) if weights is None else weights
