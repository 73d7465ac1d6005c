"""Policies that a question names: by number in any spelling, slightly wrong, or by a short name, with articles."""

import pytest

from caselib.core.text import normalise
from caselib.policies.texts.names import NO_POLICIES, KnownPolicy, PolicyTable
from caselib.search.understanding.references import read_references

TABLE = PolicyTable.of(
    [
        KnownPolicy(
            "national5", "国务院关于政务服务的指导意见", ("国发〔2022〕5号",), ("国务院关于政务服务的指导意见",)
        ),
        KnownPolicy("office34", "国务院办公厅关于跨省通办的意见", ("国办发〔2022〕34号",), ("跨省通办意见",)),
        KnownPolicy("office42", "关于全面推行告知承诺制的意见", ("国办发〔2020〕42号",), ()),
        KnownPolicy("homes", "上海市住所登记管理办法", ("沪府办规〔2024〕2号",), ("上海市住所登记管理办法",)),
        KnownPolicy(
            "register",
            "中华人民共和国市场主体登记管理条例",
            ("国务院令第746号", "国务院令第156号（1994 年公布，2016 年国务院令第666号修订）"),
            ("中华人民共和国市场主体登记管理条例", "登记管理条例"),
        ),
        KnownPolicy("rules", "市场主体登记管理条例实施细则", ("国家市场监督管理总局令第52号",), ("登记条例实施细则",)),
        KnownPolicy(
            "company", "中华人民共和国公司法", ("主席令第15号",), ("中华人民共和国公司法", "公司法", "新公司法")
        ),
        KnownPolicy("business", "优化营商环境条例", ("国务院令第722号",), ("优化营商环境条例",)),
        KnownPolicy("businessqd", "青岛市优化营商环境条例", (), ("青岛市优化营商环境条例",)),
    ]
)


def read(text: str, **options):
    return read_references(normalise(text), table=TABLE, **options)


def codes(text: str) -> list[tuple[str, ...]]:
    return [reference.codes for reference in read(text).references]


@pytest.mark.parametrize(
    "text",
    [
        "国发〔2022〕5号",
        "国发[2022]5号",
        "国发（2022）5号",
        "国发２０２２年第５号",
        "国发 2022 5号",
        "国发〔二〇二二〕五号",
        "国发二〇二二5号",
        "国发[2022]5",
        "按照国发〔2022〕5号的要求",
    ],
)
def test_a_number_is_known_in_any_spelling(text):
    [reference] = read(text).references
    assert reference.codes == ("national5",)
    assert not reference.is_guess


@pytest.mark.parametrize(
    "text", ["国务院令第746号", "国令746号", "国令746", "国务院令第七百四十六号", "国务院746号令", "国务院令第666号"]
)
def test_an_order_is_known_by_a_short_name_of_who_issued_it_and_by_its_amendments(text):
    [reference] = read(text).references
    assert reference.codes == ("register",)
    assert not reference.is_guess


@pytest.mark.parametrize("text", ["市监总局令52号", "市场监管总局令第52号", "总局令52", "国家市场监督管理总局令第52号"])
def test_a_ministry_may_be_shortened(text):
    assert codes(text) == [("rules",)]


@pytest.mark.parametrize(
    ("text", "code", "shown"),
    [
        ("国办发〔2022〕5号", "national5", "国发〔2022〕5号"),
        ("国发〔2022〕34号", "office34", "国办发〔2022〕34号"),
        ("国办发〔2022〕43号", "office34", "国办发〔2022〕34号"),
        ("国办发〔2002〕42号", "office42", "国办发〔2020〕42号"),
        ("沪府办〔2024〕2号", "homes", "沪府办规〔2024〕2号"),
        ("沪府办规〔2023〕2号", "homes", "沪府办规〔2024〕2号"),
        ("国务院令第764号", "register", "国务院令第746号"),
    ],
)
def test_a_number_that_is_slightly_wrong_means_the_nearest_and_says_so(text, code, shown):
    [reference] = read(text).references
    assert (reference.codes, reference.shown) == ((code,), shown)
    assert reference.is_guess
    assert read(text, near=False).references == ()


@pytest.mark.parametrize(
    "text",
    [
        "我2023年12号去办的",
        "虹口区某路746号",
        "公司第12令",
        "",
        "令",
    ],
)
def test_what_is_no_number_of_the_library_stays_a_word(text):
    assert read(text).references == ()
    assert read(text).rest == normalise(text)


@pytest.mark.parametrize(
    ("text", "shown", "rest"),
    [
        ("国发〔2022〕6号", "国发〔2022〕6号", ""),  # of one digit any other is one away
        ("国办发〔2021〕6号文", "国办发〔2021〕6号", ""),  # two things wrong
        ("教办函〔2022〕5号", "教办函〔2022〕5号", ""),  # another issuer
        ("按市监（2021）1号 备案", "市监〔2021〕1号", "按 备案"),
        ("国办函[2022]5", "国办函〔2022〕5号", ""),
        ("国令999号第3条 演出", "国务院令第999号", "演出"),
        ("999号令", "第999号令", ""),
        ("民法典1127条", "《民法典》", "民法典"),
        ("根据劳动合同法第38条 离职", "《劳动合同法》", "根据劳动合同法 离职"),
        ("《劳动合同法》 离职", "《劳动合同法》", "劳动合同法 离职"),
        ("劳动合同法 离职", "《劳动合同法》", "劳动合同法 离职"),
    ],
)
def test_what_the_library_lacks_is_told_and_its_numbers_find_nothing_by_chance(text, shown, rest):
    found = read(text)
    assert found.references == ()
    assert [each.shown for each in found.missing] == [shown]
    assert " ".join(found.rest.split()) == rest
    # A name stays a word; a number is looked for as it may stand in a text.
    assert bool(found.missing[0].keys) == ("《" not in shown)


@pytest.mark.parametrize(
    "text",
    [
        "没办法3条腿走路",
        "怎么办法",
        "是否合法 执照",
        "公司法人变更",
        "营业执照(2024)12",
        "我去办 2023年12号",
        "条例5条",
        "住所管理办法5条",  # may be short for one that is there
        "优化营商条例 第3条",
    ],
)
def test_nothing_is_told_missing_that_may_be_there_or_be_no_law(text):
    assert read(text).missing == ()
    assert read_references(normalise("民法典1127条"), table=NO_POLICIES).missing == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("722号令", "business"),
        ("第722号令 容缺", "business"),
        ("国务院722号令", "business"),
        ("根据722号令", "business"),
        ("52号令", "rules"),
    ],
)
def test_an_order_alone_is_that_of_the_state_council_or_the_only_one(text, code):
    assert codes(text) == [(code,)]
    assert not read(text).missing


@pytest.mark.parametrize(
    ("text", "rest"),
    [("国办发2022第5号文", ""), ("国发〔2022〕5号文件 材料", "材料"), ("国发〔2022〕5号文化市场", "文化市场")],
)
def test_what_follows_a_number_as_its_kind_is_no_word(text, rest):
    assert codes(text) == [("national5",)]
    assert read(text).rest == rest


@pytest.mark.parametrize(
    ("text", "code", "articles"),
    [
        ("公司法第三十三条之一", "company", ("33-1",)),
        ("公司法33条之二第二款", "company", ("33-2/2",)),
        ("公司法32条", "company", ("32",)),
        ("《公司法》第32条第2款", "company", ("32/2",)),
        ("新公司法 第二百三十二条 清算", "company", ("232",)),
        ("登记条例第三十三条", "register", ("33",)),
        ("市场主体登记管理条例30条", "register", ("30",)),
        ("登记条例实施细则第四十七条第（一）项", "rules", ("47/1",)),
        ("优化营商环境条例三十七条", "business", ("37",)),
        ("青岛优化营商环境条例", "businessqd", ()),
        ("国令746号第三十一条", "register", ("31",)),
        ("总局令52号 实名验证 第16条", "rules", ("16",)),
    ],
)
def test_a_law_is_known_by_what_people_call_it_with_its_article(text, code, articles):
    [reference] = read(text).references
    assert (reference.codes, reference.articles) == ((code,), articles)


def test_each_article_belongs_to_the_policy_named_before_it():
    found = read("国务院令第746号第三十三条和公司法第229条").references
    assert [(each.codes, each.articles) for each in found] == [(("register",), ("33",)), (("company",), ("229",))]


def test_what_was_read_leaves_the_words():
    assert read("公司法32条 清算").rest == "清算"
    assert read("国办发〔2022〕43号 残疾人证").rest == "残疾人证"


@pytest.mark.parametrize("text", ["公司法人变更", "公司法定代表人", "消防法规", "登记的条例"])
def test_a_name_inside_another_word_is_no_law(text):
    assert read(text).references == ()


def test_a_short_form_that_means_several_policies_means_none():
    twins = PolicyTable.of(
        [
            KnownPolicy("a", "甲市物业管理规定", (), ("物业管理规定",)),
            KnownPolicy("b", "乙市物业暂行规定", (), ("物业暂行规定",)),
        ]
    )
    assert read_references("物业规定", table=twins).references == ()
    assert [each.codes for each in read_references("物业管理规定", table=twins).references] == [("a",)]


@pytest.mark.parametrize("text", ["国发" * 10_000, "第" * 20_000, "〔2022〕" * 3_000, "😀" * 5_000, "二〇" * 9_000])
def test_hostile_text_is_read_in_bounded_time(text):
    assert len(read(text[:2000]).references) <= 6
