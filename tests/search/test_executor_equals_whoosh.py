"""The executor against Whoosh's own matchers on the same files: hits, scores, totals, facets, with deletions and merges."""

import math
import tempfile
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import index as whoosh_index
from whoosh import query as whoosh_query

from caselib.search.engine.port import EngineQuery, IndexDocument, Term, TermGroup
from caselib.search.engine.prepared import prepare
from caselib.search.engine.whoosh.engine import WhooshEngine
from caselib.search.engine.whoosh.executor import best
from caselib.search.weights import BM25

from .engines import asked, document, keys

WORDS = ["营业执照", "注销", "身份证", "补办", "社保", "落户", "公积金", "gb", "窗口"]
THEMES = ["开办", "户籍", "社保"]

texts = st.lists(st.sampled_from(WORDS), max_size=6).map("、".join)
documents = st.builds(
    lambda number, title, body, theme, causes, day: document(
        number, title, body, facets={"theme": theme, "cause": causes, "audience": ["all"]}, published=float(day)
    ),
    st.integers(0, 12),
    texts,
    texts,
    st.lists(st.sampled_from(THEMES), max_size=1),
    st.lists(st.sampled_from(THEMES), max_size=3, unique=True),
    st.integers(0, 3),
)
batches = st.lists(
    st.tuples(st.lists(documents, max_size=6), st.lists(st.integers(0, 12), max_size=3)), min_size=1, max_size=12
)
groups = st.lists(
    st.builds(
        lambda tokens, weight, counts: TermGroup(
            tuple(Term("words", token, weight) for token in dict.fromkeys(tokens)), counts
        ),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=2),
        st.sampled_from([1.0, 0.6]),
        st.booleans(),
    ),
    max_size=4,
)
queries = st.builds(
    lambda groups, theme, cause, share, sort: EngineQuery(
        groups=tuple(groups),
        filters={
            "audience": frozenset({"all"}),
            **({"theme": frozenset(theme)} if theme else {}),
            **({"cause": frozenset(cause)} if cause else {}),
        },
        hidden_filters=frozenset({"audience"}),
        facets=("theme", "cause"),
        min_should_match=share,
        enough=2,
        sort=sort,
        limit=100,
    ),
    groups,
    st.lists(st.sampled_from(THEMES), max_size=2),
    st.lists(st.sampled_from(THEMES), max_size=1),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from(["", "published"]),
)


class Oracle:
    """The same query answered one document at a time through Whoosh's reader and matchers."""

    def __init__(self, engine: WhooshEngine, stored: dict[str, IndexDocument]) -> None:
        self.reader = whoosh_index.open_dir(str(engine.store.live()), indexname="MAIN").reader()
        self.stored = stored
        self.averages = engine.snapshot().average_lengths
        self.key_of = {
            base + number: key
            for leaf, base in self.reader.leaf_readers()
            for key in (text.decode() for field, text in leaf.all_terms() if field == "id")
            for number in self._ids(leaf, "id", key)
        }
        self.alive = {number for number in self.key_of if not self.reader.is_deleted(number)}
        self.lengths = {key: prepare(one).lengths for key, one in stored.items()}

    @staticmethod
    def _ids(leaf, field: str, text: str) -> list[int]:
        if (field, text) not in leaf:
            return []
        matcher = leaf._terms.matcher(field, text.encode(), leaf.schema[field].format)
        return list(matcher.all_ids())

    def containing(self, term: Term) -> set[int]:
        """The documents that hold the term and are not deleted."""
        if (term.field, term.token) not in self.reader:
            return set()
        return set(self.reader.postings(term.field, term.token).all_ids()) & self.alive

    def impacts(self, term: Term) -> dict[int, float]:
        if not self.containing(term):
            return {}
        total, containing = len(self.alive), len(self.containing(term))
        rarity = max(1e-3, math.log(1 + (total - containing + 0.5) / (containing + 0.5)))
        k1, b = BM25[term.field].k1, BM25[term.field].b
        matcher, found = self.reader.postings(term.field, term.token), {}
        while matcher.is_active():
            number, weight = matcher.id(), matcher.weight()
            if number in self.alive:
                length = self.lengths[self.key_of[number]][term.field]
                hold = k1 * (1 - b + b * length / self.averages[term.field])
                found[number] = term.weight * rarity * weight * (k1 + 1) / (weight + hold)
            matcher.next()
        return found

    def answer(self, query: EngineQuery) -> tuple[list[str], dict[str, float], dict[str, dict[str, int]]]:
        scores, matched = defaultdict(float), defaultdict(int)
        known = [group for group in query.groups if any(self.containing(term) for term in group.terms)]
        for group in known:
            highest: dict[int, float] = {}
            for term in group.terms:
                for number, value in self.impacts(term).items():
                    highest[number] = max(highest.get(number, 0.0), value)
            for number, value in highest.items():
                scores[number] += value
                matched[number] += group.counts
        needed = max(1, math.ceil(query.min_should_match * sum(group.counts for group in known) - 1e-9))
        matching = self._matching(query, scores, matched, needed)
        if needed > 1 and sum(self._passes(number, query) for number in matching) < query.enough:
            matching = self._matching(query, scores, matched, 1)
        hits = [number for number in matching if self._passes(number, query)]
        named = {self.key_of[number]: scores[number] for number in hits}
        hits.sort(key=lambda number: self._rank(number, query, scores))
        return [self.key_of[number] for number in hits], named, self._facets(matching, query)

    def _matching(self, query, scores, matched, needed) -> list[int]:
        if not query.groups:
            return list(self.alive)
        return [number for number in scores if needed == 1 or matched[number] >= needed]

    def _passes(self, number: int, query: EngineQuery, *, without: str = "") -> bool:
        facets = self.stored[self.key_of[number]].facets
        return all(wanted & set(facets.get(name, ())) for name, wanted in query.filters.items() if name != without)

    def _rank(self, number: int, query: EngineQuery, scores: dict[int, float]) -> tuple[float, int]:
        one = self.stored[self.key_of[number]]
        return (-one.numbers[query.sort] if query.sort else -round(scores[number], 4), one.order)

    def _facets(self, matching: list[int], query: EngineQuery) -> dict[str, dict[str, int]]:
        counted: dict[str, dict[str, int]] = {name: {} for name in query.facets}
        for name, counts in counted.items():
            for number in matching:
                if self._passes(number, query, without=name):
                    for value in self.stored[self.key_of[number]].facets.get(name, ()):
                        counts[value] = counts.get(value, 0) + 1
        return counted


def _write(engine: WhooshEngine, history: list) -> dict[str, IndexDocument]:
    stored: dict[str, IndexDocument] = {}
    for upserts, deletes in history:
        gone = [f"thing.{number}" for number in deletes]
        written = {one.key: one for one in upserts}
        engine.write(upserts=upserts, deletes=[key for key in gone if key not in written])
        for key in gone:
            stored.pop(key, None)
        stored.update(written)
    return stored


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches, st.lists(queries, min_size=1, max_size=4))
def test_executor_finds_scores_and_counts_what_whoosh_matchers_do(history, asked):
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(folder)
        engine.create()
        stored = _write(engine, history)
        assert engine.count() == len(stored)
        oracle = Oracle(engine, stored)
        for query in asked:
            result = engine.search(query)
            order, scores, facets = oracle.answer(query)
            assert result.total == len(order)
            assert {hit.key: hit.score for hit in result.hits} == pytest.approx(scores, rel=1e-4)
            assert result.facets == facets
            if query.sort or len({round(score, 3) for score in scores.values()}) == len(scores):
                assert keys(result) == order


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True))
def test_whoosh_itself_searches_the_same_files(history, words):
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(folder)
        engine.create()
        _write(engine, history)
        ours = engine.search(EngineQuery(groups=tuple(TermGroup((Term("words", word),)) for word in words), limit=100))
        index = whoosh_index.open_dir(str(engine.store.live()), indexname="MAIN")
        with index.searcher() as searcher:
            wanted = whoosh_query.Or([whoosh_query.Term("words", word) for word in words])
            found = {hit.docnum for hit in searcher.search(wanted, limit=None)}
        assert len(found) == ours.total


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches, queries)
def test_merging_segments_changes_no_document(history, query):
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(folder)
        engine.create()
        stored = _write(engine, history)
        before = dict(engine.digests())
        while engine.tidy():
            assert dict(engine.digests()) == before
        oracle = Oracle(engine, stored)
        result = engine.search(query)
        order, scores, facets = oracle.answer(query)
        assert {hit.key: hit.score for hit in result.hits} == pytest.approx(scores, rel=1e-4)
        assert result.facets == facets
        assert result.total == len(order)


def test_many_small_commits_keep_few_segments(tmp_path):
    engine = WhooshEngine(tmp_path / "index")
    engine.create()
    for number in range(100):
        engine.write(upserts=[document(number, "营业执照")])
    assert engine.count() == 100
    assert len(engine.snapshot().leaves) < 20


@given(
    st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.5]), min_size=1, max_size=60),
    st.integers(1, 20),
    st.integers(1, 40),
)
def test_best_are_those_of_a_full_sort(values, size, repeats):
    values = np.array(values * repeats * 8, np.float32)
    order = np.random.default_rng(len(values)).permutation(len(values)).astype(np.int64)
    expected = np.lexsort((order, -values))[:size]
    assert best(values, order, size=size).tolist() == expected.tolist()


@pytest.mark.parametrize("count", [5_000, 40_000])
def test_best_of_many_equal_values_are_those_of_lowest_order(count):
    values = np.zeros(count)
    values[::1000] = 1.0
    order = np.arange(count)[::-1].astype(np.int64)
    expected = np.lexsort((order, -values))[:50]
    assert best(values, order, size=50).tolist() == expected.tolist()


def test_a_document_written_again_scores_as_in_a_new_index(tmp_path):
    """A reuse click writes the best answer again; counted twice, its rare words would come to look common."""
    titles = ["前租户未注销办不了执照", "前家食品许可未注销", "公积金提取", "户口迁移", "社保补缴"]
    documents = [document(number, title, published=1.0) for number, title in enumerate(titles, 1)]
    worn, fresh = WhooshEngine(tmp_path / "worn"), WhooshEngine(tmp_path / "fresh")
    for engine in (worn, fresh):
        engine.create()
        engine.write(upserts=documents)
    for _ in range(3):
        worn.write(upserts=[documents[0]])
    found, expected = (engine.search(asked("前租户没注销执照")).hits for engine in (worn, fresh))
    assert [hit.key for hit in found] == [hit.key for hit in expected]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], rel=1e-5)
