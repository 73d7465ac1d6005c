"""kill -9 of the writer of the index of policies: search goes on, and what it did not finish is done again."""

import pytest

from .test_index_killed import run_site


@pytest.mark.parametrize(("work", "step"), [("drain", "3"), ("rebuild", "7")])
@pytest.mark.slow
def test_killing_the_writer_at_any_point_leaves_no_drift(tmp_path, work, step):
    answer = run_site(tmp_path, work, step, module="policy_site")
    assert answer["wrong"] == []
    assert answer["got_through"]
    assert answer["kills"] >= 10
