"""讲义 of a pack: asked for, downloaded and read again; printed by the browser itself."""

import re
import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect
from pptx import Presentation
from pypdf import PdfReader

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
CODE = "handoutpack1"
# With what a trainer's desk makes, from precedents of the starter library.
PACK = f"""
from caselib.orgs.models import User
from caselib.precedents.models import Precedent
from caselib.training.choices import QuestionKind
from caselib.training.models import Pack
from tests import training_rows as rows
trainer = User.objects.get(username="trainer")
home = trainer.memberships.first().department
if not Pack.objects.filter(code="{CODE}").exists():
    pack = rows.pack(owner=home, author=trainer, title="新员工第一周", code="{CODE}", goal="学会先受理，后补件。")
    version = rows.open_version(pack)
    note = "先**受理**。\\n\\n| 材料 | 谁交 |\\n| --- | --- |\\n| 决议 | 股东 |\\n\\n- 甲\\n- 乙"
    rows.note(version, note=note)
    for precedent in Precedent.objects.filter(status="published", kind="precedent").order_by("pk")[:4]:
        lesson = rows.case(version, precedent)
        short = rows.question(QuestionKind.SHORT, precedent=precedent, owner=home, stem="您怎么说？")
        rows.asked(lesson, rows.question(precedent=precedent, owner=home, explanation="看主件齐不齐。"), short)
    rows.publish(pack)
"""


def clean(page, viewport) -> None:
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_the_page_to_both_files_and_to_the_printer(visit, deed, viewport):
    deed(PACK)
    page = visit(viewport=viewport, username="trainer").page
    page.goto(f"/training/out/{CODE}/")
    expect(page.get_by_text("都放进去了。")).to_be_visible()
    clean(page, viewport)
    with page.expect_download() as sent:
        page.get_by_role("button", name="导出").click()
    assert re.fullmatch(r"新员工第一周-第1版-\d{8}-学员用-附答案\.docx", sent.value.suggested_filename)
    text = "\n".join(each.text for each in Document(BytesIO(Path(sent.value.path()).read_bytes())).paragraphs)
    assert "学会先受理" in text and "附：答案和理由" in text
    # The page stands as it was, for the next one: by keyboard alone.
    page.get_by_role("radio", name=re.compile("Word 讲义")).press("ArrowDown")
    page.get_by_role("radio", name=re.compile("学员用")).press("ArrowDown")
    page.get_by_role("checkbox", name=re.compile("附答案和理由")).press("Space")
    with page.expect_download() as sent:
        page.get_by_role("button", name="导出").press("Enter")
    assert sent.value.suggested_filename.endswith(".pptx")
    slides = Presentation(BytesIO(Path(sent.value.path()).read_bytes())).slides
    titles = [slide.shapes.title.text for slide in slides]
    assert titles[0] == "新员工第一周" and not any("答案" in title for title in titles)

    page.get_by_role("radio", name=re.compile("打印页")).check()
    page.get_by_role("checkbox", name=re.compile("附答案和理由")).check()
    page.get_by_role("button", name="导出").click()
    page.wait_for_url("**/print/**")
    clean(page, viewport)
    printed_as_it_should(page)
    page.get_by_role("link", name="换一种").click()
    expect(page.get_by_role("radio", name=re.compile("打印页"))).to_be_checked()
    expect(page.get_by_role("radio", name=re.compile("老师用"))).to_be_checked()


def plain(text: str) -> str:
    """A font may give a character back as the radical that looks like it."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def printed_as_it_should(page) -> None:
    """A4; each lesson on a page of its own, the questions before the page with the resolution; number and day on every page."""
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    pages = [plain(each.extract_text()) for each in printed]
    box = printed[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    assert all(CODE in text and plain("案例供参考，不是依据") in text for text in pages)
    asked, done = plain("想一想，先定"), plain("再对照：案例里怎么办的")
    starts = [number for number, text in enumerate(pages) if asked in text]
    assert len(starts) == 4
    assert all(done not in pages[start] and done in pages[start + 1] for start in starts)
    assert 11 <= len(pages) <= 20
    assert all(len(text) > 60 for text in pages)
