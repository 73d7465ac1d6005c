"""Several processes that write the index at once, and one that rebuilds it meanwhile."""

from tests.recovery.test_index_killed import run_site


def test_processes_that_write_together_lose_no_change(tmp_path):
    answer = run_site(tmp_path, "together", "3", "8")
    assert answer["statuses"] == [0, 0, 0, 0]
    assert answer["left_over"] == 0
    assert answer["drift"] == 0
    assert answer["count"] == 12 + 3 * 8
