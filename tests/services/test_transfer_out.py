"""What leaves the library: only what the viewer sees now, masked, told in the trail, and read back as the same text."""

import dataclasses
import json
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.exchange.export import Export, export_begin, json_lines
from caselib.exchange.export_sheet import workbook_of
from caselib.exchange.export_word import document_of
from caselib.exchange.selection import Selection, selection_read
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.content import (
    Alternative,
    DeferredMaterial,
    Detour,
    Entrance,
    Flexibility,
    HandlingStep,
    Material,
    Outcome,
    Source,
    content_of,
    digest,
)
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.visibility import Audience
from tests import factories
from tests.services.test_transfer_in import PHONE, Desk, kinds

pytestmark = pytest.mark.django_db
HALL = "某区政务服务大厅"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def begin(desk: Desk, form: str = "jsonl", **selection) -> Export:
    return export_begin(Selection(**selection), form=form, scope=desk.scope, actor=desk.editor, on=clock.today())


def records(export: Export) -> list[dict]:
    return [json.loads(line) for line in json_lines(export)]


def words(export: Export) -> str:
    document = Document(BytesIO(document_of(export, hall=HALL)))
    parts = [paragraph.text for paragraph in document.paragraphs]
    section = document.sections[0]
    return "\n".join([*parts, *(p.text for p in (*section.header.paragraphs, *section.footer.paragraphs))])


def everywhere(desk: Desk, **selection) -> str:
    """All three forms as one text."""
    lines = json.dumps(records(begin(desk, **selection)), ensure_ascii=False)
    book = load_workbook(BytesIO(workbook_of(begin(desk, "xlsx", **selection))))
    cells = "\n".join(str(cell.value) for row in book["案例"].iter_rows() for cell in row)
    return "\n".join([lines, cells, words(begin(desk, "docx", **selection))])


def full(desk: Desk, **values) -> Precedent:
    """A published precedent that says something in every field."""
    clause = factories.clause(33, title="某条例")
    defaults = {
        "external_id": "YS-1",
        "citations": (factories.citation(clause, note="照这条", is_verified=True),),
        "tags": ("标签甲",),
        "matter": factories.matter(),
        "region": factories.region(),
        "handling_steps": (HandlingStep("受理", "窗口", 0), HandlingStep("办结")),
        "materials": (Material("身份证", deferrable=True, common_mistake="过期"),),
        "deferred_material": (DeferredMaterial("租约", "不影响", "电话核", "5 个工作日", "撤销", supplied=True),),
        "alternatives": (Alternative("设立", "变更", "更快"),),
        "not_when": ("有人异议",),
        "detours": (Detour("有人异议", "先走异议程序", "310109-2026-D03-0001"),),
        "entrances": (Entrance("网上大厅", "https://zwdt.example.gov.cn/"),),
        "decision_level": "window",
        "flexibility": Flexibility("依据", "仍要办", "局长办公会"),
        "outcome": Outcome("10", "2", "天"),
        "sources": (Source("某通报", "2024-01", "https://example.gov.cn/a"),),
        "partner_orgs": ("甲局", "乙局"),
        "requester_wording": ("办不了怎么办",),
        "visits": 3,
    }
    return factories.published(owner=desk.home, **(defaults | values))


def test_the_three_forms_hold_what_readers_see(desk):
    there = full(desk, title="独一的标题")
    for form in ("jsonl", "xlsx", "docx"):
        assert begin(desk, form, codes=(there.code,)).count == 1
    text = everywhere(desk, codes=(there.number,))
    for said in ("独一的标题", "身份证", "某条例", there.number):
        assert text.count(said) >= 3


def test_no_person_of_the_library_is_named(desk):
    there = full(desk)
    names = [user.display_name for user in (desk.editor, there.live_revision.author)]
    assert not any(name in everywhere(desk, codes=(there.code,)) for name in names)


@pytest.mark.parametrize("why", ["draft", "department", "region", "retired", "unknown"])
def test_what_the_viewer_does_not_find_leaves_in_no_form(desk, why):
    seen = full(desk, title="看得到的")
    owner = factories.department(within=factories.region("上海市远区"))
    if why == "draft":
        code = factories.draft(owner=desk.home, title="秘密标题").precedent.code
    elif why in ("department", "region"):
        audience = Audience.DEPARTMENT if why == "department" else Audience.REGION
        code = factories.published(owner=owner, audience=audience, title="秘密标题").code
    elif why == "retired":
        there = factories.published(owner=desk.home, title="秘密标题")
        precedent_retire(there, reason="过时", actor=None)
        code = there.code
    else:
        code = "zzzzzzzzzzzz"
    assert "秘密标题" not in everywhere(desk, codes=(code, seen.code))
    for form in ("jsonl", "xlsx", "docx"):
        with pytest.raises(RuleBroken, match="没有可以导出"):
            begin(desk, form, codes=(code,))


def test_a_department_leaves_only_what_is_found_by_the_viewer(desk):
    owner = factories.department("另一局")
    factories.published(owner=owner, title="给大家的")
    factories.published(owner=owner, title="给自己的", audience=Audience.DEPARTMENT)
    text = everywhere(desk, department=owner.pk)
    assert "给大家的" in text and "给自己的" not in text


def test_retired_ones_leave_only_when_asked_for_and_are_marked(desk):
    there = full(desk)
    precedent_retire(there, reason="有新规", actor=None)
    text = words(begin(desk, "docx", codes=(there.code,), with_retired=True))
    assert "已出库，不能照办" in text
    (line,) = records(begin(desk, codes=(there.code,), with_retired=True))
    assert line["status"] == "retired"


def test_a_later_draft_is_not_what_leaves(desk):
    there = full(desk, title="已发布的字")
    from caselib.precedents.services import revision_save, revision_start

    opened = revision_start(there, author=desk.editor)
    later = dataclasses.replace(content_of(opened), title="没发布的字")
    revision_save(opened, later, lock_version=opened.lock_version, editor=desk.editor)
    assert "没发布的字" not in everywhere(desk, codes=(there.code,))


def test_personal_data_that_slipped_in_is_masked_in_every_form(desk):
    there = full(desk)
    # As from an import of the command, which no gate saw.
    Revision.objects.filter(pk=there.live_revision_id).update(
        problem=f"电话 {PHONE}", materials=[{"name": f"联系 {PHONE}"}], requester_wording=[f"打 {PHONE}"]
    )
    text = everywhere(desk, codes=(there.code,))
    assert PHONE not in text and text.count("〔手机号〕") >= 6


@pytest.mark.parametrize("danger", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|'/c calc'!A1"])
def test_no_cell_is_a_formula(desk, danger):
    there = full(desk, title=f"{danger}x", problem=danger, sources=(Source(danger),))
    book = load_workbook(BytesIO(workbook_of(begin(desk, "xlsx", codes=(there.code,)))))
    for row in book["案例"].iter_rows(min_row=2):
        for cell in row:
            assert cell.data_type in ("s", "n") and (cell.value is None or cell.data_type == "s")
            if str(cell.value or "").startswith(("=", "+", "-", "@")):
                assert cell.quotePrefix


def test_every_column_is_explained(desk):
    book = load_workbook(BytesIO(workbook_of(begin(desk, "xlsx", codes=(full(desk).code,)))))
    explained = {row[0].value for row in book["说明"].iter_rows()}
    assert {cell.value for cell in book["案例"][1]} <= explained


def test_what_left_as_json_lines_comes_back_as_the_same_text(desk):
    there = full(desk)
    data = b"".join(json_lines(begin(desk, codes=(there.code,))))
    assert kinds(desk.stage(data)) == ["unchanged"]


def test_brought_into_a_library_that_does_not_have_it_the_text_is_the_same(desk):
    there = full(desk)
    lines = [line | {"id": "NEW-1"} for line in records(begin(desk, codes=(there.code,)))]
    batch = desk.stage(json.dumps(lines[0], ensure_ascii=False).encode())
    assert kinds(batch) == ["created"], [row.problems for row in batch.rows.all()]
    (made,) = desk.bring(batch)
    want, got = content_of(there.live_revision), content_of(made.revisions.get())
    # Who checked a citation is not believed from a file.
    want = dataclasses.replace(want, citations=tuple(dataclasses.replace(c, is_verified=False) for c in want.citations))
    assert digest(got) == digest(want)
    assert not batch.rows.get().remarks


def test_for_whom_and_what_kind_it_is_comes_along(desk):
    there = full(desk, audience=Audience.DEPARTMENT, kind="routing_card")
    lines = [line | {"id": "NEW-1"} for line in records(begin(desk, codes=(there.code,)))]
    (made,) = desk.bring(desk.stage(json.dumps(lines[0], ensure_ascii=False).encode()))
    assert (made.audience, made.kind) == (Audience.DEPARTMENT, "routing_card")


def test_what_left_as_a_workbook_comes_back_unchanged_and_a_changed_cell_alone_is_taken(desk):
    there = full(desk)
    data = workbook_of(begin(desk, "xlsx", codes=(there.code,)))
    assert kinds(desk.stage(data)) == ["unchanged"]
    book = load_workbook(BytesIO(data))
    sheet = book["案例"]
    at = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, at["办理要旨"]).value = "新的要旨"
    stream = BytesIO()
    book.save(stream)
    batch = desk.stage(stream.getvalue())
    assert batch.rows.get().changes == ["办理要旨"]
    desk.bring(batch)
    opened = content_of(there.revisions.get(state="draft"))
    kept = dataclasses.replace(content_of(there.live_revision), gist="新的要旨")
    assert digest(opened) == digest(kept)


def test_a_masked_export_does_not_bring_its_masks_back(desk):
    there = full(desk)
    Revision.objects.filter(pk=there.live_revision_id).update(problem=f"电话 {PHONE}")
    data = b"".join(json_lines(begin(desk, codes=(there.code,))))
    assert kinds(desk.stage(data)) == ["unchanged"]


def test_the_hand_out_has_its_form(desk):
    there = full(desk)
    document = Document(BytesIO(document_of(begin(desk, "docx", codes=(there.code,)), hall=HALL)))
    text = words(begin(desk, "docx", codes=(there.code,)))
    for said in (
        HALL,
        "案例不是依据，仅供办理参考；以现行政策原文为准",
        there.number,
        "信号：",
        "适用条件",
        "容缺",
        "谁能定",
    ):
        assert said in text or said == "谁能定"
    about = document.core_properties
    assert not (about.author or about.last_modified_by or about.title)
    assert (
        document.styles["Normal"].element.rPr.rFonts.get(
            "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia"
        )
        == "仿宋"
    )
    assert round(document.sections[0].page_width.mm) == 210


def test_several_have_a_list_before_them(desk):
    codes = tuple(full(desk, external_id=f"Y{n}", title=f"第{n}题").code for n in range(3))
    text = words(begin(desk, "docx", codes=codes))
    assert "目录" in text and text.index("目录") < text.index("第0题")
    assert "目录" not in words(begin(desk, "docx", codes=codes[:1]))


def test_word_takes_what_no_xml_can_hold(desk):
    there = full(desk)
    Revision.objects.filter(pk=there.live_revision_id).update(problem="前\x0b\ufffe\uffff后<w:p>&")
    assert "<w:p>&" in words(begin(desk, "docx", codes=(there.code,)))


def test_too_many_are_refused_before_anything_leaves(desk, monkeypatch):
    monkeypatch.setitem(__import__("caselib.exchange.export", fromlist=["_MOST"])._MOST, "docx", 1)
    codes = tuple(full(desk, external_id=f"Y{n}").code for n in range(2))
    with pytest.raises(RuleBroken, match="最多导出 1 件"):
        begin(desk, "docx", codes=codes)
    assert not AuditEvent.objects.filter(action=Action.PRECEDENTS_EXPORTED).exists()


def test_who_took_what_is_in_the_trail_without_personal_data(desk):
    factories.published(title="电话问题")
    try:
        begin(desk, query=f"q=电话+{PHONE}")
    except RuleBroken:
        begin(desk, codes=(full(desk).code,))
    event = AuditEvent.objects.get(action=Action.PRECEDENTS_EXPORTED)
    assert event.actor == desk.editor and event.after["count"] >= 1
    assert PHONE not in json.dumps(event.after, ensure_ascii=False)


@pytest.mark.parametrize(
    "query", ["", "?", "%ff%fe", "q=" + "a" * 9000, "&".join(["a=1"] * 300), "theme=x&sort=z&page=-1"]
)
def test_any_query_selects_something_or_says_why_not(desk, query):
    selection = selection_read({"query": query})
    try:
        export_begin(selection, form="jsonl", scope=desk.scope, actor=desk.editor, on=clock.today())
    except RuleBroken as error:
        assert error.field == "what"


def test_a_window_clerk_reads_the_same_hand_out(desk):
    there = full(desk)
    clerk = factories.user(Role.WINDOW)
    export = export_begin(
        Selection(codes=(there.code,)), form="docx", scope=scope_of(clerk), actor=clerk, on=clock.today()
    )
    assert there.live_revision.title in words(export)
