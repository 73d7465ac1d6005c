"""Where the clauses of an old version live on: by number and words together, never by the number alone."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.policies.texts.following import Following, How, Shape, follow

LOGS = (
    "国家实行网络安全等级保护制度。网络运营者应当按照网络安全等级保护制度的要求，采取监测、记录网络运行状态、网络安全事件的技术措施，"
    "并按照规定留存相关的网络日志不少于六个月。"
)
GUIDE = "本市统一政务服务事项目录和办事指南，办事指南应当写明办理条件、申请材料、容缺受理、办理时限，不得有“其他材料”等模糊要求。"
PROMISE = "在涉及国家安全、公共安全和生命健康以外的领域推行告知承诺制，申请人承诺符合条件的，有关部门应当当场作出决定。"
SIMPLE = "市场主体未发生债权债务或者已将债权债务清偿完结的，可以按照简易程序办理注销登记，公示期为20日。"


def clause(ref: str, text: str = "", *, gist: str = "", side: str = "") -> Following:
    return Following(key=f"{side}{ref}", ref=ref, label=f"第{ref}条", text=text, gist=gist)


def homes(old, new) -> dict[str, tuple[str | None, str]]:
    found = follow(old, new)
    return {each.old.ref: (each.new.ref if each.new else None, each.how.value) for each in found.followed}


def test_same_number_and_same_words_need_no_confirmation():
    [each] = follow([clause("33", SIMPLE)], [clause("33", SIMPLE)]).followed
    assert (each.how, each.likeness, each.needs_confirmation) == (How.SAME_NUMBER, 1.0, False)


def test_a_changed_word_under_the_same_number_needs_confirmation():
    [each] = follow([clause("33", SIMPLE)], [clause("33", SIMPLE.replace("20日", "10日"))]).followed
    assert (each.how, each.needs_confirmation) == (How.SAME_NUMBER, True)
    assert 0.9 <= each.likeness < 1


def test_the_same_words_under_another_number_need_confirmation():
    [each] = follow([clause("21", LOGS)], [clause("23", LOGS)]).followed
    assert (each.how, each.needs_confirmation) == (How.MOVED, True)


def test_a_punctuation_mark_that_changed_needs_confirmation():
    [each] = follow([clause("33", SIMPLE)], [clause("33", SIMPLE.replace("，", "；"))]).followed
    assert each.needs_confirmation


def test_the_logs_of_the_cybersecurity_act_went_from_21_to_23():
    other = "国家网信部门负责统筹协调网络安全工作和相关监督管理工作。"
    new = LOGS.replace("国家实行网络安全等级保护制度。", "国家实行网络安全等级保护制度，并加以完善。")
    assert homes(
        [clause("8", other), clause("21", LOGS)],
        [clause("8", other), clause("21", "国家支持人工智能基础理论研究。"), clause("23", new)],
    ) == {"8": ("8", "same_number"), "21": ("23", "moved")}


def test_the_same_number_with_another_content_is_not_the_same_clause():
    """北京条例: Art. 31 of 2020 is about promises, Art. 31 of 2024 about guides, which were in Art. 29."""
    old = [clause("29", GUIDE), clause("31", PROMISE)]
    new = [
        clause("31", GUIDE.replace("办理时限", "办理时限、收费、投诉渠道")),
        clause("33", PROMISE + "虚假承诺的撤销。"),
    ]
    assert homes(old, new) == {"29": ("31", "moved"), "31": ("33", "moved")}


def test_the_same_number_with_another_content_is_not_followed_by_gist_either():
    old = [
        clause(
            "29",
            gist="统一事项目录和办事指南，指南写明条件、材料、容缺受理、时限等；不得有“其他”“有关”等模糊兜底要求。",
        ),
        clause(
            "31",
            gist="在涉国家安全、公共安全和生命健康以外推行告知承诺：承诺即决定，不履行限期整改，虚假承诺直接撤销。",
        ),
    ]
    new = [
        clause(
            "31",
            gist="统一事项目录和办事指南，指南写明条件流程、材料、容缺受理、时限、收费、投诉渠道等；不得有模糊兜底要求。",
        )
    ]
    assert homes(old, new) == {"29": ("31", "moved"), "31": (None, "vanished")}
    assert all(each.needs_confirmation for each in follow(old, new).followed)


def test_a_gist_of_the_same_duty_is_followed_to_another_number():
    old = [
        clause(
            "21",
            gist="网络运营者按等级保护要求定制度、设负责人、防攻击、监测记录，相关网络日志留存不少于 6 个月，并做数据分类、备份、加密。",
        ),
        clause(
            "42", gist="不得泄露、篡改、毁损所收集的个人信息，未经同意不得提供；发生或可能发生泄露要补救、告知并报告。"
        ),
    ]
    new = [
        clause("23", gist="内容与旧第二十一条相同，只是条号变化：等级保护义务，日志留存不少于 6 个月。"),
        clause("42", gist="对用户信息严格保密；处理个人信息须同时遵守民法典、个人信息保护法等。"),
        clause("44", gist="不得泄露、篡改、毁损个人信息；发生泄露要补救、告知并报告。"),
    ]
    assert homes(old, new) == {"21": ("23", "moved"), "42": ("44", "moved")}


def test_the_same_gist_without_a_text_needs_confirmation():
    [each] = follow([clause("5", gist="当场登记。")], [clause("5", gist="当场登记。")]).followed
    assert (each.how, each.needs_confirmation) == (How.SAME_NUMBER, True)


def test_a_clause_reworded_under_its_number_is_told_so():
    new = "市场主体没有债权债务的，可以按照简易程序申请注销，向社会公示，公示期为10日，公示期满没有异议的予以登记。"
    [each] = follow([clause("33", SIMPLE)], [clause("33", new)]).followed
    assert (each.how, each.needs_confirmation) == (How.REWORDED_SAME_NUMBER, True)


def test_what_has_no_successor_vanished_and_what_has_no_predecessor_appeared():
    found = follow([clause("1", GUIDE)], [clause("2", LOGS)])
    assert found.followed[0].new is None
    assert (found.followed[0].how, found.followed[0].likeness) == (How.VANISHED, 0.0)
    assert [each.ref for each in found.appeared] == ["2"]


def test_clauses_with_the_same_words_follow_in_their_order():
    old = [clause(str(n), "（删去）" if n % 2 else f"第{n}种情形由登记机关另行规定办法。") for n in range(1, 9)]
    new = [clause(str(int(each.ref) + 100), each.text) for each in old]
    assert {a: int(b) - int(a) for a, (b, _) in homes(old, new).items()} == dict.fromkeys(map(str, range(1, 9)), 100)


def test_paragraphs_and_items_follow_within_their_article():
    last = "法律、行政法规规定的其他情形。"
    old = [
        clause("3", "甲类主体包括公司和企业：\n" + last), clause("3/1/1", last),
        clause("5", LOGS + last), clause("5/1/1", last),
    ]  # fmt: skip
    new = [
        clause("4", LOGS + last), clause("4/1/1", last),
        clause("6", "甲类主体包括公司和企业：\n" + last), clause("6/1/1", last),
    ]  # fmt: skip
    assert {a: b for a, (b, _) in homes(old, new).items()} == {"3": "6", "3/1/1": "6/1/1", "5": "4", "5/1/1": "4/1/1"}


def test_an_article_never_becomes_an_item():
    assert homes([clause("3", SIMPLE)], [clause("7/1/2", SIMPLE)]) == {"3": (None, "vanished")}


def test_heads_without_a_number_follow_by_their_label():
    old = [Following(key="a", ref="", label="二、（一）", text=GUIDE)]
    [each] = follow(old, [Following(key="b", ref="", label="二、（一）", text=GUIDE)]).followed
    assert each.how is How.SAME_NUMBER


def test_a_split_is_proposed():
    found = follow([clause("9", GUIDE + PROMISE[:40])], [clause("9", GUIDE), clause("10", PROMISE[:40])])
    assert [(each.shape, [n.ref for n in each.new]) for each in found.reshaped] == [(Shape.SPLIT, ["9", "10"])]


def test_a_merge_is_proposed():
    found = follow([clause("9", GUIDE), clause("10", PROMISE[:40])], [clause("9", GUIDE + PROMISE[:40])])
    assert [(each.shape, [o.ref for o in each.old]) for each in found.reshaped] == [(Shape.MERGE, ["9", "10"])]
    assert found.followed[1].how is How.VANISHED


def a_law(size: int) -> list[str]:
    draw = random.Random(5)  # noqa: S311
    words = [f"{chr(draw.randint(0x4E00, 0x8FFF))}{chr(draw.randint(0x4E00, 0x8FFF))}" for _ in range(3000)]
    return [
        "登记机关应当依法办理" + "".join(draw.choices(words, k=60)) + "违反本法规定的，责令改正。" for _ in range(size)
    ]


@pytest.mark.parametrize("is_reworded", [False, True])
def test_a_law_of_2000_articles_that_all_moved_by_two_is_followed(is_reworded):
    texts = a_law(2000)
    old = [clause(str(n), text) for n, text in enumerate(texts, start=1)]
    reworded = [text.replace("应当", "须")[:-8] + "予以处罚。" for text in texts] if is_reworded else texts
    new = [clause(str(n), text) for n, text in enumerate(reworded, start=3)]
    assert all(int(b) - int(a) == 2 for a, (b, _) in homes(old, new).items())


def test_articles_that_all_say_nearly_the_same_are_still_one_to_one():
    old = [clause(str(n), f"违反本法第{n}条规定的，责令改正，处以罚款。") for n in range(1, 800)]
    new = [clause(str(n + 1), f"违反本法第{n}条规定的，由机关责令改正，处以罚款。") for n in range(1, 800)]
    found = [each.new.ref for each in follow(old, new).followed if each.new]
    assert len(set(found)) == len(found)


CLAUSES = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3", "2/1", "3/1", ""]), st.sampled_from([GUIDE, PROMISE, LOGS, SIMPLE, "甲", ""])),
    max_size=8,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(CLAUSES, CLAUSES)
def test_every_clause_is_accounted_for_once(before, after):
    old = [clause(ref, text, side=f"o{n}-") for n, (ref, text) in enumerate(before)]
    new = [clause(ref, text, side=f"n{n}-") for n, (ref, text) in enumerate(after)]
    found = follow(old, new)
    assert [each.old for each in found.followed] == old
    reached = [each.new.key for each in found.followed if each.new] + [each.key for each in found.appeared]
    assert sorted(reached) == sorted(each.key for each in new)
    assert all(0 <= each.likeness <= 1 for each in found.followed)


def test_a_gist_that_shares_few_words_with_its_text_is_proposed_under_its_number():
    old = [clause("37", gist="住房救助只给低保家庭和分散供养特困人员。"), clause("38", gist="方式为配租公租房。")]
    new = [
        clause("37", "符合规定标准的住房困难的下列对象，由县级以上地方人民政府给予住房保障。"),
        clause("90", "附则。"),
    ]
    (first, second) = follow(old, new).followed
    assert (first.new.ref, first.needs_confirmation) == ("37", True)
    assert second.new is None


def test_a_text_is_never_followed_by_its_number_alone():
    (only,) = follow([clause("37", "甲乙丙丁戊己庚辛。")], [clause("37", "符合规定标准的住房困难对象。")]).followed
    assert only.new is None
