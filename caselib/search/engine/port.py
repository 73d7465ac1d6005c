"""The port: what search asks of an engine, whichever it is. Plain values only; no engine's own types pass through here.

The embedded engine is `caselib.search.engine.whoosh`. An adapter for a cluster turns the same values into its own query
bodies: groups into `should` clauses, `min_should_match` as it is, filters into `terms` filters, facets into
aggregations that leave out their own filter, and sends the same tokens, so that relevance is the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from caselib.search.dictionary import NO_WORDS, Dictionary

# Scored fields, in every engine: see caselib.search.analysis.
WORDS = "words"
GRAMS = "grams"
EXACT = "exact"
SOUNDS = "sounds"
SCORED_FIELDS = (WORDS, GRAMS, EXACT, SOUNDS)


class EngineError(Exception):
    """Base of what an engine can fail with. `message` is a Chinese sentence for the person in front of the screen."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class IndexUnavailable(EngineError):
    """There is no readable index: missing, empty, half-written, foreign or damaged."""


class IndexBusy(EngineError):
    """Another process is writing, and did not finish in time. Nothing was written."""


class IndexNotWritten(EngineError):
    """Writing failed, for instance because the disk is full. The index is as it was before."""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One thing to find.

    `key`: the identifier, unique in the index. `order`: an integer that settles ties, lowest first.
    `zones`: text by zone (see caselib.search.weights). `exact`: tokens that are matched whole, in normal form.
    `facets`: values by facet field, any number each. `numbers`: by name, for sorting.
    """

    key: str
    order: int
    zones: Mapping[str, str]
    exact: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """A token in one scored field. `weight` multiplies its score; 1 is a word as it was asked."""

    field: str
    token: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Ways to say one thing: a document's score for the group is that of its best term.

    `counts`: whether the group is one of those that `min_should_match` counts.
    """

    terms: tuple[Term, ...]
    counts: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Boosts:
    """What a document gets beside its words, by its `order`: `orders` ascending (int64), `values` (float32) alongside.

    A value is brought to `weight` for the highest and 0 for the mean of those documents that pass the hidden filters:
    what nobody may see moves nothing. `mean`: the mean of all where `values` are the highest only. A document that gets
    at least `floor` is a hit without any word in common.
    """

    orders: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    weight: float
    floor: float
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """What to find. Without groups everything that passes the filters is a hit, with score 0.

    `filters`: a document passes when each field has one of its values; an empty set lets nothing pass.
    `facets`: fields to count over all hits; a field that is filtered is counted as if it were not, so that a second
    value can be chosen, except those in `hidden_filters`, which always hold.
    `sort`: name of a number, highest first; empty for relevance. Ties go by `order`, lowest first.
    `min_should_match`: share (0 to 1) of the counting groups known to the index that a hit must contain; when fewer
    than `enough` hits do, one group is enough.
    `max_groups`: of more groups than these, the rarest are kept.
    `boosts` and `preferences` (facet field to value to a number, which may be below zero) are added to the share that a
    hit's score for words has of the best one's (0 to 1). Preferences move hits and make none.
    `returns`: facet fields whose values each hit brings along.
    """

    groups: tuple[TermGroup, ...] = ()
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hidden_filters: frozenset[str] = frozenset()
    facets: tuple[str, ...] = ()
    sort: str = ""
    offset: int = 0
    limit: int = 20
    min_should_match: float = 0.0
    enough: int = 5
    max_groups: int = 200
    boosts: Boosts | None = None
    preferences: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    returns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` is what hits are ordered by: that for words, or with boosts or preferences the sum of the shares.

    `words`: the score for words alone. `matched`: how many of the counting groups it contains. `boost`: what
    `EngineQuery.boosts` gave; `raw_boost`: the value that it was made of. `values`: those that were asked for.
    """

    key: str
    score: float
    words: float = 0.0
    matched: int = 0
    boost: float = 0.0
    raw_boost: float = 0.0
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngineResult:
    """`total`: all hits, not only those of this page. `facets`: field to value to count, over all hits.

    `relaxed`: whether fewer groups than `min_should_match` asks had to do. `best_words`: the best score for words.
    `raw_boosts`: highest, mean and standard deviation of the values of boosts among what passes the hidden filters.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    relaxed: bool = False
    best_words: float = 0.0
    raw_boosts: tuple[float, float, float] | None = None


class Rebuild(Protocol):
    """An index being built beside the live one. Leaving the `with` block without `switch()` throws it away."""

    def add(self, documents: Iterable[IndexDocument]) -> int:
        """Adds documents and returns how many."""

    def switch(
        self, *, expected: int, catch_up: Callable[[], tuple[Iterable[IndexDocument], Iterable[str]]] | None = None
    ) -> None:
        """Makes the new index the live one, in one step.

        `expected`: how many documents were added; raises `IndexNotWritten` when the new index holds another number.
        `catch_up`: called while nobody else can write, returns what changed meanwhile (upserts, keys to delete).
        """


class Engine(Protocol):
    """An index of documents. Every method may raise `IndexUnavailable`; writing also `IndexBusy`, `IndexNotWritten`."""

    def search(self, query: EngineQuery) -> EngineResult: ...

    def write(self, *, upserts: Iterable[IndexDocument] = (), deletes: Iterable[str] = ()) -> None:
        """Applies all of it in one commit. A document replaces the one with its key; unknown keys are no error."""

    def count(self) -> int: ...

    def frequencies(
        self, terms: Sequence[tuple[str, str]], *, filters: Mapping[str, frozenset[str]]
    ) -> tuple[list[int], int]:
        """In how many of the documents that pass the filters each (field, token) stands, and how many pass.

        The audience has to be among the filters, or a word tells that somebody else's text holds it.
        """

    def digests(self) -> Iterator[tuple[str, int]]:
        """(key, digest of the document as it was written) of every document, for finding drift."""

    def fingerprint(self) -> str:
        """What the index was analysed with; compare with `analysis.fingerprint()`."""

    def dictionary(self) -> Dictionary:
        """The words of the library that the index was built with; questions and changes are read with them."""

    def rebuild(self, *, dictionary: Dictionary = NO_WORDS) -> AbstractContextManager[Rebuild]:
        """`dictionary`: the words of the library for the new index, kept with it."""

    def turn(self, *, patience: float = 10.0) -> AbstractContextManager[None]:
        """Inside, nobody else of this site is inside. For reading what to write and writing it as one deed.

        `patience`: seconds to wait for somebody else. Raises `IndexBusy` after that.
        """
