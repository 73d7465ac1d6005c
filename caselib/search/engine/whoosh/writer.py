"""Whoosh's segment writer fed with arrays: the same files, lock and table of contents, a tenth of the time."""

import itertools
import os
from array import array
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from whoosh import fields as whoosh_fields
from whoosh.analysis import RegexTokenizer
from whoosh.writing import SegmentWriter

from caselib.search.engine.port import SCORED_FIELDS
from caselib.search.engine.prepared import PreparedDocument

from .arrays import pack_arrays
from .codec import IDS, ArrayCodec, FieldPostings
from .segment import ARRAYS_EXT, FACET_PREFIX, KEY_FIELD, SegmentData, term_hash

# What is read of a segment, here and by `SegmentData`. Whoosh writes its own columns beside these, for its own readers,
# and nobody waits for the disk to have them.
_NEEDED = (ARRAYS_EXT, ArrayCodec.TERMS_EXT, ArrayCodec.POSTS_EXT)


def schema() -> whoosh_fields.Schema:
    """The fields as Whoosh knows them. Text is analysed before it comes here, so tokens are split at blanks only."""
    made = whoosh_fields.Schema()
    made.add(KEY_FIELD, whoosh_fields.ID(unique=True))
    for name in SCORED_FIELDS:
        made.add(name, whoosh_fields.TEXT(analyzer=RegexTokenizer(r"\S+"), phrase=False))
    made.add(f"{FACET_PREFIX}*", whoosh_fields.ID(), glob=True)
    return made


class _FieldBuffer:
    """The postings of one field while a segment grows: flat arrays, not an object a posting."""

    def __init__(self) -> None:
        # A term that was not seen gets the next number: asked for every posting, so that it must cost no call of ours.
        self._numbers: dict[str, int] = defaultdict(itertools.count().__next__)
        self._terms = array("I")
        self._weights = array("f")
        self._sizes = array("I")
        self._chunks: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def add(self, document: int, tokens: Iterable[str], weights: Iterable[float]) -> None:
        before = len(self._terms)
        self._terms.extend(map(self._numbers.__getitem__, tokens))
        self._weights.extend(weights)
        # Documents without a token of this field leave a gap that has to be filled.
        self._sizes.extend([0] * (document - len(self._sizes)))
        self._sizes.append(len(self._terms) - before)

    def add_lists(self, texts: list[str], sizes: np.ndarray, ids: np.ndarray, weights: np.ndarray) -> None:
        """Takes over whole posting lists, one behind the other, whose document numbers lie above all that were added before.

        `sizes`: how many postings each term has, which may be none.
        """
        terms = np.array([*map(self._numbers.__getitem__, texts)], np.uint32)
        self._chunks.append((np.repeat(terms, sizes), ids, weights))

    def sorted_postings(self, lengths: np.ndarray) -> FieldPostings:
        """All postings by term, then by document."""
        texts = [text.encode("utf-8", "surrogatepass") for text in self._numbers]
        order = sorted(range(len(texts)), key=texts.__getitem__)
        rank = np.empty(len(texts), np.uint32)
        rank[order] = np.arange(len(texts), dtype=np.uint32)
        added = np.repeat(np.arange(len(self._sizes), dtype=IDS), np.frombuffer(self._sizes, np.uint32))
        parts = [
            (np.frombuffer(self._terms, np.uint32), added, np.frombuffer(self._weights, np.float32)),
            *self._chunks,
        ]
        terms, ids, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
        terms = rank[terms]
        # Stable: within a term the documents stay in the ascending order in which they came.
        by_term = np.argsort(terms, kind="stable")
        counts = np.bincount(terms, minlength=len(texts))
        used = np.flatnonzero(counts)
        starts = np.concatenate(([0], np.cumsum(counts[used])))
        return FieldPostings([texts[order[i]] for i in used.tolist()], starts, ids[by_term], weights[by_term], lengths)


class ArraySegmentWriter(SegmentWriter):
    """Adds prepared documents and whole old segments to one new segment.

    The caller holds the writer's lock of the store. Every file that is read here is on disk before the table of contents
    names it.
    """

    def __init__(self, index, **options) -> None:
        # Whoosh's own lock stays held when its constructor fails half-way; the store's lock covers more.
        super().__init__(index, codec=ArrayCodec(), compound=False, _lk=False, **options)
        self._buffers: dict[str, _FieldBuffer] = {}
        self._keys: list[bytes] = []
        self._order, self._digests = array("q"), array("Q")
        self._lengths = {name: array("I") for name in SCORED_FIELDS}
        self._numbers: dict[str, array] = {}
        self._facets: dict[str, tuple[dict[str, int], array, array]] = {}

    def _buffer(self, name: str) -> _FieldBuffer:
        return self._buffers.setdefault(name, _FieldBuffer())

    def _number(self, name: str) -> array:
        column = self._numbers.setdefault(name, array("d"))
        column.extend([0.0] * (self.docnum - len(column)))
        return column

    def _facet(self, name: str) -> tuple[dict[str, int], array, array]:
        return self._facets.setdefault(name, ({}, array("I"), array("I")))

    def add(self, document: PreparedDocument) -> None:
        number = self.docnum
        for name in SCORED_FIELDS:
            terms = document.terms.get(name, {})
            self._buffer(name).add(number, terms.keys(), terms.values())
            self._lengths[name].append(document.lengths.get(name, 0))
        self._buffer(KEY_FIELD).add(number, (document.key,), (1.0,))
        for name, values in document.facets.items():
            self._buffer(FACET_PREFIX + name).add(number, values, [1.0] * len(values))
            numbers, docs, ords = self._facet(name)
            docs.extend([number] * len(values))
            ords.extend([numbers.setdefault(value, len(numbers)) for value in values])
        for name, value in document.numbers.items():
            self._number(name).append(value)
        self._keys.append(document.key.encode())
        self._order.append(document.order)
        self._digests.append(document.digest)
        self.docnum += 1
        self._added = True

    def absorb(self, segment, data: SegmentData) -> None:
        """Takes over what is not deleted of an old segment. The caller leaves the segment out of the new list."""
        alive = np.ones(data.count, bool)
        alive[list(segment.deleted_docs())] = False
        kept = np.flatnonzero(alive)
        if not len(kept):
            return
        renumbered = np.full(data.count, np.iinfo(np.uint32).max, IDS)
        renumbered[kept] = np.arange(self.docnum, self.docnum + len(kept), dtype=IDS)
        self._absorb_postings(segment, data, alive, renumbered)
        self._absorb_columns(data, kept, alive, renumbered)
        self.docnum += len(kept)
        self._added = True

    def _absorb_postings(self, segment, data: SegmentData, alive: np.ndarray, renumbered: np.ndarray) -> None:
        by_field: dict[str, list[str]] = {}
        reader = self.codec.terms_reader(self.storage, segment)
        try:
            for name, raw in reader.terms():
                by_field.setdefault(name, []).append(raw.decode("utf-8", "surrogatepass"))
        finally:
            reader.close()
        for name, texts in by_field.items():
            places, counts = data.find(np.array([term_hash(name, text) for text in texts], np.uint64))
            ids, weights = data.postings_of(places, counts)
            kept = alive[ids]
            # Kept up to the end of each term, less those up to its start.
            upto = np.concatenate(([0], np.cumsum(kept, dtype=np.int64)))[np.cumsum(counts, dtype=np.int64)]
            sizes = np.diff(upto, prepend=0)
            self._buffer(name).add_lists(texts, sizes, renumbered[ids[kept]], weights[kept])

    def _absorb_columns(self, data: SegmentData, kept: np.ndarray, alive: np.ndarray, renumbered: np.ndarray) -> None:
        self._keys.extend(key.encode() for key in data.keys(kept))
        self._order.frombytes(data.order[kept].tobytes())
        self._digests.frombytes(data.digest[kept].tobytes())
        for name in SCORED_FIELDS:
            self._lengths[name].frombytes(data.lengths[name][kept].tobytes())
        for name, column in data.numbers.items():
            self._number(name).frombytes(column[kept].tobytes())
        for name, facet in data.facets.items():
            numbers, docs, ords = self._facet(name)
            mapping = np.array([numbers.setdefault(value, len(numbers)) for value in facet.values], np.uint32)
            if facet.docs is None:
                has = alive & (facet.ords < len(facet.values))
                old_docs, old_ords = np.flatnonzero(has), facet.ords[has]
            else:
                has = alive[facet.docs]
                old_docs, old_ords = facet.docs[has], facet.ords[has]
            docs.frombytes(renumbered[old_docs].tobytes())
            ords.frombytes(mapping[old_ords].astype(np.uint32).tobytes())

    def _flush_segment(self) -> None:
        for number in range(self.docnum):
            self.perdocwriter.start_doc(number)
            for name in SCORED_FIELDS:
                self.perdocwriter.add_field(name, self.schema[name], None, self._lengths[name][number])
            self.perdocwriter.finish_doc()
        self.perdocwriter.close()
        hashes, places, counts = [], [], []
        for name in sorted(self._buffers):
            lengths = self._lengths.get(name)
            column = np.frombuffer(lengths, np.uint32) if lengths else np.ones(self.docnum, np.uint32)
            postings = self._buffers[name].sorted_postings(column)
            if postings.texts:
                places.append(self.fieldwriter.add_field(name, self.schema[name], postings))
                counts.append(np.diff(postings.starts))
                hashes.extend(term_hash(name, text.decode("utf-8", "surrogatepass")) for text in postings.texts)
        size = self.fieldwriter._postfile.tell()
        self.fieldwriter.close()
        self._write_arrays(np.array(hashes, np.uint64), np.concatenate(places), np.concatenate(counts), size)

    def _write_arrays(self, hashes: np.ndarray, places: np.ndarray, counts: np.ndarray, postings_size: int) -> None:
        by_hash = np.argsort(hashes)
        key_at = np.fromiter(itertools.accumulate(map(len, self._keys), initial=0), np.uint64, len(self._keys) + 1)
        arrays = {
            "term_hash": hashes[by_hash],
            "term_at": places[by_hash].astype(np.uint64),
            "term_count": counts[by_hash].astype(np.uint32),
            "order": np.frombuffer(self._order, np.int64),
            "digest": np.frombuffer(self._digests, np.uint64),
            "keys": np.frombuffer(b"".join(self._keys), np.uint8),
            "key_at": key_at,
        }
        for name in SCORED_FIELDS:
            arrays[f"length.{name}"] = np.frombuffer(self._lengths[name], np.uint32)
        for name in self._numbers:
            arrays[f"number.{name}"] = np.frombuffer(self._number(name), np.float64)
        facets = {}
        for name, (numbers, docs, ords) in self._facets.items():
            facets[name] = list(numbers)
            arrays.update(_facet_arrays(name, len(numbers), docs, ords, self.docnum))
        meta = {
            "count": self.docnum,
            "postings_size": postings_size,
            "total_lengths": {name: int(arrays[f"length.{name}"].sum(dtype=np.int64)) for name in SCORED_FIELDS},
            "numbers": sorted(self._numbers),
            "facets": facets,
        }
        with self.newsegment.create_file(self.storage, ARRAYS_EXT) as file:
            for piece in pack_arrays(arrays, meta=meta):
                file.write(piece)

    def _commit_toc(self, segments) -> None:
        folder = Path(self.storage.folder)
        for name in self.newsegment.list_files(self.storage):
            if name.endswith(_NEEDED):
                sync(folder / name)
        super()._commit_toc(segments)
        sync(folder / f"_{self.indexname}_{self.generation}.toc")
        sync(folder)


def _facet_arrays(name: str, values: int, docs: array, ords: array, count: int) -> dict[str, np.ndarray]:
    """How a facet is kept: one number a document if that is enough, else pairs. See `segment.Facet`."""
    documents, numbers = np.frombuffer(docs, np.uint32), np.frombuffer(ords, np.uint32)
    kind = np.min_scalar_type(values)
    if len(documents) == len(np.unique(documents)):
        dense = np.full(count, values, kind)
        dense[documents] = numbers
        return {f"facet.{name}.ords": dense}
    return {f"facet.{name}.ords": numbers.astype(kind), f"facet.{name}.docs": documents}


def sync(path: Path) -> None:
    """Waits until a file or folder is on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
