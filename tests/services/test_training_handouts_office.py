"""Hand-outs open in LibreOffice and look as they were meant: pages, their numbers in the contents, nothing outside of a slide.

Slow, because an office program starts each time: `make test-slow`.
"""

import re
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader

from caselib.precedents.content import HandlingStep, Material
from caselib.training.choices import QuestionKind
from caselib.training.handouts.slides import slides_of
from caselib.training.handouts.word import document_of
from tests import factories
from tests import training_rows as rows

from .test_training_handouts import HALL, MATCH, ORDER, Room

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SECONDS = 180
LONG = "".join(f"第{number}句把一件事说完，见 https://example.gov.cn/path/{number}。" for number in range(150))


def pages_of(data: bytes, ending: str, folder: Path) -> PdfReader:
    """The file as LibreOffice draws it."""
    file = folder / f"handout.{ending}"
    file.write_bytes(data)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), str(file)], check=True, capture_output=True, timeout=SECONDS)
    return PdfReader(folder / "handout.pdf")


@pytest.fixture
def material():
    room = Room(goal="学会先受理，后补件。", intro="**先定**，再对照。\n\n1. 看\n2. 定")
    rows.note(
        room.version, note=f"先受理。\n\n| 材料 | 谁交 |\n| --- | --- |\n| 决议 | 股东 |\n\n- 甲\n- 乙\n\n{LONG[:1500]}"
    )
    citations = (factories.citation(factories.clause(33), note="说的是主件"),)
    for number in range(4):
        room.case(
            {"explanation": "看主件。", "clause": factories.clause(40 + number)},
            {"kind": QuestionKind.ORDER, "body": ORDER, "stem": "排一排"},
            {"kind": QuestionKind.MATCH, "body": MATCH, "stem": "连一连"},
            {"kind": QuestionKind.SHORT, "stem": "群众问多久能好，您怎么说？😀"},
            hides=number % 2 == 0,
            title="很长的标题" * 20 if number == 3 else f"第{number}件：前租户未注销",
            requester_wording=("前面那家没销，我办不了照。" * (20 if number == 3 else 1),),
            resolution=LONG if number == 3 else "帮前租户走简易注销。",
            handling_steps=tuple(HandlingStep(f"第{step}步", "窗口", step) for step in range(4 + 8 * number)),
            materials=(Material("股东会决议", correct_sample="写全"),),
            script="今天先给您收下，三天内补。",
            assessment=LONG,
            citations=citations,
        )
    return room.material()


def test_every_page_of_the_document_says_something_and_the_contents_name_the_right_ones(material, tmp_path):
    pages = [page.extract_text() for page in pages_of(document_of(material, hall=HALL), "docx", tmp_path).pages]
    assert len(pages) >= 12
    for number, text in enumerate(pages, 1):
        assert len("".join(text.split())) > 60, number
        assert f"第{number}页，共{len(pages)}页" in re.sub(r"\s", "", text)
        assert material.code in text and material.on.isoformat() in text
    contents = re.sub(r"[^\S\n]", "", pages[1])
    named = dict(re.findall(r"第(\d)课.*?\.{3,}(\d+)", contents, re.DOTALL))
    assert set(named) == {str(lesson.number) for lesson in material.lessons}
    for lesson, page in named.items():
        assert f"第{lesson}课" in re.sub(r"\s", "", pages[int(page) - 1]), (lesson, page)
    hiding = next(lesson for lesson in material.lessons if lesson.hides)
    first = int(named[str(hiding.number)]) - 1
    assert "您定：该怎么办" in pages[first]
    assert "帮前租户走简易注销" not in pages[first] and "帮前租户走简易注销" in pages[first + 1] + pages[first + 2]


def test_every_slide_is_drawn_and_no_letter_stands_in_its_foot(material, tmp_path):
    data = slides_of(material, hall=HALL)
    slides = Presentation(BytesIO(data)).slides
    pdf = pages_of(data, "pptx", tmp_path)
    assert len(pdf.pages) == len(slides)
    for number, page in enumerate(pdf.pages, 1):
        height = float(page.mediabox.height)
        assert abs(float(page.mediabox.width) / height - 16 / 9) < 0.01
        low = []

        def seen(text, matrix, text_matrix, font, size, low=low):
            y = text_matrix[5] * matrix[3] + matrix[5]
            drawn = abs(text_matrix[3] * matrix[3]) * size
            if text.strip() and drawn > 11 and y < 37:
                low.append((text, round(y), round(drawn)))

        text = page.extract_text(visitor_text=seen)
        assert len("".join(text.split())) > 40, number
        assert low == [], number
