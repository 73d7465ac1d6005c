"""The text of a notice on holidays, read into days; nothing is guessed in silence."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselib.core.holidays import announced, festivals_missing
from caselib.desk.calendar.notice import LONGEST, MOST_DAYS, read_notice

D = dt.date
SHORT = "国庆节、中秋节：10月1日至8日放假调休，共8天。9月28日（星期日）、10月11日（星期六）上班。"
WHOLE = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
国务院办公厅
2025年11月4日"""


def said(text: str, year: int | None = 2025) -> dict[D, bool]:
    return {day.on: day.is_working for day in read_notice(text, year=year).days}


def test_the_national_day_of_2025():
    read = read_notice(SHORT, year=2025)
    assert [day.on for day in read.days if not day.is_working] == [D(2025, 10, n) for n in range(1, 9)]
    assert [day.on for day in read.days if day.is_working] == [D(2025, 9, 28), D(2025, 10, 11)]
    assert {day.name for day in read.days} == {"国庆节、中秋节"}
    assert (read.doubts, read.lost, read.unused) == ([], [], [])


def test_a_whole_notice_says_what_the_library_says_of_that_year():
    read = read_notice(WHOLE, year=2030)
    library = {day: works for day, (works, _) in announced().items() if day.year == 2026}
    assert {day.on: day.is_working for day in read.days} == library
    assert (read.year, read.number, read.doubts, read.lost) == (2026, "国办发明电〔2025〕7号", [], [])
    assert festivals_missing(2026, [(day.on, day.name) for day in read.days]) == ()


def test_full_width_figures_and_debris_of_copying_read_the_same():
    wide = SHORT.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert said(wide) == said(SHORT)
    assert said(SHORT.replace("日", "日\u200b").replace("。", "。\r\n\x00")) == said(SHORT)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("元旦：2022年12月31日至2023年1月2日放假调休，共3天。", [D(2022, 12, 31), D(2023, 1, 1), D(2023, 1, 2)]),
        ("元旦：12月31日至1月2日放假，共3天。", [D(2022, 12, 31), D(2023, 1, 1), D(2023, 1, 2)]),
        ("清明节：4月5日放假1天。", [D(2023, 4, 5)]),
        ("端午节：6月22日、23日和24日放假。", [D(2023, 6, 22), D(2023, 6, 23), D(2023, 6, 24)]),
        ("劳动节：4月29日—5月3日放假", [D(2023, 4, 29), D(2023, 4, 30), D(2023, 5, 1), D(2023, 5, 2), D(2023, 5, 3)]),
    ],
)
def test_ways_of_naming_days(text, days):
    assert list(said(text, 2023)) == days


def test_a_wrong_year_shows_by_the_days_of_the_week():
    read = read_notice(SHORT, year=2026)
    assert "9月28日写的是星期日，2026年这一天是星期一。核对年份和日期。" in read.doubts
    assert "2026-09-28 本来就是工作日，通知里却写了上班。" in read.doubts


def test_what_does_not_fit_together_is_told():
    assert read_notice("国庆节：10月1日至7日放假，共8天。", year=2025).doubts == ["国庆节写共 8 天，这里数出 7 天。"]
    assert read_notice("春节：2月30日放假。", year=2025).doubts == ["没有“2月30日”这一天，没有读进来。"]
    both = read_notice("国庆节：10月1日放假。10月1日上班。", year=2025)
    assert "2025-10-01 既写了放假又写了上班，先按放假读。" in both.doubts
    far = read_notice("春节：1月1日至6月1日放假。", year=2025)
    assert (len(far.days), "不像一个假期" in far.doubts[0]) == (2, True)


def test_sentences_with_days_that_nobody_understood_are_shown():
    read = read_notice("春节放假办法另行通知。9月3日纪念活动。元旦：1月1日放假。", year=2025)
    assert read.lost == ["春节放假办法另行通知", "9月3日纪念活动"]
    assert [day.on for day in read.days] == [D(2025, 1, 1)]


def test_lines_that_were_broken_by_copying_are_read_as_one():
    broken = SHORT.replace("放假调休", "放\n假调休").replace("10月11日", "10月\n11日")
    assert said(broken) == said(SHORT)
    # Items without full stops begin anew.
    assert [(day.on, day.name) for day in read_notice("元旦：1月1日放假\n清明节：4月4日放假", year=2025).days] == [
        (D(2025, 1, 1), "元旦"),
        (D(2025, 4, 4), "清明节"),
    ]


def test_days_are_not_called_as_those_of_the_item_before():
    read = read_notice(
        "三、清明节：4月4日放假。\n四、国庆节放假办法如下。10月1日至7日放假。五、另外。10月9日放假。", year=2025
    )
    assert {day.on.month * 100 + day.on.day: day.name for day in read.days if day.on.day in (4, 9)} == {
        404: "清明节",
        1004: "国庆节",
        1009: "",
    }


def test_without_a_year_nothing_is_read():
    assert said(SHORT, None) == {}


@given(
    st.text(alphabet="0123456789年月日至、。：（）周六日放假上班共天元旦国庆节 \n—", max_size=200),
    st.integers(2004, 2030),
)
def test_any_text_is_read_within_bounds(text, year):
    read = read_notice(text, year=year)
    assert len(read.days) <= MOST_DAYS
    assert len({day.on for day in read.days}) == len(read.days)


@pytest.mark.parametrize("text", ["1月1日至" * 9_000, "（" * 30_000, "日1" * 20_000, "一、" * 20_000, "\x00😀" * 9_000])
def test_hostile_texts_are_read_at_once(text):
    assert len(read_notice(text, year=2027).days) <= MOST_DAYS
    assert LONGEST == 20_000
