"""When a question that was missed comes up again."""

import datetime as dt

import pytest
from fsrs import Rating

from caselib.training.repeating.cards import _new, _reviewed, rating_of

NOW = dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC)


class Row:
    """What the scheduler needs of a card."""

    def __init__(self) -> None:
        self.card = _new(1, NOW)
        self.due_at = self.last_at = NOW


def after(*ratings: Rating) -> list[int]:
    """Days until the next time after each answer, given on the day when it is due."""
    row, now, days = Row(), NOW, []
    for rating in ratings:
        _reviewed(row, rating, now=now)
        days.append((row.due_at - now).days)
        now = row.due_at
    return days


@pytest.mark.parametrize(
    ("score", "easy", "rating"),
    [
        (0, False, Rating.Again),
        (59, True, Rating.Again),
        (60, False, Rating.Hard),
        (99, True, Rating.Hard),
        (100, False, Rating.Good),
        (100, True, Rating.Easy),
    ],
)
def test_a_score_is_a_rating(score, easy, rating):
    assert rating_of(score, easy=easy) == rating


def test_days_grow_while_it_is_known_and_shrink_when_it_is_not():
    days = after(Rating.Again, Rating.Good, Rating.Good, Rating.Good, Rating.Again)
    assert days[0] == 1
    assert days[1] < days[2] < days[3] and days[4] < days[3]


def test_nothing_is_asked_twice_a_day():
    assert min(after(Rating.Again, Rating.Again, Rating.Hard, Rating.Again)) >= 1


def test_the_same_answers_give_the_same_days():
    ratings = [Rating.Again, *[Rating.Good] * 8]
    assert after(*ratings) == after(*ratings)


def test_what_is_known_for_long_is_kept_and_far_away():
    assert after(Rating.Again, *[Rating.Good] * 12)[-1] > 180
