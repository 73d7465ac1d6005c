"""Answers a query over whole posting lists at once with numpy, instead of document by document.

All hits are counted, for facets and total, before the best are picked.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from caselib.search.engine.port import Boosts, EngineQuery, EngineResult, Hit

from .scoring import View, averages_of, plan_of, score
from .snapshot import Leaf, Snapshot

_SAMPLE = 4096
_LEAST_SPREAD = 1e-6


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


@dataclass(frozen=True, slots=True)
class _Boosted:
    """What boosts give, by document of each leaf, and the values that it was made of. `told`: highest, mean, deviation."""

    gains: list[np.ndarray]
    raw: list[np.ndarray]
    told: tuple[float, float, float]


def _boosted(views: list[View], boosts: Boosts) -> _Boosted | None:
    """Boosts brought to their weight by what the viewer may see; None where that gets none of them."""
    raw = [view.leaf.data.spread(boosts.orders, boosts.values) for view in views]
    given = [view.leaf.data.spread(boosts.orders, np.ones(len(boosts.orders), np.float32)) > 0 for view in views]
    for view, mask in zip(views, given, strict=True):
        for passing in (view.mask, view.leaf.alive):
            if passing is not None:
                mask &= passing
    seen = np.concatenate([values[mask] for values, mask in zip(raw, given, strict=True)] or [np.empty(0, np.float32)])
    if not len(seen):
        return None
    best, mean = float(seen.max()), float(seen.mean()) if boosts.mean is None else boosts.mean
    scale = np.float32(boosts.weight / max(_LEAST_SPREAD, best - mean))
    gains = [np.where(mask, (values - np.float32(mean)) * scale, 0) for values, mask in zip(raw, given, strict=True)]
    return _Boosted(gains, raw, (best, mean, float(seen.std())))


def _hits(snapshot: Snapshot, query: EngineQuery) -> tuple[list[_LeafHits], bool, _Boosted | None]:
    """(hits by leaf, whether fewer groups than asked had to do, what boosts came to)."""
    plan = plan_of(snapshot, query)
    boosted = None if query.boosts is None else _boosted(plan.views, query.boosts)
    if query.groups and not plan.groups and boosted is None:
        return [], False, None
    averages = averages_of(snapshot, plan.views)
    scored = [(leaf, *score(leaf, plan, number, averages=averages)) for number, leaf in enumerate(snapshot.leaves)]
    counting = sum(group.counts for group in plan.groups)
    asked = math.ceil(query.min_should_match * counting - 1e-9)
    needed = max(1, asked) if query.groups else 0
    hits = _gather(scored, query, boosted, needed=needed)
    relaxed = needed > 1 and sum(int(np.count_nonzero(each.mask)) for each in hits) < query.enough
    if relaxed:
        needed = 1
        hits = _gather(scored, query, boosted, needed=needed)
    return hits, relaxed, boosted


def _matching(scores: np.ndarray, matched: np.ndarray, *, needed: int) -> np.ndarray:
    if needed == 0:
        return np.ones(len(scores), bool)
    return scores > 0 if needed == 1 else matched >= needed


def _gather(scored: list, query: EngineQuery, boosted: _Boosted | None, *, needed: int) -> list[_LeafHits]:
    hits = []
    for number, (leaf, words, matched) in enumerate(scored):
        matching = _matching(words, matched, needed=needed)
        boosts = None
        if boosted is not None and query.boosts is not None:
            boosts = boosted.gains[number]
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
            weights = each.leaf.data.preference(name, wanted)
            if weights is not None:
                scores = scores + weights
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


def _page(hits: list[_LeafHits], query: EngineQuery, boosted: _Boosted | None) -> Iterator[Hit]:
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
    chosen = [(number, document) for _, _, number, document in rows[query.offset : size]]
    told = {}
    for number in dict(chosen):
        documents = [document for of, document in chosen if of == number]
        told |= zip(((number, document) for document in documents), _told(hits[number], documents, query), strict=True)
    for number, document in chosen:
        raw = 0.0 if boosted is None else float(boosted.raw[number][document])
        yield _hit(hits[number], document, told[number, document], raw_boost=raw)


def _told(
    each: _LeafHits, documents: list[int], query: EngineQuery
) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """(key, the values that were asked for) of documents of one leaf."""
    data = each.leaf.data
    columns = [
        data.facets[name].values_of(documents) if name in data.facets else [()] * len(documents)
        for name in query.returns
    ]
    for at, key in enumerate(data.keys(documents)):
        yield key, {name: column[at] for name, column in zip(query.returns, columns, strict=True)}


def _hit(each: _LeafHits, document: int, told: tuple[str, dict[str, tuple[str, ...]]], *, raw_boost: float) -> Hit:
    key, values = told
    return Hit(
        key=key,
        score=float(each.scores[document]),
        words=float(each.words[document]),
        matched=int(each.matched[document]),
        boost=0.0 if each.boosts is None else float(each.boosts[document]),
        raw_boost=raw_boost,
        values=values,
    )


def execute(snapshot: Snapshot, query: EngineQuery) -> EngineResult:
    """The page, the total and the facets of a query."""
    hits, relaxed, boosted = _hits(snapshot, query)
    best_words = _best_words(hits)
    if query.boosts is not None or query.preferences:
        _fuse(hits, query, best_words=best_words)
    return EngineResult(
        hits=tuple(_page(hits, query, boosted)) if query.limit > 0 else (),
        total=sum(int(np.count_nonzero(each.mask)) for each in hits),
        facets=_facets(hits, query),
        relaxed=relaxed,
        best_words=best_words,
        raw_boosts=None if boosted is None else boosted.told,
    )
