"""Scores a query over whole posting lists at once with numpy, instead of document by document.

BM25 with the idf kept above zero; all hits are counted, for facets and total, before the best are picked.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from caselib.search.engine.port import EngineQuery, EngineResult, Hit, TermGroup
from caselib.search.weights import BM25

from .segment import CACHE, SegmentData, term_hash
from .snapshot import Leaf, Snapshot

# A term in more than this share of a segment's documents is kept as one number a document: adding that is one pass.
_DENSE_SHARE = 1 / 12
_SAMPLE = 4096
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


@dataclass(slots=True)
class _LeafHits:
    """By document: `words` the score for words, `matched` counting groups contained, `boosts` or None.

    `matching`: whether it is a hit where no filter is on; `mask`: whether it is one; `scores`: what hits are ordered by.
    """

    leaf: Leaf
    words: np.ndarray
    matched: np.ndarray
    boosts: np.ndarray | None
    matching: np.ndarray
    mask: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True, slots=True)
class _Plan:
    """The groups that the index knows, with the place and count of each term by leaf, and each term's idf * weight."""

    groups: tuple[TermGroup, ...]
    first_terms: tuple[int, ...]
    factors: np.ndarray
    places: list[np.ndarray]
    counts: list[np.ndarray]


def _plan(snapshot: Snapshot, query: EngineQuery) -> _Plan:
    terms = [term for group in query.groups for term in group.terms]
    hashes = np.array([term_hash(term.field, term.token) for term in terms], np.uint64)
    found = [leaf.data.find(hashes) for leaf in snapshot.leaves]
    # Without the deleted: a document that was written again would count twice and make its own words common.
    frequencies = sum(
        (_living(leaf, *terms_in) for leaf, terms_in in zip(snapshot.leaves, found, strict=True)),
        np.zeros(len(terms), np.int64),
    )
    factors = np.array(
        [
            term.weight * idf(snapshot.count, containing=frequency)
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
    return _Plan(
        groups=tuple(entry[2] for entry in known),
        first_terms=tuple(entry[3] for entry in known),
        factors=factors,
        places=[places for places, _ in found],
        counts=[counts for _, counts in found],
    )


def _living(leaf: Leaf, places: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """In how many documents of the leaf each term stands, the deleted left out."""
    if leaf.dead is None:
        return counts.astype(np.int64)
    pairs = zip(places.tolist(), counts.tolist(), strict=True)
    return np.fromiter((leaf.living(place, count) for place, count in pairs), np.int64, len(counts))


def _is_dense(data: SegmentData, count: int) -> bool:
    return count > data.count * _DENSE_SHARE


def _score(leaf: Leaf, plan: _Plan, number: int, *, averages: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
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


def _allowed(leaf: Leaf, query: EngineQuery, *, without: str = "") -> np.ndarray | None:
    """Which documents pass the filters, all but the one of a field; None when all do."""
    allowed = leaf.alive
    for name, wanted in query.filters.items():
        if name != without:
            mask = leaf.data.filter_mask(name, wanted)
            allowed = mask if allowed is None else allowed & mask
    return allowed


def _found(leaf: Leaf, matching: np.ndarray, query: EngineQuery) -> np.ndarray:
    allowed = _allowed(leaf, query)
    return matching if allowed is None else matching & allowed


def _hits(snapshot: Snapshot, query: EngineQuery) -> tuple[list[_LeafHits], bool]:
    """(hits by leaf, whether fewer groups than asked had to do)."""
    plan = _plan(snapshot, query)
    if query.groups and not plan.groups and query.boosts is None:
        return [], False
    averages = snapshot.average_lengths
    scored = [(leaf, *_score(leaf, plan, number, averages=averages)) for number, leaf in enumerate(snapshot.leaves)]
    counting = sum(group.counts for group in plan.groups)
    asked = math.ceil(query.min_should_match * counting - 1e-9)
    needed = max(1, asked) if query.groups else 0
    hits = _gather(scored, query, needed=needed)
    relaxed = needed > 1 and sum(int(np.count_nonzero(each.mask)) for each in hits) < query.enough
    if relaxed:
        needed = 1
        hits = _gather(scored, query, needed=needed)
    return hits, relaxed


def _matching(scores: np.ndarray, matched: np.ndarray, *, needed: int) -> np.ndarray:
    if needed == 0:
        return np.ones(len(scores), bool)
    return scores > 0 if needed == 1 else matched >= needed


def _gather(scored: list, query: EngineQuery, *, needed: int) -> list[_LeafHits]:
    hits = []
    for leaf, words, matched in scored:
        matching = _matching(words, matched, needed=needed)
        boosts = None
        if query.boosts is not None:
            boosts = leaf.data.spread(query.boosts.orders, query.boosts.values)
            matching |= boosts >= query.boosts.floor
        hits.append(_LeafHits(leaf, words, matched, boosts, matching, _found(leaf, matching, query), words))
    return hits


def _best_words(hits: list[_LeafHits]) -> float:
    """The best score for words among the hits; 0 without any."""
    return max((float(each.words.max(initial=0.0, where=each.mask)) for each in hits), default=0.0)


def _fuse(hits: list[_LeafHits], query: EngineQuery, *, best_words: float) -> None:
    """Adds boosts and preferences to each hit's share of the best score for words."""
    for each in hits:
        scores = each.words / np.float32(best_words) if best_words else np.zeros_like(each.words)
        if each.boosts is not None:
            scores = scores + each.boosts
        for name, wanted in query.preferences.items():
            facet = each.leaf.data.facets.get(name)
            if facet is not None:
                scores = scores + facet.weights(wanted, size=each.leaf.data.count)
        each.scores = scores


def _facets(hits: list[_LeafHits], query: EngineQuery) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for name in query.facets:
        totals = counted.setdefault(name, {})
        own_filter = name in query.filters and name not in query.hidden_filters
        for each in hits:
            facet = each.leaf.data.facets.get(name)
            if facet is None:
                continue
            mask = each.mask
            if own_filter:
                allowed = _allowed(each.leaf, query, without=name)
                mask = each.matching if allowed is None else each.matching & allowed
            counts = facet.counts(mask)
            for number in np.flatnonzero(counts).tolist():
                value = facet.values[number]
                totals[value] = totals.get(value, 0) + int(counts[number])
    return counted


def best(values: np.ndarray, order: np.ndarray, *, size: int) -> np.ndarray:
    """Positions of the `size` highest values, ties by the lowest order, best first."""
    candidates = np.arange(len(values))
    if len(values) > max(_SAMPLE, 4 * size):
        # The size-th best of a sample is a floor under the size-th best of all: most of the rest falls away unsorted.
        sample = values[:: len(values) // _SAMPLE + 1]
        if len(sample) >= size:
            floor = np.partition(sample, len(sample) - size)[len(sample) - size]
            candidates = _above_floor(values, order, floor, size=size)
    ranked = np.lexsort((order[candidates], -values[candidates]))
    return candidates[ranked[:size]]


def _above_floor(values: np.ndarray, order: np.ndarray, floor: np.floating, *, size: int) -> np.ndarray:
    """Positions that may be among the best. Of many that are equal to the floor, only those of lowest order."""
    above = np.flatnonzero(values > floor)
    missing = size - len(above)
    if missing <= 0:
        return above
    tied = np.flatnonzero(values == floor)
    if len(tied) > missing:
        tied = tied[np.argpartition(order[tied], missing - 1)[:missing]]
    return np.concatenate((above, tied))


def _page(hits: list[_LeafHits], query: EngineQuery) -> Iterator[Hit]:
    size = query.offset + query.limit
    rows = []
    for number, each in enumerate(hits):
        documents = np.flatnonzero(each.mask)
        if not len(documents):
            continue
        data = each.leaf.data
        values = each.scores[documents]
        if query.sort:
            column = data.numbers.get(query.sort)
            values = np.zeros(len(documents)) if column is None else column[documents]
        order = data.order[documents]
        picked = best(values, order, size=size)
        rows += zip(
            (-values[picked]).tolist(),
            order[picked].tolist(),
            [number] * len(picked),
            documents[picked].tolist(),
            strict=True,
        )
    rows.sort()
    for _, _, number, document in rows[query.offset : size]:
        yield _hit(hits[number], document, returns=query.returns)


def _hit(each: _LeafHits, document: int, *, returns: tuple[str, ...]) -> Hit:
    data = each.leaf.data
    return Hit(
        key=data.keys([document])[0],
        score=float(each.scores[document]),
        words=float(each.words[document]),
        matched=int(each.matched[document]),
        boost=0.0 if each.boosts is None else float(each.boosts[document]),
        values={name: data.facets[name].values_of(document) if name in data.facets else () for name in returns},
    )


def execute(snapshot: Snapshot, query: EngineQuery) -> EngineResult:
    """The page, the total and the facets of a query."""
    hits, relaxed = _hits(snapshot, query)
    best_words = _best_words(hits)
    if query.boosts is not None or query.preferences:
        _fuse(hits, query, best_words=best_words)
    return EngineResult(
        hits=tuple(_page(hits, query)) if query.limit > 0 else (),
        total=sum(int(np.count_nonzero(each.mask)) for each in hits),
        facets=_facets(hits, query),
        relaxed=relaxed,
        best_words=best_words,
    )
