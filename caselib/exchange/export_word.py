"""Precedents as a Word document, in the usual form of a hand-out: A4, margins and fonts near GB/T 9704-2012, no author, no macro."""

import datetime as dt
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from caselib.core.word_out import (
    BODY,
    HEAD,
    TITLE,
    field_add,
    font_set,
    link_add,
    made_anonymous,
    mark_add,
    paragraph_add,
    run_add,
)
from caselib.precedents.content import LABELS, RevisionContent
from caselib.precedents.sections import Section, sections_of
from caselib.precedents.visibility import PrecedentStatus

from .export import Export, Leaving, leaving
from .export_sheet import NOT_BASIS

# What a hand-out holds, in its order. The rest of a text is for editors.
_ORDER = ("gist", "result_type", "matter", "matter_note", "causes", "region", "lead_org", "partner_orgs", "requester_wording",
          "problem", "blocker", "resolution", "handling_steps", "manner", "flexibility", "applies_when", "not_when",
          "detours", "materials", "deferred_material", "entrances", "alternatives",
          "who_can_decide", "decision_level", "script", "basis", "sources")  # fmt: skip
_NAMES = LABELS | {"problem": "问题", "resolution": "怎么办", "deferred_material": "容缺", "basis": "依据条款和时效"}
# One line is said beside its name; the rest stands below it.
_SHORT = frozenset(
    {
        "result_type",
        "matter",
        "matter_note",
        "causes",
        "region",
        "lead_org",
        "partner_orgs",
        "manner",
        "who_can_decide",
        "decision_level",
    }
)


def document_of(export: Export, *, hall: str) -> bytes:
    """The document. Several precedents begin with a list of them, each on a page of its own."""
    document = Document()
    _laid_out(document, hall=hall, on=export.on)
    found = list(leaving(export))
    if len(found) > 1:
        _contents(document, found, words=export.selected.words)
    for number, each in enumerate(found):
        _precedent(document, each, number=number, on=export.on, begins_page=len(found) > 1)
    made_anonymous(document, on=export.on)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _laid_out(document: Any, *, hall: str, on: dt.date) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    for name, font, size in (("Normal", BODY, 14), ("Heading 1", TITLE, 20), ("Heading 2", HEAD, 14)):
        style = document.styles[name]
        style.font.size = Pt(size)
        style.font.bold = name == "Heading 1"
        font_set(style, font)
    normal = document.styles["Normal"].paragraph_format
    normal.line_spacing, normal.space_after = Pt(26), Pt(0)
    header = section.header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run_add(header, f"{hall}　案例库", size=10.5)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run_add(footer, f"{NOT_BASIS}\n{on.year}年{on.month}月{on.day}日导出　第 ", size=9)
    field_add(footer, "PAGE")
    run_add(footer, " 页，共 ", size=9)
    field_add(footer, "NUMPAGES")
    run_add(footer, " 页", size=9)
    for paragraph in (header, footer):
        paragraph.paragraph_format.line_spacing = 1.0


def _contents(document: Any, found: Iterable[Leaving], *, words: str) -> None:
    title = paragraph_add(document, "Heading1")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run_add(title, "目录")
    run_add(paragraph_add(document), words, size=12)
    for number, each in enumerate(found):
        paragraph = paragraph_add(document)
        text = f"{number + 1}. {each.precedent.number or each.id}　{each.content.title}　{_signal(each)}"
        link_add(paragraph, text, to=f"case{number}", size=12)


def _precedent(document: Any, each: Leaving, *, number: int, on: dt.date, begins_page: bool) -> None:
    title = paragraph_add(document, "Heading1")
    title.paragraph_format.page_break_before = begins_page
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    mark_add(title, f"case{number}", key=number)
    run_add(title, each.content.title)
    head = paragraph_add(document)
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run_add(
        head,
        f"编号：{each.precedent.number or each.id}　第 {each.version} 版　{each.precedent.owner_department}",
        size=12,
    )
    _line(document, "信号", f"{_signal(each)}（{on.isoformat()} 查看）")
    for reason in each.reasons:
        run_add(paragraph_add(document), f"· {reason}")
    by_field = {section.field: section for section in sections_of(each.content)}
    for name in _ORDER:
        if name == "basis":
            _listed(document, _NAMES[name], _basis(each))
        elif name in by_field:
            _section(document, by_field[name], each.content)
    closing = paragraph_add(document)
    closing.paragraph_format.space_before = Pt(12)
    run_add(closing, NOT_BASIS, font=HEAD)


def _signal(each: Leaving) -> str:
    retired = each.precedent.status == PrecedentStatus.RETIRED
    return "已出库，不能照办" if retired else each.signal


def _basis(each: Leaving) -> list[str]:
    return [
        f"{basis.relation}：{basis.text}【{basis.validity}】" + (f"（{basis.note}）" if basis.note else "")
        for basis in each.basis
    ]


def _section(document: Any, section: Section, content: RevisionContent) -> None:
    name = _NAMES.get(section.field, section.label)
    if section.field in _SHORT and len(section.lines) == 1:
        _line(document, name, section.lines[0])
    elif section.field in (
        "applies_when",
        "not_when",
        "materials",
        "deferred_material",
        "alternatives",
        "detours",
        "entrances",
        "sources",
        "requester_wording",
    ):
        _listed(document, name, section.lines)
    else:
        _heading(document, name)
        for line in section.lines:
            _indented(document, line)


def _heading(document: Any, name: str) -> None:
    heading = paragraph_add(document, "Heading2")
    heading.paragraph_format.space_before = Pt(8)
    run_add(heading, name)


def _line(document: Any, name: str, words: str) -> None:
    paragraph = paragraph_add(document)
    run_add(paragraph, f"{name}：", font=HEAD)
    run_add(paragraph, words)


def _listed(document: Any, name: str, lines: Iterable[str]) -> None:
    lines = [line for line in lines if line]
    if not lines:
        return
    _heading(document, name)
    for number, line in enumerate(lines, 1):
        _indented(document, f"{number}. {line}" if len(lines) > 1 else line)


def _indented(document: Any, line: str) -> None:
    paragraph = paragraph_add(document)
    paragraph.paragraph_format.first_line_indent = Pt(28)
    run_add(paragraph, line)
