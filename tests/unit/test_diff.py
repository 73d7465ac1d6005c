"""Marks of change: nothing is lost, numbers and words change whole, and time is bounded by the lengths."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.core.diff import Change, Mark, marked, paragraph_pairs


def changes(old: str, new: str) -> list[tuple[str, str]]:
    return [(mark.change.value, mark.text) for mark in marked(old, new)]


def joined(marks, *kinds: Change) -> str:
    return "".join(mark.text for mark in marks if mark.change in kinds)


def assert_whole(old: str, new: str) -> None:
    marks = marked(old, new)
    assert joined(marks, Change.KEPT, Change.REMOVED) == old
    assert joined(marks, Change.KEPT, Change.ADDED) == new
    assert all(mark.text for mark in marks)


def test_a_changed_number_is_marked_whole():
    assert changes("公示期为20日。", "公示期为10日。") == [
        ("kept", "公示期为"),
        ("removed", "20"),
        ("added", "10"),
        ("kept", "日。"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("罚款1.5万元", "罚款1.25万元", "1.5", "1.25"),
        ("税率13%以下", "税率18%以下", "13%", "18%"),
        ("二十日内", "三十日内", "二十", "三十"),
        ("自2022年", "自2026年", "2022", "2026"),
        ("使用JPEG格式", "使用JPG格式", "JPEG", "JPG"),
        ("留存不少于六个月", "留存不少于十二个月", "六", "十二"),
        ("由工商局登记", "由市场监管局登记", "工商", "市场监管"),
    ],
)
def test_a_changed_word_is_marked_whole(old, new, removed, added):
    marks = marked(old, new)
    assert (joined(marks, Change.REMOVED), joined(marks, Change.ADDED)) == (removed, added)


def test_chance_agreements_are_not_kept():
    marks = marked("由登记机关责令改正", "处五万元以下的罚款并公示")
    assert [mark.change for mark in marks] == [Change.REMOVED, Change.ADDED]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""), ("", "新"), ("旧", ""), ("同", "同"), ("é", "e\u0301"), ("👨‍👩‍👧", "👨‍👩"), ("👍🏻", "👍🏿"),
        ("a\u0301b", "a\u0300b"), ("\ud800", "\udc00x"), ("\U000f0000 12", "\U000f0001 13"), ("第\n一", "第\r\n一"),
    ],
)  # fmt: skip
def test_no_character_is_lost_in_strange_texts(old, new):
    assert_whole(old, new)


def test_a_letter_stays_with_its_accent_and_an_emoji_whole():
    assert changes("a\u0301", "a\u0300") == [("removed", "a\u0301"), ("added", "a\u0300")]
    assert changes("👨‍👩‍👧", "👨‍👩‍👦") == [("removed", "👨‍👩‍👧"), ("added", "👨‍👩‍👦")]


def test_the_same_text_is_kept_whole():
    assert marked("第三条", "第三条") == (Mark(Change.KEPT, "第三条"),)
    assert marked("", "") == ()


TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["登记", "机关", "20", "10", "日", "，", "。\n", "\n", "e\u0301", "👍🏻", "\u200d", "1.", "%", "十", "A"]
        )
    ).map("".join),
)


@settings(max_examples=500, deadline=None)
@given(TEXT, TEXT)
def test_kept_and_removed_make_the_old_text_and_kept_and_added_the_new(old, new):
    assert_whole(old, new)


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT)
def test_marks_alternate(old, new):
    marks = marked(old, new)
    for before, after in pairwise(marks):
        assert before.change != after.change
        assert (before.change, after.change) != (Change.ADDED, Change.REMOVED)


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT)
def test_paragraphs_side_by_side_make_both_texts(old, new):
    pairs = paragraph_pairs(old, new)
    assert "\n".join(pair.old for pair in pairs if pair.old is not None) == old
    assert "\n".join(pair.new for pair in pairs if pair.new is not None) == new
    for pair in pairs:
        assert joined(pair.marks, Change.KEPT, Change.REMOVED) == (pair.old or "")
        assert joined(pair.marks, Change.KEPT, Change.ADDED) == (pair.new or "")


def test_a_paragraph_put_in_between_leaves_the_others_side_by_side():
    old = "申请人提交材料。\n登记机关当场登记。\n领取执照。"
    new = "申请人提交材料。\n材料不齐的一次告知补正。\n登记机关应当当场登记。\n领取执照。"
    assert [(pair.old, pair.new) for pair in paragraph_pairs(old, new)] == [
        ("申请人提交材料。", "申请人提交材料。"),
        (None, "材料不齐的一次告知补正。"),
        ("登记机关当场登记。", "登记机关应当当场登记。"),
        ("领取执照。", "领取执照。"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("".join(map(chr, range(0x4E00, 0x4E00 + 5000))) * 4, "".join(map(chr, range(0x6500, 0x6500 + 5000))) * 4),
        ("甲乙" * 10_000, "丙丁" * 10_000),
        ("12 " * 7_000, "ab " * 7_000),
        ("甲" * 30_000, "乙" * 30_000),
        (" ".join(map(str, range(10, 200_010))), "短"),
        (" ".join(map(str, range(10, 200_010))) + "\n尾", "短\n尾"),
        ("甲\n" * 30_000, "乙\n" * 30_000),
        ("甲" * 500_000, "甲" * 400_000 + "乙"),
    ],
)
def test_long_texts_that_share_little_are_marked_whole(old, new):
    assert_whole(old, new)
