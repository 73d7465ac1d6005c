"""能用吗: what answers come to, and which condition decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselib.precedents.fitting import (
    WORDS,
    Answer,
    Need,
    State,
    Way,
    condition_meant,
    questions_of,
    same_condition,
    verdict_of,
)

YES, NO = ("联系得上", "有使用权"), ("在经营异常名录", "被吊销满三年", "已有人办")
ALL_GOOD = {"y1": "good", "y2": "good", "n1": "good", "n2": "good", "n3": "good"}


def asked(**answers: str):
    return questions_of(YES, NO, answers=answers, ways={})


def said(good: str = "ok", **answers: str) -> tuple[State, str]:
    verdict = verdict_of(asked(**answers), good=good)
    return verdict.state, verdict.words


@pytest.mark.parametrize(
    ("answers", "state", "words"),
    [
        ({}, State.BLANK, "5 条都问一遍，再下结论。"),
        ({"y1": "good", "n1": "unsure"}, State.ASK, "问了 2 条，符合 1 条，还有 3 条没问。"),
        (ALL_GOOD, State.OK, "5 条都符合，可以这么办。"),
        (ALL_GOOD | {"n2": "unsure"}, State.CARE, "5 条里符合 4 条，1 条不清楚；先不要答应群众日期。"),
        (ALL_GOOD | {"n1": "bad"}, State.STOP, "5 条里符合 4 条，1 条不符合。"),
        ({"n1": "bad"}, State.STOP, "5 条里符合 0 条，1 条不符合。"),
    ],
)
def test_the_answers_are_counted_and_come_to_one_word(answers, state, words):
    assert said(**answers) == (state, words)


@pytest.mark.parametrize(
    ("good", "state"), [("ok", State.OK), ("care", State.WARY), ("", State.REFERENCE), ("stop", State.REFERENCE)]
)
def test_only_what_may_be_followed_ends_in_a_yes(good, state):
    assert said(good, **ALL_GOOD)[0] is state


def test_a_condition_that_fails_is_named_with_its_answer():
    held, absent = asked(y1="bad", n1="bad")[0], asked(y1="bad", n1="bad")[2]
    assert held.failed_words == "不符合：“联系得上”答了“否”"
    assert absent.failed_words == "不符合：“在经营异常名录”答了“有”"
    assert absent.unsure_words == "要问清：在经营异常名录"


@pytest.mark.parametrize("answer", ["", "yes", "GOOD", "good ", "坏", "\x00", "1" * 5000])
def test_an_answer_that_is_none_counts_as_not_asked(answer):
    assert asked(y1=answer)[0].answer is None
    assert said(**(ALL_GOOD | {"y1": answer}))[0] is State.ASK


def test_a_text_without_conditions_never_ends_in_a_yes():
    assert verdict_of((), good="ok").state is State.BLANK


def test_ways_hang_on_their_condition():
    way = Way(words="移出名录", label="另一件", address="/p/x/")
    found = questions_of(YES, NO, answers={}, ways={"在经营异常名录": [way]})
    assert [question.ways for question in found] == [(), (), (way,), (), ()]
    assert [question.key for question in found] == ["y1", "y2", "n1", "n2", "n3"]
    assert [question.need for question in found[1:3]] == [Need.HOLDS, Need.ABSENT]


@given(
    st.dictionaries(st.sampled_from(sorted(ALL_GOOD)), st.sampled_from(list(Answer))),
    st.sampled_from(["ok", "care", ""]),
)
def test_a_yes_needs_every_condition_and_one_that_fails_always_stops(answers, good):
    state = verdict_of(asked(**answers), good=good).state
    assert (state in (State.OK, State.WARY, State.REFERENCE)) == (list(answers.values()) == [Answer.GOOD] * 5)
    assert (state is State.STOP) == (Answer.BAD in answers.values())


def test_every_sentence_can_be_filled_with_the_same_counts():
    counts = dict.fromkeys(("total", "answered", "open", "met", "failed", "unsure"), 3)
    assert all("{" not in words.format(**counts) for _, words in WORDS.values())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("在名录", "在名录？", True), ("有 3 人", "有３人。", True), ("在名录", "不在名录", False),
        ("", "", False), ("", "在名录", False),
    ],
)  # fmt: skip
def test_width_blanks_and_the_last_mark_make_no_other_condition(one, other, same):
    assert same_condition(one, other) is same
    assert condition_meant(one, [other]) == (other if same else "")
