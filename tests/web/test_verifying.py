"""The desk of what waits for a check, the page of a check, and what a signal and an impact list lead to."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from caselib.orgs.models import Role
from caselib.policies.models import Policy
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import Doubt, Precedent, Verification
from caselib.precedents.visibility import PrecedentStatus
from tests import factories
from tests.services.tasks_of_law import NOW, TODAY, House, house_with_task
from tests.services.test_verifying import published_anew

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>{{ 7 }}{% now %}\"'"


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> House:
    return house_with_task()


def signed_in(house: House, role: Role = Role.REVIEWER) -> Client:
    client = Client()
    client.force_login(house.person(role))
    return client


def address(house: House) -> str:
    return f"/p/{house.precedent.code}/verify/"


def text(response) -> str:
    return response.content.decode()


def form_of(client: Client, house: House, **values) -> dict:
    """The form as the page holds it, with what was typed."""
    checking = client.get(address(house)).context["checking"]
    return {
        "digest": checking.page.revision.content_digest,
        "last": str(checking.last),
        "point": [str(point.doubt.pk) for point in checking.points],
        **values,
    }


def status(house: House) -> str:
    return Precedent.objects.get(pk=house.precedent.pk).status


# --- the desk ---


def test_the_desk_names_each_point_with_its_clauses_and_what_is_late(house):
    Doubt.objects.update(due_on=TODAY - dt.timedelta(days=2))
    page = text(signed_in(house).get("/desk/verify/"))
    assert "超期 2 个工作日" in page and "已超期 1 件" in page
    assert "政策变了" in page and house.of.title in page
    assert address(house) in page


def test_an_empty_desk_says_what_will_come_there():
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    assert "没有要复核的" in text(client.get("/desk/verify/"))


def test_a_filter_that_finds_nothing_offers_the_way_back(house):
    factories_noted = factories.published(owner=house.owner)
    precedent_doubt(factories_noted, reason="有人说不对", actor=None)
    page = text(signed_in(house).get("/desk/verify/", {"kind": "noted", "policy": house.of.code}))
    assert "筛不出来" in page and "看全部" in page


@pytest.mark.parametrize("query", ["?page=99999", "?page=-1", "?kind=<b>", "?policy=%00", "?kind=policy&kind=noted"])
def test_no_address_of_the_desk_breaks_it(house, query):
    assert signed_in(house).get(f"/desk/verify/{query}").status_code == 200


# --- the page of a check ---


def test_the_text_stands_beside_the_two_clauses_with_their_differences_marked(house):
    page = text(signed_in(house).get(address(house)))
    assert '公示期<del><span class="vh">删去：</span>二十</del>日' in page
    assert '公示期<ins><span class="vh">新增：</span>十</ins>日' in page
    revision = house.precedent.live_revision
    for words in (revision.gist, *revision.applies_when, *revision.not_when):
        assert words in page
    assert "旧版，用到 2026-06-30" in page


def test_clauses_that_have_little_in_common_are_shown_without_marks():
    house = house_with_task(old_text="住房救助只给两类家庭。", new_text="医疗费用由基金先行垫付后结算。")
    page = text(signed_in(house).get(address(house)))
    assert (
        "差得多" in page and "<del>" not in page.partition("差得多")[0].rpartition("要看的点")[2].partition("</div>")[2]
    )
    assert "医疗费用由基金先行垫付后结算。" in page


def test_without_an_open_point_it_can_be_checked_all_the_same():
    owner = factories.department()
    precedent = factories.published(owner=owner)
    house = House(owner, precedent, None, None, None)
    client = signed_in(house)
    assert "没有要看的点" in text(client.get(address(house)))
    assert client.post(address(house), form_of(client, house, outcome="holds")).status_code == 302
    assert precedent.verifications.count() == 1


# --- the three outcomes ---


def test_still_holds_turns_the_signal_and_says_so(house):
    client = signed_in(house)
    assert "慎用" in text(client.get(f"/p/{house.precedent.code}/"))
    response = client.post(address(house), form_of(client, house, outcome="holds"), follow=True)
    assert response.redirect_chain == [(f"/p/{house.precedent.code}/", 302)]
    page = text(response)
    assert "记下了：仍然适用。" in page and "关掉了 1 个复核点" in page and "信号现在是“可用”" in page
    assert "下次复核不晚于 2027-07-01" in page
    assert "复核：仍然适用" in page


def test_holds_with_changes_opens_a_draft_and_says_what_follows(house):
    client = signed_in(house, Role.EDITOR)
    response = client.post(address(house), form_of(client, house, outcome="changes", note="期限改成十日"), follow=True)
    assert "第 2 版修订开好了" in text(response) and "复核点先开着" in text(response)
    page = text(client.get(address(house)))
    assert "第 2 版修订正在写" in page
    assert 'value="changes" disabled' in page


def test_no_longer_holds_leads_to_the_successor(house):
    successor = factories.published()
    client = signed_in(house)
    form = form_of(client, house, outcome="no_longer", note="新条不准了", successor=successor.number)
    page = text(client.post(address(house), form, follow=True))
    assert "已经出库" in page and successor.number in page
    assert status(house) == PrecedentStatus.RETIRED
    assert "复核：不再适用" in page and "新条不准了" in page


def test_a_double_click_is_noted_once_and_says_so(house):
    client = signed_in(house)
    form = form_of(client, house, outcome="holds")
    client.post(address(house), form)
    assert "点了两次，只记一次" in text(client.post(address(house), form, follow=True))
    assert Verification.objects.count() == 1


def test_the_toast_says_that_personal_data_was_taken_out(house):
    client = signed_in(house)
    form = form_of(client, house, outcome="holds", note="问过13800138000")
    assert "原文没有保存" in text(client.post(address(house), form, follow=True))


# --- what is wrong ---


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": "changes", "successor": "310109-2026-X-0001"}, "note"),
        ({"outcome": "no_longer", "note": "不准了", "successor": "没有的"}, "successor"),
        ({"note": "忘了选"}, "outcome"),
    ],
)
def test_an_error_stands_at_its_field_with_all_that_was_typed(house, values, field):
    client = signed_in(house)
    response = client.post(address(house), form_of(client, house, **values))
    page = text(response)
    assert response.status_code == 422
    assert "没有记，您写的都在" in page and f'href="#{field}"' in page and f'id="{field}"' in page
    for typed in (values.get("note", ""), values.get("successor", "")):
        assert typed in page
    if "outcome" in values:
        assert f'value="{values["outcome"]}" checked' in page
    assert not Verification.objects.exists()


def test_who_was_overtaken_keeps_the_words_and_can_send_them_again(house):
    client = signed_in(house)
    form = form_of(client, house, outcome="holds", note="对照过第一条")
    published_anew(house)
    response = client.post(address(house), form)
    page = text(response)
    assert response.status_code == 409
    assert "不是现在的文字" in page and "对照过第一条" in page and "改过的要旨。" in page
    assert 'value="holds" checked' in page
    anew = form_of(client, house, outcome="holds", note="对照过第一条")
    assert client.post(address(house), anew).status_code == 302


def test_who_finds_it_out_of_use_keeps_the_words(house):
    client = signed_in(house)
    form = form_of(client, house, outcome="holds", note="对照过第一条")
    precedent_retire(house.precedent, reason="过时", actor=None)
    response = client.post(address(house), form)
    assert response.status_code == 409
    assert "出库" in text(response) and "对照过第一条" in text(response)
    assert "记下结论" not in text(response)


@pytest.mark.parametrize(
    "values",
    [
        {"digest": ""},
        {"digest": "0" * 64},
        {"last": "-1"},
        {"last": "9" * 40},
        {"point": []},
        {"point": ["x", "9" * 99, "١"]},
        {"outcome": ["holds", "no_longer"]},
    ],
)
def test_a_form_that_was_tampered_with_breaks_nothing(house, values):
    client = signed_in(house)
    response = client.post(address(house), form_of(client, house, **{"outcome": "holds", "note": "x", **values}))
    assert response.status_code in (302, 409, 422)
    if "last" not in values:
        assert not Verification.objects.filter(outcome="holds").exists()


def test_hostile_text_is_shown_as_it_was_typed(house):
    precedent_doubt(house.precedent, reason=f"点{HOSTILE}", actor=None)
    Policy.objects.update(title=f"名{HOSTILE}")
    client = signed_in(house)
    pages = [
        client.get(address(house)),
        client.get("/desk/verify/"),
        client.post(address(house), form_of(client, house, outcome="x", note=HOSTILE, successor=HOSTILE)),
        client.get(f"/p/{house.precedent.code}/"),
    ]
    for page in map(text, pages):
        assert "<script>alert" not in page
        assert escape("<script>alert(1)</script>") in page


def test_the_form_needs_its_token(house):
    client = Client(enforce_csrf_checks=True)
    client.force_login(house.person(Role.REVIEWER))
    assert client.post(address(house), {"outcome": "holds"}).status_code == 403


# --- the signal leads to the clauses ---


def test_a_reason_leads_to_the_clause_that_took_its_place(house):
    client = signed_in(house, Role.WINDOW)
    page = text(client.get(f"/p/{house.precedent.code}/"))
    link = f"/clauses/{house.old.code}/to/{house.new.code}/"
    assert link in page
    compared = f"/policies/{house.of.code}/compare/?from=1&to=2#c-{house.new.code}"
    assert client.get(link)["Location"] == compared
    assert client.get(compared).status_code == 200
    assert client.get(f"/clauses/{house.old.code}/")["Location"].endswith(f"#c-{house.old.code}")
    assert client.get(f"/clauses/{house.old.code}/to/nothing/").status_code == 404


def test_a_clause_of_another_document_is_compared_across_the_two(house):
    heir = factories.clause(9)
    client = signed_in(house, Role.WINDOW)
    response = client.get(f"/clauses/{house.new.code}/to/{heir.code}/", follow=True)
    assert response.status_code == 200
    assert f"with={heir.version.policy.code}" in response.redirect_chain[0][0]
    assert heir.label in text(response)


def test_a_gist_is_shown_without_marks():
    house = house_with_task(old_text="", new_text="")
    assert "条文大意不逐字对照" not in text(signed_in(house).get(address(house)))
    type(house.old).objects.update(gist="公示期二十日。")
    page = text(signed_in(house).get(address(house)))
    assert "条文大意不逐字对照" in page and "新增：" not in page


def test_a_text_for_the_seam_says_from_when_to_when():
    precedent = factories.published(applies_from=dt.date(2026, 5, 1), applies_until=dt.date(2026, 8, 1))
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    page = text(client.get(f"/p/{precedent.code}/"))
    assert "过渡期办法：</b> 2026-05-01 至 2026-07-31" in page


# --- the list of impact ---


def test_the_list_of_impact_names_clauses_scripts_and_departments():
    house = house_with_task(count=2, script="先公示二十日。")
    page = text(signed_in(house, Role.EDITOR).get(f"/policies/{house.of.code}/impact/?v=1"))
    assert "2 件，其中 2 件有口径要一起看" in page
    assert f"{house.owner.name} 2 件" in page
    assert "用了 第一条" in page
    assert "没有案例用到" in text(signed_in(house, Role.EDITOR).get(f"/policies/{house.of.code}/impact/?v=2"))


def test_a_policy_without_versions_has_an_empty_list_of_impact(house):
    bare = factories.clause().version.policy
    bare.versions.get().clauses.all().delete()
    bare.versions.all().delete()
    assert "还没有录入版本" in text(signed_in(house, Role.EDITOR).get(f"/policies/{bare.code}/impact/"))
    assert signed_in(house, Role.EDITOR).get("/policies/nothing/impact/").status_code == 404
