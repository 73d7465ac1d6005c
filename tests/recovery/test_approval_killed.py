"""kill -9 of the server while it publishes: afterwards all of the publication is there or nothing, and it can go on."""

import pytest

from .test_index_killed import run_site


def test_killing_the_server_before_any_statement_of_a_publication_leaves_nothing_half_done(tmp_path):
    answer = run_site(tmp_path, "statements", module="approval_site")
    assert answer["wrong"] == []
    assert answer["got_through"] and answer["numbers"]
    assert answer["kills"] >= 20


@pytest.mark.slow
def test_killing_the_server_at_any_moment_of_a_publication_leaves_nothing_half_done(tmp_path):
    answer = run_site(tmp_path, "moments", "30", module="approval_site")
    assert answer["wrong"] == []
    assert answer["numbers"]
    # Both ends were met: some died on the way, some when all was written.
    assert answer["none"] and answer["whole"]
