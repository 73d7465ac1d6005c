"""Eight clicks on 关注 in the same moment are one follow; two things at once are counted as two."""

import pytest

from caselib.following.models import Follow, Reading
from caselib.following.services import follow, unfollow
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


@pytest.fixture
def reader():
    return factories.user(Role.WINDOW)


def test_eight_clicks_are_one_follow(reader):
    policy, scope = factories.clause().version.policy, scope_of(reader)
    assert all_at_once(lambda _: follow(reader, policy, scope=scope)) == {"won": THREADS}
    reader.refresh_from_db()
    assert (Follow.objects.count(), Reading.objects.count(), reader.follow_count) == (1, 1, 1)


def test_eight_things_at_once_are_all_counted(reader):
    matters, scope = [factories.matter(f"事项{number}") for number in range(THREADS)], scope_of(reader)
    assert all_at_once(lambda number: follow(reader, matters[number], scope=scope)) == {"won": THREADS}
    reader.refresh_from_db()
    assert reader.follow_count == Follow.objects.count() == THREADS


def test_eight_clicks_on_the_way_out_end_it_once(reader):
    policy = factories.clause().version.policy
    follow(reader, policy, scope=scope_of(reader))
    ended = []
    assert all_at_once(lambda _: ended.append(unfollow(reader, policy))) == {"won": THREADS}
    assert sorted(ended) == [False] * (THREADS - 1) + [True]
    reader.refresh_from_db()
    assert reader.follow_count == 0
