"""Whoosh's file format with posting blocks that numpy reads as they are.

Everything is Whoosh's own (`W3Codec`, 2.7.4, frozen) but the inside of a posting block: instead of a compressed pickle
it holds all document numbers of the term as 32-bit integers, then all weights as 32-bit floats. Whoosh's matchers work
on it unchanged, which is what tests/search/test_executor_equals_whoosh.py relies on.

The classes are pickled by name into every index: renaming this module makes indexes unreadable until they are rebuilt.
"""

import functools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5
from itertools import pairwise
from pickle import dumps

import numpy as np
from whoosh.codec import whoosh3
from whoosh.system import pack_int, pack_long, pack_uint, pack_ushort
from whoosh.util.numeric import length_to_byte

IDS = np.dtype("<u4")
WEIGHTS = np.dtype("<f4")
# In place of zlib's level in a block's header.
RAW = -1
_MAGIC = whoosh3.WHOOSH3_HEADER_MAGIC
_INT_SIZE = 4
_PREFIX = len(_MAGIC) + _INT_SIZE
_ALIGNMENT = 4


def _aligned(position: int) -> int:
    """The next position at which numbers may start: numpy is slow on numbers that lie across."""
    return -(-position // _ALIGNMENT) * _ALIGNMENT


@dataclass(frozen=True, slots=True)
class FieldPostings:
    """The postings of one field. Those of term i are `ids[starts[i]:starts[i + 1]]`, ascending, and `weights` likewise.

    `texts` ascending, each with at least one posting; `lengths`: tokens of the field by document number.
    """

    texts: Sequence[bytes]
    starts: np.ndarray
    ids: np.ndarray
    weights: np.ndarray
    lengths: np.ndarray


class ArrayMatcher(whoosh3.W3LeafMatcher):
    """Reads a raw block for Whoosh's own query machinery."""

    def _goto(self, position):
        super()._goto(position)
        self._dataoffset = _aligned(self._dataoffset)

    def _read_data(self):
        count = self._blocklength
        block = self._postfile.get(self._dataoffset, count * (IDS.itemsize + WEIGHTS.itemsize))
        ids = np.frombuffer(block, IDS, count)
        self._data = (ids.tolist(), np.frombuffer(block, WEIGHTS, count, ids.nbytes).tolist())

    def _read_ids(self):
        if self._data is None:
            self._read_data()
        self._ids = self._data[0]

    def _read_weights(self):
        if self._data is None:
            self._read_data()
        self._weights = self._data[1]

    def _read_values(self):
        if self._data is None:
            self._read_data()
        self._values = [pack_uint(int(weight)) for weight in self._data[1]]


class ArrayFieldWriter(whoosh3.W3FieldWriter):
    """Writes all terms of a field from arrays, one raw block a term."""

    def add_field(self, name: str, fieldobj, postings: FieldPostings) -> np.ndarray:
        """Writes the field and returns where in the postings file the document numbers of each term start."""
        self.start_field(name, fieldobj)
        starts = postings.starts[:-1]
        lengths = postings.lengths[postings.ids]
        columns = (
            np.diff(postings.starts).tolist(),
            postings.ids[starts].tolist(),
            postings.ids[postings.starts[1:] - 1].tolist(),
            np.add.reduceat(postings.weights, starts, dtype=np.float64).tolist(),
            np.maximum.reduceat(postings.weights, starts).tolist(),
            np.minimum.reduceat(lengths, starts).tolist(),
            np.maximum.reduceat(lengths, starts).tolist(),
        )
        ids = memoryview(postings.ids.astype(IDS, copy=False).tobytes())
        weights = memoryview(postings.weights.astype(WEIGHTS, copy=False).tobytes())
        places = np.empty(len(starts), np.uint64)
        terms, prefix = [], pack_ushort(self._fieldid)
        at, place = 0, self._postfile.tell()
        for number, (text, statistics) in enumerate(zip(postings.texts, zip(*columns, strict=True), strict=True)):
            end = at + statistics[0] * IDS.itemsize
            block, places[number], info = _block(place, statistics, ids[at:end], weights[at:end])
            self._postfile.write(block)
            terms.append((prefix + text, info))
            at, place = end, place + len(block)
        self._add_terms(terms)
        self.finish_field()
        return places

    def _add_terms(self, terms: Sequence[tuple[bytes, bytes]]) -> None:
        """What `OrderedHashWriter.add` does for each term and its value, with one look at the file for all of them."""
        index = self._tindex
        if terms[0][0] <= index.lastkey or any(one[0] >= other[0] for one, other in pairwise(terms)):
            raise ValueError("Terms must ascend.")
        file, buckets, places = index.dbfile, index.buckets, index.index
        place = file.tell()
        for key, value in terms:
            file.write(b"".join((pack_int(len(key)), pack_int(len(value)), key, value)))
            hashed = int.from_bytes(md5(key, usedforsecurity=False).digest()[-4:])
            buckets[hashed & 255].append((hashed, place))
            places.append(place)
            place += 2 * _INT_SIZE + len(key) + len(value)
        index.lastkey = terms[-1][0]


# Lengths are few, and Whoosh looks each up in a table of 256.
_length_byte = functools.lru_cache(maxsize=4096)(length_to_byte)


def _block(start: int, statistics: tuple, ids: memoryview, weights: memoryview) -> tuple[bytes, int, bytes]:
    """(the block of one term that begins at `start`, where its document numbers begin, its entry in the term index)."""
    count, first, last, weight_sum, heaviest, shortest, longest = statistics
    low, high = _length_byte(shortest), _length_byte(longest)
    header = dumps((count, last, heaviest, RAW, low, high), 2)
    before = start + _PREFIX + len(header)
    data_at = _aligned(before)
    size = len(header) + (data_at - before) + len(ids) + len(weights)
    # A negative size marks the last block of its term; every term has one block.
    block = b"".join((_MAGIC, pack_int(-size), header, b"\0" * (data_at - before), ids, weights))
    info = whoosh3.W3TermInfo._struct.pack(False, weight_sum, count, low, high, heaviest, first, last)
    return block, data_at, info + pack_long(start) + pack_int(len(block))


class ArrayCodec(whoosh3.W3Codec):
    def new_segment(self, storage, indexname):
        # Whoosh draws names from `random`, whose state processes share after a fork: two would write the same file.
        return whoosh3.W3Segment(self, indexname, segid=secrets.token_hex(8))

    def field_writer(self, storage, segment):
        return ArrayFieldWriter(self, storage, segment)

    def postings_reader(self, dbfile, terminfo, format_, term=None, scorer=None):
        offset, length = terminfo.extent()
        return ArrayMatcher(dbfile, offset, length, format_, term=term, scorer=scorer)
