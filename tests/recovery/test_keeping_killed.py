"""kill -9 while something is taken off view, or while the library is looked through: nothing is done by halves."""

import pytest

from .test_index_killed import run_site


@pytest.mark.slow
def test_taking_off_view_happens_whole_or_not_at_all(tmp_path):
    answer = run_site(tmp_path, "withhold", module="keeping_site")
    assert answer["wrong"] == []
    assert answer["got_through"]
    assert answer["kills"] >= 5


@pytest.mark.slow
def test_a_scan_that_is_killed_goes_on_and_opens_each_task_once(tmp_path):
    answer = run_site(tmp_path, "scan", module="keeping_site")
    assert answer["got_through"]
    assert answer["kills"] >= 5
    assert (answer["scanned"], answer["tasks"], answer["is_finished"], answer["broken"]) == (12, 12, True, 0)
