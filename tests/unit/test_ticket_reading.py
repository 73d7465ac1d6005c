"""What is read of a pasted ticket, and what is not made up where it says nothing."""

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.cases.models import Channel, FailedStage, RequesterType
from caselib.cases.reading import Named, TicketRead, entries_in, read_ticket, text_of

TODAY = dt.date(2026, 11, 1)
MATTERS = [Named("a", ("企业设立登记", "办执照")), Named("b", ("个体工商户设立登记", "执照"))]


def read(text: str) -> TicketRead:
    return read_ticket(
        text_of(text), today=TODAY, matters=MATTERS, departments=[Named("d", ("市场监督管理局", "工商局"))]
    )


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("工单编号：HK20260312-00871", "source_number", "HK20260312-00871"),
        ("受理编号 ２０２６０３１２００８７１", "source_number", "2026031200871"),
        ("流水号:AB-12345", "source_number", "AB-12345"),
        ("第3号窗口", "source_number", ""),
        ("跑了三趟", "visits", 3),
        ("来了好几趟", "visits", None),
        ("前后跑过 ４ 次", "visits", 4),
        ("跑动次数：2", "visits", 2),
        ("来窗口两次，又跑了五回", "visits", 5),
        ("市民来电反映", "channel", Channel.PHONE),
        ("来源：12345热线", "channel", Channel.HOTLINE),
        ("在一网通办提交", "channel", Channel.ONLINE),
        ("领导批示件", "channel", Channel.ASSIGNED),
        ("到窗口反映", "channel", Channel.WINDOW),
        ("想办执照", "matter", "a"),
        ("个体工商户设立登记", "matter", "b"),
        ("请工商局答复", "department", "d"),
        ("受理日期：2026年3月12日，去年2025年1月1日来过", "received_on", dt.date(2026, 3, 12)),
        ("2026/3/2 来过", "received_on", dt.date(2026, 3, 2)),
        ("２０２６．３．２ 来过", "received_on", dt.date(2026, 3, 2)),
        ("预约2026年12月1日", "received_on", None),
        ("2月30日来过", "received_on", None),
        ("承诺时限：5个工作日", "promised_days", 5),
        ("实际用时十二天", "actual_days", 12),
        ("已列入督办", "is_supervised", True),
        ("不予受理", "failed_stage", FailedStage.NOT_ACCEPTED),
        ("多次反映，审批未通过", "failed_stage", FailedStage.NEVER_SOLVED),
        ("个体户", "requester_type", RequesterType.SOLE_TRADER),
        ("某企业", "requester_type", RequesterType.COMPANY),
    ],
)
def test_what_a_text_says(text, name, value):
    assert getattr(read(text), name) == value


def test_a_text_that_says_nothing_is_read_as_nothing():
    assert read("好") == TicketRead()


@settings(deadline=None)
@given(text=st.text(max_size=500))
def test_any_text_is_read(text):
    cleaned = text_of(text)
    assert isinstance(read(cleaned), TicketRead)
    assert len(entries_in(cleaned, received_on=TODAY)) <= len(cleaned.splitlines())


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("<!--[if gte mso 9]><xml><o:p>x</o:p></xml><![endif]-->正文<o:p></o:p>", "正文"),
        ('<p class="MsoNormal" style="margin:0">一</p><p>二<br/>三</p>', "一\n二\n三"),
        ("甲\x07乙\x0b丙\x00", "甲\t乙\n丙"),
        ("一&nbsp;二&amp;三", "一 二&三"),
        ("收入 < 3000 元，年龄 > 60", "收入 < 3000 元，年龄 > 60"),
        ("😀１２３👍🏽", "😀１２３👍🏽"),
        ("一\n\n\n\n二", "一\n\n二"),
    ],
)
def test_debris_goes_and_words_stay(pasted, kept):
    assert text_of(pasted) == kept


def test_lines_that_begin_with_a_day_are_days():
    text = "受理\n2026年3月13日 9:30 综合窗口：联系出租方\n1. 3月15日，转市场监管局\n他说3月16日来过\n2月30日 没有这天\n3月17日"
    assert [(one.day.isoformat(), one.who, one.what) for one in entries_in(text, received_on=dt.date(2026, 3, 12))] == [
        ("2026-03-13", "综合窗口", "联系出租方"),
        ("2026-03-15", "", "转市场监管局"),
    ]


def test_a_day_without_a_year_is_the_nearest():
    assert entries_in("1月3日 来过", received_on=dt.date(2025, 12, 30))[0].day == dt.date(2026, 1, 3)


@pytest.mark.parametrize("evil", ["<!--", "<style ", "<!--[if ", "<a ", "<p", "&amp", "<", "<xml>", "</p "])
def test_debris_of_any_length_takes_no_time(evil):
    start = time.perf_counter()
    text_of(evil * (2_000_000 // len(evil)))
    assert time.perf_counter() - start < 5


def test_a_word_of_two_characters_names_no_matter():
    named = [Named("a", ("异地就医备案", "备案")), Named("b", ("食品摊贩备案", "摊贩备案"))]
    assert read_ticket("市民来窗口办食品备案", today=TODAY, matters=named).matter == ""
    assert read_ticket("市民来窗口办摊贩备案", today=TODAY, matters=named).matter == "b"
