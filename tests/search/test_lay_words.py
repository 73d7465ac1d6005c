"""Lay words: what halls call it is looked for as well, one way only, told to the person, and can be switched off."""

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.lexicon.lay import LONGEST_TEXT, MOST_WORDS, lexicon, official_words, officially, parse
from caselib.search.lexicon.subjects import topic_of
from caselib.search.selectors import results_for_page
from tests import factories


@pytest.fixture
def clerk(index):
    return scope_of(factories.user(Role.WINDOW))


def test_a_lay_word_yields_what_halls_call_it_and_never_the_other_way_round():
    assert "开发商" in official_words("卖楼的一直不接电话")
    assert official_words("开发商一直不接电话") == ()


@pytest.mark.parametrize(
    ("text", "is_there", "is_not"),
    [
        ("幼儿园摇号", "", "机动车号牌"),
        ("摇号买车", "机动车号牌", ""),
        ("公司名字改了", "名称变更", "姓名变更"),
        ("身份证名字改了", "姓名变更", "名称变更"),
        ("离婚证丢了", "补领婚姻登记证", "生效法律文书"),
        ("黑户怎么办身份证", "无户口人员", "非正常户"),
        ("税务黑户怎么办", "非正常户", "无户口人员"),
        ("KTV要办什么证", "娱乐场所经营许可", ""),
        ("随申办登陆不上", "系统故障", ""),
        ("银行黑户能贷款吗", "征信", "无户口人员"),
    ],
)
def test_a_lay_word_means_what_it_means_in_its_place(text, is_there, is_not):
    words = official_words(text)
    assert not is_there or is_there in words
    assert is_not not in words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("卖楼的一直不接电话", "开发商一直不接电话"),
        ("卖 楼的 一直，不接电话", "开发商一直,不接电话"),
        ("开发商一直不接电话", ""),
        ("", ""),
    ],
)
def test_a_question_is_said_again_with_the_official_word_in_place_of_the_lay_one(text, said):
    assert officially(text).text == said


def test_every_lay_word_of_the_product_can_be_said_officially():
    forms = [form for listed in lexicon().forms.values() for form in listed]
    for form in forms:
        text = "".join(form.parts)
        if text not in form.value:
            assert officially(text).text != text


def test_what_the_question_says_itself_is_not_added():
    assert "开发商" not in official_words("卖楼的就是开发商")


def test_a_pasted_text_names_its_matter_itself():
    assert official_words("卖楼的跑了。" + "很长的叙述" * LONGEST_TEXT) == ()


def test_no_more_words_than_a_question_bears():
    assert (
        len(
            official_words(
                "、".join(form.text for forms in list(lexicon().forms.values())[:60] for form in forms)[:199]
            )
        )
        <= MOST_WORDS
    )


@pytest.mark.parametrize("line", ["没有箭头", "=> 官方", "口语 =>"])
def test_a_broken_line_is_named(line):
    with pytest.raises(ValueError, match="line 1"):
        parse([line])


def test_a_precedent_in_official_words_is_found_by_lay_ones_and_told(clerk, index):
    factories.published(title="开发商失联的小区怎样办证", problem="开发商失联", gist="开发商失联后办证。")
    factories.published(title="居住证积分怎么算", problem="积分", gist="积分")
    index.refresh()
    page = results_for_page(scope=clerk, text="卖楼的耍赖")
    assert page.rows[0].plain_title.startswith("开发商失联")
    assert "开发商" in page.also
    literal = results_for_page(scope=clerk, text="卖楼的耍赖", literal=True)
    assert literal.also == ()
    assert not literal.rows or not literal.rows[0].plain_title.startswith("开发商失联")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("改派遣证要什么材料", "劳务派遣许可"),
        ("店铺名字改了要重新办许可证吗", "企业名称变更"),
        ("门口挂的是临时号牌，注册不了", "门牌地址"),
        ("银行黑户能贷款吗", "无关-个人征信"),
        ("税务黑户怎么解除", "税务非正常户"),
        ("公司倒闭了工资没发", "劳动监察欠薪"),
        ("没有房产证营业执照怎么办", "住所场所证明"),
        ("楼上漏水物业不管", "邻里纠纷"),
    ],
)
def test_a_subject_is_read_from_the_words_around_it(text, subject):
    assert topic_of(text).subjects == (subject,)


def test_a_question_says_what_it_is_about_and_what_it_wants_to_know():
    topic = topic_of("换护照要多少钱，几天能拿到")
    assert any("护照" in subject for subject in topic.subjects)
    assert {"问金额", "问时限"} <= topic.needs
    assert all(subject.startswith("无关-") for subject in topic_of("今天天气怎么样").subjects)
