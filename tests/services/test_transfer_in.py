"""What becomes of a file of precedents: told row by row before anything is written, then drafts of all or of none."""

import datetime as dt
import json
from io import BytesIO

import pytest
from openpyxl import Workbook

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.exchange.batches import batch_discard, batch_import, batch_plan_again, batch_stage, batches_prune
from caselib.exchange.incoming import read_file, read_pasted
from caselib.exchange.models import ImportBatch
from caselib.exchange.planning import TAKEN, Ways
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.content import Material, content_of
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent, RevisionState
from caselib.precedents.services import revision_start
from tests import factories

pytestmark = pytest.mark.django_db
PHONE = "13812345678"
DAY = dt.date(2026, 11, 29)


def book(*rows: list, headings: tuple = ("编号", "标题", "问题描述")) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(list(headings))
    for row in rows:
        sheet.append(row)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def lines(*rows: dict) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


class Desk:
    """An editor of a department with a file in hand."""

    def __init__(self, role: Role = Role.EDITOR) -> None:
        self.home = factories.department()
        self.editor = factories.user(role, within=self.home)
        self.scope = scope_of(self.editor)

    def stage(self, data: bytes, *, is_masked: bool = False, **ways) -> ImportBatch:
        return batch_stage(
            read_file(data),
            ways=Ways(department=self.home, is_masked=is_masked, **ways),
            file_name="案例.xlsx",
            maker=self.editor,
            scope=self.scope,
            now=clock.now(),
        )

    def bring(self, batch: ImportBatch, *, digest: str = "") -> list[Precedent]:
        return batch_import(
            batch, digest_seen=digest or batch.plan_digest, actor=self.editor, scope=self.scope, now=clock.now()
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


def kinds(batch: ImportBatch) -> list[str]:
    return [row.kind for row in batch.rows.all()]


def problems(batch: ImportBatch) -> str:
    return " ".join(words for row in batch.rows.all() for place in row.problems for words in place)


def test_a_dry_run_writes_no_precedent_and_tells_each_row(desk):
    batch = desk.stage(book(["A1", "甲", "问"], ["A2", "", "问"], ["A3", "丙", ""]))
    assert kinds(batch) == ["created", "refused", "created"]
    assert not Precedent.objects.exists()
    assert batch.counts == {"created": 2, "refused": 1, "personal": 0}


def test_rows_become_drafts_of_the_chosen_department_and_refused_ones_stay_out(desk):
    other = factories.department("别的局")
    batch = desk.stage(book(["A1", "甲", "别的局"], ["", "乙", ""], headings=("编号", "标题", "牵头单位")))
    (made,) = desk.bring(batch)
    revision = made.revisions.get()
    assert made.owner_department == desk.home != other
    assert (revision.state, revision.lead_org, made.number) == (RevisionState.DRAFT, "别的局", None)
    assert revision.author == desk.editor


def test_every_problem_of_a_row_is_told_and_not_only_the_first(desk):
    batch = desk.stage(book(["A1", "题" * 101, "昨天", "好办"], headings=("编号", "标题", "发生时间", "结果类型")))
    (row,) = batch.rows.all()
    assert {place for place, _ in row.problems} == {"标题", "发生时间", "结果类型"}


def test_headings_are_known_by_label_or_key_in_any_order_below_a_title(desk):
    data = book(["标题", "id", "gist", "没见过的"], ["甲", "A1", "要旨", "x"], headings=("2024 年案例汇总",))
    batch = desk.stage(data)
    assert kinds(batch) == ["created"]
    assert any("没见过的" in words for words in batch.told)
    desk.bring(batch)
    assert Precedent.objects.get().revisions.get().gist == "要旨"


def test_a_missing_heading_is_named(desk):
    with pytest.raises(RuleBroken, match="标题"):
        read_file(book(["A1", "x"], headings=("编号", "问题描述")))


@pytest.mark.parametrize(
    ("written", "read"),
    [("2024年3月5日", "2024-03-05"), ("2024/3", "2024-03"), (45356, "2024-03-05"), (dt.datetime(2024, 3, 5), "2024-03-05"),
     ("２０２４", "2024"), (2024, "2024")],
)  # fmt: skip
def test_days_are_read_however_they_are_written(desk, written, read):
    desk.bring(desk.stage(book(["A1", "甲", written], headings=("编号", "标题", "发生时间"))))
    assert Precedent.objects.get().revisions.get().occurred == read


def test_what_excel_made_of_codes_is_told(desk):
    batch = desk.stage(book([12, "甲", ""], [1.23e17, "乙", ""]))
    first, second = batch.rows.all()
    assert first.kind == "created" and "前面如果有 0" in first.remarks[0]
    assert second.kind == "refused" and "位数已经丢了" in second.problems[0][1]


def test_hidden_rows_columns_and_sheets_are_told(desk):
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["编号", "标题"])
    sheet.append(["A1", "甲"])
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    workbook.create_sheet("藏起来的").sheet_state = "hidden"
    workbook.create_sheet("第二张")
    stream = BytesIO()
    workbook.save(stream)
    told = " ".join(desk.stage(stream.getvalue()).told)
    for words in ("藏起来的", "第二张", "1 行是隐藏的", "有隐藏的列"):
        assert words in told


def test_a_formula_is_never_evaluated(desk):
    batch = desk.stage(book(["A1", "=1+1", ""]))
    desk.bring(batch)
    assert Precedent.objects.get().revisions.get().title == "=1+1"
    assert "公式" in batch.rows.get().remarks[0]


def test_personal_data_is_refused_with_kind_and_place_and_without_its_words(desk):
    batch = desk.stage(book(["A1", "甲", f"电话 {PHONE}"], ["A2", "乙", "没有"]))
    assert kinds(batch) == ["refused", "created"]
    assert "问题描述里有手机号" in problems(batch)
    assert PHONE not in problems(batch)
    assert len(desk.bring(batch)) == 1
    assert PHONE not in json.dumps(list(AuditEvent.objects.values("after")), ensure_ascii=False)


def test_personal_data_can_be_replaced_for_a_whole_file(desk):
    batch = desk.stage(book(["A1", f"给 {PHONE} 办", f"电话 {PHONE}"]))
    batch = batch_plan_again(batch, scope=desk.scope, actor=desk.editor, now=clock.now(), is_masked=True)
    assert kinds(batch) == ["created"]
    assert PHONE not in batch.rows.get().title
    desk.bring(batch)
    revision = Precedent.objects.get().revisions.get()
    assert "〔手机号〕" in revision.problem and "〔手机号〕" in revision.title


def test_an_id_that_is_a_number_of_a_person_is_refused(desk):
    assert kinds(desk.stage(book([PHONE, "甲", ""]))) == ["refused"]


def test_the_same_id_becomes_a_revision_and_the_published_text_stays(desk):
    there = factories.published(owner=desk.home, external_id="A1", title="旧题", gist="旧要旨")
    live = there.live_revision
    batch = desk.stage(book(["A1", "新题", ""]))
    assert kinds(batch) == ["updated"]
    assert batch.rows.get().changes == ["标题"]
    desk.bring(batch)
    there.refresh_from_db()
    opened = there.revisions.get(state=RevisionState.DRAFT)
    assert there.live_revision == live and content_of(live).title == "旧题"
    assert (opened.title, opened.gist, opened.problem) == ("新题", "旧要旨", live.problem)
    assert "第 2 行" in opened.change_note


def test_what_is_brought_twice_is_unchanged_the_second_time(desk):
    data = book(["A1", "甲", "问"])
    desk.bring(desk.stage(data))
    again = desk.stage(data)
    assert kinds(again) == ["unchanged"]
    with pytest.raises(RuleBroken, match="没有可以导入"):
        desk.bring(again)
    assert Precedent.objects.count() == 1


def test_a_text_that_somebody_is_at_work_on_is_left_alone(desk):
    there = factories.published(owner=desk.home, external_id="A1")
    revision_start(there, author=desk.editor)
    batch = desk.stage(book(["A1", "新题", ""]))
    assert kinds(batch) == ["refused"]
    assert "没写完" in problems(batch)


def test_a_retired_precedent_is_left_alone(desk):
    there = factories.published(owner=desk.home, external_id="A1")
    precedent_retire(there, reason="过时", actor=desk.editor)
    assert "出库" in problems(desk.stage(book(["A1", "新题", ""])))


@pytest.mark.parametrize("make", [factories.published, factories.draft])
def test_an_id_of_another_department_tells_nothing_but_that_it_is_in_use(desk, make):
    make(external_id="A1", title="别人的标题")
    batch = desk.stage(book(["A1", "新题", ""]))
    assert batch.rows.get().problems == [["编号", TAKEN]]
    assert "别人的标题" not in problems(batch)


def test_an_id_twice_in_the_file_is_refused_the_second_time(desk):
    batch = desk.stage(book(["A1", "甲", ""], ["A1", "乙", ""]))
    assert kinds(batch) == ["created", "refused"]
    assert "第 2 行已经出现过" in problems(batch)


def test_confirmed_twice_it_is_imported_once(desk):
    batch = desk.stage(book(["A1", "甲", ""]))
    again = ImportBatch.objects.get(pk=batch.pk)
    desk.bring(batch)
    for stale in (again, batch):
        with pytest.raises(StaleState):
            desk.bring(stale)
    assert Precedent.objects.count() == 1


def test_what_changed_in_the_library_meanwhile_stops_it_and_nothing_is_written(desk):
    batch = desk.stage(book(["A1", "甲", ""], ["A2", "乙", ""]))
    factories.draft(external_id="A2")
    with pytest.raises(StaleState, match="库里有变动"):
        desk.bring(batch)
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert batch.state == ImportBatch.State.STAGED and Precedent.objects.count() == 1
    batch = batch_plan_again(batch, scope=desk.scope, actor=desk.editor, now=clock.now())
    assert kinds(batch) == ["created", "refused"]


def test_killed_in_the_middle_nothing_is_left(desk, monkeypatch):
    factories.published(owner=desk.home, external_id="A2")
    batch = desk.stage(book(["A1", "甲", ""], ["A2", "乙", ""]))
    monkeypatch.setattr("caselib.exchange.batches.revision_save", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.bring(batch)
    assert not Precedent.objects.filter(external_id="A1").exists()
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportBatch.State.STAGED


def test_a_result_that_was_replaced_cannot_be_confirmed(desk):
    batch = desk.stage(book(["A1", f"甲 {PHONE}", ""]))
    seen = batch.plan_digest
    batch = batch_plan_again(batch, scope=desk.scope, actor=desk.editor, now=clock.now(), is_masked=True)
    with pytest.raises(StaleState):
        desk.bring(batch, digest=seen)


def test_after_the_import_only_what_is_to_be_mended_is_kept(desk):
    batch = desk.stage(book(["A1", "甲", "内容"], ["A2", "", "内容"]))
    desk.bring(batch)
    assert [bool(row.raw) for row in batch.rows.all()] == [False, True]


def test_a_week_later_it_is_gone_and_the_drafts_stay(desk):
    batch = desk.stage(book(["A1", "甲", ""]))
    desk.bring(batch)
    later = clock.now() + dt.timedelta(days=7, minutes=1)
    assert batches_prune(now=later, dry_run=True) == 1 and ImportBatch.objects.exists()
    assert batches_prune(now=later) == 1
    assert AuditEvent.objects.filter(action=Action.IMPORT_EXPIRED).count() == 1
    assert not ImportBatch.objects.exists() and Precedent.objects.count() == 1


def test_an_expired_batch_cannot_be_imported(desk):
    batch = desk.stage(book(["A1", "甲", ""]))
    with pytest.raises(RuleBroken, match="过期"):
        batch_import(batch, digest_seen=batch.plan_digest, actor=desk.editor, scope=desk.scope, now=batch.expires_at)


def test_a_discarded_batch_forgets_its_rows(desk):
    batch = desk.stage(book(["A1", "甲", ""]))
    batch_discard(batch, actor=desk.editor, now=clock.now())
    assert not batch.rows.exists()
    with pytest.raises(StaleState):
        desk.bring(batch)


def test_each_deed_leaves_one_event(desk):
    batch = desk.stage(book(["A1", "甲", ""]))
    desk.bring(batch)
    batch_discard(desk.stage(book(["A9", "甲", ""])), actor=desk.editor, now=clock.now())
    deeds = list(AuditEvent.objects.filter(action__startswith="precedent.import_").values_list("action", flat=True))
    assert sorted(deeds) == sorted([Action.IMPORT_STAGED] * 2 + [Action.IMPORT_DONE, Action.IMPORT_DISCARDED])


def test_the_default_region_is_for_rows_that_name_none(desk):
    here, there = factories.region("上海市某区"), factories.region("上海市另区")
    data = book(["A1", "甲", ""], ["A2", "乙", there.full_name], headings=("编号", "标题", "地区"))
    desk.bring(desk.stage(data, region_name=here.full_name))
    assert [row.region for row in Precedent.objects.order_by("external_id")] == [here, there]


def test_closed_values_materials_and_lists_are_read(desk):
    headings = ("编号", "标题", "结果类型", "材料", "适用条件", "跑动次数", "协同部门")
    row = ["A1", "甲", "依法办不了", "身份证；可容缺；正确样例：两面\n合同", "有\n没有", "3次", "甲局、乙局"]
    desk.bring(desk.stage(book(row, headings=headings)))
    content = content_of(Precedent.objects.get().revisions.get())
    assert content.materials == (Material("身份证", deferrable=True, correct_sample="两面"), Material("合同"))
    assert content.result_type == "lawfully_impossible" and content.visits == 3
    assert content.applies_when == ("有", "没有") and content.partner_orgs == ("甲局", "乙局")


def test_cells_copied_from_excel_and_json_lines_can_be_pasted(desk):
    for text in ("编号\t标题\nA1\t甲", '{"id": "A1", "title": "甲"}'):
        assert len(read_pasted(text).raws) == 1
    with pytest.raises(RuleBroken) as caught:
        read_pasted("随便写的")
    assert caught.value.field == "pasted"


def test_too_many_revisions_at_once_are_refused(desk, monkeypatch):
    monkeypatch.setattr("caselib.exchange.planning.MOST_UPDATED", 1)
    for key in ("A1", "A2"):
        factories.published(owner=desk.home, external_id=key)
    assert kinds(desk.stage(book(["A1", "新", ""], ["A2", "新", ""]))) == ["updated", "refused"]
