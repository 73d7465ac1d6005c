"""Where else to look: rules of one region, and what to consider when something does not fit."""

import datetime as dt

import pytest
from django.test import Client

from caselib.orgs.models import NATION, Role
from caselib.orgs.services import region_save
from caselib.policies.models import RelationKind
from caselib.policies.services import clause_counterpart_set, policy_relate
from caselib.precedents.content import Alternative
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.models import Relation
from caselib.precedents.visibility import Audience
from tests import factories
from tests.services.test_signal import clause, policy

pytestmark = pytest.mark.django_db
START = dt.date(2020, 1, 1)


@pytest.fixture
def regions():
    nation = factories.region(NATION)
    city = factories.region("上海市", parent=nation)
    names = ("虹口区", "浦东新区")
    return {name: region_save(full_name=f"上海市{name}", name=name, parent=city, code="", actor=None) for name in names}


def page(address: str, *, within=None, role: Role = Role.WINDOW) -> str:
    client = Client()
    client.force_login(factories.user(role, within=factories.department(within=within)))
    return client.get(address).content.decode()


@pytest.fixture
def national_and_local(regions):
    """A rule of the whole country and what Pudong puts in its place."""
    national = clause(policy("登记管理条例"), 33, text="公示期二十日。", effective_from=START)
    local = clause(policy("浦东退出规定", within="上海市浦东新区"), 3, effective_from=START)
    type(local).objects.filter(pk=local.pk).update(gist="公示期十日。")
    clause_counterpart_set(local, national)
    return national, local


def test_beside_a_national_clause_stands_what_one_region_rules_otherwise(regions, national_and_local):
    national, local = national_and_local
    address = f"/policies/{national.version.policy.code}/"
    near, far = page(address, within=regions["浦东新区"]), page(address, within=regions["虹口区"])
    for shown in (near, far):
        assert "浦东新区另有规定" in shown and "公示期十日。" in shown and f"#c-{local.code}" in shown
    assert "您的大厅在那里，照它办" in near
    assert "您的大厅不在那里" in far
    assert "另有规定" not in page(f"/policies/{local.version.policy.code}/", within=regions["虹口区"])


def test_a_document_that_rules_otherwise_in_a_region_has_its_place_on_the_page(regions, national_and_local):
    national, local = national_and_local
    policy_relate(
        national.version.policy, local.version.policy, relation="浦东另有变通", kind=RelationKind.LOCAL, actor=None
    )
    shown = page(f"/policies/{national.version.policy.code}/", within=regions["虹口区"])
    assert "地方另有规定" in shown and "只在浦东新区适用 · 您的大厅不在那里" in shown


def test_what_to_consider_instead_says_where_alone_it_holds(regions, national_and_local):
    national, local = national_and_local
    policy_relate(
        national.version.policy,
        local.version.policy,
        relation="承诺制注销",
        kind=RelationKind.ALTERNATIVE,
        conditions="清算没有办法完成的",
        actor=None,
    )
    shown = page(f"/policies/{national.version.policy.code}/", within=regions["虹口区"])
    panel = shown.partition("不符合时可考虑")[2].partition("</section>")[0]
    assert "清算没有办法完成的" in panel and "只在浦东新区适用 · 您的大厅不在那里" in panel


def test_a_citation_of_a_local_rule_names_its_region_on_the_page(regions, national_and_local):
    national, local = national_and_local
    on_local = factories.published(citations=(factories.citation(local),))
    on_national = factories.published(citations=(factories.citation(national),))
    assert "只在浦东新区适用 · 您的大厅不在那里" in page(f"/p/{on_local.code}/", within=regions["虹口区"])
    near = page(f"/p/{on_local.code}/", within=regions["浦东新区"])
    assert "只在浦东新区适用" in near and "您的大厅不在那里" not in near
    assert "适用 · 您的大厅" not in page(f"/p/{on_national.code}/", within=regions["虹口区"])


def test_a_result_that_rests_on_a_rule_of_elsewhere_says_so_whatever_else_is_doubtful(
    index, regions, national_and_local
):
    _, local = national_and_local
    found = factories.published(title="简易注销公示期内有人异议", citations=(factories.citation(local),))
    precedent_doubt(found, reason="另有一点有人指出。", actor=None)
    index.refresh()
    shown = page("/search/?q=简易注销公示期", within=regions["虹口区"])
    assert "另有一点有人指出。" in shown and "只在浦东新区适用" in shown


def test_beside_a_clause_the_relation_is_said_from_its_side(national_and_local):
    national, _ = national_and_local
    factories.published(citations=(factories.citation(national, Relation.BASIS),))
    factories.published(citations=(factories.citation(national, Relation.EXCEPTION),))
    shown = page(f"/policies/{national.version.policy.code}/")
    assert "据此办理" in shown and "按例外办理" in shown
    assert '<span class="tag">依据</span>' not in shown


def test_a_policy_offers_what_an_editor_linked_and_what_precedents_name_each_document_once():
    first = clause(policy("住房补贴办法"), 1, effective_from=START)
    linked = clause(policy("医疗救助办法"), 1, effective_from=START)
    named = clause(policy("临时救助办法"), 1, effective_from=START)
    policy_relate(
        first.version.policy,
        linked.version.policy,
        relation="医疗支出大的",
        kind=RelationKind.ALTERNATIVE,
        conditions="主要困难是医疗支出的",
        actor=None,
    )
    factories.published(
        citations=(
            factories.citation(first),
            factories.citation(linked, Relation.ALTERNATIVE, note="看病花钱多"),
            factories.citation(named, Relation.ALTERNATIVE, note="一时困难的"),
        )
    )
    shown = page(f"/policies/{first.version.policy.code}/")
    panel = shown.partition("不符合时可考虑")[2].partition("</section>")[0]
    assert panel.count("医疗救助办法") == 1
    assert "主要困难是医疗支出的" in panel and "一时困难的" in panel
    assert "看病花钱多" not in panel


def test_a_matter_offers_where_its_precedents_went_and_hides_what_is_hidden(regions):
    matter = factories.matter("住房补贴")
    other = clause(policy("临时救助办法"), 29, effective_from=START)
    owner = factories.department(within=regions["虹口区"])
    factories.published(
        owner=owner,
        matter=matter,
        theme=matter.theme,
        title="不够条件转了救助",
        alternatives=(Alternative("住房补贴", "医疗救助", "<b>看病花钱多"),),
        citations=(factories.citation(other, Relation.ALTERNATIVE, note="一时困难的"),),
    )
    factories.published(
        owner=owner,
        audience=Audience.DEPARTMENT,
        matter=matter,
        theme=matter.theme,
        alternatives=(Alternative("住房补贴", "内部办法", "只给本部门"),),
    )
    shown = page(f"/matters/{matter.code}/", within=regions["虹口区"])
    panel = shown.partition("不符合时可考虑")[2].partition("</section>")[0]
    assert "医疗救助" in panel and "&lt;b&gt;看病花钱多" in panel and "不够条件转了救助" in panel
    assert "临时救助办法" in panel and "第29条" in panel and "一时困难的" in panel
    assert "内部办法" not in shown
    assert "不符合时可考虑" not in page(f"/matters/{factories.matter('别的').code}/")
