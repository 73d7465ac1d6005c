"""kill -9 while other systems are told, and several senders at once: nothing is lost, and what comes twice has the same id."""

import pytest

from .test_index_killed import run_site


@pytest.mark.slow
def test_a_sender_that_is_killed_loses_nothing_and_keeps_the_ids(tmp_path):
    answer = run_site(tmp_path, "kill", module="hooks_site")
    assert answer["got_through"]
    assert answer["kills"] >= 10
    assert (answer["told"], answer["with_two_ids"], answer["events"]) == (6, 0, ["published"])
    assert answer["sent_again"] >= 1
    assert answer["states"] == {"sent": 6}


@pytest.mark.slow
def test_three_senders_at_once_send_each_message_once(tmp_path):
    answer = run_site(tmp_path, "together", module="hooks_site")
    assert answer["statuses"] == [0, 0, 0]
    assert (answer["sent"], answer["ids"], answer["states"]) == (20, 20, {"sent": 20})
