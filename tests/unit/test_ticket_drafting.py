"""What a draft takes from a ticket: neutral words for whatever tells who it was, and all of the story beside that."""

import datetime as dt
import time
from dataclasses import fields

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.cases.drafting import TWICE_IN_VAIN, DraftFacts, draft_facts
from caselib.cases.models import Channel, FailedStage, RequesterType, Ticket
from caselib.cases.neutral import Neutraliser
from caselib.cases.reading import EntryRead
from caselib.cases.tables import table
from caselib.core.personal_data import find
from caselib.core.personal_data.kinds import Severity

from .personal_samples import STARTER, planted

DAY = dt.date(2026, 3, 12)
TEXT = """工单编号：HK20260312-00871
受理日期：2026年3月12日
诉求人：张建国，男，联系电话：138 0013 8000，身份证号 310101199001010012
诉求内容：市民王女士3月12日来电称：“我在四川北路1234弄5号开了张记小吃店，跑了三趟都没办成。”我们很着急，马上到期。窗口说上家没注销，不予受理。
2026年3月13日 窗口：联系房东陈某某，张建国说上家没注销。
3月15日 转市场监管局核实，电话021-52345678。"""
# Each with what must be gone.
PLANTED = {
    "身份证号310101199001010012": "310101199001010012",
    "身份证３１０１０１１９９００１０１００１２": "３１０１０１１９９００１０１００１２",
    "电话13800138000": "13800138000",
    "手机号一三八零零一三八零零零": "一三八零零一三八零零零",
    "座机021-52345678": "52345678",
    "银行卡号6222020000000000000": "6222020000000000000",
    "信用代码91310000MA1FL000XG": "91310000MA1FL000XG",
    "车牌沪A12345": "沪A12345",
    "护照E12345678": "E12345678",
    "邮箱zhang@example.com": "zhang@example.com",
    "微信号zhang_san01": "zhang_san01",
    "家住虹口区曲阳路12弄3号402室": "12弄3号402室",
    "诉求人：李小红": "李小红",
    "申请人张建国": "张建国",
    "王女士": "王女士",
    "张某某": "张某某",
    "老张记小吃店": "张记",
    "张记早餐店（个体工商户）": "张记",
    "上海某某贸易有限公司": "贸易有限公司",
    "2026年3月15日": "3月15日",
    "三月十六日": "三月十六日",
    "四川北路1234号": "1234号",
    "工单编号HK20260312": "HK20260312",
    "军字第1234567号": "1234567",
    "户口簿123456789": "123456789",
}
PLAIN = [
    "窗口不予受理",
    "跑了三趟",
    "“我们实在没办法”",
    "上家没有注销",
    "😀材料少一份",
    "\n",
    "，",
    "。",
    "；",
    "：",
    "",
    "12345",
    "国发〔2022〕5号",
]


def drafted(text: str, entries=(), **values) -> DraftFacts:
    causes = values.pop("causes", ())
    return draft_facts(Ticket(received_on=DAY, **values), entries, on=DAY, causes=causes, text=text)


def all_words(facts: DraftFacts) -> list[str]:
    """Every text of every field, one by one."""
    words = []
    for field in fields(facts):
        value = getattr(facts, field.name)
        if isinstance(value, str):
            words.append(value)
        elif field.name in ("wording",):
            words += value
        elif field.name == "timeline":
            words += [part for day in value for part in (day.who, day.what)]
        elif field.name == "causes":
            words += [part for cause in value for part in (cause.name, cause.because)]
        elif field.name == "replaced":
            words += [part for one in value for part in (one.kind, one.where, one.words)]
    return words


def blocking(facts: DraftFacts) -> list[str]:
    return [words for words in all_words(facts) if any(one.severity is Severity.BLOCK for one in find(words))]


def test_a_whole_ticket_in_neutral_words():
    facts = drafted(TEXT, visits=3, requester_type=RequesterType.SOLE_TRADER, failed_stage=FailedStage.NOT_ACCEPTED)
    assert facts.problem == (
        "市民第 1 天来电称：“我在某路段开了某个体工商户，跑了三趟都没办成。”我们很着急，马上到期。窗口说上家没注销，不予受理。"
    )
    assert facts.title == "我在某路段开了某个体工商户，跑了三趟都没办成"
    assert facts.wording[:2] == ("我在某路段开了某个体工商户，跑了三趟都没办成", "我们很着急，马上到期")
    assert [(part.day, part.who, part.what) for part in facts.timeline] == [
        (1, "窗口", "联系房东，市民说上家没注销。"),
        (3, "", "转市场监管局核实，电话（电话略）。"),
    ]
    assert (facts.requester_type, facts.failed_stage, facts.visits) == ("个体工商户", "未受理", 3)
    assert facts.situation == TWICE_IN_VAIN


@pytest.mark.parametrize("planted", PLANTED)
def test_each_kind_of_personal_data_is_gone_and_listed(planted):
    facts = drafted(f"来电反映不予受理，{planted}，请尽快处理。")
    words = "\n".join(all_words(facts))
    assert PLANTED[planted] not in words
    assert facts.replaced
    assert blocking(facts) == []
    assert "不予受理" in facts.problem


@settings(deadline=None, max_examples=150)
@given(
    parts=st.lists(st.sampled_from([*PLANTED, *PLAIN]), max_size=25),
    entries=st.lists(st.tuples(st.sampled_from([*PLANTED, *PLAIN]), st.sampled_from([*PLANTED, *PLAIN])), max_size=4),
    title=st.sampled_from([*PLANTED, *PLAIN]),
    glue=st.sampled_from(["", " ", "，", "\n", "。"]),
)
def test_no_field_of_a_draft_holds_what_blocks(parts, entries, title, glue):
    listed = [EntryRead(DAY, who, what) for who, what in entries]
    facts = drafted(glue.join(parts), listed, title=title, matter_words=title)
    assert blocking(facts) == []
    words = "\n".join(all_words(facts))
    for part in parts:
        if part in ("电话13800138000", "身份证号310101199001010012", "邮箱zhang@example.com"):
            assert PLANTED[part] not in words


def test_nothing_that_blocks_is_left_of_five_hundred_planted_pieces():
    left = [sample.kind for sample in planted() if blocking(drafted(sample.text))]
    assert left == []


@settings(deadline=None, max_examples=150)
@given(text=st.text(max_size=400))
def test_any_text_becomes_a_draft(text):
    assert blocking(drafted(text)) == []


def test_a_number_broken_over_two_lines_is_gone():
    facts = drafted("卡号6222020000\n000000000是他的")
    assert "6222020000" not in facts.problem
    assert blocking(facts) == []


def test_a_ticket_without_any_day_has_no_timeline_and_keeps_its_problem():
    facts = drafted("群众说系统报错，提交不了。")
    assert (facts.timeline, facts.problem) == ((), "群众说系统报错，提交不了。")


def test_a_text_of_nothing_but_days_is_still_the_problem():
    facts = drafted("2026-03-13 窗口：联系出租方\n2026-03-15 办成了")
    assert [part.day for part in facts.timeline] == [1, 3]
    assert "联系出租方" in facts.problem


def test_days_before_it_came_in_and_days_far_away():
    neutral = Neutraliser(DAY)
    assert (
        neutral.of("3月10日来过，2026年4月11日又来，1949年12月31日", where="x") == "受理前 2 天来过，第 31 天又来，某日"
    )


def test_the_day_on_which_a_rule_begins_is_no_day_of_a_person():
    assert Neutraliser(DAY).of("条例自2026年7月1日起施行。", where="x") == "条例自2026年7月1日起施行。"


def test_a_name_that_gave_itself_away_once_is_gone_everywhere():
    facts = drafted("申请人：欧阳建国\n后来欧阳建国又来，欧阳建国先生很着急。")
    assert "欧阳建国" not in "\n".join(all_words(facts))


@pytest.mark.parametrize(
    "plain",
    [
        "林业局在核实",
        "江苏省来函",
        "虹口区市场监督管理局",
        "国发〔2022〕5号",
        "《市场主体登记管理条例》第三十三条",
        "12345",
        "跑了三趟",
    ],
)
def test_what_is_no_persons_stays(plain):
    assert plain in Neutraliser(DAY).of(f"答复：{plain}。", where="x")


@pytest.mark.parametrize(
    ("who", "role"), [("李建国", "经办人"), ("综合窗口", "综合窗口"), ("", ""), ("市场监管局", "市场监管局")]
)
def test_who_is_told_as_a_role(who, role):
    assert Neutraliser(DAY).role(who, where="经过") == role


def test_causes_come_from_the_analysis_or_are_marked_as_guessed():
    assert [(one.name, one.is_guessed) for one in drafted("上家没注销", causes=["历史遗留"]).causes] == [
        ("历史遗留", False)
    ]
    guessed = drafted("铺位上一家没有注销，系统报错").causes
    assert [(one.name, one.is_guessed) for one in guessed] == [("系统故障", True), ("第三方占用(前租户)", True)]
    assert drafted("没有特征的话").causes == ()


def test_guessed_causes_are_causes_of_the_vocabulary():
    known = yaml.safe_load((STARTER / "vocabularies.yaml").read_text(encoding="utf-8"))["causes"]
    assert set(table("cause_words")) <= set(known)


def test_one_visit_suggests_no_situation():
    assert [drafted("x", visits=visits).situation for visits in (None, 0, 1, 2)] == ["", "", "", TWICE_IN_VAIN]


def test_channel_is_told_in_words():
    assert drafted("x", channel=Channel.HOTLINE).channel == "12345"


@pytest.mark.parametrize(
    "evil",
    ["路" * 20_000, "张" * 20_000, "1" * 20_000, "“" * 20_000, "3月1日" * 5_000, "市民称" * 6_000, "有限公司" * 5_000],
)
def test_no_text_takes_long(evil):
    start = time.perf_counter()
    drafted(evil)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "text",
    [
        "市民李建国2026年3月12日来窗口",
        "市民李建国3月12日来电",
        "李建国3月12日来窗口反映",
        "市民欧阳修文3月1日来窗口",
        "申请人李建国前往窗口",
        "申请人李建国跑了三趟",
        "诉求人李建国多次来电",
        "反映人李建国昨天来电",
    ],
)
def test_a_name_before_a_day_or_a_deed_is_gone_and_the_sentence_stays(text):
    neutral = Neutraliser(DAY).of(text, where="")
    assert "建国" not in neutral and "欧阳" not in neutral
    assert "窗口" in neutral or "来电" in neutral or "三趟" in neutral
