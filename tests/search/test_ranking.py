"""What moves a result beside its words: the fitting sibling, the near place, open points, successful use."""

from dataclasses import replace

import numpy as np
import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope
from caselib.search import ranking, weights
from caselib.search.fields import fails_of, uses_of
from caselib.search.ranking import ranking_of
from caselib.search.semantic.snapshot import Closeness
from caselib.search.understanding import understand

SCOPE = ViewerScope(
    departments={1: frozenset({Role.WINDOW})}, region_ids=frozenset({3, 2, 1}), home_region_id=3, nation_id=1
)


def close_to(scores: dict[int, float]) -> Closeness:
    values = np.array([scores[order] for order in sorted(scores)], np.float32)
    return Closeness(np.array(sorted(scores), np.int64), values, float(values.mean()), float(values.max()))


@pytest.fixture
def meaning(monkeypatch):
    monkeypatch.setattr(ranking, "closeness", lambda *texts: close_to({1: 0.8, 2: 0.9, 3: 1.0}))


def test_without_a_model_words_decide_alone(settings):
    assert ranking_of(understand("股东失联"), SCOPE).boosts is None


def test_the_closest_gets_the_whole_weight_and_half_of_it_makes_a_hit(meaning):
    boosts = ranking_of(understand("股东失联"), SCOPE).boosts
    assert boosts.values.tolist() == pytest.approx([0.8, 0.9, 1.0])
    assert (boosts.weight, boosts.floor, boosts.mean) == (weights.CLOSENESS, weights.CLOSENESS / 2, None)


def test_the_mean_of_a_large_store_is_that_of_all_and_not_of_the_closest(monkeypatch):
    found = replace(close_to({1: 0.8, 2: 0.9}), mean=0.5, is_whole=False)
    monkeypatch.setattr(ranking, "closeness", lambda *texts: found)
    assert ranking_of(understand("股东失联"), SCOPE).boosts.mean == 0.5


@pytest.mark.parametrize("text", ["国发〔2022〕5号", "登记条例第三十三条 注销", "yyzz 遗失"])
def test_meaning_hardly_counts_for_codes_and_pinyin(meaning, text):
    assert ranking_of(understand(text), SCOPE).boosts.weight == weights.CLOSENESS_OF_CODES


def test_a_place_that_is_named_counts_as_much_beside_meaning_as_beside_words_alone(monkeypatch):
    question = replace(understand("注销"), preferences={"region": {"上海市虹口区": 0.3, "上海市": 0.1}})
    alone = ranking_of(question, SCOPE).preferences["region"]
    monkeypatch.setattr(ranking, "closeness", lambda *texts: close_to({1: 0.8, 2: 0.9}))
    beside = ranking_of(question, SCOPE).preferences["region"]
    assert alone == {"上海市虹口区": 0.3, "上海市": 0.1}
    # The best share of a score is 1 for words, and that and the weight of closeness with meaning.
    assert beside == pytest.approx({name: worth * (1 + weights.CLOSENESS) for name, worth in alone.items()})


def test_own_region_and_what_lies_above_stand_before_the_neighbour_and_the_neighbour_before_the_far():
    worth = ranking_of(understand("注销"), SCOPE).preferences["place"]

    def of(*values: str) -> float:
        return round(sum(worth.get(value, 0.0) for value in values), 3)

    own = of("at:3", "in:3", "in:2", "in:1")
    assert own == of("at:2", "in:2", "in:1") == of("at:1", "in:1") == of("at:")
    neighbour, far = of("at:4", "in:4", "in:2", "in:1"), of("at:9", "in:9", "in:8", "in:1")
    assert own > neighbour > far == 0


def test_steps_of_successful_use_all_have_a_worth():
    assert [uses_of(count) for count in (0, 1, 2, 3, 9, 10, 500)] == ["0", "1", "1", "3", "3", "10", "10"]
    assert set(weights.USED) == {"1", "3", "10"}


def test_evaluation_asks_as_a_clerk_without_a_place():
    assert (
        "place"
        not in ranking_of(understand("注销"), ViewerScope(departments={0: frozenset({Role.WINDOW})})).preferences
    )


def test_what_departments_followed_in_vain_weighs_more_than_success_lifts_and_less_than_an_open_point():
    assert [fails_of(count) for count in (0, 1, 2, 9, 50)] == ["0", "1", "2", "9", "9"]
    assert set(weights.FAILED) == {str(count) for count in range(1, 10)}
    worth = ranking_of(understand("注销"), SCOPE).preferences
    assert worth["fails"]["1"] < 0
    assert weights.DOUBTFUL < worth["fails"]["2"] < -max(weights.USED.values())
