"""Words that say the same: read from a file that people keep, looked for at the time of the question."""

import time

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search import synonyms
from caselib.search.analysis import tokenize
from caselib.search.selectors import results_for_page
from caselib.search.synonyms import MOST_GROUPS, Synonyms, built_in, parse
from caselib.search.synonyms.services import group_save
from caselib.search.understanding import understand
from tests import factories


def test_whichever_word_of_a_group_was_asked_the_others_are_looked_for():
    synonyms, problems = parse(["营业执照，执照，工商执照"])
    assert synonyms.others["执照"] == ("营业执照", "工商执照")
    assert synonyms.others["营业执照"] == ("执照", "工商执照")
    assert not problems


def test_a_one_way_word_finds_the_other_and_is_not_found_by_it():
    synonyms, problems = parse(["法人 => 法定代表人"])
    assert synonyms.others == {"法人": ("法定代表人",)}
    assert not problems


@pytest.mark.parametrize(
    ("lines", "line", "reason"),
    [
        (["甲，乙", "乙，丙"], 2, "已在第 1 行"),
        (["甲 => 甲"], 1, "指向了自己"),
        (["甲 =>"], 1, "甲 => 乙"),
        (["甲 => 乙 => 丙"], 1, "甲 => 乙"),
        (["甲"], 1, "至少要两个词"),
        (["，".join(f"词{n}" for n in range(60))], 1, "最多 40 个词"),
        ([f"甲{n}，乙{n}" for n in range(MOST_GROUPS + 5)], MOST_GROUPS + 1, "超过 10000 组"),
    ],
    ids=["in two groups", "loop", "half a pair", "chain", "alone", "too many words", "too many groups"],
)
def test_what_does_not_hold_is_left_out_and_named(lines, line, reason):
    _, problems = parse(lines)
    assert any(problem.line == line and reason in problem.reason for problem in problems)


@pytest.mark.parametrize("length", [2, 3, 10_000])
def test_the_line_that_closes_a_circle_is_left_out_and_named(length):
    words = [f"词{n}" for n in range(length)]
    lines = [f"{word} => {words[(n + 1) % length]}" for n, word in enumerate(words)]
    synonyms, problems = parse(lines)
    assert [(problem.line, "绕成一圈" in problem.reason) for problem in problems] == [(length, True)]
    assert len(synonyms.others) == length - 1
    assert all(len(problem.reason) < 200 for problem in problems)


def test_every_pair_of_a_knot_of_circles_is_judged_in_one_walk():
    words = [f"词{n}" for n in range(10_000)]
    lines = [f"{word} => {words[(n + 1) % 10_000]}，{words[0]}，{words[n // 2]}" for n, word in enumerate(words)]
    begun = time.perf_counter()
    synonyms, problems = parse(lines)
    assert time.perf_counter() - begun < 5
    assert len(synonyms.others) == 9_999
    assert len(problems) > 10_000


def test_every_chinese_word_of_the_built_in_groups_is_one_token():
    """Otherwise a synonym would be looked for that no text can hold."""
    words = [word for word in built_in().words() if len(word) > 1 and all("\u4e00" <= c <= "\u9fff" for c in word)]
    assert len(words) > 500
    assert [word for word in words if word not in tokenize(f"请{word}，").words] == []


def test_a_long_question_is_not_expanded():
    ticket = "我在市场监管局办理营业执照和食品经营许可证，" * 40
    assert understand(ticket).also == ()
    assert understand("执照").also == ("营业执照", "工商执照", "营照")


@pytest.fixture
def clerk(index):
    factories.published(
        title="不动产转移登记缺一份材料", problem="缺材料。", gist="缺材料。", blocker="缺", resolution="补"
    )
    factories.published(title="公积金提取", problem="提取。", gist="提取。", blocker="提", resolution="取")
    index.refresh()
    return factories.user(Role.WINDOW)


def test_the_page_finds_by_another_word_says_so_and_can_be_told_not_to(client, clerk):
    client.force_login(clerk)
    page = client.get("/search/", {"q": "房产过户"}).content.decode()
    assert "不动产转移登记" in page
    assert "已同时搜索" in page
    assert "q=%E6%88%BF%E4%BA%A7%E8%BF%87%E6%88%B7&amp;literal=1" in page
    literal = client.get("/search/", {"q": "房产过户", "literal": "1"}).content.decode()
    assert "缺一份材料" not in literal
    assert "也搜同义词" in literal


def test_the_word_that_was_asked_counts_more_than_its_synonym(index):
    factories.published(title="房屋过户", problem="一样。", gist="一样。", blocker="一", resolution="样")
    factories.published(title="二手房过户", problem="一样。", gist="一样。", blocker="一", resolution="样")
    index.refresh()
    scope = scope_of(factories.user(Role.WINDOW))
    assert results_for_page(scope=scope, text="二手房过户").rows[0].plain_title == "二手房过户"


def test_no_groups_change_nothing(monkeypatch):
    monkeypatch.setattr("caselib.search.understanding.current", lambda: Synonyms({}))
    assert understand("执照").also == ()


@pytest.mark.parametrize("words", ["占路摆车，违停堵门", "占路摆车，C证堵门", "占路摆车，没人管的废旧大货架子"])
def test_a_new_word_that_is_torn_apart_counts_with_the_next_question(index, words):
    """Before the index is built again with it, whichever side of the group was asked."""
    one, other = words.split("，")
    factories.published(title=f"有人{one}", gist="甲", problem="甲", blocker="甲", resolution="甲")
    factories.published(title=f"有人{other}", gist="乙", problem="乙", blocker="乙", resolution="乙")
    index.refresh()
    scope = scope_of(factories.user(Role.WINDOW))

    def titles(asked: str, **options) -> set[str]:
        return {row.plain_title for row in results_for_page(scope=scope, text=asked, **options).rows}

    assert titles(f"{one}咋办") == {f"有人{one}"}
    synonyms.forget()
    group_save(key="", words=words, one_way=False, actor=None)
    assert titles(f"{one}咋办") == {f"有人{one}", f"有人{other}"}
    assert titles(f"{other}咋办") == {f"有人{one}", f"有人{other}"}
    assert titles(f"{one}咋办", literal=True) == {f"有人{one}"}
