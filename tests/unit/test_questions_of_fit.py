"""能用吗: a statement becomes a question, and a question stays one."""

import pytest

from caselib.pages.templatetags.record import ask


@pytest.mark.parametrize("text", ["摊位找得到", "摊位找得到？", "摊位找得到?"])
def test_a_question_has_one_mark(text):
    drawn = str(ask(text, at="y", n=1, good="是", bad="否", mark="？"))
    assert drawn.count("？") + drawn.count("?") == 1
