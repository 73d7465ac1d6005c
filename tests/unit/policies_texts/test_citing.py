"""From a sentence to what it cites: each article belongs to the law before it, and what is not clear is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.policies.texts.citing import Why, cited
from caselib.policies.texts.names import NO_POLICIES, KnownPolicy, PolicyTable

TABLE = PolicyTable.of(
    [
        KnownPolicy(
            "register", "中华人民共和国市场主体登记管理条例", ("国务院令第746号",),
            ("中华人民共和国市场主体登记管理条例", "登记条例", "公司登记管理条例"),
        ),
        KnownPolicy("company", "中华人民共和国公司法", ("主席令第15号",), ("中华人民共和国公司法", "公司法")),
        KnownPolicy("service", "国务院关于政务服务的指导意见", ("国发〔2022〕5号",), ("国务院关于政务服务的指导意见", "三化意见")),
        KnownPolicy("across", "国务院办公厅关于跨省通办的意见", ("国办发〔2022〕34号",), ("国务院办公厅关于跨省通办的意见",)),
        KnownPolicy("beijing", "北京市优化营商环境条例", (), ("北京市优化营商环境条例", "营商条例")),
        KnownPolicy("shanghai", "上海市优化营商环境条例", (), ("上海市优化营商环境条例", "营商条例")),
    ]
)  # fmt: skip
CLAUSES = {
    "register": {"33", "33/1", "33/2", "33/2/1", "33/2/3", "34", "33-1"},
    "company": {str(number) for number in range(1, 267)},
    "service": {"一、", "二、", "二、（三）"},
}


def read(text: str, **more):
    return cited(text, table=TABLE, **more)


def pairs(text: str, **more) -> list[tuple[str | None, str]]:
    return [(each.policy, each.ref) for each in read(text, **more)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《中华人民共和国市场主体登记管理条例》第三十三条第二款、第三十四条", [("register", "33/2"), ("register", "34")]),
        ("登记条例33", [("register", "33")]),
        ("登记条例 33/2/3", [("register", "33/2/3")]),
        ("登记条例33条", [("register", "33")]),
        ("登记条例三十三条第二款第（三）项", [("register", "33/2/3")]),
        ("登记条例第33、34条", [("register", "33"), ("register", "34")]),
        ("登记条例33、34条", [("register", "33"), ("register", "34")]),
        ("根据公司法第二百三十二条至第二百三十四条", [("company", "232"), ("company", "233"), ("company", "234")]),
        ("公司法第二百三十二至二百三十四条", [("company", "232"), ("company", "233"), ("company", "234")]),
        ("《登记条例》第三十三条第一款、第二款", [("register", "33/1"), ("register", "33/2")]),
        ("《登记条例》第三十三条第二款第（一）项、第（三）项", [("register", "33/2/1"), ("register", "33/2/3")]),
        ("《登记条例》第三十三条第二款第（一）、（三）项", [("register", "33/2/1"), ("register", "33/2/3")]),
        ("《登记条例》第三十三条第二款第（一）至（三）项", [("register", "33/2/1"), ("register", "33/2/2"), ("register", "33/2/3")]),
        ("登记条例第三十三条之一", [("register", "33-1")]),
        ("登记条例第三十三条第（三）项", [("register", "33/1/3")]),
        ("国办发〔2022〕34号第二条第（三）项", [("across", "2/1/3")]),
        ("国务院令第746号第三十三条", [("register", "33")]),
        ("《国务院关于政务服务的指导意见》（国发〔2022〕5号）第二条", [("service", "2")]),
        ("国发〔2022〕5号《国务院关于政务服务的指导意见》", [("service", "")]),
        ("《公司法》和《登记条例》", [("company", ""), ("register", "")]),
        ("国办发〔2022〕34号、公司法第21条", [("across", ""), ("company", "21")]),
        ("国办发〔2022〕34号。公司法21", [("across", ""), ("company", "21")]),
        ("依据《公司登记管理条例》第二十四条", [("register", "24")]),
        ("《登記條例》第三十三條", [("register", "33")]),
    ],
)  # fmt: skip
def test_citations_are_read_in_the_forms_in_which_they_are_written(text, expected):
    assert pairs(text) == expected
    assert {each.why for each in read(text)} == {Why.FOUND}


def test_each_article_belongs_to_the_law_before_it():
    text = "根据公司法第三十五条，变更登记适用《登记条例》第二十四条、第三十四条；公司法第二百三十九条另有规定。"
    assert pairs(text) == [("company", "35"), ("register", "24"), ("register", "34"), ("company", "239")]


def test_this_law_is_the_one_in_which_the_text_stands():
    assert pairs("依照本法第三十五条的规定", own="company") == [("company", "35")]
    assert [each.why for each in read("依照本法第三十五条的规定")] == [Why.UNKNOWN_POLICY]


def test_that_regulation_is_the_one_named_before():
    assert pairs("《登记条例》第三十三条……该条例第三十四条") == [("register", "33"), ("register", "34")]
    assert pairs("《登记条例》规定，该条例自公布之日起施行") == [("register", "")]


def test_the_span_is_that_of_the_text_as_written():
    text = "見\u200b《登記條例》第３３條第二款。"
    [each] = read(text)
    assert text[slice(*each.span)] == "第３３條第二款"
    assert each.named == "《登記條例》"


def test_a_title_that_no_policy_has_is_told():
    assert [(each.policy, each.ref, each.why) for each in read("《中华人民共和国民法典》第一千一百二十七条")] == [
        (None, "1127", Why.UNKNOWN_POLICY)
    ]
    assert read("《上海市公司法实施办法》第三条")[0].why is Why.UNKNOWN_POLICY
    assert read("民法典第1127条")[0].why is Why.UNKNOWN_POLICY


def test_a_form_or_a_certificate_is_no_policy():
    assert read("提交《公司法定代表人登记申请书》和《独生子女父母光荣证》") == []
    assert pairs("依照公司法提交《登记条例申请书》，见第三十五条") == [("company", "35")]
    assert [each.why for each in read("《服务承诺书》第三条")] == [Why.UNKNOWN_POLICY]


def test_a_year_behind_a_name_is_no_article():
    assert pairs("公司法 2023 修订") == [("company", "")]


def test_rules_that_carry_a_law_out_are_not_the_law():
    assert "company" not in {each.policy for each in read("公司法实施细则第三条")}
    assert "company" not in {each.policy for each in read("公司法司法解释第三条")}
    assert read("公司法人") == []


def test_a_short_name_of_two_is_ambiguous():
    [each] = read("营商条例第三十一条")
    assert (each.policy, each.ref, each.why) == (None, "31", Why.AMBIGUOUS)
    assert set(each.candidates) == {"beijing", "shanghai"}


def test_a_number_with_a_slip_is_told_with_what_is_meant():
    [each] = read("国办发〔2022〕43号第二条")
    assert (each.policy, each.why, each.candidates) == (None, Why.WRONG_NUMBER, ("across",))


def test_a_title_with_the_number_of_another_is_a_wrong_number():
    [each] = read("《国务院关于政务服务的指导意见》（国办发〔2022〕34号）第二条")
    assert (each.policy, each.why) == (None, Why.WRONG_NUMBER)
    assert set(each.candidates) == {"service", "across"}
    [each] = read("《国务院关于政务服务的指导意见》（国办发〔2022〕5号）")
    assert (each.why, each.candidates) == (Why.WRONG_NUMBER, ("service",))


def test_a_number_that_nothing_is_near_is_unknown():
    assert [each.why for each in read("苏政办规〔2011〕77号第一条")] == [Why.UNKNOWN_POLICY]


def test_an_article_without_a_law_is_told():
    assert [(each.policy, each.ref, each.why) for each in read("依照第三十三条办理")] == [
        (None, "33", Why.UNKNOWN_POLICY)
    ]


@pytest.mark.parametrize(
    ("text", "ref", "why"),
    [
        ("登记条例第三十三条第二款第（三）项", "33/2/3", Why.FOUND),
        ("登记条例第三十三条第（三）项", "33/2/3", Why.FOUND),
        ("登记条例第三十三条第三款", "33/3", Why.NO_SUCH_CLAUSE),
        ("登记条例第九十九条", "99", Why.NO_SUCH_CLAUSE),
        ("登记条例第三十四条第二款", "34/2", Why.FOUND),
        ("公司法第一千条", "1000", Why.NO_SUCH_CLAUSE),
        ("国办发〔2022〕34号第九条", "9", Why.FOUND),
    ],
)
def test_a_clause_that_the_policy_never_had_is_told(text, ref, why):
    [each] = read(text, clauses=CLAUSES)
    assert (each.ref, each.why) == (ref, why)


def test_an_item_of_a_text_with_heads_is_its_head():
    [each] = read("国发〔2022〕5号第二条第（三）项", clauses=CLAUSES)
    assert (each.policy, each.ref, each.label, each.why) == ("service", "", "二、（三）", Why.FOUND)


@pytest.mark.parametrize("text", ["", "有三条意见", "登记条例33天内", "第三方", "我要注销公司", "条例规定20日"])
def test_what_cites_nothing_gives_nothing_more(text):
    assert [each.ref for each in read(text) if each.ref] == []


def test_without_policies_articles_are_still_told():
    assert [each.why for each in cited("《登记条例》第三条", table=NO_POLICIES)] == [Why.UNKNOWN_POLICY]


@pytest.mark.parametrize(
    "text",
    ["第" * 60_000, "《" * 60_000, "第三条、" * 20_000, "登记条例" * 15_000, "国发〔2022〕5号" * 6_000, "第三条至第九千条" * 6_000,
     "一" * 60_000, "本法第三条" * 12_000, "国发" * 30_000, "第一、" * 20_000, "民法典第一条" * 9_000, "(一)" * 20_000],
)  # fmt: skip
def test_a_hostile_text_is_read(text):
    assert isinstance(read(text, clauses=CLAUSES), list)


PARTS = st.lists(
    st.sampled_from(
        ["《登记条例》", "公司法", "登记条例", "国发〔2022〕5号", "国办发〔2022〕5号", "第三十三条", "第33",
         "、", "至", "第二款", "第（三）项", "（", "）",
         "本法", "该条例", "33", "条", "《", "》", "民法典", "第", "\u200b", "㍿", "e\u0301", "之一", "和"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.one_of(PARTS, st.text(max_size=80)))
def test_spans_lie_in_the_text_and_what_is_found_has_a_policy(text):
    for each in read(text, clauses=CLAUSES, own="company"):
        start, end = each.span
        assert 0 <= start < end <= len(text)
        assert (each.policy is not None) == (each.why in (Why.FOUND, Why.NO_SUCH_CLAUSE))
