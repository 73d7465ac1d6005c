"""Two texts of a precedent section by section: what is said to have changed, and that nothing is lost on the way."""

from hypothesis import given
from hypothesis import strategies as st

from caselib.core.diff import Change
from caselib.precedents.comparing import LineChange, compared, sections_seen
from caselib.precedents.content import LABELS
from caselib.precedents.sections import ORDER, Section


def section(field: str, *lines: str) -> Section:
    return Section(field, LABELS.get(field, field), lines)


def only(old: Section | None, new: Section | None):
    (change,) = compared([old] if old else [], [new] if new else []).changed
    return change


def test_a_section_that_did_not_change_is_only_named():
    found = compared([section("gist", "先注销。"), section("script", "您好")], [section("gist", "先注销。")])
    assert [each.field for each in found.changed] == ["script"]
    assert found.same_names == "办理要旨"


def test_changes_of_one_paragraph_count_by_places():
    change = only(
        section("gist", "先帮前租户注销，再预审，二十日内办好。"),
        section("gist", "先请前租户注销，再预审，十日内办好。"),
    )
    assert change.words == "改 2 处"
    assert [line.change for line in change.lines] == [LineChange.CHANGED]


def test_entries_of_a_list_count_by_entries():
    change = only(
        section("applies_when", "前租户联系得上", "铺位没有抵押的", "这条不要了，因为办法废止"),
        section("applies_when", "前租户联系得上", "铺位没有抵押也没有查封的", "另外一件事：材料要原件"),
    )
    assert change.words == "加 1 条，改 1 条，删 1 条"


def test_what_came_and_what_went_whole_is_said_so():
    assert only(None, section("script", "您好")).words == "新写的一节"
    gone = only(section("script", "您好"), None)
    assert (gone.words, [line.change for line in gone.lines]) == ("整节删去", [LineChange.REMOVED])


def test_a_line_that_was_split_is_a_change_with_words():
    assert only(section("problem", "一\n二"), section("problem", "一", "二")).words == "分段改了"


def test_sections_stand_in_the_order_of_writing():
    fields = list(reversed(ORDER))
    found = compared([], [section(field, "字") for field in fields])
    assert [each.field for each in found.changed] == list(ORDER)


def test_what_a_decision_kept_is_read_back_and_what_is_unknown_left_out():
    kept = sections_seen({"script": ["您好"], "gist": ["要旨"], "gone": ["x"], "title": []})
    assert kept == (section("gist", "要旨"), section("script", "您好"))


PIECES = ("前租户", "已注销", "20日", "10日", "的", " ", "新商户办照")
LINES = st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join), max_size=5).map(tuple)


@given(LINES, LINES)
def test_both_texts_can_be_read_off_the_marks(old, new):
    if old == new:
        return
    change = only(section("materials", *old) if old else None, section("materials", *new) if new else None)
    for lines, hidden in ((old, Change.ADDED), (new, Change.REMOVED)):
        other = LineChange.ADDED if hidden is Change.ADDED else LineChange.REMOVED
        read = [
            "".join(mark.text for mark in line.marks if mark.change is not hidden)
            for line in change.lines
            if line.change is not other
        ]
        assert read == list(lines)
