"""The room where precedents come in and go out, in a browser without script."""

import json
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.exchange.models import ImportBatch
from caselib.orgs.models import Role
from caselib.precedents.models import Precedent
from tests import factories
from tests.services.test_transfer_in import PHONE, book, lines

pytestmark = pytest.mark.django_db
HOME = "/desk/transfer/"


class Counter:
    def __init__(self, role: Role = Role.EDITOR) -> None:
        self.home = factories.department()
        self.user = factories.user(role, within=self.home)
        self.client = Client()
        self.client.force_login(self.user)

    def bring(self, data: bytes = b"", *, name: str = "案例.xlsx", **typed):
        form = {"department": str(self.home.pk), "region": "", "pasted": ""} | typed
        if data:
            form["file"] = SimpleUploadedFile(name, data)
        return self.client.post(f"{HOME}in/", form)

    def staged(self, data: bytes) -> ImportBatch:
        response = self.bring(data)
        assert response.status_code == 302, response.content.decode()
        return ImportBatch.objects.get(code=response["Location"].rstrip("/").rpartition("/")[2])

    def act(self, batch: ImportBatch, deed: str, **typed):
        return self.client.post(f"{HOME}in/{batch.code}/{deed}/", typed)


@pytest.fixture
def counter() -> Counter:
    return Counter()


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def text(response) -> str:
    return response.content.decode()


def test_from_file_to_drafts(counter):
    batch = counter.staged(book(["A1", "甲件", "问"], ["A2", "", "问"]))
    page = text(counter.client.get(f"{HOME}in/{batch.code}/"))
    assert "还什么都没有写" in page and "甲件" in page and "标题（B3）" in page
    assert counter.act(batch, "confirm", digest=batch.plan_digest).status_code == 302
    there = Precedent.objects.get()
    page = text(counter.client.get(f"{HOME}in/{batch.code}/"))
    assert "已导入为草稿" in page and f"/p/{there.code}/" in page
    assert "已导入" in text(counter.client.get(HOME))


def test_pressed_twice_it_is_imported_once(counter):
    batch = counter.staged(book(["A1", "甲", ""]))
    assert counter.act(batch, "confirm", digest=batch.plan_digest).status_code == 302
    again = counter.act(batch, "confirm", digest=batch.plan_digest)
    assert again.status_code == 409 and "没有再导入一次" in text(again)
    assert Precedent.objects.count() == 1


def test_when_the_library_changed_the_page_shows_the_plan_anew(counter):
    batch = counter.staged(book(["A1", "甲", ""], ["A2", "乙", ""]))
    factories.draft(external_id="A1")
    response = counter.act(batch, "confirm", digest=batch.plan_digest)
    assert response.status_code == 409
    assert "库里有变动" in text(response) and "编号已被使用" in text(response)
    batch.refresh_from_db()
    assert counter.act(batch, "confirm", digest=batch.plan_digest).status_code == 302


def test_rows_are_narrowed_by_kind_and_paged(counter):
    batch = counter.staged(book(*[[f"A{n}", f"第{n}件" if n % 2 else "", ""] for n in range(1, 131)]))
    refused = text(counter.client.get(f"{HOME}in/{batch.code}/?kind=refused&page=2"))
    assert refused.count("importrows__title") == 15 and "没有标题" in refused
    assert "importrows__kind--created" not in refused
    for odd in ("?kind=nonsense", "?page=99999999999", "?page=-1"):
        assert counter.client.get(f"{HOME}in/{batch.code}/{odd}").status_code == 200


def test_refused_rows_come_back_with_the_reason_last_and_can_be_sent_again(counter):
    batch = counter.staged(book(["A1", "", "=HYPERLINK(1)"], ["A2", "乙", f"打 {PHONE}"]))
    response = counter.client.get(f"{HOME}in/{batch.code}/refused/")
    assert "filename*=UTF-8''" in response["Content-Disposition"]
    sheet = load_workbook(BytesIO(response.content))["案例"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][-1] == "为什么没有导入" and len(rows) == 3
    assert "没有标题" in rows[1][-1] and "手机号" in rows[2][-1] and PHONE not in rows[2][-1]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    sheet["B2"] = "补上标题"
    stream = BytesIO()
    sheet.parent.save(stream)
    again = counter.staged(stream.getvalue())
    assert [row.kind for row in again.rows.all()] == ["created", "refused"]


def test_personal_data_can_be_replaced_and_taken_back(counter):
    batch = counter.staged(book(["A1", "甲", f"打 {PHONE}"]))
    assert "1 行有个人信息" in text(counter.client.get(f"{HOME}in/{batch.code}/"))
    assert counter.act(batch, "mask", masked="1").status_code == 302
    assert "已换成" in text(counter.client.get(f"{HOME}in/{batch.code}/"))
    assert counter.act(batch, "mask", masked="0").status_code == 302
    assert ImportBatch.objects.get().counts["personal"] == 1


def test_given_up_it_is_gone(counter):
    batch = counter.staged(book(["A1", "甲", ""]))
    assert counter.act(batch, "discard").status_code == 302
    assert "作废" in text(counter.client.get(f"{HOME}in/{batch.code}/"))
    assert counter.act(batch, "confirm", digest=batch.plan_digest).status_code == 409


def bomb() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * 150_000_000)
    return stream.getvalue()


BAD = {
    "exe.xlsx": b"MZ\x90\x00" + b"\x00" * 400,
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "cut.xlsx": book(["A1", "甲", ""])[:900],
    "empty.xlsx": b" ",
    "words.docx": b"%PDF-1.7 not a table",
    "headings.xlsx": book(["A1", "x"], headings=("甲", "乙")),
    "twice.xlsx": book(["A1", "x", "y"], headings=("编号", "标题", "标题")),
    "only.xlsx": book(),
    "list.jsonl": b'["a"]',
}


@pytest.mark.parametrize("name", [*BAD, "bomb.xlsx"])
def test_a_bad_file_is_refused_in_words_and_what_was_typed_stays(counter, name):
    response = counter.bring(BAD[name] if name in BAD else bomb(), name=name, pasted="粘过的", region="")
    assert response.status_code == 422
    assert "没有读进来" in text(response) and "粘过的" in text(response) and "什么都没有写" in text(response)
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_too_large_is_left_unread(counter, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = counter.bring(b"x" * 5000, pasted="粘过的")
    assert response.status_code == 422 and "20 MB" in text(response) and "粘过的" in text(response)


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"pasted": "乱写"}, "没有读进来"), ({}, "还没有选文件"), ({"pasted": "x", "department": "abc"}, "选一个部门"),
     ({"pasted": '{"id":"1","title":"t"}', "region": "没有的区"}, "没有这个地区")],
)  # fmt: skip
def test_what_was_filled_in_wrongly_is_said(counter, typed, words):
    response = counter.bring(**typed)
    assert response.status_code == 422 and words in text(response)


def test_pasted_json_lines_are_taken(counter):
    assert counter.bring(pasted='{"id": "1", "title": "粘来的"}').status_code == 302
    assert "粘来的" in text(counter.client.get(f"{HOME}in/{ImportBatch.objects.get().code}/"))


def test_hostile_rows_are_shown_as_text(counter):
    batch = counter.staged(lines({"id": "<script>1</script>", "title": "<img src=x onerror=alert(1)>"}))
    page = text(counter.client.get(f"{HOME}in/{batch.code}/"))
    assert "<script>1" not in page and "<img src=x" not in page


def test_the_sample_has_an_example_lists_and_meanings(counter):
    response = counter.client.get(f"{HOME}in/sample/")
    workbook = load_workbook(BytesIO(response.content))
    assert workbook["案例"]["A1"].value == "编号" and workbook.sheetnames == ["案例", "说明"]
    lists = workbook["案例"].data_validations.dataValidation
    assert len(lists) >= 6 and all(len(each.formula1) < 256 for each in lists)
    batch = counter.staged(response.content)
    assert [row.kind for row in batch.rows.all()] == ["created"]


def test_ticked_precedents_leave_in_each_form_under_a_chinese_name(counter):
    code = factories.published(title="发布的标题").code
    for form, read in (("docx", Document), ("xlsx", load_workbook)):
        response = counter.client.post(f"{HOME}out/send/", {"what": "codes", "code": code, "form": form})
        assert response.status_code == 200 and "filename*=UTF-8''%E6" in response["Content-Disposition"]
        assert read(BytesIO(body(response)))
    response = counter.client.post(f"{HOME}out/send/", {"what": "codes", "code": code, "form": "jsonl"})
    assert json.loads(body(response))["content"]["title"] == "发布的标题"
    assert AuditEvent.objects.filter(action=Action.PRECEDENTS_EXPORTED).count() == 3


def test_looking_at_a_selection_writes_nothing_and_sending_needs_a_post(counter):
    code = factories.published(title="发布的标题").code
    before = AuditEvent.objects.count()
    assert "发布的标题" in text(counter.client.get(f"{HOME}out/?code={code}"))
    assert counter.client.get(f"{HOME}out/send/").status_code == 405
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=%00&theme=x", "?code=", "?" + "&".join(["code=x"] * 900), "?q=" + "长" * 3000]
)
def test_any_address_of_a_selection_is_answered(counter, query):
    assert counter.client.get(f"{HOME}out/{query}").status_code == 200


@pytest.mark.parametrize(
    "typed", [{}, {"what": "codes"}, {"what": "department", "department": "99999999999999999999"}, {"what": "x", "query": "q=%ff"},
              {"what": "codes", "codes": "\x00 ' OR 1=1", "form": "docx"}, {"what": "search", "query": "q=" + "字" * 9000}]
)  # fmt: skip
def test_a_selection_of_nothing_is_said(counter, typed):
    response = counter.client.post(f"{HOME}out/send/", {"form": "docx"} | typed)
    assert response.status_code == 422 and "没有导出" in text(response)


def test_an_unknown_form_is_refused(counter):
    code = factories.published().code
    response = counter.client.post(f"{HOME}out/send/", {"what": "codes", "code": code, "form": "exe"})
    assert response.status_code == 422


def test_results_and_precedents_lead_here(counter):
    there = factories.published(title="前租户没注销")
    assert f"/desk/transfer/out/?code={there.code}" in text(counter.client.get(f"/p/{there.code}/"))
