"""The rules of answering, what a form says, and what the page gives away of the right order: nothing."""

import datetime as dt
from types import SimpleNamespace

import pytest

from caselib.core.errors import NotVisible
from caselib.training.choices import AnswersShown, AttemptState, PackStatus, QuestionKind
from caselib.training.learning.asked import Asked, State, Typed, is_sound, read_typed
from caselib.training.learning.drawn import form_of
from caselib.training.learning.rules import (
    LONGEST_SECONDS,
    are_answers_shown,
    may_begin,
    seconds_between,
)
from caselib.training.learning.stamps import hidden_key, in_order, known_keys, new_stamp, stamp_of
from caselib.training.models import Attempt, Pack, PackVersion, Question, QuestionText
from tests.training_rows import BROKEN, MATCH, ORDER, SHORT, SINGLE

NOW = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)
PUBLISHED = Pack(status=PackStatus.PUBLISHED)


def attempt(state=AttemptState.MARKED, *, score=50, minutes_ago=0) -> Attempt:
    return Attempt(state=state, score=score, submitted_at=NOW - dt.timedelta(minutes=minutes_ago))


def question(kind, body, *, pk=7) -> Asked:
    text = QuestionText(pk=pk, kind=kind, body=body, stem="?", question=Question(pk=pk, code=f"code{pk}"))
    return Asked(1, text, State.OK)


def test_a_first_attempt_may_always_begin():
    assert may_begin(PUBLISHED, PackVersion(most_attempts=1, wait_minutes=60), [], now=NOW)


def test_who_used_all_attempts_is_told_how_many_there_are():
    answer = may_begin(PUBLISHED, PackVersion(most_attempts=2), [attempt(), attempt()], now=NOW)
    assert not answer
    assert "最多答 2 次" in answer.reason


@pytest.mark.parametrize(("ago", "told"), [(0, "30 分钟"), (29, "1 分钟"), (30, None), (31, None)])
def test_who_has_to_wait_is_told_until_when(ago, told):
    answer = may_begin(PUBLISHED, PackVersion(wait_minutes=30), [attempt(minutes_ago=ago)], now=NOW)
    assert bool(answer) is (told is None)
    if told:
        assert told in answer.reason
        assert "以后可以再答" in answer.reason


def test_what_waits_to_be_marked_comes_before_a_new_attempt():
    assert not may_begin(PUBLISHED, PackVersion(), [attempt(AttemptState.SUBMITTED, score=None)], now=NOW)


def test_an_archived_pack_takes_no_new_attempt():
    assert not may_begin(Pack(status=PackStatus.ARCHIVED), PackVersion(), [], now=NOW)


@pytest.mark.parametrize(
    ("shown", "attempts", "most", "expected"),
    [
        (AnswersShown.EACH, [attempt()], 0, True),
        (AnswersShown.PASSED, [attempt()], 0, False),
        (AnswersShown.PASSED, [attempt(score=80)], 0, True),
        (AnswersShown.PASSED, [attempt(), attempt()], 2, True),
        (AnswersShown.PASSED, [attempt()], 2, False),
        # The last one may still be passed: nothing is told before it is marked.
        (AnswersShown.PASSED, [attempt(), attempt(AttemptState.SUBMITTED, score=None)], 2, False),
    ],
)
def test_answers_are_shown_as_the_version_says(shown, attempts, most, expected):
    version = PackVersion(answers_shown=shown, pass_mark=80, most_attempts=most)
    assert are_answers_shown(version, attempts) is expected


def test_time_spent_is_bounded():
    assert seconds_between(NOW, NOW - dt.timedelta(days=1)) == 0
    assert seconds_between(NOW, NOW + dt.timedelta(days=1)) == LONGEST_SECONDS


def test_a_stamp_is_for_one_account_and_cannot_be_forged():
    signed = new_stamp(lesson=5, user=9, number=1, now=NOW).signed()
    assert stamp_of(signed, user=9).lesson == 5
    for bad, user in ((signed, 8), (signed[:-2], 9), ("", 9), ("x" * 20_000, 9), (signed, None)):
        with pytest.raises(NotVisible):
            stamp_of(bad, user=user)


def test_keys_in_the_page_say_nothing_of_the_order():
    shown = [hidden_key("seed", part["key"]) for part in ORDER["items"]]
    assert not set(shown) & {"a", "b", "c"}
    assert known_keys("seed", ORDER["items"])[shown[1]] == "b"
    assert shown != [hidden_key("other", part["key"]) for part in ORDER["items"]]


def test_steps_never_stand_in_the_right_order_at_first():
    for number in range(50):
        mixed = in_order(ORDER["items"], seed=f"s{number}", never_as_given=True)
        assert [part["key"] for part in mixed] != ["a", "b", "c"]


def test_a_form_is_read_by_the_keys_of_its_own_seed():
    single, order, match, short = (
        question(QuestionKind.SINGLE, SINGLE, pk=1),
        question(QuestionKind.ORDER, ORDER, pk=2),
        question(QuestionKind.MATCH, MATCH, pk=3),
        question(QuestionKind.SHORT, SHORT, pk=4),
    )
    seed = "abcdefghjk"
    posted = {
        "q1": [hidden_key(seed, "b"), hidden_key(seed, "a")],
        f"q2-{hidden_key(seed, 'a')}": ["2"],
        f"q2-{hidden_key(seed, 'b')}": ["1"],
        f"q2-{hidden_key(seed, 'c')}": ["3"],
        f"q3-{hidden_key(seed, 'a')}": [hidden_key(seed, "b")],
        f"q3-{hidden_key(seed, 'b')}": ["forged"],
        "q4": ["三天内补"],
        "q99": ["x"],
    }
    typed = read_typed([single, order, match, short], posted, seed=seed)
    assert {key: each.given for key, each in typed.items()} == {
        1: {"chosen": ["b"]},
        2: {"order": ["b", "a", "c"]},
        3: {"pairs": {"a": "b"}},
        4: {"text": "三天内补"},
    }
    other = read_typed([single], posted, seed="other-seed")
    assert not other[1].is_answered


def test_places_that_make_no_order_stand_in_the_form_again():
    asked, seed = question(QuestionKind.ORDER, ORDER), "abcdefghjk"
    posted = {f"q7-{hidden_key(seed, 'a')}": ["2"], f"q7-{hidden_key(seed, 'b')}": ["2"]}
    typed = read_typed([asked], posted, seed=seed)
    assert not typed[7].is_answered
    (drawn,) = form_of([asked], typed, seed=seed)
    assert sorted(option.place for option in drawn.options) == ["", "2", "2"]


def test_an_answer_to_what_is_off_view_is_kept_and_its_absence_says_nothing():
    seen = question(QuestionKind.SHORT, SHORT)
    hidden = Asked(1, seen.text, State.HIDDEN)
    assert read_typed([hidden], {"q7": ["写过"]}, seed="s")[7].given == {"text": "写过"}
    assert read_typed([hidden], {}, seed="s") == {}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (QuestionKind.SINGLE, BROKEN),
        (QuestionKind.SINGLE, {}),
        (QuestionKind.ORDER, {"items": []}),
        (QuestionKind.MATCH, {"left": [{"key": "a", "text": "x"}], "right": [], "pairs": {}}),
        (QuestionKind.SHORT, {"points": []}),
        (QuestionKind.SINGLE, None),
    ],
)
def test_a_question_that_nobody_can_answer_is_known(kind, body):
    assert not is_sound(SimpleNamespace(kind=kind, body=body))


def test_what_was_answered_stands_in_the_form():
    asked, seed = question(QuestionKind.MULTIPLE, SINGLE), "abcdefghjk"
    (drawn,) = form_of([asked], {7: Typed({"chosen": ["c"]})}, seed=seed)
    assert [option.text for option in drawn.options if option.is_chosen] == ["直接不予受理"]
