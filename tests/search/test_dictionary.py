"""Words of the library: kept with the index they built, and exchanged only when it is built again."""

from io import StringIO

import pytest
from django.core.management import call_command

from caselib.catalog.services import tags_named
from caselib.search import analysis, outbox, synonyms
from caselib.search.dictionary import NO_WORDS, Dictionary
from caselib.search.engine.port import WORDS, EngineQuery, Term, TermGroup
from caselib.search.library_words import library_dictionary
from caselib.search.live import live_dictionary, live_engine
from caselib.search.models import SynonymGroup
from caselib.search.selectors import OUTDATED_NOTE
from tests import factories

pytestmark = pytest.mark.django_db
NAME = "沿街商铺归并"


def asked_whole(word: str) -> int:
    """How many texts are found by this word as one token."""
    return live_engine().search(EngineQuery(groups=(TermGroup((Term(WORDS, word),)),))).total


def test_names_of_matters_departments_and_policies_are_words_and_tags_are_not(small_group):
    factories.matter(NAME, aliases=["归并难办"])
    place = factories.department("某局")
    place.short_names = ["归并中心"]
    place.save()
    tags_named(["归并标签"], actor=None)
    words = library_dictionary().words
    assert {NAME, "归并中心", "办照归并难"} <= set(words)
    assert not {"归并难办", "归并标签", "营业执照"} & set(words)


@pytest.fixture
def small_group(now):
    """Words that the segmenter tears apart."""
    return SynonymGroup.objects.create(words=["办照归并难", "照归不到一起"], changed_at=now)


@pytest.fixture
def now():
    from caselib.core import clock

    return clock.now()


def test_the_same_names_make_the_same_dictionary_in_whatever_order_they_came():
    for name in ("沿街商铺归并", "商铺沿街改门"):
        factories.matter(name)
    one = library_dictionary()
    assert one == library_dictionary()
    assert one == Dictionary.of(reversed(one.words))
    assert len(one) >= 2


def test_names_longer_than_eight_characters_or_not_chinese_are_no_words():
    factories.matter("沿街商铺归并与改门合并办理")
    factories.matter("SC归并")
    assert not [word for word in library_dictionary().words if "归并" in word]


def test_an_index_keeps_the_words_it_was_built_with_until_it_is_built_again(index):
    factories.published(title=f"{NAME}缺材料")
    index.refresh()
    assert live_dictionary() == NO_WORDS
    factories.matter(NAME)
    assert outbox.dictionary_is_behind()
    assert NAME not in analysis.tokenize(NAME).words
    outbox.rebuild()
    assert not outbox.dictionary_is_behind()
    assert NAME in analysis.tokenize(f"问{NAME}的事").words
    assert asked_whole(NAME) == 1


def test_what_is_written_later_is_read_with_the_words_of_the_index(index):
    factories.matter(NAME)
    outbox.rebuild()
    factories.published(title=f"{NAME}缺材料")
    index.refresh()
    assert asked_whole(NAME) == 1


def test_what_changes_during_a_rebuild_is_read_with_the_new_words(index, monkeypatch):
    factories.matter(NAME)
    late = []

    def rows(**_):
        late.append(factories.published(title=f"{NAME}缺材料"))
        return iter(())

    monkeypatch.setattr(outbox, "all_documents", rows)
    outbox.rebuild()
    assert late
    assert asked_whole(NAME) == 1


def test_other_words_of_the_library_do_not_make_the_index_one_of_an_old_product(index, client):
    """Neither is the clerk told, nor does the worker build a big library again for every name."""
    from caselib.orgs.models import Role

    outbox.rebuild()
    factories.matter(NAME)
    assert not outbox.is_outdated()
    client.force_login(factories.user(Role.WINDOW))
    page = client.get("/search/", {"q": "执照"}).content.decode()
    assert OUTDATED_NOTE not in page
    assert outbox.WORDS_NOTE not in page


def test_the_administrator_is_told_by_the_check_and_rebuilds(index):
    outbox.rebuild()
    factories.matter(NAME)
    out = StringIO()
    call_command("search_reconcile", stdout=out)
    assert outbox.WORDS_NOTE in out.getvalue()
    call_command("search_rebuild", stdout=StringIO())
    out = StringIO()
    call_command("search_reconcile", stdout=out)
    assert outbox.WORDS_NOTE not in out.getvalue()


@pytest.mark.parametrize(("limit", "follows"), [(200, True), (0, False)], ids=["small", "large"])
def test_a_small_library_takes_new_words_at_once(index, monkeypatch, limit, follows):
    monkeypatch.setattr(outbox, "SMALL_LIBRARY", limit)
    factories.published(title=f"{NAME}缺材料")
    index.refresh()
    factories.matter(NAME)
    outbox.follow_words()
    assert outbox.dictionary_is_behind() is not follows
    assert (asked_whole(NAME) == 1) is follows


def test_a_damaged_list_of_words_is_a_damaged_index(index):
    factories.matter(NAME)
    outbox.rebuild()
    store = live_engine().store
    (store.live() / "words.txt").write_bytes(b"\xff\xfe\x00")
    store.point_to(store.live())
    from caselib.search.engine.whoosh import snapshot

    snapshot._dictionaries.clear()
    assert live_dictionary() == NO_WORDS
    assert outbox.is_outdated()


def test_words_of_groups_that_are_switched_off_are_left_out(small_group):
    assert "办照归并难" in library_dictionary().words
    SynonymGroup.objects.update(is_active=False)
    assert "办照归并难" not in library_dictionary().words
    assert synonyms.site_words()
