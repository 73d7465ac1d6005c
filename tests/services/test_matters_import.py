"""Matters from Excel: the dry run tells what each row would do, and the confirmation does just that."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.catalog.matters import MatterFacts, matter_create, matter_edit, matter_merge
from caselib.catalog.matters_bulk import CHANGED, NEW, REFUSED, UNCHANGED, Plan, matters_import, plan_of
from caselib.catalog.models import Matter
from caselib.core.errors import StaleState
from caselib.desk.vocabularies.matter_sheet import export_file, lines_from, refused_file, sample_file
from tests import factories

pytestmark = pytest.mark.django_db


def book(headings: list[str], *rows: list[Any]) -> bytes:
    made = Workbook()
    for row in (headings, *rows):
        made.active.append(row)
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def plan(data: bytes) -> Plan:
    return plan_of(lines_from(data)[0])


def brought(data: bytes) -> Plan:
    lines, _ = lines_from(data)
    return matters_import(lines, digest=plan_of(lines).digest, actor=None)


def made(name: str, **values: Any) -> Matter:
    return matter_create(MatterFacts(name=name, theme=factories.theme("市场监管"), **values), actor=None)


HEADINGS = ["事项名称", "主题", "别名", "基本编码", "重点事项", "批次"]


def test_each_row_is_new_changed_unchanged_or_refused_and_says_why():
    made("企业设立登记", aliases=["办执照"])
    made("企业注销登记")
    found = plan(
        book(
            HEADINGS,
            ["企业设立登记", "市场监管", "办执照、开公司", "000131002000", "国家", "第一批"],
            ["企业注销登记", "市场监管", None, None, None, None],
            ["歇业备案", "市场监管", "停业\n休眠", None, None, None],
            ["没有主题的", None, None, None, None, None],
            ["别的主题", "火星", None, None, None, None],
            ["编码不对", "市场监管", None, "123", None, None],
            ["歇业 备案", "市场监管", None, None, None, None],
            ["办执照", "市场监管", None, None, None, None],
            [None, "市场监管", None, None, None, None],
        )
    )
    assert [outcome.what for outcome in found.outcomes] == [CHANGED, UNCHANGED, NEW, *[REFUSED] * 6]
    changes = {change.label: (change.before, change.after) for change in found.outcomes[0].changes}
    assert changes == {
        "别名": ("办执照", "办执照、开公司"),
        "基本编码": ("", "000131002000"),
        "重点事项": ("", "国家"),
        "批次": ("", "第一批"),
    }
    reasons = [outcome.reason for outcome in found.of(REFUSED)]
    wanted = ("要写主题", "没有主题“火星”", "12 位", "第 4 行", "“企业设立登记”的别名", "还没写")
    for reason, word in zip(reasons, wanted, strict=True):
        assert word in reason
    assert Matter.objects.count() == 2


def test_confirming_writes_it_all_in_one_transaction_with_an_event_for_each():
    old = made("企业设立登记", aliases=["办执照"])
    data = book(
        HEADINGS,
        ["企业设立登记", None, None, None, "本市", None],
        ["歇业备案", "市场监管", "停业", None, None, None],
        ["没有主题的", None, None, None, None, None],
    )
    before = AuditEvent.objects.count()
    done = brought(data)
    assert (len(done.of(NEW)), len(done.of(CHANGED)), len(done.of(REFUSED))) == (1, 1, 1)
    old.refresh_from_db()
    assert (old.key_matter, old.aliases, old.lock_version) == ("本市", ["办执照"], 2)
    assert Matter.objects.get(name="歇业备案").aliases == ["停业"]
    events = list(AuditEvent.objects.order_by("pk")[before:])
    assert [event.action for event in events] == [Action.MATTERS_IMPORTED, Action.MATTER_SAVED]
    assert (events[1].before, events[1].after) == ({"key_matter": ""}, {"key_matter": "本市"})
    assert {outcome.what for outcome in plan(data).outcomes} == {UNCHANGED, REFUSED}


def test_an_empty_cell_and_a_missing_column_change_nothing():
    old = made("企业设立登记", aliases=["办执照"], basic_code="000131002000", materials=["申请书"])
    done = brought(book(["名称", "别名"], ["企业设立登记", None]))
    assert [outcome.what for outcome in done.outcomes] == [UNCHANGED]
    old.refresh_from_db()
    assert (old.basic_code, old.materials) == ("000131002000", ["申请书"])


def test_what_changed_after_the_dry_run_is_not_written_over():
    old = made("企业设立登记")
    lines, _ = lines_from(book(HEADINGS, ["企业设立登记", None, "开公司", None, None, None]))
    digest = plan_of(lines).digest
    matter_edit(
        old.pk, MatterFacts(name="企业设立登记", theme=old.theme, aliases=["办执照"]), lock_version=1, actor=None
    )
    with pytest.raises(StaleState):
        matters_import(lines, digest=digest, actor=None)
    old.refresh_from_db()
    assert old.aliases == ["办执照"]


def test_an_exported_sheet_comes_back_unchanged_and_renames_by_number():
    made("=恶意", aliases=["+1", "甲"], materials=["身份证，原件"], basic_code="000131002000")
    made("企业设立登记", impl_code="1" * 31, key_matter="国家", key_batch="第一批")
    data = export_file()
    assert {outcome.what for outcome in plan(data).outcomes} == {UNCHANGED}
    book_of = load_workbook(BytesIO(data))
    sheet = book_of.active
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "企业设立登记")
    row[0].value = "经营主体设立登记"
    stream = BytesIO()
    book_of.save(stream)
    brought(stream.getvalue())
    assert Matter.objects.get(name="经营主体设立登记").aliases == ["企业设立登记"]


def test_a_merged_or_unknown_one_and_one_that_stands_twice_are_refused():
    old, new = made("开店"), made("个体工商户设立登记")
    other = made("企业设立登记", impl_code="1" * 31)
    matter_merge(old.pk, into=new.pk, lock_version=1, actor=None)
    headings = ["编号", "事项名称", "主题", "实施编码", "别名"]
    found = plan(
        book(
            headings,
            [None, "开店", "市场监管", None, None],
            ["abc", "甲", "市场监管", None, None],
            [other.code, "乙", None, None, None],
            [other.code, "丙", None, None, None],
            [None, "丁", "市场监管", "1" * 31, None],
            [None, "戊", "市场监管", "2" * 31, None],
            [None, "己", "市场监管", "2" * 31, None],
            [None, "庚", "市场监管", None, "个体工商户设立登记"],
            [None, "名" * 20_000, "市场监管", None, None],
        )
    )
    assert [outcome.what for outcome in found.outcomes] == [
        REFUSED, REFUSED, CHANGED, REFUSED, REFUSED, NEW, REFUSED, REFUSED, REFUSED,
    ]  # fmt: skip


def test_rows_that_were_not_read_come_back_with_the_reason():
    data = book(HEADINGS, ["甲", None, "子", None, None, None], ["乙", "市场监管", None, "=1", None, None])
    factories.theme("市场监管")
    sheet = load_workbook(BytesIO(refused_file(plan(data).of(REFUSED), data))).active
    rows = [[cell.value for cell in row][:3] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in rows] == ["2", "3"]
    assert "主题" in rows[0][1]
    # It can be mended and sent again as it is.
    stream = BytesIO()
    sheet.parent.save(stream)
    assert len(plan(stream.getvalue()).outcomes) == 2


def test_the_sample_tells_the_themes_and_is_read_as_a_sheet_without_rows():
    factories.theme("市场监管")
    data = sample_file()
    assert lines_from(data) == ((), ())
    how = load_workbook(BytesIO(data))["怎么填"]
    assert "市场监管" in [row[0].value for row in how.iter_rows()]
