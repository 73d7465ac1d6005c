"""Years and places in a question: filters where they stand apart, part of the story everywhere else."""

import datetime as dt

import pytest

from caselib.core.text import normalise
from caselib.search.understanding.filters import Place, names_of, read_filters
from caselib.search.weights import PLACE_AROUND_NAMED, PLACE_NAMED

ON = dt.date(2026, 11, 22)


def _places():
    regions = {
        "上海市": ("上海市", ()),
        "上海市虹口区": ("虹口区", ("上海市",)),
        "上海市虹口区曲阳路街道": ("曲阳路街道", ("上海市", "上海市虹口区")),
        "上海市浦东新区": ("浦东新区", ("上海市",)),
        "上海市长宁区": ("长宁区", ("上海市",)),
        "北京市": ("北京市", ()),
        "江苏省": ("江苏省", ()),
        "江苏省南京市": ("南京市", ("江苏省",)),
        "宁夏回族自治区": ("宁夏回族自治区", ()),
        "四川省遂宁市高新区": ("高新区", ("四川省", "四川省遂宁市")),
    }
    places: dict[str, tuple[Place, ...]] = {}
    for full_name, (name, above) in regions.items():
        inside = frozenset(other for other, (_, over) in regions.items() if other == full_name or full_name in over)
        place = Place(name, full_name, inside, frozenset((*above, "国家")))
        for written in names_of(name, full_name, above):
            places[written] = (*places.get(written, ()), place)
    return places


PLACES = _places()


def read(text: str):
    return read_filters(normalise(text), places=PLACES, on=ON)


def years(text: str) -> set[str]:
    return set(read(text).filters.get("year", ()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("去年 注销", {"2025"}),
        ("今年 生育津贴", {"2026"}),
        ("前年 廉租", {"2024"}),
        ("2025年 执照", {"2025"}),
        ("2025 执照", {"2025"}),
        ("２０２５年　执照", {"2025"}),
        ("二〇二五年 执照", {"2025"}),
        ("近两年 注销", {"2025", "2026"}),
        ("近3年 注销", {"2024", "2025", "2026"}),
        ("2023-2025年 容缺", {"2023", "2024", "2025"}),
        ("2024年以来 容缺", {"2024", "2025", "2026"}),
        ("2023年 2025年 容缺", {"2023", "2025"}),
        ("去年注销的案例", {"2025"}),
        ("2025年容缺受理先例", {"2025"}),
        ("去年买房的案例", {"2025"}),
        ("去年 离婚登记", {"2025"}),
        ("前年 居住证", {"2024"}),
        ("去年 办理的 抵押注销", {"2025"}),
    ],
)
def test_a_year_that_stands_apart_narrows(text, expected):
    assert years(text) == expected
    assert not any(label in read(text).rest for label in ("年", "2025", "二〇"))


@pytest.mark.parametrize(
    "text",
    [
        "我去年办的营业执照丢了",
        "去年，我爸走了",
        "理发店去年做过的检测还能用吗",
        "2023年7月 工伤",
        "2019年买的二手房",
        "去年 买的房 今年 过户",
        "2030年 执照",
        "1949年 档案",
        "12345 热线",
        "20231 执照",
        "去年 买的房",
        "去年 买的二手房 过户",
        "前年 离婚 房子归谁",
        "2025年 毕业",
        "前年 去世 公积金",
        "去年 执照丢了",
        "2024年 租房到期怎么办",
    ],
)
def test_a_year_inside_a_story_stays_a_word(text):
    assert read(text).filters == {}
    assert read(text).rest == normalise(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("虹口区 廉租", "虹口区"),
        ("虹口 廉租", "虹口区"),
        ("廉租 上海市虹口区", "虹口区"),
        ("上海虹口 廉租", "虹口区"),
        ("上海 虹口 廉租", "虹口区"),
        ("浦东 低保", "浦东新区"),
        ("長寧區 低保", "长宁区"),
        ("宁夏 医保", "宁夏回族自治区"),
        ("虹口的容缺案例", "虹口区"),
        ("2025年虹口容缺案例", "虹口区"),
    ],
)
def test_a_place_that_stands_apart_comes_first_and_hides_nothing(text, place):
    found = read(text)
    assert found.preferred == (place,)
    assert "region" not in found.filters
    assert found.preferences["region"]


@pytest.mark.parametrize(
    "text",
    [
        "长宁路 88号",
        "南京东路 执照",
        "北京银行 抵押",
        "上海户口 转入",
        "上海户口案例",
        "身份证在北京家里",
        "早搬到浦东去了",
        "高新区 执照",
    ],
)
def test_a_place_inside_another_word_or_a_story_is_no_filter(text):
    assert not read(text)
    assert read(text).rest == normalise(text)


def test_what_lies_in_the_place_comes_before_what_holds_around_it():
    regions = read("虹口 廉租").preferences["region"]
    assert regions["上海市虹口区曲阳路街道"] == regions["上海市虹口区"] == PLACE_NAMED
    assert regions["上海市"] == regions["国家"] == PLACE_AROUND_NAMED
    assert "上海市长宁区" not in regions


def test_a_place_that_is_all_that_is_asked_narrows():
    found = read("去年 虹口")
    assert found.filters == {
        "year": frozenset({"2025"}),
        "region": frozenset({"上海市虹口区", "上海市虹口区曲阳路街道"}),
    }
    assert found.labels == ("2025 年", "虹口区")
    assert found.rest == ""
    assert found.places == ("虹口区",)
    # For when nothing lies there in that year.
    assert found.preferences["region"]["上海市虹口区"] == PLACE_NAMED


def test_a_place_that_comes_first_is_no_word_that_makes_hits():
    assert read("北京 户口").rest == "户口"


def test_last_year_is_counted_from_the_day_it_is_said():
    assert read_filters("去年 注销", places={}, on=dt.date(2026, 1, 1)).filters == {"year": frozenset({"2025"})}
    assert read_filters("去年 注销", places={}, on=dt.date(2025, 12, 31)).filters == {"year": frozenset({"2024"})}


def test_a_pasted_ticket_holds_no_filter():
    assert not read("去年 虹口 " * 20)
