"""What a text lacks before somebody reviews it: each rule by a text that lacks this alone."""

import dataclasses

import pytest

from caselib.catalog.models import Category, Scheme
from caselib.core.errors import RuleBroken
from caselib.precedents.completeness import DECLARABLE, lacks, missing_for_submission
from caselib.precedents.content import Alternative, DeferredMaterial, Detour, Entrance, Flexibility, Material, Outcome
from caselib.precedents.models import Force, Manner, Measure, Relation, ResultType
from caselib.precedents.services import revision_submit
from tests import factories

pytestmark = pytest.mark.django_db

DEFERRED = DeferredMaterial("身份证原件", "可远程核验", "视频核验", "三日", "退件", supplied=True)
BOUNDS = Flexibility("条例第二十四条", "现场核查", "登记部门")


@pytest.fixture
def text():
    found = factories.content()
    assert missing_for_submission(found) == []
    return found


@pytest.mark.parametrize("name", ["gist", "problem", "blocker", "causes", "resolution", "applies_when", "not_when"])
def test_what_every_text_needs_cannot_be_declared_unknown(text, name):
    empty = dataclasses.replace(text, **{name: type(getattr(text, name))()}, unverified=(*DECLARABLE, name))
    assert missing_for_submission(empty) == [name]


@pytest.mark.parametrize("name", DECLARABLE)
def test_what_a_source_may_leave_out_is_filled_or_declared(text, name):
    silent = dataclasses.replace(text, unverified=tuple(set(DECLARABLE) - {name}))
    assert missing_for_submission(silent) == [name]


def test_a_matter_in_words_is_a_matter_and_a_figure_is_an_evaluation(text):
    told = dataclasses.replace(
        text,
        matter_note="注销登记",
        outcome=Outcome("三次", "一次", "跑动"),
        unverified=tuple(set(DECLARABLE) - {"matter", "evaluation"}),
    )
    assert missing_for_submission(told) == []


@pytest.mark.parametrize("result", [ResultType.GUIDANCE, ResultType.UNSOLVED])
def test_what_was_not_done_came_to_nothing(text, result):
    told = dataclasses.replace(text, result_type=result, unverified=tuple(set(DECLARABLE) - {"evaluation"}))
    assert missing_for_submission(told) == []


@pytest.mark.parametrize("manner", [Manner.SPECIAL, Manner.URGENT])
def test_a_flexible_handling_states_all_of_its_bounds(text, manner):
    flexible = dataclasses.replace(text, manner=manner)
    assert missing_for_submission(flexible) == ["flexibility"]
    for part in ("basis", "still_mandatory", "approved_by"):
        partly = dataclasses.replace(flexible, flexibility=dataclasses.replace(BOUNDS, **{part: ""}))
        (lack,) = [lack for lack in lacks(partly) if lack.must]
        assert lack.field == "flexibility"
    assert missing_for_submission(dataclasses.replace(flexible, flexibility=BOUNDS)) == []


@pytest.mark.parametrize("part", ["item", "why_minor", "verification", "deadline", "consequence"])
def test_a_paper_that_came_later_is_a_whole_record(text, part):
    record = dataclasses.replace(DEFERRED, **{part: ""})
    told = dataclasses.replace(text, deferred_material=(record,), flexibility=BOUNDS)
    assert missing_for_submission(told) == ["deferred_material"]


def test_whether_the_paper_came_is_asked_for_and_stops_nothing(text):
    record = dataclasses.replace(DEFERRED, supplied=None)
    told = dataclasses.replace(text, deferred_material=(record,), flexibility=BOUNDS)
    assert missing_for_submission(told) == []
    assert any(lack.field == "deferred_material" for lack in lacks(told))


def test_a_no_says_what_to_say_and_where_else_to_go(text):
    no = dataclasses.replace(text, result_type=ResultType.LAWFULLY_IMPOSSIBLE)
    assert missing_for_submission(no) == ["script", "alternatives"]
    told = dataclasses.replace(no, script="这件办不了。", alternatives=(Alternative("廉租补贴", "临时救助"),))
    assert missing_for_submission(told) == []
    halfway = dataclasses.replace(told, alternatives=(Alternative("廉租补贴", ""),))
    assert missing_for_submission(halfway) == ["alternatives"]


def test_a_routing_card_says_what_to_say(text):
    card = dataclasses.replace(text, result_type=ResultType.OUT_OF_SCOPE)
    assert missing_for_submission(card) == ["script"]


def test_a_lasting_rule_is_written_down(text):
    assert missing_for_submission(dataclasses.replace(text, measure=Measure.LASTING)) == ["lasting_rule"]


def test_only_a_document_makes_it_binding(text):
    binding = dataclasses.replace(text, force=Force.MANDATORY)
    assert missing_for_submission(binding) == ["citations"]
    clause = factories.clause(33)
    compared = dataclasses.replace(binding, citations=(factories.citation(clause, Relation.COMPARE),))
    assert missing_for_submission(compared) == ["citations"]
    based = dataclasses.replace(binding, citations=(factories.citation(clause),))
    assert missing_for_submission(based) == []


def test_what_can_be_done_elsewhere_names_the_rule_of_elsewhere(text):
    scheme = Scheme.objects.create(key="where", name="受理情形")
    elsewhere = Category.objects.create(scheme=scheme, name="别处能办", needs_reference=True)
    classed = dataclasses.replace(text, categories=(elsewhere,))
    assert missing_for_submission(classed) == ["citations"]
    compared = dataclasses.replace(classed, citations=(factories.citation(factories.clause(8), Relation.COMPARE),))
    assert missing_for_submission(compared) == []


def test_a_material_has_a_name(text):
    assert missing_for_submission(dataclasses.replace(text, materials=(Material(""),))) == ["materials"]


def test_what_must_be_there_stands_first_and_a_refusal_names_it():
    editor = factories.user()
    revision = factories.draft(author=editor, gist="", requester_wording=())
    found = lacks(factories.content(gist="", requester_wording=()))
    assert [lack.must for lack in found] == sorted([lack.must for lack in found], reverse=True)
    with pytest.raises(RuleBroken) as error:
        revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    assert (error.value.code, error.value.field) == ("incomplete", "gist")
    assert "办理要旨" in error.value.message


@pytest.mark.parametrize("detour", [Detour("没有这一条", "改走"), Detour("", "改走"), Detour("CONDITION")])
def test_a_way_out_names_a_condition_of_the_text_and_says_where_to_go(text, detour):
    condition = text.not_when[0] if detour.condition == "CONDITION" else detour.condition
    told = dataclasses.replace(text, detours=(dataclasses.replace(detour, condition=condition),))
    assert missing_for_submission(told) == ["detours"]


@pytest.mark.parametrize("parts", [{"instead": "先移出名录"}, {"target": "310109-2026-D03-0001"}])
def test_words_or_a_number_are_enough_for_a_way_out(text, parts):
    told = dataclasses.replace(text, detours=(Detour(f"{text.applies_when[0]}？", **parts),))
    assert missing_for_submission(told) == []


def test_an_entrance_outside_of_the_government_domains_cannot_be_submitted(text):
    (lack,) = [
        lack
        for lack in lacks(dataclasses.replace(text, entrances=(Entrance("网上大厅", "https://example.com/gov.cn"),)))
        if lack.must
    ]
    assert lack.field == "entrances"
    assert lack.words == "办理入口第 1 处的网址不是政府网站：要写 http:// 或 https:// 开头、在 gov.cn 里的地址"
    for entrance in (Entrance("网上大厅", "https://zwdt.sh.gov.cn/"), Entrance("二楼综合窗口")):
        assert missing_for_submission(dataclasses.replace(text, entrances=(entrance,))) == []
    assert missing_for_submission(dataclasses.replace(text, entrances=(Entrance("", "https://a.gov.cn/"),))) == [
        "entrances"
    ]


def test_a_level_and_for_guidance_an_entrance_are_asked_for_and_stop_nothing(text):
    told = dataclasses.replace(text, who_can_decide="窗口", result_type=ResultType.GUIDANCE)
    assert {"decision_level", "entrances"} <= {lack.field for lack in lacks(told) if not lack.must}
    full = dataclasses.replace(told, decision_level="window", entrances=(Entrance("一网通办"),))
    assert not {"decision_level", "entrances"} & {lack.field for lack in lacks(full)}
