"""再考: one question after the other, each counted once."""

import datetime as dt

import pytest
from django.test import Client

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.training.choices import QuestionKind, QuestionState
from caselib.training.models import Question, ReviewCard
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
ORDER = {"items": [{"key": key, "text": f"第{key}步"} for key in "abc"]}
MATCH = {
    "left": [{"key": "a", "text": "容缺"}, {"key": "b", "text": "承诺"}],
    "right": [{"key": "x", "text": "晚交"}, {"key": "y", "text": "不交"}],
    "pairs": {"a": "x", "b": "y"},
}


@pytest.fixture
def learner():
    return factories.user(Role.WINDOW)


@pytest.fixture
def client(learner) -> Client:
    client = Client()
    client.force_login(learner)
    return client


def text(response) -> str:
    return response.content.decode()


def card(learner, kind=QuestionKind.SINGLE, body=None, **values) -> ReviewCard:
    return training_rows.review_card(learner, training_rows.question(kind, body, **values))


def answered(client, asked, **posted):
    return client.post(f"/training/again/{asked.pk}/", {"times": "0", **posted})


def test_a_session_goes_from_one_question_to_the_next_and_says_when_the_next_comes(client, learner):
    precedent = factories.published()
    first = card(learner, precedent=precedent, explanation="先核验，**后补件**。")
    second = card(learner, stem="第二题")
    page = text(client.get("/training/again/"))
    assert "今天还有 2 题" in page and "先帮前租户注销" in page
    # Nothing that tells the answer stands on the page before.
    assert "案例就是这样办成的" not in page and "后补件" not in page and precedent.code not in page
    page = text(answered(client, first, chosen="b"))
    assert "没全对，0 分" in page and "应选这个" in page and "您选的，不对" in page
    assert "<strong>后补件</strong>" in page and f"/p/{precedent.code}/" in page and "今天还有 1 题" in page
    assert "第二题" in text(client.get("/training/again/"))
    assert "对了" in text(answered(client, second, chosen="a"))
    page = text(client.get("/training/again/"))
    assert "今天没有要再考的" in page and "下一题" in page


def test_nothing_at_all_says_what_will_stand_there(client):
    assert "还没有要再考的" in text(client.get("/training/again/"))


@pytest.mark.parametrize(
    ("kind", "body", "right", "wrong"),
    [
        (QuestionKind.ORDER, ORDER, {"place-a": "1", "place-b": "2", "place-c": "3"}, {"place-a": "1", "place-b": "1"}),
        (QuestionKind.MATCH, MATCH, {"pair-a": "x", "pair-b": "y"}, {"pair-a": "y", "pair-b": "y" * 5000}),
        (QuestionKind.MULTIPLE, {**training_rows.SINGLE, "right": ["a", "b"]}, {"chosen": ["a", "b"]}, {"chosen": "c"}),
    ],
)
def test_each_kind_is_asked_and_answered(client, learner, kind, body, right, wrong):
    for posted, score in ((right, 100), (wrong, 0)):
        asked = card(learner, kind, body)
        page = text(client.get("/training/again/"))
        assert all(f'name="{name}"' in page for name in right)
        page = text(answered(client, asked, **posted))
        assert ("对了" in page) is (score == 100) and ("没全对，0 分" in page) is (score == 0)


def test_a_short_answer_shows_the_points_first_and_counts_when_they_are_ticked(client, learner):
    asked = card(learner, QuestionKind.SHORT)
    assert "说了期限" not in text(client.get("/training/again/"))
    page = text(answered(client, asked, text="<i>三天内</i>"))
    assert "说了期限" in page and "&lt;i&gt;三天内&lt;/i&gt;" in page
    assert ReviewCard.objects.get().times == 0
    page = text(answered(client, asked, text="三天内", met="a", do="tick"))
    assert "没全对，50 分" in page
    assert ReviewCard.objects.get().times == 1


def test_a_second_tab_and_a_second_press_count_nothing(client, learner):
    asked = card(learner)
    answered(client, asked, chosen="b")
    due = ReviewCard.objects.get().due_at
    page = text(answered(client, asked, chosen="a"))
    assert "刚才已经答过，这一次没有再计" in page
    assert (ReviewCard.objects.get().times, ReviewCard.objects.get().due_at) == (1, due)


def test_a_question_that_went_out_of_use_while_it_was_answered_is_told_and_not_counted(client, learner):
    asked = card(learner)
    Question.objects.update(state=QuestionState.RETIRED)
    response = client.post(f"/training/again/{asked.pk}/", {"times": "0", "chosen": "a"}, follow=True)
    assert "这道题现在考不了" in text(response) and "另有 1 题先不考" in text(response)
    assert ReviewCard.objects.get().times == 0


@pytest.mark.parametrize("posted", [{"times": "zz"}, {"times": "9" * 30}, {"chosen": ["\x00", "😀"] * 400}, {}])
def test_what_is_sent_wrongly_is_no_error(client, learner, posted):
    asked = card(learner)
    assert client.post(f"/training/again/{asked.pk}/", posted).status_code == 200
    assert client.post(f"/training/again/{2**62}/", posted).status_code == 302
    assert client.get(f"/training/again/{asked.pk}/").status_code == 302


def test_what_comes_tomorrow_is_not_asked_today(client, learner):
    training_rows.review_card(learner, training_rows.question(), due_at=clock.now() + dt.timedelta(days=1))
    page = text(client.get("/training/again/"))
    assert "今天没有要再考的" in page and "先帮前租户注销" not in page
