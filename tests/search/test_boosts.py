"""What is added to the score for words: closeness by `order`, and preferences by facet value, checked one document at a time."""

import tempfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caselib.search.engine.port import Boosts, EngineQuery
from caselib.search.engine.whoosh.engine import WhooshEngine

from .engines import asked, document, keys

WORDS = ["营业执照", "注销", "身份证", "社保"]
documents = st.builds(
    lambda number, words, fits: document(number, "、".join(words), facets={"fits": fits, "audience": ["all"]}),
    st.integers(1, 9),
    st.lists(st.sampled_from(WORDS), max_size=3),
    st.lists(st.sampled_from("甲乙丙"), max_size=2, unique=True),
)
history = st.lists(st.lists(documents, min_size=1, max_size=6), min_size=1, max_size=4)
boosts = st.dictionaries(st.integers(0, 9), st.sampled_from([-0.5, 0.25, 0.5, 1.0]), max_size=8).map(
    lambda b: {**b, 0: 1.0}
)


def boosts_of(values: dict[int, float], *, floor: float = 9.0, mean: float | None = 0.0) -> Boosts:
    """With a mean of 0 and a weight that is the highest value, each document gets its value as it is."""
    orders = sorted(values)
    numbers = np.array([values[order] for order in orders], np.float32)
    return Boosts(np.array(orders, np.int64), numbers, float(numbers.max(initial=0.0)) or 1.0, floor, mean)


@pytest.fixture
def engine(tmp_path):
    engine = WhooshEngine(tmp_path)
    engine.create()
    return engine


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    history, st.sampled_from(WORDS), boosts, st.dictionaries(st.sampled_from("甲乙丙丁"), st.floats(-1, 1, width=16))
)
def test_every_hit_gets_its_own_share_boost_and_preferences(batches, word, given_boosts, preferred):
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(folder)
        engine.create()
        # The one with the highest value is always there: values are brought to the weight by it.
        batches = [[document(0, "", facets={"fits": [], "audience": ["all"]})], *batches]
        stored = {}
        for batch in batches:
            batch = list({one.key: one for one in batch}.values())
            engine.write(upserts=batch)
            stored |= {one.key: one for one in batch}
        plain = {hit.key: hit.words for hit in engine.search(asked(word, limit=50)).hits}
        result = engine.search(
            asked(word, limit=50, boosts=boosts_of(given_boosts, floor=0.5), preferences={"fits": preferred})
        )
        best = max(plain.values(), default=0.0)
        expected = {
            key: (plain.get(key, 0.0) / best if best else 0.0)
            + given_boosts.get(one.order, 0.0)
            + sum(preferred.get(value, 0.0) for value in one.facets["fits"])
            for key, one in stored.items()
            if key in plain or given_boosts.get(one.order, 0.0) >= 0.5
        }
        assert {hit.key: hit.score for hit in result.hits} == pytest.approx(expected, rel=1e-3, abs=1e-3)
        assert result.total == len(expected)
        assert [hit.score for hit in result.hits] == sorted((hit.score for hit in result.hits), reverse=True)


def test_a_boost_never_lets_through_what_a_filter_holds_back(engine):
    engine.write(
        upserts=[
            document(1, "营业执照", facets={"audience": ["all"]}),
            document(2, "别的事", facets={"audience": ["dept:1"]}),
        ]
    )
    query = asked("营业执照", boosts=boosts_of({1: 0.0, 2: 5.0}, floor=1.0), filters={"audience": frozenset({"all"})})
    result = engine.search(query)
    assert keys(result) == ["thing.1"]
    assert result.total == 1


def test_a_close_document_is_found_without_a_word_in_common(engine):
    engine.write(upserts=[document(1, "营业执照"), document(2, "身份证")])
    result = engine.search(asked("开饭馆", boosts=boosts_of({2: 1.2}, floor=1.0)))
    assert keys(result) == ["thing.2"]
    assert result.hits[0].words == 0


def test_words_nobody_knows_do_not_make_everything_a_hit(engine):
    engine.write(upserts=[document(1, "营业执照"), document(2, "身份证")])
    assert engine.search(asked("饕餮", boosts=boosts_of({1: 0.2}, floor=1.0))).total == 0


def test_the_share_is_of_the_best_among_those_that_pass_the_filters(engine):
    engine.write(
        upserts=[
            document(1, "社保 社保 社保", facets={"theme": ["甲"]}),
            document(2, "社保", "很长的正文" * 30, facets={"theme": ["乙"]}),
        ]
    )
    result = engine.search(
        asked("社保", preferences={"theme": {}}, filters={"theme": frozenset({"乙"})}, boosts=boosts_of({}))
    )
    assert result.hits[0].score == pytest.approx(1.0)


def test_hits_bring_the_values_that_were_asked_for(engine):
    engine.write(upserts=[document(1, "社保", facets={"fits": ["甲", "乙"]}), document(2, "社保 社保")])
    result = engine.search(asked("社保", returns=("fits", "unheard")))
    assert {hit.key: hit.values["fits"] for hit in result.hits} == {"thing.1": ("甲", "乙"), "thing.2": ()}
    assert all(hit.values["unheard"] == () for hit in result.hits)


def test_sorting_by_a_number_is_left_alone_by_boosts(engine):
    engine.write(upserts=[document(1, "社保", published=1.0), document(2, "社保", published=2.0)])
    result = engine.search(asked("社保", sort="published", boosts=boosts_of({1: 3.0})))
    assert keys(result) == ["thing.2", "thing.1"]


def test_facets_count_what_boosts_found(engine):
    engine.write(
        upserts=[document(1, "社保", facets={"theme": ["甲"]}), document(2, "身份证", facets={"theme": ["乙"]})]
    )
    result = engine.search(
        EngineQuery(groups=asked("社保").groups, facets=("theme",), boosts=boosts_of({2: 2.0}, floor=1.0))
    )
    assert result.facets == {"theme": {"甲": 1, "乙": 1}}


def hidden_world(engine) -> None:
    """Two that everybody sees, and one of another department that holds a word and a closeness of its own."""
    engine.write(
        upserts=[
            document(1, "社保 转移", facets={"audience": ["all"]}),
            document(2, "社保 身份证", facets={"audience": ["all"]}),
            document(3, "社保 营业执照 注销", facets={"audience": ["dept:1"]}),
        ]
    )


@pytest.mark.parametrize("hidden", [{}, {3: 0.1}, {3: 9.0}])
def test_what_is_hidden_moves_no_score_no_hit_and_no_figure(engine, tmp_path_factory, hidden):
    """Rarity, the number of words that must match, the closest and the mean are of what the viewer may see."""
    text = "社保 转移 营业执照 注销"
    options = {"filters": {"audience": frozenset({"all"})}, "hidden_filters": frozenset({"audience"})}
    options |= {"min_should_match": 0.5, "enough": 1, "limit": 9}
    boosts = boosts_of({1: 0.2, 2: 0.4, **hidden}, floor=0.5, mean=None)
    hidden_world(engine)
    with_hidden = engine.search(asked(text, boosts=Boosts(boosts.orders, boosts.values, 1.0, 0.5), **options))
    alone = WhooshEngine(tmp_path_factory.mktemp("alone"))
    alone.create()
    alone.write(
        upserts=[
            document(1, "社保 转移", facets={"audience": ["all"]}),
            document(2, "社保 身份证", facets={"audience": ["all"]}),
        ]
    )
    without = alone.search(asked(text, boosts=Boosts(boosts.orders, boosts.values, 1.0, 0.5), **options))
    assert keys(with_hidden) == keys(without)
    assert with_hidden.total == without.total
    assert with_hidden.raw_boosts == pytest.approx(without.raw_boosts)
    assert [hit.boost for hit in with_hidden.hits] == pytest.approx([hit.boost for hit in without.hits])
    assert [hit.words for hit in with_hidden.hits] == pytest.approx([hit.words for hit in without.hits])


def test_words_are_counted_in_what_passes_the_filters_only(engine):
    hidden_world(engine)
    terms = [("words", "社保"), ("words", "注销"), ("words", "饕餮")]
    assert engine.frequencies(terms, filters={"audience": frozenset({"all"})}) == ([2, 0, 0], 2)
    assert engine.frequencies(terms, filters={"audience": frozenset({"all", "dept:1"})}) == ([3, 1, 0], 3)
    engine.write(deletes=["thing.2"])
    assert engine.frequencies(terms, filters={"audience": frozenset({"all"})}) == ([1, 0, 0], 1)
