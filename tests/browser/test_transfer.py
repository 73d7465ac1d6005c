"""Bringing in and taking out in a browser, with script and without: no finding, nothing cut off."""

from io import BytesIO

import pytest
from docx import Document

from tests.services.test_transfer_in import PHONE, book

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
ROOM = "/desk/transfer/"
FILE = {
    "name": "汇总.xlsx",
    "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "buffer": b"",
}


def sheet() -> dict:
    return FILE | {"buffer": book(["B-1", "第一件", "问"], ["B-2", "", "问"], ["B-3", "第三件", f"打 {PHONE}"])}


def test_from_a_file_to_drafts_without_script(visit):
    page = visit(username="editor", java_script_enabled=False).page
    page.goto(ROOM)
    page.locator("#f-file").set_input_files(sheet())
    page.get_by_role("button", name="先看会怎样").click()
    assert "标题（B3）" in page.get_by_role("main").inner_text()
    page.get_by_role("link", name="不能导入 2").click()
    assert "第一件" not in page.get_by_role("main").inner_text()
    page.get_by_role("button", name="换成〔手机号〕这样再看").click()
    page.get_by_role("button", name="导入为草稿").click()
    assert "新建 2 份草稿" in page.get_by_role("main").inner_text()


def test_from_results_to_a_hand_out(visit):
    page = visit(username="window").page
    page.goto("/search/?q=执照")
    page.get_by_role("link", name="导出这些").click()
    with page.expect_download() as sent:
        page.get_by_role("button", name="Word").click()
    assert sent.value.suggested_filename.startswith("案例-")
    with open(sent.value.path(), "rb") as file:
        assert "目录" in [each.text for each in Document(BytesIO(file.read())).paragraphs]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_of_the_room_has_a_finding_or_is_cut_off(visit, viewport):
    page = visit(viewport=viewport, username="editor").page
    broken = {}

    def look(name: str) -> None:
        if found := findings(page):
            broken[name] = found
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name

    page.goto(ROOM)
    look("home")
    page.get_by_role("button", name="先看会怎样").click()
    look("wrong")
    page.locator("#f-file").set_input_files(sheet())
    page.get_by_role("button", name="先看会怎样").click()
    look("dry run")
    page.goto(f"{ROOM}out/?q=执照")
    look("out")
    assert broken == {}
