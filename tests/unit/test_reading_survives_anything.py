"""Whatever is typed is read: by every step, without failing, in bounded time."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.core.text import normalise
from caselib.policies.texts.names import KnownPolicy, PolicyTable
from caselib.search import analysis
from caselib.search.understanding import LONGEST_TEXT, Step, understand
from caselib.search.understanding.filters import Place, read_filters
from caselib.search.understanding.knowledge import Knowledge
from caselib.search.understanding.references import read_references

POLICIES = PolicyTable.of([KnownPolicy("a", "公司法", ("主席令第15号", "国发〔2022〕5号"), ("公司法", "登记管理条例"))])
PLACES = {"虹口": (Place("虹口区", "上海市虹口区", frozenset({"上海市虹口区"}), frozenset({"上海市"})),)}
# What the readers look for, thrown together with anything else.
PIECES = st.sampled_from(
    ["国发", "〔2022〕", "[2022", "5号", "令第", "十五号", "公司法", "第33条", "第二款", "去年", "2025年", "虹口", "近两年", "注消",
     "抵压", "的案例", " ", "《", "》", "(", "310109-2026-", "qzh", "\ud800", "😀", "<b>", "\x00", "〇", "二〇二五", "²", "٣"]
)  # fmt: skip
TYPED = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40).map("".join)


# The machine that runs this may do something else at the same time; the bound on time has a test of its own.
UNHURRIED = settings(deadline=None)


@pytest.fixture(autouse=True, scope="module")
def loaded():
    analysis.preload()


def nothing_known(terms):
    return [0] * len(terms)


def everything_known(terms):
    return [1] * len(terms)


@UNHURRIED
@given(TYPED, st.sampled_from([nothing_known, everything_known, None]))
def test_any_text_is_read(text, frequencies):
    question = understand(
        text, knowledge=Knowledge(policies=POLICIES, places=PLACES), frequencies=frequencies, typed=frozenset()
    )
    assert len(question.text) <= LONGEST_TEXT
    assert all(group.terms for group in question.groups)
    assert not any("\ud800" <= character <= "\udfff" for character in question.text)


@UNHURRIED
@given(TYPED)
def test_with_every_step_off_only_words_are_asked(text):
    question = understand(
        text, knowledge=Knowledge(policies=POLICIES, places=PLACES), frequencies=nothing_known, typed=frozenset(Step)
    )
    assert not (question.filters or question.preferences or question.spelled or question.read_as or question.suggestion)


@UNHURRIED
@given(TYPED)
def test_what_is_left_of_a_question_was_in_it(text):
    plain = normalise(text)
    rest = read_references(plain, table=POLICIES).rest
    assert set(rest) <= set(plain) | {" "}
    assert set(read_filters(plain, places=PLACES, on=dt.date(2026, 1, 1)).rest) <= set(plain) | {" "}
