"""能用吗: a statement becomes a question, and a question stays one."""

import pytest

from caselib.pages.templatetags.record import ask, fit_words, go
from caselib.precedents.fitting import Answer, Need, Question, State, Way

HOSTILE = '<script>"x"'


@pytest.mark.parametrize("text", ["摊位找得到", "摊位找得到？", "摊位找得到?"])
def test_a_question_has_one_mark(text):
    drawn = str(ask(Question(Need.HOLDS, 1, text)))
    assert drawn.count("？") + drawn.count("?") == 1


@pytest.mark.parametrize("answer", [None, *Answer])
def test_the_answer_that_was_sent_is_the_one_that_is_ticked(answer):
    drawn = str(ask(Question(Need.ABSENT, 2, "已吊销", answer=answer)))
    assert drawn.count(" checked") == (answer is not None)
    assert answer is None or f'value="{answer}" required checked' in drawn


def test_what_a_verdict_says_of_a_question_shows_only_where_it_is_the_case():
    way = Way("先移出名录", "另一件", "/p/x/", signal="ok", signal_label="可用")
    failed = str(go(Question(Need.ABSENT, 1, "在名录", (way,), Answer.BAD)))
    asked = str(go(Question(Need.ABSENT, 1, "在名录", (way,))))
    assert "不符合：“在名录”答了“有”" in failed and '<a href="/p/x/">另一件</a>' in failed
    assert failed.count(" hidden") == 1
    assert asked.count(" hidden") == 4


def test_nothing_that_was_written_becomes_markup():
    way = Way(HOSTILE, HOSTILE, '/p/"><script>/')
    question = Question(Need.HOLDS, 1, HOSTILE, (way,), Answer.BAD)
    assert "<script" not in f"{ask(question)}{go(question)}"


def test_the_script_is_told_of_a_yes_only_what_this_page_may_say():
    assert 'data-good="能用|{total} 条都符合，可以这么办。"' in str(fit_words(State.OK))
    assert "可以这么办" not in str(fit_words(State.WARY)) + str(fit_words(State.REFERENCE))
