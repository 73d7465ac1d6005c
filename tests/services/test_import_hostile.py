"""Whatever stands in a file, importing names the line or takes it; it never ends in an error of the program."""

import datetime as dt
import json

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caselib.core.errors import RuleBroken
from caselib.exchange.imports import plan_import, plan_store
from caselib.exchange.jsonlines import KEYS, BadLine, Row, read_lines
from tests import factories

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
LINE = st.dictionaries(st.sampled_from((*KEYS, "text", "color")), ANYTHING, max_size=8)
WITH_TITLE = st.fixed_dictionaries(
    {"id": st.text(min_size=1, max_size=140), "title": st.text(min_size=1, max_size=110)},
    optional=dict.fromkeys(KEYS[2:], ANYTHING),
)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_are_rows_or_named_lines(lines):
    for read in read_lines(lines):
        assert isinstance(read, Row | BadLine)


@given(st.lists(LINE, max_size=5))
def test_any_objects_are_rows_or_named_lines(objects):
    lines = [json.dumps(value).encode() for value in objects]
    found = list(read_lines(lines))
    assert [read.line for read in found] == list(range(1, len(lines) + 1))
    for read in found:
        if isinstance(read, BadLine):
            assert read.reason.endswith("。")


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(WITH_TITLE, min_size=1, max_size=4))
def test_what_the_plan_takes_the_library_stores(db, values):
    if not factories.Department.objects.exists():
        factories.department(code="D02")
    plan = plan_import([json.dumps(value).encode() for value in values], on=dt.date(2026, 1, 1))
    assert len(plan.items) + len(plan.bad) == len(values)
    if plan.bad:
        with pytest.raises(RuleBroken):
            plan_store(plan, publish=True, dry_run=True, actor=None, now=timezone.now())
    else:
        stored = plan_store(plan, publish=True, dry_run=True, actor=None, now=timezone.now())
        assert len(stored) == len(values)
