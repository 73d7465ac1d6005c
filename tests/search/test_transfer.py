"""The export of a search holds what its results page holds, in its order, and nothing more."""

import json

import pytest

from caselib.core import clock
from caselib.exchange.export import export_begin, json_lines
from caselib.exchange.selection import Selection, offer_of
from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.search.selectors import results_for_page
from tests import factories
from tests.services.test_transfer_in import Desk


@pytest.fixture
def desk(index) -> Desk:
    return Desk(Role.EDITOR)


def titles(desk: Desk, query: str) -> list[str]:
    export = export_begin(Selection(query=query), form="jsonl", scope=desk.scope, actor=desk.editor, on=clock.today())
    return [json.loads(line)["content"]["title"] for line in json_lines(export)]


def test_a_search_leaves_as_its_page_shows_it(index, desk):
    far = factories.department("远局")
    for n in range(3):
        factories.published(owner=desk.home, title=f"补办营业执照之{n}", result_type="guidance" if n else "solved")
    factories.published(owner=far, title="别人的营业执照", audience=Audience.DEPARTMENT)
    index.refresh()
    shown = [row.plain_title for row in results_for_page(scope=desk.scope, text="营业执照").rows]
    assert titles(desk, "q=营业执照") == shown and len(shown) == 3
    narrowed = titles(desk, "q=营业执照&result_type=guidance")
    assert sorted(narrowed) == ["补办营业执照之1", "补办营业执照之2"]


def test_what_was_retired_since_the_index_was_written_does_not_leave(index, desk):
    gone = factories.published(owner=desk.home, title="过时的营业执照")
    factories.published(owner=desk.home, title="补办营业执照")
    index.refresh()
    precedent_retire(gone, reason="过时", actor=None)
    assert titles(desk, "q=营业执照") == ["补办营业执照"]


def test_more_than_a_page_of_the_engine_is_taken(index, desk, monkeypatch):
    monkeypatch.setattr("caselib.exchange.selection._PAGE", 2)
    for n in range(5):
        factories.published(owner=desk.home, title=f"补办营业执照之{n}")
    index.refresh()
    assert len(set(titles(desk, "q=营业执照"))) == 5


def test_the_page_of_an_export_tells_selection_and_number(index, desk):
    factories.published(owner=desk.home, title="补办营业执照")
    index.refresh()
    offer = offer_of(Selection(query="q=营业执照&result_type=solved"), scope=desk.scope)
    assert offer.count == 1 and offer.words == "检索“营业执照”；结果：办成了"


def test_results_lead_to_the_export_with_their_filters(index, desk, client):
    factories.published(owner=desk.home, title="补办营业执照")
    index.refresh()
    client.force_login(desk.editor, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/search/", {"q": "执照", "result_type": "solved"}).content.decode()
    assert "/desk/transfer/out/?q=%E6%89%A7%E7%85%A7&amp;result_type=solved" in page
