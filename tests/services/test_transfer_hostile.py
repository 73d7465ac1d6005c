"""Rows of any kind end as told outcomes, never as an error of the program."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caselib.core import clock
from caselib.exchange.incoming import read_file, read_raw
from caselib.exchange.matching import Vocabulary
from caselib.exchange.planning import Ways, plan_rows
from caselib.exchange.record import CONTENT_KEYS
from tests.services.test_transfer_in import Desk, book

pytestmark = pytest.mark.django_db
WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["=1+1", "13812345678", "\ud800", "\x00", "办成了", "2024年3月", "《某条例》第三条", "é" * 200]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def plan(desk: Desk, data: bytes) -> int:
    """How many rows were planned, each of them either with a text or with what is wrong with it."""
    raws = json.loads(json.dumps(read_file(data).raws))
    rows = list(plan_rows(raws, ways=Ways(department=desk.home), scope=desk.scope, on=clock.today()))
    for row in rows:
        assert (row.content is None) == (row.kind in ("refused", "unchanged"))
        assert row.problems or row.is_personal or row.kind != "refused"
    return len(rows)


@SLOW
@given(content=st.dictionaries(st.one_of(st.sampled_from(sorted(CONTENT_KEYS)), WORDS), VALUES, max_size=6), key=VALUES)
def test_any_object_in_our_own_form_is_told(desk, content, key):
    line = {"schema": "caselib.precedent/1", "id": key, "department": key, "audience": key, "content": content}
    assert plan(desk, json.dumps(line).encode()) == 1


@SLOW
@given(
    line=st.dictionaries(
        st.one_of(st.sampled_from(["id", "title", "policies", "tags", "text"]), WORDS), VALUES, min_size=1
    )
)
def test_any_object_of_the_import_form_is_told(desk, line):
    assert plan(desk, json.dumps(line).encode()) == 1


@SLOW
@given(rows=st.lists(st.lists(WORDS, min_size=8, max_size=8), min_size=1, max_size=5))
def test_any_cells_are_told(desk, rows):
    headings = ("编号", "标题", "发生时间", "结果类型", "材料", "跑动次数", "依据", "标签")
    from caselib.exchange.sheet_writing import Table, workbook_write

    assert 1 <= plan(desk, workbook_write([Table("案例", headings, [["A1", "甲", *[""] * 6], *rows])])) <= len(rows) + 1


@pytest.mark.parametrize(
    "raw", [{}, {"line": 3}, {"line": 1, "text": "{", "broken": True}, {"line": 1, "text": "[" * 100_000}]
)
def test_a_kept_row_that_is_damaged_is_told(raw):
    assert read_raw(raw).problems


def test_a_thousand_hostile_rows_are_planned_in_one_go(desk):
    rows = [[f"=cmd|{n}", "@SUM(A1)" * (n % 40), "\u202e" * 50 + "x" * (n % 30_000)] for n in range(1000)]
    batch = desk.stage(book(*rows))
    assert batch.counts["created"] + batch.counts["refused"] == 1000
    assert Vocabulary.load(on=clock.today())
