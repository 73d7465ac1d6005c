"""Beside a draft: what the library has already, what a third has to answer, and 加依据 without leaving the form."""

import re

import pytest

from caselib.precedents.models import Revision, SiblingDraft, UnresolvedCitation
from caselib.precedents.services import revision_submit
from caselib.precedents.visibility import Audience
from tests import factories
from tests.search.conftest import index

from .test_citations import policy
from .test_drafts_safe import client, draft, editor, form_of, home

__all__ = ["client", "draft", "editor", "home", "index"]
pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def plain(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def beside(client, draft, **headers) -> str:
    response = client.get(f"/desk/write/{draft.precedent.code}/beside/", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def cite(client, draft, form, **headers):
    return client.post(f"/desk/write/{draft.precedent.code}/cite/", form, headers=headers)


def now_of(draft) -> Revision:
    return Revision.objects.get(pk=draft.pk)


def test_the_same_address_is_a_page_and_a_part_of_one(client, draft):
    assert "<h1" in beside(client, draft)
    part = beside(client, draft, hx_request="true")
    assert "<h1" not in part
    assert "<html" not in part


def test_similar_precedents_stand_there_with_their_signal(index, client, draft):
    other = factories.published()
    hidden = factories.published(audience=Audience.DEPARTMENT)
    index.refresh()
    part = beside(client, draft, hx_request="true")
    assert f"/p/{other.code}/" in part
    assert "signal" in part
    assert f"/p/{hidden.code}/" not in part


def test_a_third_about_the_same_matter_and_cause_is_asked_for_its_reason(index, client, home, editor):
    matter = factories.matter()
    two = [factories.published(matter=matter) for _ in range(2)]
    index.refresh()
    third = factories.draft(owner=home, author=editor, matter=matter)
    part = beside(client, third, hx_request="true")
    assert "这个事项和原因已经有 2 件" in plain(part)
    assert "提交前选一样" in plain(part)
    for one in two:
        assert f'data-set="supersedes" data-value="{one.number}"' in part
        # Among those about the same question it is not told again as similar.
        assert part.count(f"/p/{one.code}/") == 1


def test_without_an_index_the_draft_is_still_written(client, draft):
    assert "相近的案例" in beside(client, draft, hx_request="true")


def test_citing_saves_what_was_typed_and_tells_the_form_its_new_lock(client, draft, editor):
    policy("市场主体登记管理条例", 33)
    form = form_of(draft, editor, problem="先写了一句") | {
        "cite": "市场主体登记管理条例33",
        "cite_relation": "exception",
    }
    answer = cite(client, draft, form, **JSON).json()
    saved = now_of(draft)
    assert (saved.problem, saved.citations.get().relation) == ("先写了一句", "exception")
    assert (answer["state"], answer["lock_version"]) == ("saved", saved.lock_version)
    assert "第33条" in plain(answer["citations_html"]).replace(" ", "")
    again = form_of(saved, editor, problem="接着写")
    again["lock_version"] = answer["lock_version"]
    where = f"/desk/write/{draft.precedent.code}/autosave/"
    assert client.post(where, again).json()["state"] == "saved"
    assert now_of(draft).citations.count() == 1


def test_without_script_it_leads_back_to_the_section(client, draft, editor):
    policy("市场主体登记管理条例", 33)
    form = form_of(draft, editor, problem="先写了一句") | {"cite": "《市场主体登记管理条例》第三十三条"}
    response = cite(client, draft, form)
    assert response["Location"] == f"/desk/write/{draft.precedent.code}/#f-citations"
    assert now_of(draft).citations.count() == 1


@pytest.mark.parametrize(
    "words", ["", "  ", "第五条", "《没有的办法》第五条", "<script>alert(1)</script>", "\x00", "字" * 5000]
)
def test_what_is_not_found_is_not_added_and_the_text_is_saved_all_the_same(client, draft, editor, words):
    form = form_of(draft, editor, problem="先写了一句") | {"cite": words}
    response = cite(client, draft, form, **JSON)
    assert (response.status_code, response.json()["state"]) == (422, "refused")
    assert list(response.json()["problems"]) == ["cite"]
    assert now_of(draft).problem == "先写了一句"
    assert now_of(draft).citations.count() == 0
    assert not UnresolvedCitation.objects.exists()


def test_one_of_two_that_is_not_found_adds_neither(client, draft, editor):
    policy("市场主体登记管理条例", 33)
    words = "《市场主体登记管理条例》第三十三条、《没有的办法》第五条"
    assert cite(client, draft, form_of(draft, editor) | {"cite": words}, **JSON).status_code == 422
    assert now_of(draft).citations.count() == 0


def test_the_same_place_twice_is_one_citation(client, draft, editor):
    policy("市场主体登记管理条例", 33)
    for _ in range(2):
        form = form_of(now_of(draft), editor) | {"cite": "《市场主体登记管理条例》第三十三条"}
        answer = cite(client, draft, form, **JSON).json()
    assert "已经引过" in answer["words"]
    assert now_of(draft).citations.count() == 1


def test_who_cites_after_another_save_keeps_the_text_and_adds_nothing(client, draft, editor):
    policy("市场主体登记管理条例", 33)
    form = form_of(draft, editor, problem="后存的") | {"cite": "《市场主体登记管理条例》第三十三条"}
    where = f"/desk/write/{draft.precedent.code}/autosave/"
    client.post(where, form_of(draft, editor, problem="先存的", window="two"))
    answer = cite(client, draft, form, **JSON).json()
    assert (answer["state"], answer["address"]) == ("sibling", f"/desk/write/{draft.precedent.code}/siblings/")
    assert now_of(draft).citations.count() == 0
    assert SiblingDraft.objects.get().typed["problem"] == ["后存的"]


def test_a_frozen_text_gets_no_citation(client, draft, editor):
    policy("市场主体登记管理条例", 33)
    form = form_of(draft, editor) | {"cite": "《市场主体登记管理条例》第三十三条"}
    revision_submit(now_of(draft), lock_version=draft.lock_version, actor=editor)
    answer = cite(client, draft, form, **JSON).json()
    assert (answer["state"], "已经提交审核" in answer["words"]) == ("refused", True)
    assert cite(client, draft, form | {"gist": "后来写的"}, **JSON).json()["state"] == "closed"
    assert now_of(draft).citations.count() == 0
