"""Deciding facts: what is read from a sentence, and what they do to near-duplicates."""

import random
from collections.abc import Iterator

import pytest

from caselib.search.lexicon import facts, lay, subjects
from caselib.search.lexicon.facts import facts_asked
from caselib.search.lexicon.reader import Form, Lexicon, lexicon, parse

SMALL = parse(
    """
# comment
[mortgage] 有没有抵押
有抵押: 抵押, 有抵押, 按揭没还清
没有抵押: 没有抵押, 没抵押, 抵押*注销了
[~who] 谁来办
个体户: 个体户
企业: 我们公司, 公司
""".splitlines()
)


def values(lexicon, text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact in lexicon.read(text):
        found.setdefault(fact.dimension, []).append(fact.value)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("房子没有抵押", ["没有抵押"]),
        ("房子有抵押", ["有抵押"]),
        ("房子抵 押着", ["有抵押"]),
        ("抵押早就注销了", ["没有抵押"]),
        ("抵押，税也注销了", ["有抵押"]),
        ("抵押权利人不肯来所以没有注销了", ["有抵押"]),
        ("有没有抵押都要吗", []),
        ("是个体户，房子沒有抵押", ["没有抵押"]),
        ("", []),
    ],
)
def test_the_longest_way_to_say_it_wins_and_a_question_says_nothing(text, expected):
    assert values(SMALL, text).get("mortgage", []) == expected


def test_values_of_different_dimensions_are_read_side_by_side():
    assert values(SMALL, "我们公司的房子有抵押") == {"who": ["企业"], "mortgage": ["有抵押"]}


@pytest.mark.parametrize("line", ["[] 问", "[a]", "值: 一"])
def test_a_broken_lexicon_names_the_line(line):
    with pytest.raises(ValueError, match="line 1"):
        parse([line])


def test_the_lexicon_of_the_product_reads_what_citizens_say():
    found = values(lexicon(), "前面那家店的老板联系不上，我是个体户，房东不肯签字")
    assert found["applicant"] == ["个体工商户"]
    assert "失联" in found["participant"]


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("我自己离职的", "job-end", {"本人辞职"}),
        ("失业金公司写我自己离职", "job-end", set()),
        ("离职证明上写成了主动辞职", "job-end", set()),
        ("没有出生证明", "birth-paper", set()),
        ("有出生证明", "birth-paper", {"有"}),
        ("我就卖水果，也要等人上门看吗", "permit-route", set()),
        ("窗口叫我等人上门看", "permit-route", {"等现场核查"}),
        ("房东没有房产证能办执照吗", "premises-paper", {"没有产权证"}),
        ("小区停车位太少", "property-kind", set()),
        ("地下车位能办产证吗", "property-kind", {"车位车库"}),
        ("内容尺寸到底多大", "sign-place", set()),
        ("招牌尺寸太大", "sign-place", {"尺寸不合要求"}),
        ("原来的老板不见了", "participant", {"失联"}),
        ("税务黑户怎么解除", "hukou-kind", set()),
        ("黑户怎么办身份证", "hukou-kind", {"没有户口"}),
        ("申报逾期，单位登报失联", "participant", {"失联"}),
        ("医保卡丢了", "bank-account", set()),
        ("房东没有房产证", "house-count", set()),
        ("我没有房，能不能挂在朋友家", "house-count", {"没有房"}),
        ("火化证丢了", "participant", set()),
        ("火化以后怎么销户口", "participant", {"去世"}),
        ("加装电梯一楼不同意", "fund-use", set()),
        ("培训班跑路", "prev-tenant-reach", set()),
    ],
)
def test_what_is_denied_put_down_by_others_or_only_asked_is_no_fact(text, dimension, expected):
    assert facts_asked(text).by_dimension.get(dimension, frozenset()) == expected


def test_forms_that_say_nothing_are_no_answer():
    assert "-" not in lexicon().values["house-count"]


def test_no_form_of_the_product_stands_for_two_answers():
    homes: dict[tuple[str, str], str] = {}
    for forms in lexicon().forms.values():
        for form in forms:
            assert homes.setdefault((form.dimension, form.text), form.value) == form.value


def test_a_condition_that_contradicts_costs_what_one_that_holds_gains():
    asked = facts_asked("股东失联了")
    fits = asked.preferences(fits=0.1, unfits=0.2, soft=0.5)["fits"]
    unfits = asked.preferences(fits=0.1, unfits=0.2, soft=0.5)["unfits"]
    assert fits["participant=失联"] == pytest.approx(0.1)
    assert fits["participant=去世"] == pytest.approx(-0.1)
    assert unfits == {key: pytest.approx(-0.2) for key in unfits}
    assert "participant=失联" in unfits


def test_facts_of_a_pasted_ticket_count_less():
    assert facts_asked("股东失联了").share == 1.0
    assert facts_asked("股东失联了" + "。这里是很长的叙述" * 100).share < 0.1


@pytest.mark.parametrize(
    "text", ["失联" * 50_000, "抵押" + "很" * 200_000, "\ud800股东失联", "<script>股东失联</script>"]
)
def test_hostile_text_is_read_in_bounded_time(text):
    assert len(lexicon().read(text)) < 50


@pytest.mark.parametrize("table", [facts.lexicon, lay.lexicon, subjects.lexicon])
def test_looking_only_where_a_form_may_begin_finds_what_trying_every_form_everywhere_does(table, monkeypatch):
    forms = [form.text for listed in table().forms.values() for form in listed]
    said = random.Random(5).sample(forms, 60)  # noqa: S311 (the same every time is the point)
    text = "".join(form.replace("*", "甲乙丙") + ending for form, ending in zip(said, "，。的在了也" * 10, strict=True))
    found = table().read(text)
    assert len(found) > 20
    monkeypatch.setattr(Lexicon, "_begun", _tried_everywhere)
    assert table().read(text) == found


def _tried_everywhere(table: Lexicon, text: str) -> Iterator[tuple[int, Form]]:
    forms = [form for listed in table.forms.values() for form in listed]
    forms.sort(key=lambda form: (len(form.parts[0]) == 1, form.place))
    for start in range(len(text)):
        yield from ((start, form) for form in forms if text.startswith(form.parts[0], start))


def test_a_form_of_one_character_is_read():
    assert values(parse(["[where] 在哪里", "沪: 沪", "京: 京*户口"]), "沪的京城户口") == {"where": ["沪", "京"]}
