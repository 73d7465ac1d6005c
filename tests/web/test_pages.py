"""The reading pages: what each shows, and what it does with addresses that lead nowhere."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from caselib.orgs.models import Role
from caselib.policies.models import Verified
from caselib.policies.services import ClauseFacts, VersionFacts, clause_counterpart_set, policy_version_add
from caselib.precedents.content import (
    Alternative,
    DeferredMaterial,
    Flexibility,
    HandlingStep,
    Material,
    Outcome,
    Source,
)
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import Kind, Measure, Relation
from tests import factories

pytestmark = pytest.mark.django_db


def signed_in(*roles: Role, within=None) -> Client:
    client = Client()
    client.force_login(factories.user(*roles or (Role.WINDOW,), within=within))
    return client


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def full_precedent(**values):
    clause = factories.clause(33, title="登记条例", effective_from=dt.date(2022, 3, 1))
    return factories.published(
        title="前租户未注销致新商户办不了两证",
        matter=factories.matter(),
        script="我们来联系他。",
        requester_wording=("系统说这个地址有人了。",),
        handling_steps=(HandlingStep("查出前租户", who="登记机关", day=0), HandlingStep("发证", day=3)),
        materials=(Material("租赁合同", deferrable=True, correct_sample="写明铺位号", common_mistake="只写商场名"),),
        deferred_material=(
            DeferredMaterial("身份证原件", "可远程核验", "视频核验本人", "三日", "逾期退件", supplied=True),
        ),
        flexibility=Flexibility("见依据条款", "现场核查不免", "登记业务部门"),
        manner="special",
        assessment="能办，也该办。",
        evaluation="没有再来过。",
        failed_stage="not_accepted",
        visits=3,
        force="recommended",
        alternatives=(Alternative("简易注销", "强制注销", "吊销满三年"),),
        outcome=Outcome("50 页", "5", "分钟"),
        sources=(Source("区政府网站", "2023-02-09", "https://www.example.gov.cn/a"),),
        who_can_decide="中心协调",
        lead_org="登记机关",
        admin_level="区",
        unverified=("script", "region"),
        citations=(factories.citation(clause, is_verified=True),),
        tags=("住所占用",),
        **values,
    )


def test_every_field_of_a_precedent_is_on_its_page():
    precedent = full_precedent()
    page = text_of(signed_in(), f"/p/{precedent.code}/")
    for words in (
        precedent.number, "我们来联系他。", "系统说这个地址有人了。", "查出前租户", "登记机关 · 当天", "3 天后", "租赁合同",
        "可后补", "写明铺位号", "只写商场名", "一次告知单", "可远程核验", "强制注销", "吊销满三年", "50 页", "区政府网站",
        "视频核验本人", "补上了", "现场核查不免", "登记业务部门", "特事特办", "能办，也该办。", "没有再来过。",
        "未受理", "跑了 3 次", "推荐", "中心协调", "登记条例", "第33条", "公示期二十日。",
        "住所占用", "案例不是依据", "第 1 版发布", "材料缺失",
    ):  # fmt: skip
        assert words in page, words


def test_what_nobody_checked_carries_the_mark_and_the_rest_does_not():
    page = text_of(signed_in(), f"/p/{full_precedent().code}/")
    assert "尚未对照来源" in page
    say = page[page.index('id="say-t"') : page.index('id="say-text"')]
    who = page[page.index('class="who-can"') :][:200]
    assert "待核" in say
    assert "待核" not in who


def test_a_library_number_leads_to_its_precedent():
    precedent = factories.published()
    response = signed_in().get(f"/n/{precedent.number.lower()}/")
    assert response.status_code == 302
    assert response["Location"] == f"/p/{precedent.code}/"


def test_a_number_inside_a_text_is_a_link_and_the_text_around_it_stays_escaped():
    precedent = factories.published(not_when=("联系不上<b>的</b>看 310109-2026-D03-0001",))
    page = text_of(signed_in(), f"/p/{precedent.code}/")
    assert '联系不上&lt;b&gt;的&lt;/b&gt;看 <a class="num" href="/n/310109-2026-D03-0001/">' in page


@pytest.mark.parametrize(
    "address",
    [
        "/p/nothing/",
        "/n/310109-2020-D99-9999/",
        "/policies/nothing/",
        "/matters/nothing/",
        "/nowhere/",
        "/p/%00/",
        "/n/😀/",
    ],
)
def test_an_address_that_leads_nowhere_says_so_in_chinese(address):
    page = text_of(signed_in(), address, 404)
    assert "没有这个页面，或者您看不到它" in page
    assert 'name="q"' in page


@pytest.mark.parametrize("version", ["9999", "-1", "", "二〇二一", "1e5", "²", "a" * 5000])
def test_a_version_that_is_not_there_shows_the_current_one(version):
    clause = factories.clause()
    page = signed_in().get(f"/policies/{clause.version.policy.code}/", {"v": version})
    assert page.status_code == 200
    assert f'id="c-{clause.code}"' in page.content.decode()


def test_the_signal_names_the_version_that_ended():
    clause = factories.clause(title="旧条例", effective_from=dt.date(2016, 1, 1), effective_to=dt.date(2022, 3, 1))
    precedent = factories.published(citations=(factories.citation(clause),))
    page = text_of(signed_in(), f"/p/{precedent.code}/")
    assert "signalbar--care" in page
    assert "适用到 2022-02-28 为止" in page


def test_a_doubt_is_on_the_bar_and_in_the_story():
    precedent = factories.published()
    precedent_doubt(precedent, reason="第 2 条要对照新法。", actor=None)
    page = text_of(signed_in(), f"/p/{precedent.code}/")
    assert page.count("第 2 条要对照新法。") == 2


def test_a_lasting_rule_comes_before_the_gist():
    precedent = factories.published(measure=Measure.LASTING, lasting_rule="邮寄补件已成常用。", gist="容缺受理。")
    page = text_of(signed_in(), f"/p/{precedent.code}/")
    assert page.index("邮寄补件已成常用。") < page.index("容缺受理。")


def test_a_retired_precedent_says_so_on_top_and_leads_to_its_successor():
    owner = factories.department()
    old, new = factories.published(owner=owner), factories.published(owner=owner)
    precedent_retire(old, reason="暂行办法失效", actor=None, successor=new)
    page = text_of(signed_in(), f"/p/{old.code}/")
    assert "已出库：暂行办法失效" in page
    assert f'href="/p/{new.code}/">看代替它的' in page
    assert "已经出库，不再登记。" in page


def test_a_draft_shows_its_banner_and_no_reuse_panel():
    owner = factories.department()
    revision = factories.draft(owner=owner, author=factories.user(Role.EDITOR, within=owner))
    page = text_of(signed_in(Role.EDITOR, within=owner), f"/p/{revision.precedent.code}/")
    assert "草稿，还没有发布。" in page
    assert 'id="reuse"' not in page
    assert "signalbar" not in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.ROUTING_CARD, "分流卡。"),
        (Kind.CAUSE_SAMPLE, "样例，不是先例。"),
        (Kind.INTAKE_SAMPLE, "样例，不是先例。"),
    ],
)
def test_what_is_no_precedent_says_what_it_is(kind, words):
    assert words in text_of(signed_in(), f"/p/{factories.published(kind=kind).code}/")


def test_practice_from_another_province_is_marked_and_that_of_a_neighbour_is_not():
    nation = factories.region("国家")
    city = factories.region("上海市", parent=nation)
    home = factories.region("上海市虹口区", parent=city)
    other = factories.region("上海市青浦区", parent=city)
    far = factories.region("浙江省海宁市", parent=factories.region("浙江省", parent=nation))
    owner = factories.department(within=home)
    client = signed_in(within=owner)
    pages = {
        region: text_of(client, f"/p/{factories.published(owner=owner, region=region).code}/")
        for region in (nation, city, home, other, far)
    }
    assert "外地做法，仅供参考。" in pages[far]
    for region, words in ((nation, "全国"), (city, "上海市"), (home, "本地 虹口区"), (other, "本市 青浦区")):
        assert "外地做法" not in pages[region]
        assert words in pages[region]


def test_home_lists_new_and_used_precedents_and_the_ways_to_browse():
    precedent = full_precedent(theme=factories.theme())
    page = text_of(signed_in(), "/")
    assert page.count(f"/p/{precedent.code}/") == 1
    assert "还没有人登记过复用" in page
    assert "/search/?theme=%E4%BC%81%E4%B8%9A%E5%BC%80%E5%8A%9E%E4%B8%8E%E5%8F%98%E6%9B%B4" in page
    assert "/search/?cause=" in page
    assert "住所占用" in page


def test_home_of_an_empty_library_says_that_it_is_empty():
    page = text_of(signed_in(), "/")
    assert "库里还没有案例" in page
    assert "还没有发布的案例" in page


@pytest.mark.parametrize("address", ["/", "/search/", "/search/?q=注销"])
def test_an_account_that_only_administers_is_told_why_and_nothing_about_the_library(address):
    factories.published()
    page = text_of(signed_in(Role.SYSTEM_ADMIN), address)
    assert "这个账号只做管理。" in page
    for words in ("库里还没有案例", "在库 0 件", "还没有发布的案例", "库里没有讲这件事的案例"):
        assert words not in page


def test_a_policy_shows_its_versions_and_beside_each_clause_who_relies_on_it():
    old = factories.clause(
        24, title="登记条例", label="2016", effective_from=dt.date(2016, 1, 1), effective_to=dt.date(2022, 3, 1)
    )
    new_version = policy_version_add(
        old.version.policy,
        VersionFacts(label="2021", effective_from=dt.date(2022, 3, 1), verified=Verified.TEXT),
        clauses=[ClauseFacts(label="第33条", ref="33", gist="公示二十日。", verified=Verified.TEXT)],
        actor=None,
    )
    new = new_version.clauses.get()
    clause_counterpart_set(old, new)
    factories.published(title="公示期案例", citations=(factories.citation(new, Relation.EXPLAINS),))
    client = signed_in()
    page = text_of(client, f"/policies/{old.version.policy.code}/")
    clause = page[page.index(f'id="c-{new.code}"') :]
    assert "公示二十日。" in clause
    assert "公示期案例" in clause
    assert "解释" in clause
    assert f"?v=1#c-{old.code}" in clause
    assert "原规定" in clause
    before = text_of(client, f"/policies/{old.version.policy.code}/?v=1")
    assert f'id="c-{old.code}"' in before
    assert "公示期案例" not in before
    assert "新规定" in before


def test_a_policy_without_versions_still_has_a_page():
    from caselib.policies.models import Level
    from caselib.policies.services import PolicyFacts, policy_create

    policy = policy_create(PolicyFacts(title="没有文本的规定", level=Level.LAW, region=factories.region()), actor=None)
    assert "还没有录入条款" in text_of(signed_in(), f"/policies/{policy.code}/")


def test_the_policy_list_is_narrowed_by_short_title_and_by_number_in_any_spelling():
    factories.clause(title="登记管理条例")
    other = factories.clause(title="优化营商环境条例").version.policy
    client = signed_in()
    for wanted in ("营商", other.doc_number, other.doc_number.replace("国务院", "国")):
        page = text_of(client, f"/policies/?q={wanted}")
        assert "优化营商环境条例" in page
        assert "登记管理条例" not in page
    assert "没有对上的政策" in text_of(client, "/policies/?q=没有这个")


def test_the_matter_list_is_narrowed_by_what_people_call_it():
    factories.matter("企业设立登记", aliases=["办执照"])
    factories.matter("户口迁移", theme=factories.theme("户籍"))
    page = text_of(signed_in(), "/matters/?q=办执照")
    assert "企业设立登记" in page
    assert "户口迁移" not in page


def test_a_matter_shows_aliases_materials_and_its_precedents():
    matter = factories.matter("企业设立登记", aliases=["办执照"], materials=["登记申请书"])
    precedent = factories.published(matter=matter)
    page = text_of(signed_in(), f"/matters/{matter.code}/")
    for words in ("办执照", "登记申请书", precedent.number):
        assert words in page


def test_a_verification_is_in_the_history_by_date_and_without_a_name():
    from caselib.precedents.keeping import precedent_verify

    owner = factories.department()
    precedent = factories.published(owner=owner)
    reviewer = factories.user(Role.REVIEWER, within=owner)
    with time_machine.travel("2026-10-15T09:00+08:00", tick=False):
        precedent_verify(precedent, by=reviewer, note="对照现行文本")
        client = signed_in()
        page = text_of(client, f"/p/{precedent.code}/")
    assert "复核：仍然适用" in page
    assert "2026-10-15" in page
    assert str(reviewer) not in page


@pytest.mark.parametrize("path", ["/", "/policies/", "/matters/"])
def test_reading_pages_take_no_writes(path):
    assert signed_in().post(path).status_code == 405


def test_high_contrast_is_kept_by_the_server():
    client = signed_in()
    assert 'data-contrast="more"' not in text_of(client, "/")
    client.post("/account/contrast/", {"high": "1", "next": "/matters/"})
    assert 'data-contrast="more"' in text_of(client, "/")


def test_a_question_of_twenty_thousand_characters_does_not_fill_the_page():
    for _ in range(25):
        factories.published()
    response = signed_in().get("/search/", {"q": "注销" * 10_000})
    assert response.status_code == 200
    assert len(response.content) < 400_000


@pytest.mark.parametrize("text", ["", "照", "😀", '"((*[', "１２３ＡＢＣ", "<script>alert(1)</script>", "%s{{ 7 }}"])
def test_any_question_gets_a_page_and_comes_back_escaped(text):
    factories.published()
    page = signed_in().get("/search/", {"q": text, "page": "9999", "sort": "none", "theme": "没有这个"})
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_a_clause_that_many_rely_on_shows_a_few_and_says_how_many_more():
    clause = factories.clause(title="常用条例")
    owner = factories.department()
    for n in range(7):
        factories.published(owner=owner, title=f"第{n}个案例", citations=(factories.citation(clause),))
    page = text_of(signed_in(), f"/policies/{clause.version.policy.code}/")
    beside = page[page.index(f'id="c-{clause.code}"') : page.index("</article>")]
    assert "7 件案例在用" in beside
    assert beside.count('href="/p/') == 5
    assert "还有 2 件" in beside


@pytest.mark.parametrize(("asked", "shown"), [("1", 20), ("2", 3), ("9999", 3), ("x", 20)])
def test_a_matter_with_many_precedents_lists_them_in_pages(asked, shown):
    matter, owner = factories.matter(), factories.department()
    for _ in range(23):
        factories.published(owner=owner, matter=matter)
    page = text_of(signed_in(), f"/matters/{matter.code}/?page={asked}")
    assert page.count('href="/p/') == shown
    assert "23 件" in page


GREEN = "条都符合，可以这么办。"
WARY = "条都符合，但先看慎用的原因。"


def test_only_a_precedent_that_may_be_followed_can_end_in_a_green_verdict():
    assert GREEN in text_of(signed_in(), f"/p/{factories.published().code}/")


def test_a_precedent_to_be_used_with_care_ends_in_a_wary_verdict():
    precedent = factories.published()
    precedent_doubt(precedent, reason="第 2 条要对照新法。", actor=None)
    page = text_of(signed_in(), f"/p/{precedent.code}/")
    assert GREEN not in page
    assert WARY in page


@pytest.mark.parametrize("kind", [Kind.ROUTING_CARD, Kind.CAUSE_SAMPLE, Kind.INTAKE_SAMPLE])
def test_what_is_no_precedent_has_no_positive_verdict_and_takes_no_reuse(kind):
    page = text_of(signed_in(), f"/p/{factories.published(kind=kind, script='请到房管部门。').code}/")
    for words in (GREEN, WARY, 'id="reuse"', "用完登记"):
        assert words not in page


def test_a_draft_has_no_positive_verdict():
    owner = factories.department()
    revision = factories.draft(owner=owner, author=factories.user(Role.EDITOR, within=owner))
    page = text_of(signed_in(Role.EDITOR, within=owner), f"/p/{revision.precedent.code}/")
    assert GREEN not in page
    assert WARY not in page


def test_a_retired_precedent_offers_neither_verdict_nor_words_to_copy_nor_reuse():
    precedent = full_precedent()
    precedent_retire(precedent, reason="暂行办法失效", actor=None)
    page = text_of(signed_in(), f"/p/{precedent.code}/")
    assert "已停用，口径不再使用。" in page
    for words in (GREEN, WARY, "口径已复制", "我们来联系他。", "用完登记"):
        assert words not in page


@pytest.mark.parametrize("kind", [Kind.CAUSE_SAMPLE, Kind.INTAKE_SAMPLE])
def test_a_sample_carries_no_signal_on_its_page_nor_in_lists(kind):
    sample = factories.published(kind=kind)
    client = signed_in()
    assert "signalbar" not in text_of(client, f"/p/{sample.code}/")
    home = text_of(client, "/")
    assert sample.get_kind_display() in home
    assert "signal--ok" not in home


def test_of_several_reasons_the_first_stands_alone_and_the_others_fold():
    precedent = factories.published()
    for n in range(3):
        precedent_doubt(precedent, reason=f"第{n}处要对照。", actor=None)
    page = text_of(signed_in(), f"/p/{precedent.code}/")
    bar = page[page.index("signalbar__why") : page.index("看依据")]
    assert bar.index("第0处要对照。") < bar.index("还有 2 条") < bar.index("第1处要对照。")


def test_where_only_titles_were_looked_through_nothing_is_said_about_the_library(monkeypatch):
    from caselib.search import selectors
    from caselib.search.engine.port import IndexUnavailable

    def unreadable(*args, **kwargs):
        raise IndexUnavailable("索引暂时读不了。")

    monkeypatch.setattr(selectors, "_from_index", unreadable)
    page = text_of(signed_in(), "/search/?q=没有这样的事")
    assert "标题里没有找到" in page
    assert "库里没有讲这件事的案例" not in page


def test_clauses_of_separate_documents_are_neither_old_nor_new_to_each_other():
    older = factories.clause(title="甲条例", effective_from=dt.date(2016, 1, 1))
    newer = factories.clause(title="乙条例", effective_from=dt.date(2022, 3, 1))
    clause_counterpart_set(older, newer)
    page = text_of(signed_in(), f"/policies/{older.version.policy.code}/")
    assert "对应条款" in page
    assert "新规定" not in page


def test_one_line_says_that_no_clause_of_a_list_was_checked():
    clauses = [factories.clause(title=f"条例{n}") for n in range(3)]
    none = factories.published(citations=tuple(factories.citation(clause) for clause in clauses))
    some = factories.published(
        citations=tuple(factories.citation(clause, is_verified=n == 0) for n, clause in enumerate(clauses))
    )
    client = signed_in()
    assert "以上依据都未对照原文" in text_of(client, f"/p/{none.code}/")
    page = text_of(client, f"/p/{some.code}/")
    assert "以上依据都未对照原文" not in page
    assert page.count('</a><span class="unsure">待核</span><p class="cite__text">') == 2


@pytest.mark.parametrize(("number", "marks"), [("主席令（号待核）", 0), ("文号未查到", 0), ("国务院令第746号", 1)])
def test_a_number_that_says_itself_that_it_is_unsure_has_no_second_mark(number, marks):
    policy = factories.clause(effective_from=dt.date(2020, 1, 1)).version.policy
    policy.doc_number = number
    policy.save()
    client = signed_in()
    assert f"{number} {'<span class=' if marks else '</span>'}" in text_of(client, f"/policies/{policy.code}/")
    assert text_of(client, "/policies/").count("文号、时效待核") == marks
    assert text_of(client, "/policies/").count('class="unsure"') == 1
