"""What a server reads before it parts into workers."""

import gc

import pytest
from django.db import connection
from django.template import engines

from caselib.search import analysis
from caselib.search.lexicon import facts, lay, subjects
from caselib.search.live import preload
from caselib.search.synonyms.parsing import built_in_groups

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


def test_tables_for_reading_questions_are_there_before_the_workers_part(index):
    tables = (facts.lexicon, lay.lexicon, subjects.lexicon, built_in_groups)
    for table in tables:
        table.cache_clear()
    preload()
    assert [table.cache_info().currsize for table in tables] == [1, 1, 1, 1]


def test_what_pages_include_is_compiled_before_the_workers_part(index):
    loader = engines["django"].engine.template_loaders[0]
    loader.reset()
    preload()
    assert {"components/nofit.html", "components/search_box.html", "search/results.html"} <= set(
        loader.get_template_cache
    )
