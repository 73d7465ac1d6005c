"""Cards: what becomes one, what an answer does to it, and what is not asked."""

import datetime as dt

import pytest
import time_machine

from caselib.core.errors import NotVisible
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience
from caselib.training.choices import QuestionKind, QuestionState
from caselib.training.models import Question, QuestionText, Response, ReviewCard
from caselib.training.repeating.asking import again_for_page, card_to_answer, due_count
from caselib.training.repeating.cards import card_answer, cards_note
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC)
ON = dt.date(2026, 11, 30)


@pytest.fixture
def learner():
    return factories.user(Role.WINDOW)


def handed_in(learner, *scores):
    pack = training_rows.pack()
    version = training_rows.open_version(pack)
    lesson = training_rows.note(version)
    training_rows.asked(lesson, *(training_rows.question() for _ in scores))
    training_rows.publish(pack)
    attempt = training_rows.answered(training_rows.enrolled(pack, learner), lesson, *scores)
    return list(Response.objects.filter(attempt=attempt).select_related("attempt__enrolment", "text"))


def test_each_that_was_not_wholly_right_becomes_a_card(learner, django_assert_max_num_queries):
    responses = handed_in(learner, 0, 100, 50, None)
    with django_assert_max_num_queries(3):
        assert cards_note(responses, now=NOW) == 2
    cards = ReviewCard.objects.filter(user=learner)
    assert {card.question_id for card in cards} == {responses[0].text.question_id, responses[2].text.question_id}
    assert {(card.misses, card.times, card.due_at.date()) for card in cards} == {(1, 0, dt.date(2026, 12, 1))}


def test_nothing_missed_writes_nothing(learner, django_assert_num_queries):
    responses = handed_in(learner, 100, None)
    with django_assert_num_queries(0):
        assert cards_note(responses, now=NOW) == 0


def test_missed_again_it_comes_sooner_and_is_still_one_card(learner):
    responses = handed_in(learner, 70)
    cards_note(responses, now=NOW)
    card = ReviewCard.objects.get()
    for _ in range(4):
        card_answer(card, {"chosen": ["a"]}, scope=scope_of(learner), times=card.times, now=card.due_at)
        card.refresh_from_db()
    before = card.due_at - card.last_at
    cards_note(handed_again(responses), now=card.last_at + dt.timedelta(days=2))
    card.refresh_from_db()
    assert card.due_at - card.last_at < before
    assert (card.misses, ReviewCard.objects.count()) == (2, 1)


def handed_again(responses):
    for each in responses:
        each.score = 0
    return responses


def card_of(learner, **values):
    return training_rows.review_card(learner, training_rows.question(**values), due_at=NOW)


def test_one_answer_counts_once(learner):
    card = card_of(learner)
    first = card_answer(card, {"chosen": ["b"]}, scope=scope_of(learner), times=0, now=NOW)
    again = card_answer(card, {"chosen": ["b"]}, scope=scope_of(learner), times=0, now=NOW)
    assert (first.counted, first.score, again.counted) == (True, 0, False)
    assert again.due_at == first.due_at
    card.refresh_from_db()
    assert (card.times, card.misses) == (1, 2)


def test_a_short_answer_counts_by_the_points_that_are_ticked_and_not_without_words(learner):
    short = {"kind": QuestionKind.SHORT}
    score = lambda card, **given: card_answer(card, scope=scope_of(learner), times=0, now=NOW, **given).score  # noqa: E731
    assert score(card_of(learner, **short), given={"text": "三天内寄来"}, met=["a"]) == 50
    assert score(card_of(learner, **short), given={"text": "三天内寄来"}, met=["a", "b", "zz"]) == 100
    assert score(card_of(learner, **short), given={"text": "  "}, met=["a", "b"]) == 0


@pytest.mark.parametrize("given", [{}, {"chosen": None}, {"chosen": ["zz"] * 900}, {"chosen": [{}]}, {"text": "\x00"}])
def test_what_is_no_answer_is_wrong_and_never_an_error(learner, given):
    assert card_answer(card_of(learner), given, scope=scope_of(learner), times=0, now=NOW).score == 0


def test_somebody_elses_card_is_not_there(learner):
    with pytest.raises(NotVisible):
        card_answer(card_of(factories.user(Role.WINDOW)), {}, scope=scope_of(learner), times=0)


def page(learner):
    return again_for_page(scope_of(learner), on=ON)


def test_the_newest_text_is_asked(learner):
    card = card_of(learner)
    newer = QuestionText.objects.create(
        question=card.question, number=2, kind="single", stem="改过的题", body=training_rows.SINGLE, at=NOW
    )
    Question.objects.filter(pk=card.question_id).update(latest=newer)
    assert page(learner).asked.text.stem == "改过的题"


def test_what_is_due_later_today_is_asked_today_and_the_day_of_the_next_is_told(learner):
    training_rows.review_card(learner, training_rows.question(), due_at=NOW + dt.timedelta(hours=8))
    training_rows.review_card(learner, training_rows.question(), due_at=NOW + dt.timedelta(days=3))
    seen = page(learner)
    assert (seen.left, seen.next_on) == (1, dt.date(2026, 12, 3))


def _retired(question):
    Question.objects.filter(pk=question.pk).update(state=QuestionState.RETIRED)


def _stopped(question):
    precedent_retire(question.precedent, reason="不用了", actor=None)


def _withheld(question):
    Precedent.objects.filter(pk=question.precedent_id).update(status="withheld", withheld_at=NOW)


def _elsewhere(question):
    Precedent.objects.filter(pk=question.precedent_id).update(audience=Audience.DEPARTMENT)


@pytest.mark.parametrize("deed", [_retired, _stopped, _withheld, _elsewhere])
def test_what_must_not_be_shown_waits_and_comes_back(learner, deed):
    question = training_rows.question(precedent=factories.published())
    training_rows.review_card(learner, question, due_at=NOW)
    kept = {name: getattr(question.precedent, name) for name in ("status", "audience", "withheld_at")}
    assert page(learner).left == 1
    deed(question)
    seen = page(learner)
    assert (seen.asked, seen.left, seen.waits) == (None, 0, 1)
    with pytest.raises(NotVisible):
        card_to_answer(scope_of(learner), ReviewCard.objects.get().pk, on=ON)
    Question.objects.filter(pk=question.pk).update(state=QuestionState.ACTIVE)
    Precedent.objects.filter(pk=question.precedent_id).update(**kept)
    assert page(learner).left == 1


def test_which_of_two_is_not_asked_while_one_of_the_two_is_hidden(learner):
    shown, hidden = factories.published(), factories.published(audience=Audience.DEPARTMENT)
    body = {
        "options": [
            {"key": "a", "text": "这件", "precedent": shown.code},
            {"key": "b", "text": "那件", "precedent": hidden.code},
        ],
        "right": ["a"],
    }
    training_rows.review_card(learner, training_rows.question("which", body, precedent=shown), due_at=NOW)
    assert page(learner).waits == 1


def test_the_number_for_the_tab_is_one_query(learner, django_assert_num_queries):
    card_of(learner)
    scope = scope_of(learner)
    with time_machine.travel(NOW), django_assert_num_queries(1):
        assert due_count(scope, on=ON) == 1
