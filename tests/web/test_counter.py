"""The thirty seconds at a counter without script: the verdict, where to go instead, the slip, the entrance, who decides."""

import re
from html import unescape

import pytest
from django.test import Client

from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.precedents.content import DeferredMaterial, Detour, Entrance, Flexibility, Material
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.models import Kind, Manner, Relation, ResultType
from tests import factories

pytestmark = pytest.mark.django_db
YES, NO = ("前租户联系得上", "新商户有使用权"), ("前租户在经营异常名录",)
ALL = {"y1": "good", "y2": "good", "n1": "good"}


def at_counter(role: Role = Role.WINDOW) -> Client:
    client = Client()
    client.force_login(factories.user(role))
    return client


def words(text: str) -> str:
    """The text of markup, with what is hidden left out."""
    text = re.sub(r"<(p|li|ul)[^>]* hidden>.*?</\1>", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def verdict(precedent, client: Client | None = None, **answers: str) -> str:
    response = (client or at_counter()).get(f"/p/{precedent.code}/", answers)
    assert response.status_code == 200
    return words(re.search(r'id="verdict".*?</section>', response.content.decode(), re.DOTALL)[0])


def asked(**values):
    return factories.published(applies_when=YES, not_when=NO, **values)


# --- the verdict ---


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "先问完 3 条都问一遍，再下结论。"),
        ({"y1": "good"}, "问了 1 条，符合 1 条，还有 2 条没问。"),
        (ALL, "能用 3 条都符合，可以这么办。"),
        (ALL | {"y2": "unsure"}, "先问清 3 条里符合 2 条，1 条不清楚；先不要答应群众日期。"),
        (ALL | {"n1": "bad"}, "不能照办 3 条里符合 2 条，1 条不符合。"),
    ],
)
def test_the_answers_in_the_address_come_to_a_verdict(answers, said):
    assert said in verdict(asked(), **answers)


def test_the_condition_that_fails_is_named_with_what_to_do_instead():
    target = factories.published(title="移出经营异常名录")
    precedent = asked(detours=(Detour(NO[0], "先申请移出", target.number), Detour(YES[0], "走司法途径")))
    said = verdict(precedent, **(ALL | {"n1": "bad"}))
    assert "不符合：“前租户在经营异常名录”答了“有”" in said and "先申请移出" in said
    assert "走司法途径" not in said


def test_what_nobody_knows_is_named_to_be_asked():
    assert "要问清：新商户有使用权" in verdict(asked(), **(ALL | {"y2": "unsure"}))


def test_a_way_out_to_a_cited_document_leads_there():
    clause = factories.clause(title="强制注销办法")
    policy = clause.version.policy
    type(policy).objects.filter(pk=policy.pk).update(doc_number="国家市场监督管理总局令第105号")
    precedent = asked(
        citations=(factories.citation(clause, Relation.ALTERNATIVE),),
        detours=(Detour(NO[0], "强制注销", "国家市场监督管理总局令第 105 号"),),
    )
    page = at_counter().get(f"/p/{precedent.code}/", {"n1": "bad"}).content.decode()
    assert f'<a href="/policies/{policy.code}/?v=1">强制注销办法</a>' in page


def test_a_way_out_whose_target_is_nothing_known_is_said_in_words():
    assert "看低保 看街道的办法" in verdict(asked(detours=(Detour(NO[0], "看低保", "街道的办法"),)), n1="bad")


def test_where_no_way_out_is_written_the_lead_unit_is_named():
    assert "拿不准就问牵头单位：区市场局" in verdict(asked(lead_org="区市场局"), y1="bad")


def test_a_precedent_that_needs_care_never_says_that_it_can_be_done():
    precedent = asked()
    precedent_doubt(precedent, reason="要对照新法。", actor=None)
    said = verdict(precedent, **ALL)
    assert "3 条都符合，但先看慎用的原因。" in said and "可以这么办" not in said


def test_answers_write_nothing_and_hostile_ones_are_none():
    precedent, client = asked(), at_counter()
    before = AuditEvent.objects.count()
    for hostile in ("坏", "\x00", "<script>", "good" * 900):
        assert "3 条都问一遍" in verdict(precedent, client, y1=hostile, n9="good", y0="bad", y99999="bad")
    assert AuditEvent.objects.count() == before


def test_the_form_asks_for_no_script_and_comes_back_with_its_answers():
    page = at_counter().get(f"/p/{asked().code}/", {"y1": "good", "n1": "unsure"}).content.decode()
    form = re.search(r'<form id="fits".*?</form>', page, re.DOTALL)[0]
    assert 'method="get"' in form and "novalidate" in form and "看结论" in form
    assert 'name="y1" value="good" required checked' in form
    assert 'name="n1" value="unsure" required checked' in form
    assert form.count(" checked") == 2


# --- the slip ---

PAPERS = (
    Material("租赁合同", correct_sample="写明铺位号。", common_mistake="只写商场名"),
    Material("身份证原件", deferrable=True),
    Material("授权书", required=False),
)
LATER = DeferredMaterial("身份证原件", "能核验", "视频", "5 个工作日", "撤销许可", supplied=True)
BOUNDS = Flexibility("条例第二十四条", "现场核查", "登记部门")


def with_papers(**values):
    return asked(
        materials=PAPERS,
        deferred_material=(LATER,),
        flexibility=BOUNDS,
        matter=factories.matter("企业设立登记"),
        entrances=(Entrance("一网通办", "https://zwdt.sh.gov.cn/"), Entrance("二楼综合窗口")),
        **values,
    )


def slip(precedent, *have: object, status: int = 200) -> str:
    response = at_counter().get(f"/p/{precedent.code}/slip/", {"have": have})
    assert response.status_code == status
    return response.content.decode()


def test_the_slip_lists_what_is_missing_with_sample_mistake_and_terms():
    precedent = with_papers()
    said = words(slip(precedent, 3))
    for part in (
        "您办理的 企业设立登记 ，还缺", "租赁合同 正确：写明铺位号。 常错：只写商场名。", "可以后补，期限：5 个工作日。逾期：撤销许可。",
        "在哪里办：一网通办 https://zwdt.sh.gov.cn/；二楼综合窗口", "案例不是依据", precedent.number,
    ):  # fmt: skip
        assert part in said, part
    assert "授权书" not in said


def test_a_slip_without_anything_missing_says_so():
    page = slip(with_papers(), 1, 2, 3)
    assert "slip__none--all" in page and "<li class=" not in page


@pytest.mark.parametrize("have", ["x", "-1", "0", "1.5", "²", "９９", "1" * 4000, "\x00", "999"])
def test_whatever_is_said_to_be_there_takes_no_other_paper_off(have):
    said = slip(with_papers(), have)
    assert all(paper.name in said for paper in PAPERS)


def test_papers_are_ticked_in_a_form_that_leads_to_the_slip():
    precedent = with_papers()
    page = at_counter().get(f"/p/{precedent.code}/").content.decode()
    assert f'action="/p/{precedent.code}/slip/"' in page and 'name="have" value="2"' in page


@pytest.mark.parametrize("kind", [Kind.CAUSE_SAMPLE, Kind.INTAKE_SAMPLE])
def test_what_nobody_may_follow_hands_out_no_slip(kind):
    sample = with_papers(kind=kind)
    assert "不出告知单" in slip(sample, status=403)
    assert "告知单已复制" not in at_counter().get(f"/p/{sample.code}/").content.decode()


# --- entrance, who decides ---


def test_guidance_copies_sentence_and_entrance_at_once():
    guide = asked(
        result_type=ResultType.GUIDANCE,
        script="在网上办。",
        entrances=(Entrance("一网通办", "https://zwdt.sh.gov.cn/"),),
    )
    page = at_counter().get(f"/p/{guide.code}/").content.decode()
    assert 'data-copy="#say-text, #say-gates li"' in page and "复制整段答复" in page
    assert '<a href="https://zwdt.sh.gov.cn/" rel="noopener noreferrer">一网通办</a>' in page
    solved = asked(script="在网上办。", entrances=(Entrance("一网通办"),))
    assert 'data-copy="#say-text"' in at_counter().get(f"/p/{solved.code}/").content.decode()


def test_an_address_of_elsewhere_is_never_a_link(settings):
    settings.CASELIB_ENTRANCE_DOMAINS = ("example.com",)
    precedent = asked(script="在网上办。", entrances=(Entrance("入口", "https://bad.example.com/"),), materials=PAPERS)
    settings.CASELIB_ENTRANCE_DOMAINS = ("gov.cn",)
    page = at_counter().get(f"/p/{precedent.code}/").content.decode() + slip(precedent)
    assert "入口" in page and "bad.example.com" not in page


def test_beside_who_decides_stand_the_level_and_the_basis():
    clause = factories.clause(33, title="登记条例")
    precedent = asked(
        who_can_decide="窗口负责人",
        decision_level="window",
        manner=Manner.URGENT,
        flexibility=BOUNDS,
        citations=(factories.citation(clause),),
    )
    page = at_counter().get(f"/p/{precedent.code}/").content.decode()
    panel = words(re.search(r'id="who-t".*?</section>', page, re.DOTALL)[0])
    for part in ("窗口负责人", "窗口可自行决定", "条例第二十四条", "登记条例 第33条"):
        assert part in panel, part


def test_a_text_without_a_basis_says_to_ask():
    page = at_counter().get(f"/p/{asked().code}/").content.decode()
    assert "没有写条款，照办前问牵头单位" in page


def test_the_lasting_rule_stands_before_the_sentence_and_the_gist():
    page = (
        at_counter()
        .get(f"/p/{asked(measure='lasting', lasting_rule='现在一窗通办。', script='直接办。').code}/")
        .content.decode()
    )
    assert page.index("现在一窗通办。") < page.index("直接办。") < page.index('id="gist-t"')
