"""The pages of words ask the database a fixed number of times, however many groups there are."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.search.synonyms import services
from caselib.search.synonyms.site import load_groups
from tests import factories

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def client():
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    return client


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def add(*, first: int, count: int) -> str:
    for n in range(first, first + count):
        actor = factories.user()
        key = services.group_save(key="", words=f"词{n}甲，词{n}乙", one_way=False, actor=actor)
        services.group_switch(key=key, active=False, lock_version=1, actor=actor)
    return key


@pytest.mark.parametrize("address", ["", "?state=site", "export/", "import/"])
def test_lists_of_words_take_the_same_for_two_and_for_twenty(client, address):
    add(first=0, count=2)
    few = queries(client, f"/search/synonyms/{address}")
    add(first=2, count=18)
    assert queries(client, f"/search/synonyms/{address}") == few
    assert few <= MOST


def test_a_group_takes_the_same_however_often_it_was_changed(client):
    key = add(first=0, count=1)
    few = queries(client, f"/search/synonyms/{key}/")
    for n in range(20):
        services.group_save(
            key=key, words=f"词0甲，词0乙，词{n}丙", one_way=False, lock_version=2 + n, actor=factories.user()
        )
    assert queries(client, f"/search/synonyms/{key}/") == few
    assert len(load_groups()) > 150
