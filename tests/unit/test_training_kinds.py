"""Questions are marked by what their bodies say: any answer gets a score, the right one alone gets all of it."""

import itertools
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.core.errors import RuleBroken
from caselib.training.choices import QuestionKind
from caselib.training.questions.kinds import (
    FULL,
    LONGEST_ANSWER,
    MOST_OPTIONS,
    body_checked,
    given_checked,
    keyed,
    marked,
    score_of_points,
    shuffled,
)

# Anything that a browser, a program or a fault may send in the place of an answer.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)
NAMED = st.dictionaries(st.sampled_from(["chosen", "order", "pairs", "text"]), ANYTHING, max_size=4)
WORDS = st.text(st.sampled_from("补件三天期限核验①Ａa1 。"), min_size=1, max_size=8).filter(
    lambda text: bool(text.strip())
)


def lines(least: int, most: int = MOST_OPTIONS) -> st.SearchStrategy[list[str]]:
    # By number, so that no two are the same when width and case are taken away.
    return st.lists(WORDS, min_size=least, max_size=most).map(
        lambda found: [f"{at}{text}" for at, text in enumerate(found)]
    )


@st.composite
def bodies(draw, kind: str) -> dict:
    """A body as a form sends it, without keys."""
    if kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.WHICH):
        texts = draw(lines(2, 2 if kind == QuestionKind.WHICH else MOST_OPTIONS))
        options = keyed([{"text": text, "why": draw(st.just("") | WORDS)} for text in texts], within="options")
        most = len(options) if kind == QuestionKind.MULTIPLE else 1
        right = draw(st.lists(st.sampled_from(options), min_size=1, max_size=most, unique_by=lambda each: each["key"]))
        return {"options": options, "right": [each["key"] for each in right]}
    if kind == QuestionKind.ORDER:
        return {"items": [{"text": text} for text in draw(lines(3))]}
    if kind == QuestionKind.SHORT:
        return {"points": [{"text": text} for text in draw(lines(1))], "sample": draw(WORDS), "marking": "trainer"}
    left, right = (keyed([{"text": text} for text in draw(lines(2))], within=side) for side in ("left", "right"))
    pairs = {each["key"]: draw(st.sampled_from(right))["key"] for each in left}
    return {"left": left, "right": right, "pairs": pairs}


KINDS = pytest.mark.parametrize("kind", QuestionKind.values)


def right_answer(kind: str, body: dict) -> dict:
    if kind == QuestionKind.ORDER:
        return {"order": [part["key"] for part in body["items"]]}
    if kind == QuestionKind.MATCH:
        return {"pairs": body["pairs"]}
    return {"chosen": body.get("right", []), "text": "三天内补"}


@KINDS
@settings(max_examples=25)
@given(data=st.data())
def test_marking_never_fails_and_stays_between_nothing_and_all(kind, data):
    body = body_checked(kind, data.draw(bodies(kind)))
    answer = data.draw(ANYTHING | NAMED)
    for sent in (answer, given_checked(kind, answer)):
        result = marked(kind, body, sent)
        assert result.score is None if kind == QuestionKind.SHORT and result.is_answered else 0 <= result.score <= FULL
    # What is stored is marked as what was sent, except for text that was longer than any answer may be.
    assert marked(kind, body, given_checked(kind, answer)) == marked(kind, body, answer)


@KINDS
@settings(max_examples=20)
@given(data=st.data())
def test_the_right_answer_alone_gets_all_of_it(kind, data):
    body = body_checked(kind, data.draw(bodies(kind)))
    right = given_checked(kind, right_answer(kind, body))
    result = marked(kind, body, right)
    assert result.is_answered
    assert result.score == (None if kind == QuestionKind.SHORT else FULL)
    if kind == QuestionKind.ORDER:
        keys = [part["key"] for part in body["items"]]
        other = data.draw(st.permutations(keys).filter(lambda order: list(order) != keys))
        assert marked(kind, body, {"order": other}).score < FULL
    elif kind == QuestionKind.MATCH:
        left = data.draw(st.sampled_from(sorted(body["pairs"])))
        others = [part["key"] for part in body["right"] if part["key"] != body["pairs"][left]]
        wrong = {**body["pairs"], left: data.draw(st.sampled_from(others))}
        assert marked(kind, body, {"pairs": wrong}).score < FULL
    elif kind != QuestionKind.SHORT:
        keys = [part["key"] for part in body["options"]]
        chosen = data.draw(
            st.lists(st.sampled_from(keys), unique=True).filter(lambda got: set(got) != set(body["right"]))
        )
        assert marked(kind, body, {"chosen": chosen}).score < FULL


@KINDS
@settings(max_examples=20)
@given(data=st.data())
def test_a_checked_body_stays_as_it_is(kind, data):
    body = body_checked(kind, data.draw(bodies(kind)))
    assert body_checked(kind, body) == body


@KINDS
@settings(max_examples=25)
@given(
    body=ANYTHING | st.dictionaries(st.sampled_from(["options", "right", "items", "left", "pairs", "points"]), ANYTHING)
)
def test_any_body_is_checked_or_refused_with_a_sentence(kind, body):
    try:
        body_checked(kind, body)
    except RuleBroken as error:
        assert error.message.startswith("没有存：") and error.field


@given(texts=lines(1), seed=st.text(max_size=10))
def test_shuffled_parts_are_the_same_parts_each_time(texts, seed):
    parts = keyed([{"text": text} for text in texts])
    once = shuffled(parts, seed=seed)
    assert sorted(once, key=lambda part: part["key"]) == sorted(parts, key=lambda part: part["key"])
    assert once == shuffled(parts, seed=seed)


def test_two_learners_see_options_in_different_orders():
    parts = keyed([{"text": text} for text in "甲乙丙丁戊己"])
    assert len({tuple(part["key"] for part in shuffled(parts, seed=str(seed))) for seed in range(20)}) > 10


@given(texts=lines(3))
def test_the_same_steps_get_the_same_keys_and_each_its_own(texts):
    once, again = (keyed([{"text": text} for text in texts], within="items") for _ in range(2))
    assert once == again
    assert len({part["key"] for part in once}) == len(texts)


def test_keys_of_steps_do_not_tell_their_order():
    in_order = 0
    for number in range(40):
        keys = [part["key"] for part in keyed([{"text": f"{number}{step}"} for step in "一二三四"], within="items")]
        in_order += keys == sorted(keys)
    # By chance one in 24.
    assert in_order < 8


def test_a_key_that_is_none_or_is_there_twice_is_given_anew():
    parts = keyed(
        [{"key": "a", "text": "一"}, {"key": "a", "text": "二"}, {"key": "x" * 50, "text": "三"}, {"text": "四"}]
    )
    keys = [part["key"] for part in parts]
    assert keys[0] == "a" and len(set(keys)) == 4
    assert all(set(key) <= set(string.ascii_lowercase + string.digits) for key in keys)


def test_ticking_everything_gains_nothing():
    body = {"options": [{"key": key, "text": key} for key in "abcd"], "right": ["a", "b"]}
    scores = {
        chosen: marked("multiple", body, {"chosen": list(chosen)}).score for chosen in ("ab", "a", "abc", "abcd", "cd")
    }
    assert scores == {"ab": 100, "a": 50, "abc": 50, "abcd": 0, "cd": 0}


def test_an_order_is_marked_by_what_follows_what():
    body = {"items": [{"key": key, "text": key} for key in "abcd"]}
    scores = {
        order: marked("order", body, {"order": list(order)}).score for order in ("abcd", "abdc", "bcda", "dcba", "abc")
    }
    assert scores == {"abcd": 100, "abdc": 33, "bcda": 66, "dcba": 0, "abc": 0}
    assert not marked("order", body, {"order": list("abca")}).is_answered


def test_points_are_counted_once():
    body = {"points": [{"key": "a", "text": "一"}, {"key": "b", "text": "二"}]}
    assert [score_of_points(body, met) for met in ([], ["a", "a"], ["a", "b"], ["b", "z"])] == [0, 50, 100, 50]


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("single", {"options": [{"key": "a", "text": "甲"}], "right": ["a"]}, "too_few"),
        (
            "single",
            {"options": [{"key": "a", "text": "甲"}, {"key": "b", "text": "乙"}], "right": []},
            "no_right_answer",
        ),
        (
            "single",
            {"options": [{"key": "a", "text": "甲"}, {"key": "b", "text": "乙"}], "right": ["a", "b"]},
            "several_right",
        ),
        ("multiple", {"options": [{"key": "a", "text": "Ａ甲"}, {"key": "b", "text": "a甲"}], "right": ["a"]}, "twice"),
        (
            "single",
            {"options": [{"text": "甲"}, {"text": "乙"}, {"text": "", "why": "忘了写"}], "right": []},
            "empty_part",
        ),
        ("which", {"options": [{"key": key, "text": key} for key in "abc"], "right": ["a"]}, "two_options"),
        ("order", {"items": [{"text": "一"}, {"text": "二"}]}, "too_few"),
        (
            "match",
            {"left": [{"text": "一"}, {"text": "二"}], "right": [{"text": "三"}, {"text": "四"}]},
            "no_right_answer",
        ),
        ("short", {"points": []}, "too_few"),
        ("short", {"points": [{"text": "一"}], "sample": "话" * 1001}, "too_long"),
        ("order", {"items": [{"text": str(n)} for n in range(9)]}, "too_many"),
        ("order", {"items": [{"text": "长" * 20_000}, {"text": "一"}, {"text": "二"}]}, "too_long"),
    ],
)
def test_what_nobody_could_answer_is_refused(kind, body, code):
    with pytest.raises(RuleBroken) as refused:
        body_checked(kind, body)
    assert refused.value.code == code


def test_debris_of_copying_is_taken_out_of_what_is_kept():
    body = body_checked("order", {"items": [{"text": f"\x00步骤\u200b{n}\ud800 "} for n in "一二三"]})
    assert [part["text"] for part in body["items"]] == ["步骤一", "步骤二", "步骤三"]
    assert given_checked("short", {"text": "😀\x00好" + "字" * 20_000})["text"] == "😀好" + "字" * (LONGEST_ANSWER - 2)


def test_every_pair_of_neighbours_counts_alike():
    body = {"items": [{"key": key, "text": key} for key in "abc"]}
    scores = sorted(marked("order", body, {"order": list(order)}).score for order in itertools.permutations("abc"))
    assert scores == [0, 0, 0, 50, 50, 100]
