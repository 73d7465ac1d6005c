"""The tab of policies: same box, same question, in the address; what was typed or stored never becomes markup."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from caselib.orgs.models import Role
from caselib.policies.models import Clause
from caselib.policies.services import clause_counterpart_set
from caselib.search.policies.selectors import UNREADABLE_NOTE
from tests import factories
from tests.search.hostile import MARKUP, hostile_texts, in_an_address, injected
from tests.search.test_results import HOSTILE

from .conftest import article, version

pytestmark = pytest.mark.django_db
ADDRESS = reverse("search:results")
TABS = '<nav class="tabs tabs--found"'


@pytest.fixture
def clerk(shelf, client):
    client.force_login(factories.user(Role.WINDOW))
    return client


def page(client, text: str = "", **asked) -> str:
    response = client.get(ADDRESS, {"q": text, "in": "policies", **asked})
    assert response.status_code == 200
    return response.content.decode()


def test_whoever_is_not_signed_in_is_sent_to_sign_in(shelf, client):
    assert client.get(ADDRESS, {"q": "条例", "in": "policies"}).status_code == 302


def test_a_clause_is_shown_with_marks_and_leads_to_its_place_in_its_version(shelf, clerk):
    policy = shelf.add(
        "甲条例", (version("旧", 2003, 2020), []), (version("新", 2020), [article(30, "经营困难可以歇业。")])
    )
    shelf.refresh()
    shown = page(clerk, "歇业")
    assert "可以<mark>歇业</mark>" in shown
    clause = Clause.objects.get()
    address = f"/policies/{policy.code}/?v=2#c-{clause.code}"
    assert f'href="{address}"' in shown
    assert f'id="c-{clause.code}"' in clerk.get(address.partition("#")[0]).content.decode()


def test_the_gist_of_a_clause_is_told_from_its_text(shelf, clerk):
    shelf.add("甲条例", (version(), [article(1, "可以歇业。"), article(2, "", text="应当歇业备案。")]))
    shelf.refresh()
    assert page(clerk, "歇业").count("（条文大意）") == 1


def test_each_tab_leads_to_the_other_with_the_same_question(shelf, clerk):
    factories.published(title="甲案例")
    shelf.add("甲条例")
    shelf.refresh()
    question = "甲&x=<b>"
    kept = "q=%E7%94%B2%26x%3D%3Cb%3E"
    cases = clerk.get(ADDRESS, {"q": question}).content.decode()
    assert f'<a href="{ADDRESS}?{kept}&amp;in=policies">政策' in cases
    shown = page(clerk, question)
    assert f'<a href="{ADDRESS}?{kept}">案例' in shown
    assert f'{kept}&amp;in=policies" aria-current="page">政策 <span class="num">1</span>' in shown


def test_what_is_asked_next_stays_in_the_tab(shelf, clerk):
    assert '<input type="hidden" name="in" value="policies">' in page(clerk, "条例")
    assert 'name="in"' not in clerk.get(ADDRESS, {"q": "条例"}).content.decode()


def test_htmx_gets_the_list_with_its_tabs_and_without_the_frame(shelf, clerk):
    shelf.add("甲条例")
    shelf.refresh()
    asked = {"q": "甲条例", "in": "policies"}
    fragment = clerk.get(ADDRESS, asked, headers={"HX-Request": "true"}).content.decode()
    assert "甲条例" in fragment
    assert TABS in fragment
    assert "<html" not in fragment
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in clerk.get(ADDRESS, asked, headers=restored).content.decode()


def test_markup_of_question_and_texts_is_escaped(shelf, clerk):
    bad = "<img src=x onerror=alert(1)>"
    shelf.add(
        f"歇业{bad}条例",
        (version(f"旧{bad}", 2003, 2020), [article(1, "旧的规定。")]),
        (version(f"新{bad}", 2020), [article(2, f"歇业{bad}备案。")]),
        short_titles=(f"歇业{bad}",), doc_number=f"号{bad}", issuer=f"机关{bad}",
    )  # fmt: skip
    clause_counterpart_set(Clause.objects.get(ref="1"), Clause.objects.get(ref="2"))
    shelf.refresh()
    for question in (f"歇业备案{bad}", f"歇业{bad}条例第二条"):
        shown = page(clerk, question)
        assert "<img src=x" not in shown
        assert "歇业" in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_is_answered(shelf, clerk, text):
    shelf.add("注销条例", (version(), [article(1, "注销营业执照。")]))
    shelf.refresh()
    # As bytes, for a browser can send what is no text.
    text = text.encode("utf-8", "surrogatepass")
    for asked in ({"q": text}, {"q": "注销条例第", "page": text, "typed": text, "literal": text}):
        assert clerk.get(ADDRESS, {**asked, "in": "policies"}).status_code == 200


def test_hostile_questions_and_names_are_shown_as_text(shelf, clerk):
    shelf.add(f"歇业{'、'.join(MARKUP[:3])}条例"[:200], (version(), [article(1, f"歇业{''.join(MARKUP)}备案。")]))
    shelf.refresh()
    assert injected(page(clerk, "歇业备案")) == []
    for text in hostile_texts(60, seed=4):
        response = clerk.get(ADDRESS, QUERY_STRING=f"in=policies&q={in_an_address(text)}")
        assert response.status_code == 200
        assert injected(response.content.decode()) == []


def test_another_value_of_the_tab_is_the_page_of_precedents(shelf, clerk):
    assert "全部案例" in clerk.get(ADDRESS, {"in": "elsewhere"}).content.decode()


def test_nothing_found_says_what_to_do_and_an_unreadable_index_that_clauses_were_not_looked_through(shelf, clerk):
    shelf.add("甲条例")
    shelf.refresh()
    assert "没有找到这样的政策" in page(clerk, "zzzz")
    (shelf.engine().store.root / "current").unlink()
    shown = page(clerk, "zzzz")
    assert UNREADABLE_NOTE in shown
    assert "不等于库里没有" in shown
    assert "甲条例" in page(clerk, "甲条例")


def test_only_reading_is_answered(clerk):
    for method in (clerk.post, clerk.put, clerk.delete):
        assert method(f"{ADDRESS}?q=x&in=policies").status_code == 405


def test_the_command_prints_policies_with_their_clauses(shelf, capsys):
    shelf.add("甲条例", (version(), [article(30, "经营困难可以歇业。")]), doc_number="国务院令第746号")
    shelf.refresh()
    call_command("search", "--policies", "歇业")
    out = capsys.readouterr().out
    assert "国务院令第746号  甲条例  现行有效" in out
    assert "第30条（2021） 经营困难可以歇业。" in out
    assert "共 1 部" in out
    call_command("search", "--policies", "--json", "甲条例30")
    entry = json.loads(capsys.readouterr().out)
    assert entry["clauses"][0]["code"] == Clause.objects.get().code
    call_command("search", "--policies", "zzzz")
    assert "没有找到" in capsys.readouterr().out
