"""The score for words of whole posting lists at once: BM25 with the idf kept above zero, and what a viewer may see."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from caselib.search.engine.port import SCORED_FIELDS, EngineQuery, TermGroup
from caselib.search.weights import BM25

from .segment import CACHE, SegmentData, term_hash
from .snapshot import Leaf, Snapshot, stepped_averages

# A term in more than this share of a segment's documents is kept as one number a document: adding that is one pass.
_DENSE_SHARE = 1 / 12
_LEAST_IDF = 1e-3


def idf(documents: int, *, containing: int) -> float:
    """Rarity of a term. Above zero even for a term of every document, or its hits would vanish with their score."""
    return max(_LEAST_IDF, math.log(1.0 + (documents - containing + 0.5) / (containing + 0.5)))


def impacts(data: SegmentData, field: str, place: int, count: int, *, average: float) -> np.ndarray:
    """BM25 without the idf for each posting of a term. One number a document where the term is common.

    Kept in the cache under the average length, which moves in steps.
    """
    key = (data.segment_id, place, average)
    found = CACHE.get(key)
    if found is not None:
        return found
    ids, weights = data.postings(place, count)
    k1, b = BM25[field].k1, BM25[field].b
    hold = np.float32(k1 * (1.0 - b)) + np.float32(k1 * b / average) * data.lengths[field][ids]
    values = (weights * np.float32(k1 + 1.0) / (weights + hold)).astype(np.float32, copy=False)
    if _is_dense(data, count):
        dense = np.zeros(data.count, np.float32)
        dense[ids] = values
        values = dense
    return CACHE.put(key, values)


@dataclass(frozen=True, slots=True)
class View:
    """A leaf as far as some filters let through. `mask` is None where all that is not deleted passes."""

    leaf: Leaf
    mask: np.ndarray | None

    @property
    def count(self) -> int:
        return self.leaf.live_count if self.mask is None else int(np.count_nonzero(self.mask))

    def length(self, field: str) -> int:
        """Tokens of a scored field in all of its documents."""
        if self.mask is None:
            return self.leaf.live_length(field)
        return int(self.leaf.data.lengths[field][self.mask].sum(dtype=np.int64))

    def frequencies(self, places: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """In how many of its documents each term stands."""
        pairs = zip(places.tolist(), counts.tolist(), strict=True)
        if self.mask is not None:
            data, mask = self.leaf.data, self.mask
            found = (np.count_nonzero(mask[data.postings(at, size)[0]]) if size else 0 for at, size in pairs)
        elif self.leaf.dead is None:
            return counts.astype(np.int64)
        else:
            found = (self.leaf.living(at, size) for at, size in pairs)
        return np.fromiter(found, np.int64, len(counts))


def view_of(leaf: Leaf, filters: Mapping[str, frozenset[str]]) -> View:
    """What passes the filters. Where that is everything, counting costs nothing more than before."""
    mask = None
    for name, wanted in filters.items():
        passing = leaf.data.filter_mask(name, wanted)
        mask = passing if mask is None else mask & passing
    if mask is None or mask.all():
        return View(leaf, None)
    return View(leaf, mask if leaf.alive is None else mask & leaf.alive)


@dataclass(frozen=True, slots=True)
class Plan:
    """The groups that the index knows, with the place and count of each term by leaf, and each term's idf * weight."""

    groups: tuple[TermGroup, ...]
    views: list[View]
    first_terms: tuple[int, ...]
    factors: np.ndarray
    places: list[np.ndarray]
    counts: list[np.ndarray]


def plan_of(snapshot: Snapshot, query: EngineQuery) -> Plan:
    terms = [term for group in query.groups for term in group.terms]
    hashes = np.array([term_hash(term.field, term.token) for term in terms], np.uint64)
    found = [leaf.data.find(hashes) for leaf in snapshot.leaves]
    # Without the deleted: a document that was written again would count twice and make its own words common. Without
    # what is hidden from the viewer: a word that only a hidden text holds must move nothing.
    views = [view_of(leaf, _hidden(query)) for leaf in snapshot.leaves]
    frequencies = sum(
        (view.frequencies(*terms_in) for view, terms_in in zip(views, found, strict=True)),
        np.zeros(len(terms), np.int64),
    )
    size = sum(view.count for view in views)
    factors = np.array(
        [
            term.weight * idf(size, containing=frequency)
            for term, frequency in zip(terms, frequencies.tolist(), strict=True)
        ],
        np.float32,
    )
    known, at = [], 0
    for group in query.groups:
        frequency = int(frequencies[at : at + len(group.terms)].max(initial=0))
        if frequency:
            known.append((frequency, len(known), group, at))
        at += len(group.terms)
    if len(known) > query.max_groups:
        known = sorted(sorted(known, key=lambda entry: entry[:2])[: query.max_groups], key=lambda entry: entry[1])
    return Plan(
        groups=tuple(entry[2] for entry in known),
        views=views,
        first_terms=tuple(entry[3] for entry in known),
        factors=factors,
        places=[places for places, _ in found],
        counts=[counts for _, counts in found],
    )


def averages_of(snapshot: Snapshot, views: list[View]) -> dict[str, float]:
    """Average lengths of what the viewer may see: a long text that is hidden must not change what length costs."""
    if all(view.mask is None for view in views):
        return snapshot.average_lengths
    totals = {name: sum(view.length(name) for view in views) for name in SCORED_FIELDS}
    return stepped_averages(totals, count=sum(view.count for view in views))


def _hidden(query: EngineQuery) -> dict[str, frozenset[str]]:
    return {name: wanted for name, wanted in query.filters.items() if name in query.hidden_filters}


def _is_dense(data: SegmentData, count: int) -> bool:
    return count > data.count * _DENSE_SHARE


def score(leaf: Leaf, plan: Plan, number: int, *, averages: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """(scores, counting groups contained) by document of the leaf with this number."""
    data = leaf.data
    scores = np.zeros(data.count, np.float32)
    matched = np.zeros(data.count, np.uint16)
    places, counts = plan.places[number].tolist(), plan.counts[number].tolist()
    for group, first in zip(plan.groups, plan.first_terms, strict=True):
        parts = [
            _weighted(data, term.field, places[at], counts[at], factor=plan.factors[at], averages=averages)
            for at, term in enumerate(group.terms, first)
            if counts[at]
        ]
        if len(parts) > 1:
            parts = [(None, _best_of(parts, data.count))]
        for ids, values in parts:
            if ids is None:
                scores += values
                if group.counts:
                    matched += values > 0
            else:
                scores[ids] += values
                if group.counts:
                    matched[ids] += 1
    return scores, matched


def _weighted(
    data: SegmentData, field: str, place: int, count: int, *, factor: np.float32, averages: dict[str, float]
) -> tuple[np.ndarray | None, np.ndarray]:
    """A term's scores: (document numbers, score each), or (None, score by document) for a common term."""
    values = impacts(data, field, place, count, average=averages[field]) * factor
    return None if _is_dense(data, count) else data.postings(place, count)[0], values


def _best_of(parts: list[tuple[np.ndarray | None, np.ndarray]], count: int) -> np.ndarray:
    """The highest of several terms' scores by document."""
    highest = np.zeros(count, np.float32)
    for ids, values in parts:
        if ids is None:
            np.maximum(highest, values, out=highest)
        else:
            highest[ids] = np.maximum(highest[ids], values)
    return highest
