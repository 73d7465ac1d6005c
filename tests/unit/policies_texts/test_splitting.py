"""A policy text becomes 编 章 节 条 款 项 目, or heads; what is doubtful is told; the way back gives the same pieces."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.policies.texts.splitting import MOST_PIECES, Level, split, written

REGULATION = """中华人民共和国市场主体登记管理条例
（2021年7月27日中华人民共和国国务院令第746号公布　自2022年3月1日起施行）
目　录
第一章　总则
第二章　登记事项
第三章　附则
第一章　总则
第一条　为了规范市场主体登记管理行为，制定本条例。
第二条【适用范围】本条例所称市场主体，是指下列自然人、法人及非法人组织：
（一）公司；
（二）个体工商户，包括：
1.个人经营的；
2.家庭经营的。
外国公司的分支机构依照本条例登记。
第二章　登记事项
第三条　市场主体应当依照本条例办理登记。
第三条之一　未经登记，不得以市场主体名义从事经营活动。
第三章
附　则
第四条　本条例自2022年3月1日起施行。
"""
NOTICE = """关于做好办不成事反映窗口工作的意见
各区人民政府：
一、总体要求
坚持问题导向。
（一）指导思想。以服务群众为中心。
1．设立窗口
（1）选好人员
二、主要任务
（一）规范受理
某市某局
2022年1月7日
附件：1.受理范围
第一条　表里的字
"""


def pieces(text: str, *levels: str):
    return [piece for piece in split(text).pieces if not levels or piece.level in levels]


def labels(text: str, *levels: str) -> list[str]:
    return [piece.label for piece in pieces(text, *levels)]


def refs(text: str) -> list[str]:
    return [piece.ref for piece in pieces(text) if piece.ref]


def codes(text: str) -> list[str]:
    return [doubt.code for doubt in split(text).doubts]


def by_ref(text: str):
    return {piece.ref: piece for piece in pieces(text) if piece.ref}


def test_articles_paragraphs_items_and_their_parts_get_their_normal_form():
    assert refs(REGULATION) == [
        "1", "2", "2/1", "2/1/1", "2/1/2", "2/1/2/1", "2/1/2/2", "2/2", "3", "3-1", "4",
    ]  # fmt: skip


def test_a_piece_holds_its_text_with_what_is_below_it():
    found = by_ref(REGULATION)
    assert found["2/1/2"].text == "个体工商户，包括：\n1.个人经营的；\n2.家庭经营的。"
    assert found["2/2"].text == "外国公司的分支机构依照本条例登记。"
    assert found["2"].text.endswith(found["2/2"].text)
    assert found["2"].title == "【适用范围】"


def test_labels_read_as_people_cite():
    found = by_ref(REGULATION)
    assert found["2/1/2/1"].label == "第二条第一款第（二）项第1目"
    assert found["3-1"].label == "第三条之一"
    assert by_ref("第一条　包括：\n1.甲；\n2．乙。")["1/1/2"].label == "第一条第2项"
    assert by_ref("第三十三条　有下列情形：\n（一）甲；\n（二）乙。")["33/1/2"].label == "第三十三条第（二）项"


def test_the_table_of_contents_is_not_taken_for_chapters():
    assert labels(REGULATION, Level.CHAPTER) == ["第一章", "第二章", "第三章"]
    assert [piece.text for piece in pieces(REGULATION, Level.CHAPTER)] == ["总则", "登记事项", "附　则"]
    assert len(pieces(REGULATION, Level.CONTENTS)) == 1


def test_a_table_of_contents_of_articles_is_not_taken_for_articles():
    text = "办法\n目录\n第一条 目的……1\n第二条 范围……2\n第一条　为了规范，制定本办法。\n第二条　本办法适用于全市。"
    assert [piece.text for piece in pieces(text, Level.ARTICLE)] == ["为了规范，制定本办法。", "本办法适用于全市。"]


def test_each_article_knows_the_headings_above_it():
    assert by_ref(REGULATION)["3"].heading_path == ("第二章 登记事项",)
    text = "第一编　总则\n第一章　一般规定\n第一节　原则\n第一条　甲。\n第二编　物权\n第一章　通则\n第二条　乙。"
    assert by_ref(text)["1"].heading_path == ("第一编 总则", "第一章 一般规定", "第一节 原则")
    assert by_ref(text)["2"].heading_path == ("第二编 物权", "第一章 通则")


@pytest.mark.parametrize(
    "line",
    ["第三十三条　未发生债权债务的。", "第33条 未发生债权债务的。", "第三十三条未发生债权债务的。", "第３３条　未发生债权债务的。",
     "第 33 条  未发生债权债务的。"],
)  # fmt: skip
def test_an_article_is_known_in_any_spelling(line):
    assert by_ref(line)["33"].text == "未发生债权债务的。"


@pytest.mark.parametrize(
    "line",
    ["第三条规定的情形除外。", "第三条第二款规定的期限。", "第三条、第四条适用。", "第三条至第五条的规定。", "第三条之规定。",
     "第三条 第二款所称期限。", "第二章规定的事项，另行公布。", "第三条（二）项的情形。"],
)  # fmt: skip
def test_a_line_that_only_speaks_of_an_article_begins_none(line):
    assert refs(f"第一条　依照\n{line}") == ["1", "1/1", "1/2"]


def test_an_article_whose_number_stands_alone_takes_the_lines_below():
    assert by_ref("第一条\n第二款所称期限为十日。")["1"].text == "第二款所称期限为十日。"


def test_figures_alone_are_items_where_no_bracketed_ones_are():
    assert refs("第一条　包括：\n1.甲；\n2.乙。") == ["1", "1/1/1", "1/1/2"]


def test_a_line_between_two_items_belongs_to_the_first():
    """军官军衔条例 Art. 8: what stands between （一） and （二） is no paragraph, or every count behind it would be wrong."""
    text = "第一条　军衔区分如下：\n（一）甲类军官。\n海军军官冠以“海军”。\n（二）乙类军官。\n另有规定的除外。"
    found = by_ref(text)
    assert list(found) == ["1", "1/1", "1/1/1", "1/1/2", "1/2"]
    assert found["1/1/1"].text == "甲类军官。\n海军军官冠以“海军”。"
    assert codes(text) == []


def test_a_line_between_two_parts_of_an_item_belongs_to_the_first():
    """海商法 Art. 219: amounts by tonnage, each on a line, between 1. and 2. and before （二）."""
    text = "第一条　限额如下：\n（一）人身：\n1.小船；\n每吨十元；\n2.大船：\n每吨五元；\n（二）其他：\n1.小船。"
    found = by_ref(text)
    assert list(found) == ["1", "1/1/1", "1/1/1/1", "1/1/1/2", "1/1/2", "1/1/2/1"]
    assert found["1/1/1/1"].text == "小船；\n每吨十元；"
    assert found["1/1/1"].text.endswith("每吨五元；")
    assert codes(text) == []


def test_when_a_text_was_passed_is_no_doubt():
    assert codes("某法\n2024年4月26日某会议通过\n根据2025年1月1日某决定修正\n第一条　甲。") == []


def test_what_is_signed_and_attached_is_no_part_of_the_last_clause():
    last = pieces(NOTICE, Level.SUBHEAD)[-1]
    assert (last.label, last.text) == ("二、（一）", "规范受理")
    assert pieces(NOTICE, Level.SIGNATURE)[0].text == "某市某局\n2022年1月7日"
    assert pieces(NOTICE, Level.APPENDIX)[0].text.startswith("附件：1.受理范围")


def test_a_text_without_articles_is_split_by_its_heads():
    text = NOTICE.partition("附件")[0]
    heads = [piece for piece in pieces(text) if piece.is_clause]
    assert [piece.label for piece in heads] == [
        "一、",
        "一、（一）",
        "一、（一）1．",
        "一、（一）1．（1）",
        "二、",
        "二、（一）",
    ]
    assert heads[0].text == "总体要求\n坚持问题导向。"
    assert {piece.ref for piece in heads} == {""}
    assert heads[2].heading_path == ("一、总体要求", "（一）")


def test_a_letter_that_sends_a_text_along_is_its_preamble():
    text = "关于印发办法的通知\n一、请认真学习。\n附件：某办法\n第一条　甲。\n第二条　乙。"
    assert labels(text) == ["标题", "前言", "第一条", "第二条"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("第三条　甲。\n第五条　乙。", "jump"),
        ("第一条　甲。\n第一条　乙。", "repeated"),
        ("第一条\n第二条　乙。", "empty"),
        ("第一条　" + "长" * 2001, "long"),
        ("某办法\n这一段在前面。\n第一条　甲。", "preamble"),
        ("第一章　总则\n为了规范，制定。\n第一条　甲。", "loose"),
        ("第一条　包括：\n（一）甲；\n（三）丙。", "item_jump"),
        ("没有条也没有层次的一段话。", "no_clauses"),
        ("第一条　甲。\n附件1\n表", "appendix"),
        ("", "no_clauses"),
    ],
)
def test_what_a_person_has_to_look_at_is_told(text, code):
    assert code in codes(text)


def test_a_text_in_order_leaves_no_doubt():
    assert codes(REGULATION) == []
    assert codes("第一条　甲。\n第一条之一　乙。\n第一条之二　丙。\n第二条　丁。") == []


def test_doubts_of_one_kind_are_told_thirty_times_at_most():
    found = codes("\n".join(["第一条"] * 500))
    assert found.count("repeated") == 31


def test_keys_are_told_apart_and_stay_when_the_words_change():
    text = "第一章　总则\n第一条　甲。\n第一条　乙。\n第二章　分则\n第二条　丙：\n（一）丁。"
    keys = [piece.key for piece in split(text).pieces]
    assert keys == ["第一章", "1", "1#2", "第二章", "2", "2/1/1"]
    assert [piece.key for piece in split(text.replace("总则", "总 纲").replace("甲", "己")).pieces] == keys


def test_more_pieces_than_any_law_has_are_refused():
    with pytest.raises(RuleBroken, match="没有保存"):
        split("\n".join(["一、甲"] * (MOST_PIECES + 1)))


def test_a_law_of_2000_articles_is_split_whole():
    text = "\n".join(f"第{number}条　" + "字" * 240 for number in range(1, 2001))
    assert len(refs(text)) == 2000
    assert codes(text) == []


@pytest.mark.parametrize(
    "line",
    [
        "第" * 300_000,
        "第三条" * 100_000,
        "（一）" * 100_000,
        " " * 300_000 + "x",
        "一" * 300_000,
        "第三条" + " " * 300_000,
    ],
)
def test_a_hostile_line_is_a_line_like_any_other(line):
    assert len(split(f"第一条　甲。\n{line}\n第二条　乙。").pieces) >= 2


# Parts that texts are made of, and debris; put together at random they meet every branch.
PARTS = st.sampled_from(
    ["第一条", "第二条　", "第三条之一", "第一章", "第二节 名", "第一编", "目录", "总则", "附 则", "附件", "附件：表", "（一）", "(2)",
     "1.", "2．", "一、", "二、 ", "第二款", "第三条第二款", "规定",
     "【名】", "（名）", " ", "　", "\n", "\n\n", "2022年1月1日", "某局", "。",
     "：", "甲", "5", "、", "之一", "\u200b", "e\u0301", "😀", "第", "条", "\u2028", "\t"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PARTS, max_size=40).map("".join), st.text(max_size=200))


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_pieces_written_out_split_into_the_same_pieces(text):
    first = split(text).pieces
    again = split(written(first)).pieces
    assert [dataclasses.replace(piece, line=0) for piece in again] == [
        dataclasses.replace(piece, line=0) for piece in first
    ]


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_character_of_a_text_is_lost(text):
    def characters(value: str) -> list[str]:
        return [character for character in value if not character.isspace()]

    cleaned = clean(text.replace("\u2028", "\n").replace("\x0b", "\n").replace("\x0c", "\n").replace("\x85", "\n"))
    assert characters(written(split(text).pieces)) == characters(cleaned)
