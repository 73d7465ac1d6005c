"""What a server reads before it parts into workers."""

import gc

import pytest
from django.db import connection

from caselib.search import analysis
from caselib.search.live import preload

from .conftest import Index


@pytest.fixture(autouse=True)
def thawed():
    """A frozen heap would outlive the test."""
    yield
    gc.unfreeze()


def test_workers_share_the_dictionary_and_no_database_connection(index, django_assert_num_queries):
    with django_assert_num_queries(0):
        preload()
    assert analysis.segmenter() is analysis.segmenter()
    assert gc.get_freeze_count() > 10_000


def test_a_missing_index_does_not_keep_the_server_from_starting(index: Index):
    index.remove()
    preload()
    assert connection.is_usable()
