"""haystack's query sets and commands on our engine."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from haystack import connections
from haystack.exceptions import SearchBackendError
from haystack.inputs import Raw
from haystack.query import SearchQuerySet

from caselib.catalog.models import Matter
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent
from caselib.precedents.services import precedent_reuse_counted
from caselib.search.engine.whoosh.backend import CaselibWhooshBackend
from caselib.search.live import live_engine
from tests import factories


@pytest.fixture
def three(index):
    rows = [factories.published(title=title) for title in ("补办营业执照", "注销营业执照", "退税")]
    index.refresh()
    return rows


def pks(results) -> list[int]:
    return [int(result.pk) for result in results]


def test_all_and_count_hold_every_document(three):
    assert SearchQuerySet().count() == 3
    assert sorted(pks(SearchQuerySet().all())) == sorted(row.pk for row in three)


def test_slices_are_the_rows_that_were_asked(three):
    everything = pks(SearchQuerySet().all())
    assert pks(SearchQuerySet().all()[1:3]) == everything[1:3]


def test_content_is_found_by_any_word_of_a_question(three):
    assert pks(SearchQuerySet().filter(content="执照丢了想补办"))[0] == three[0].pk


def test_objects_come_with_one_query(three, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = [result.object for result in SearchQuerySet().filter(content="执照").load_all()[:2]]
    assert {row.pk for row in found} == {three[0].pk, three[1].pk}


def test_models_narrow(three):
    assert SearchQuerySet().models(Precedent).count() == 3
    assert SearchQuerySet().models(Matter).count() == 0


def test_facets_and_filters_by_facet(three):
    counts = SearchQuerySet().facet("cause").facet_counts()["fields"]["cause"]
    assert counts == [("材料缺失", 3)]
    assert SearchQuerySet().filter(cause="材料缺失").count() == 3
    assert SearchQuerySet().filter(cause__in=["材料缺失", "没有的"]).count() == 3
    assert SearchQuerySet().filter(cause="没有的").count() == 0


def test_order_by_a_number(three, index):
    precedent_reuse_counted(three[1], by=4)
    index.refresh()
    assert pks(SearchQuerySet().order_by("-reuse_count"))[0] == three[1].pk
    with pytest.raises(SearchBackendError):
        list(SearchQuerySet().order_by("reuse_count"))


@pytest.mark.parametrize("text", ['"((*[', "OR *", "cause:材料缺失", "[2020 TO", "\\"])
def test_text_is_never_read_as_a_query_language(three, text):
    assert SearchQuerySet().filter(content=text).count() in (0, 3)
    assert SearchQuerySet().filter(content=Raw(text)).count() in (0, 3)


def test_words_that_hold_nothing_find_nothing(three):
    assert SearchQuerySet().filter(content="😀").count() == 0


def test_what_is_not_offered_says_so(three):
    for asked in (
        lambda: SearchQuerySet().exclude(cause="材料缺失").count(),
        lambda: SearchQuerySet().filter(published__gte=1).count(),
        lambda: SearchQuerySet().more_like_this(three[0]).count(),
    ):
        with pytest.raises(SearchBackendError):
            asked()


def test_update_index_writes_what_is_eligible_and_removes_the_rest(three, index):
    index.remove()
    call_command("update_index", verbosity=0)
    assert SearchQuerySet().count() == 3
    precedent_retire(three[2], reason="政策已变", actor=None)
    call_command("update_index", remove=True, verbosity=0)
    assert sorted(pks(SearchQuerySet().all())) == sorted(row.pk for row in three[:2])


def test_rebuild_index_never_empties_the_live_index(three, monkeypatch):
    seen = []
    engine = type(live_engine())
    write = engine.snapshot

    def watched(self):
        snapshot = write(self)
        seen.append(snapshot.count)
        return snapshot

    monkeypatch.setattr(engine, "snapshot", watched)
    monkeypatch.setattr("caselib.search.outbox._counted", lambda documents, report: _looking(documents))
    call_command("rebuild_index", "--noinput", verbosity=0)
    assert SearchQuerySet().count() == 3
    assert set(seen) == {3}


def _looking(documents):
    for document in documents:
        assert SearchQuerySet().count() == 3
        yield document


def test_clear_index_empties_and_update_index_fills(three):
    call_command("clear_index", interactive=False, verbosity=0)
    assert SearchQuerySet().count() == 0
    call_command("update_index", verbosity=0)
    assert SearchQuerySet().count() == 3


def test_remove_takes_one_document_out(three):
    connections["default"].get_backend().remove(three[0])
    assert SearchQuerySet().count() == 2
    connections["default"].get_backend().remove("precedents.precedent.999999")
    assert SearchQuerySet().count() == 2


def test_errors_cannot_be_silenced(tmp_path):
    with pytest.raises(ImproperlyConfigured):
        CaselibWhooshBackend("default", PATH=str(tmp_path), SILENTLY_FAIL=True)
