"""kill -9 between save and answer: what was acknowledged is in the database, and what was not is taken when it is sent again."""

import pytest

from .test_index_killed import run_site


@pytest.mark.slow
def test_what_was_acknowledged_is_there_after_each_kill(tmp_path):
    answer = run_site(tmp_path, "kill", "30", module="draft_site")
    assert answer["lost"] == []
    assert answer["acknowledged"] >= 30
    assert answer["siblings"] == 0


def test_a_save_whose_answer_was_lost_is_no_rival_of_the_next(tmp_path):
    answer = run_site(tmp_path, "retry", module="draft_site")
    assert answer == {"states": ["saved", "saved"], "problem": "又写了", "siblings": 0}
