"""What people type about uses and reports: whatever is planted in it, nothing that tells who somebody is survives in what is stored."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.core.errors import RuleBroken
from caselib.core.personal_data import Severity, find
from caselib.reuse.typed import case_kept, line_kept

MOBILE, CITIZEN = "13800138000", "11010519491231002X"
# 次 is left out: eleven digits before it are a count to the rules, as before 元 (core.personal_data.numbers).
PLANTED = st.sampled_from([
    MOBILE, "138 0013 8000", "１３８００１３８０００", "138\u200b0013\u00ad8000", CITIZEN, "1101051949 1231 002x",
    "张伟，电话" + MOBILE, "住四川北路1234弄5号602室", "沪A·12345",
])  # fmt: skip
WORDS = st.text(alphabet=st.sampled_from("联系不上他办了三回，。\n \x00😀𠮷aZ09"), max_size=60)


@settings(max_examples=150, deadline=None)
@given(before=WORDS, planted=PLANTED, after=WORDS)
def test_no_planted_personal_data_survives_in_a_stored_line(before, planted, after):
    kept = line_kept(f"{before} {planted} {after}", longest=300, field="note", name="说明")
    assert [found for found in find(kept) if found.severity == Severity.BLOCK] == []
    assert MOBILE not in kept and CITIZEN not in kept
    assert "\x00" not in kept and "\n" not in kept


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=0, max_size=100))
def test_of_any_case_number_no_more_than_six_characters_show(typed):
    try:
        shown, mark = case_kept(typed)
    except RuleBroken:
        return
    bare = "".join(character for character in typed if character.isalnum())
    assert len(shown.replace("…", "")) <= 6
    assert (len(mark), bool(shown)) in ((64, True), (0, False))
    assert len(shown) < max(len(bare), 1)


@pytest.mark.parametrize(("typed", "shown"), [
    ("310109202600012345", "3101…45"), ("沪商2026-0001", "沪商20…01"), ("AB123456", "AB…6"), ("", ""), (" -/ ", ""),
    (MOBILE, "…00"), ("３１０１０９２０２６０００１２３４５", "3101…45"), (CITIZEN.lower(), "…2X"),
])  # fmt: skip
def test_how_a_case_number_is_shown(typed, shown):
    assert case_kept(typed)[0] == shown


def test_the_same_case_is_known_in_any_spelling_and_another_is_not():
    spellings = ["沪商2026-0001", "沪商 2026 0001", "沪商２０２６—０００１", "沪商20260001\u200b"]
    assert len({case_kept(each)[1] for each in spellings}) == 1
    assert case_kept("沪商2026-0002")[1] != case_kept(spellings[0])[1]
    assert "0001" not in case_kept(spellings[0])[1]


def test_a_long_line_is_refused_and_not_cut():
    with pytest.raises(RuleBroken):
        line_kept("长" * 301, longest=300, field="note", name="说明")
