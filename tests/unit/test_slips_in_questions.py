"""Slips of the input method: what may have been meant, by sound, by shape, by one character out of place."""

import time

import pytest

from caselib.core.text import normalise
from caselib.search.analysis import tokenize
from caselib.search.engine.port import GRAMS, WORDS
from caselib.search.understanding import Question, Step, understand
from caselib.search.understanding.slips import alike, corrected, near_sound, slips_in

LIBRARY = """公司注销，股东失联。抵押没有注销，贷款早还清了。户口簿丢失。驾驶证逾期被注销可以恢复。营业执照遗失。
公积金租房提取。残疾人两项补贴停发。许可到期延续。前租户没迁址。护士跳槽，原单位不同意。出生证明丢失。生育津贴漏缴。
农民工欠薪申请法律援助。契税发票丢失。工伤认定，单位不给开证明。工商登记。认定标准。容缺受理。电梯使用登记。门牌不一致。
护照紧急签发。户主同意。父母在外地。补办证件。"""


def frequencies_of(*texts: str):
    held: dict[tuple[str, str], int] = {}
    for text in texts:
        tokens = tokenize(text)
        for field, found in ((WORDS, tokens.words), (GRAMS, tokens.grams)):
            for token in set(found):
                held[field, token] = held.get((field, token), 0) + 1
    return lambda terms: [held.get(term, 0) for term in terms]


KNOWN = frequencies_of(*LIBRARY.split("。"))


def meant(text: str) -> str:
    return corrected(text, slips_in(normalise(text), frequencies=KNOWN))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("公司注肖", "公司注销"),
        ("抵压没注销", "抵押没注销"),
        ("户口薄丢了", "户口簿丢了"),
        ("驾驶正逾期", "驾驶证逾期"),
        ("营业职照遗失", "营业执照遗失"),
        ("公积今租房提取", "公积金租房提取"),
        ("公鸡金租房提取", "公积金租房提取"),
        ("残急人", "残疾人"),
        ("到期延序", "到期延续"),
        ("迁扯", "迁址"),
        ("护士跳嘈", "护士跳槽"),
        ("出身证明丢了", "出生证明丢了"),
        ("生育津帖", "生育津贴"),
        ("法律圆助", "法律援助"),
        ("发漂丢失", "发票丢失"),
        ("工商认定", "工伤认定"),
        ("容确受理", "容缺受理"),
        ("门排", "门牌"),
        ("紧急签法", "紧急签发"),
        ("户主同议", "户主同意"),
        ("营业执执照", "营业执照"),
        ("容受缺理", "容缺受理"),
        ("生育津贴贴", "生育津贴"),
    ],
)
def test_what_was_meant_is_found(typed, expected):
    assert meant(typed) == expected


@pytest.mark.parametrize(
    "text",
    [
        "公司注销，股东失联",
        "营业执照遗失怎么补",
        "驾驶证过期了还能不能恢复",
        "我妈住院了，谁能替她办",
        "楼下广场舞吵得睡不着",
        "养猪场防疫合格证过期",
        "旅行社质量保证金怎么退",
        "卖家替别人担保，房子过不了户",
        "祖屋早成一堆土，光剩那片空地，想留给后辈",
        "小孩念小学，居住证刚到期",
        "隔壁开奶茶那家早搬走了",
        "李某 张某某 王小明",
        "executor index",
        "２０２５ ＡＰＰ",
    ],
)
def test_words_that_are_meant_as_typed_stay(text):
    assert not any(slip.sure for slip in slips_in(normalise(text), frequencies=KNOWN))


def test_a_question_that_the_library_knows_costs_one_look():
    looks = []

    def counted(terms):
        looks.append(len(terms))
        return KNOWN(terms)

    assert slips_in("公司注销", frequencies=counted) == ()
    assert len(looks) == 1


def test_nothing_is_corrected_to_a_word_that_no_document_holds():
    assert slips_in("抵压没注销", frequencies=frequencies_of("公司注销")) == ()


def test_a_long_question_is_taken_as_typed():
    assert slips_in("抵压没注销，" * 20, frequencies=KNOWN) == ()


def test_sounds_that_people_mix_up_are_one():
    assert near_sound("zhang") == near_sound("zan")
    assert near_sound("ning") == near_sound("lin")
    assert near_sound("fu") == near_sound("hu")
    assert alike("销")["消"] > alike("销")["笑"]


def test_looks_count_like_sounds():
    assert alike("己")["已"] >= alike("销")["消"] - 0.05
    assert "销" not in alike("销")


def test_a_certain_slip_is_read_at_once_and_the_typed_words_are_kept():
    question: Question = understand("抵压没注销", frequencies=KNOWN)
    assert (question.text, question.read_as) == ("抵压没注销", "抵押没注销")
    assert "抵押" in {term.token for group in question.groups for term in group.terms}


def test_spelling_can_be_switched_off():
    question = understand("抵压没注销", frequencies=KNOWN, typed=frozenset({Step.SPELLING}))
    assert question.read_as == ""
    assert question.suggestion is None


def test_a_slip_that_is_not_certain_is_only_suggested():
    question = understand("电梯使用登机", frequencies=KNOWN)
    assert question.read_as == ""
    assert question.suggestion is not None
    assert question.suggestion.text == "电梯使用登记"


@pytest.mark.parametrize("text", ["\ud800抵压" * 5, "😀" * 60, "<b>抵压</b>", "抵" * 60, "压抵" * 30, "龘靐齉齾" * 15])
def test_hostile_text_is_read_in_bounded_time(text):
    alike("抵")  # what is loaded once is no part of it
    began = time.process_time()
    understand(text, frequencies=KNOWN)
    assert time.process_time() - began < 0.5
