"""What a reader sees of the vectors: segments that never change, and which of their objects still count.

An object's rows lie together in one segment. Rows are int8, a 127th of the vector. A large store is looked through in
two steps: a first pass counts the sign bits in which rows differ from the question, both less the segment's mean, and
only the objects of the closest rows are compared exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .port import Vectors, unit

# All rows of a smaller store are compared exactly, so many of a larger one after the first pass.
EXACT_ROWS = 4096
# So many objects of a large store get a score, the closest ones.
MOST_OBJECTS = 1000
# A mean over so many objects is within some hundredths of the spread of all.
_SAMPLE = 256
_PIECE = 32768
SCALE = np.float32(127.0)
# An object's score: shares of its best row, of the mean of all, and of its first, the problem. The share of the problem
# keeps near-duplicates apart; more for the best row finds what is told in a roundabout way. See docs/search.md.
BEST, MEAN, FIRST = np.float32(0.6), np.float32(0.3), np.float32(0.1)


@dataclass(frozen=True, slots=True)
class Closeness:
    """How close objects are to a question, by meaning.

    `orders`: keys of the objects, ascending, int64. `scores`: for each of them shares (BEST, MEAN, FIRST) of the cosines of
    its passages, float32; comparable within one answer, not between models. `mean`: of the scores of all objects
    (estimated from some where the store is large). `best`: the highest score. `is_whole`: whether all objects have a score,
    not only the closest.

    Knows nothing of who may read what: callers must filter by audience before anything of it shows.
    """

    orders: npt.NDArray[np.int64]
    scores: Vectors
    mean: float
    best: float
    is_whole: bool = True

    def without(self, order: int) -> "Closeness":
        """The same without one object."""
        kept = self.orders != order
        scores = self.scores[kept]
        return Closeness(self.orders[kept], scores, self.mean, float(scores.max(initial=-1.0)), self.is_whole)


@dataclass(frozen=True, slots=True)
class ObjectRows:
    """The rows of one object: `digests` of their texts, uint64; `rows`, int8, shape (texts, dimensions)."""

    digests: npt.NDArray[np.uint64]
    rows: npt.NDArray[np.int8]


@dataclass(frozen=True)
class Segment:
    """`owners` ascending, one a row; `bits`: shape (words, rows), one contiguous column of 64 signs after another."""

    name: str
    owners: npt.NDArray[np.int64]
    digests: npt.NDArray[np.uint64]
    rows: npt.NDArray[np.int8]
    bits: npt.NDArray[np.uint64]
    mean: Vectors

    @cached_property
    def _layout(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        return np.unique(self.owners, return_index=True, return_counts=True)

    @property
    def objects(self) -> npt.NDArray[np.int64]:
        return self._layout[0]

    @property
    def starts(self) -> npt.NDArray[np.intp]:
        return self._layout[1]

    @property
    def counts(self) -> npt.NDArray[np.intp]:
        return self._layout[2]

    def scores(self, places: npt.NDArray[np.intp], asked: Vectors) -> Vectors:
        """Of the objects at these places: shares of best, mean and first cosine. `asked`: the question over SCALE."""
        if not len(places):
            return np.empty(0, np.float32)
        sizes = self.counts[places]
        begins = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        rows = np.repeat(self.starts[places] - begins, sizes) + np.arange(sizes.sum())
        cosines = self.cosines(rows, asked)
        mean = np.add.reduceat(cosines, begins) / sizes.astype(np.float32)
        return BEST * np.maximum.reduceat(cosines, begins) + MEAN * mean + FIRST * cosines[begins]

    def cosines(self, rows: npt.NDArray[np.intp], asked: Vectors) -> Vectors:
        """Of single rows. Not by a matrix product: its threads wait for each other where several processes share few cores."""
        return np.vecdot(self.rows[rows].astype(np.float32), asked)

    def distances(self, query: Vectors, alive: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint16]:
        """Of every row: in how many signs it differs from the question; the largest number for objects that are dead."""
        asked = sign_bits((query - self.mean)[None, :])[:, 0]
        found = np.zeros(len(self.owners), np.uint16)
        # A piece of all columns at a time: what lies between stays in the processor's cache.
        for start in range(0, len(found), _PIECE):
            piece = slice(start, start + _PIECE)
            for word, column in zip(asked, self.bits[:, piece], strict=True):
                found[piece] += np.bitwise_count(column ^ word)
        if not alive.all():
            found[np.repeat(~alive, self.counts)] = np.iinfo(np.uint16).max
        return found


@dataclass(frozen=True)
class Snapshot:
    """The vectors at one moment. `model` is empty where there is no store that can be read.

    `alive`: for each segment, which of its objects count: those that no later segment holds and that were not removed.
    """

    model: str = ""
    segments: tuple[Segment, ...] = ()
    alive: tuple[npt.NDArray[np.bool_], ...] = ()

    @cached_property
    def count(self) -> int:
        """How many objects have vectors."""
        return int(sum(alive.sum() for alive in self.alive))

    @cached_property
    def row_count(self) -> int:
        return int(sum(segment.counts[alive].sum() for segment, alive in self._parts()))

    @property
    def dimensions(self) -> int:
        return self.segments[0].rows.shape[1] if self.segments else 0

    def closest(self, query: Vectors) -> Closeness | None:
        """All objects, or the MOST_OBJECTS closest of a large store. None without vectors of the question's kind.

        `query`: length one. Some milliseconds for 100,000 objects.
        """
        if not self.count or query.shape != (self.dimensions,):
            return None
        asked = (query / SCALE).astype(np.float32)
        places = [np.flatnonzero(alive) for alive in self.alive]
        exact = self.row_count <= EXACT_ROWS
        orders, scores = self._scores(places if exact else self._candidates(query, asked), asked)
        mean = scores if exact else self._scores(self._sample(places), asked)[1]
        return Closeness(orders, scores, mean=float(mean.mean()), best=float(scores.max()), is_whole=exact)

    def closest_to(self, order: int) -> Closeness | None:
        """The objects closest to one that is stored, without itself. None where it has no vectors."""
        own = self.rows_of(order)
        if own is None:
            return None
        found = self.closest(unit(own.rows.astype(np.float32).mean(axis=0)))
        return found.without(order) if found and len(found.orders) > 1 else None

    def rows_of(self, order: int) -> ObjectRows | None:
        """What is stored of one object."""
        for segment, alive in self._parts():
            place = int(np.searchsorted(segment.objects, order))
            if place < len(alive) and segment.objects[place] == order and alive[place]:
                rows = slice(segment.starts[place], segment.starts[place] + segment.counts[place])
                return ObjectRows(np.array(segment.digests[rows]), np.array(segment.rows[rows]))
        return None

    def digests(self) -> Iterator[tuple[int, frozenset[int]]]:
        """The digests of the texts of every object. Reads the whole store but its vectors."""
        for segment, alive in self._parts():
            digests = segment.digests.tolist()
            layout = zip(segment.objects.tolist(), segment.starts.tolist(), segment.counts.tolist(), alive, strict=True)
            for order, start, count, lives in layout:
                if lives:
                    yield order, frozenset(digests[start : start + count])

    def _parts(self) -> Iterator[tuple[Segment, npt.NDArray[np.bool_]]]:
        return zip(self.segments, self.alive, strict=True)

    def _scores(self, places: Sequence[npt.NDArray[np.intp]], asked: Vectors) -> tuple[npt.NDArray[np.int64], Vectors]:
        """Objects at these places of each segment, ascending, with their scores."""
        pairs = list(zip(self.segments, places, strict=True))
        orders = np.concatenate([segment.objects[chosen] for segment, chosen in pairs])
        scores = np.concatenate([segment.scores(chosen, asked) for segment, chosen in pairs]).astype(np.float32)
        ascending = np.argsort(orders)
        return orders[ascending], scores[ascending]

    def _candidates(self, query: Vectors, asked: Vectors) -> list[npt.NDArray[np.intp]]:
        """By segment, the places of the objects whose best row is among the closest."""
        distances = [segment.distances(query, alive) for segment, alive in self._parts()]
        # A histogram finds the cut in one pass; sorting a million distances would take longer than all the rest.
        most = len(self.segments[0].bits) * 64
        counts = sum(np.bincount(found, minlength=most + 1)[: most + 1] for found in distances)
        cut = int(np.searchsorted(np.cumsum(counts), EXACT_ROWS))
        places, bests = [], []
        for segment, found in zip(self.segments, distances, strict=True):
            rows = np.flatnonzero(found <= cut)
            owners = np.searchsorted(segment.starts, rows, side="right") - 1
            cosines = segment.cosines(rows, asked)
            place, firsts = np.unique(owners, return_index=True)
            places.append(place)
            bests.append(np.maximum.reduceat(cosines, firsts) if len(firsts) else np.empty(0, np.float32))
        if (surplus := sum(map(len, bests)) - MOST_OBJECTS) > 0:
            enough = np.partition(np.concatenate(bests), surplus)[surplus]
            places = [place[best >= enough] for place, best in zip(places, bests, strict=True)]
        return places

    @staticmethod
    def _sample(places: Sequence[npt.NDArray[np.intp]]) -> list[npt.NDArray[np.intp]]:
        """Some objects, evenly from all segments; the same for every question."""
        step = max(1, sum(map(len, places)) // _SAMPLE)
        return [found[step // 2 :: step] for found in places]


def sign_bits(rows: Vectors) -> npt.NDArray[np.uint64]:
    """Which numbers are positive, shape (words, rows)."""
    packed = np.packbits(rows > 0, axis=1)
    padded = np.ascontiguousarray(np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))))
    return np.ascontiguousarray(padded.view(np.uint64).T)
