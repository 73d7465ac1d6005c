"""A .docx as plain text: paragraphs and tables in the order of the document, with its automatic numbers written out."""

import io
from collections.abc import Iterator

from docx import Document
from docx.document import Document as Opened
from docx.opc.exceptions import OpcError
from docx.oxml.exceptions import InvalidXmlError
from docx.oxml.ns import qn
from lxml import etree

from .numbering import Numbering
from .package import DAMAGED, broken, check_package

_PARAGRAPH, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_TEXT, _TAB, _HYPHEN = qn("w:t"), qn("w:tab"), qn("w:noBreakHyphen")
_BREAKS = frozenset({qn("w:br"), qn("w:cr")})
_BOX = qn("w:txbxContent")
_GONE = frozenset({qn("w:del"), qn("w:moveFrom")})
_CAME = frozenset({qn("w:ins"), qn("w:moveTo")})
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PROPERTIES = frozenset({qn("w:pPr"), qn("w:rPr"), qn("w:tblPr"), qn("w:trPr"), qn("w:tcPr"), qn("w:sectPr")})
_LEFT_OUT = frozenset({*_GONE, *_PROPERTIES, _FALLBACK, _BOX})
_DELETED_MARK = f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}"
_DELETED_ROW = f"{qn('w:trPr')}/{qn('w:del')}"


def read_docx(content: bytes) -> tuple[str, tuple[str, ...]]:
    """(text, warnings). Headers, footers, footnotes, comments and text boxes are left out; the last two kinds are told.

    Raises RuleBroken for a file that is no .docx, broken, encrypted, or unpacks to too much.
    """
    check_package(content)
    try:
        document = Document(io.BytesIO(content))
        numbering = Numbering(document)
        text = "\n".join(_lines(document, numbering))
        return text, tuple(_warnings(document, numbering))
    except (OpcError, InvalidXmlError, etree.LxmlError, LookupError, AttributeError, TypeError, *DAMAGED) as error:
        # python-docx lets through whatever a missing or damaged part leads to.
        raise broken() from error


def _lines(document: Opened, numbering: Numbering) -> Iterator[str]:
    begun = ""
    for block in _blocks(document.element.body):
        if block.tag == _TABLE:
            if begun:
                yield begun
                begun = ""
            yield from _rows(block)
            continue
        words = _words(block)
        # A deleted paragraph counts no number.
        marker = numbering.marker(block) if words.strip() or block.find(_DELETED_MARK) is None else ""
        begun += marker + words
        if block.find(_DELETED_MARK) is None:
            yield begun
            begun = ""
    if begun:
        yield begun


def _blocks(element: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables, also those inside of content controls and of insertions."""
    for child in element:
        if child.tag in (_PARAGRAPH, _TABLE):
            yield child
        elif child.tag not in _LEFT_OUT:
            yield from _blocks(child)


def _rows(table: etree._Element) -> Iterator[str]:
    """Each row as one line, its cells parted by tabs; the paragraphs of a cell, and tables in it, by blanks."""
    for row in _of(table, _ROW):
        if row.find(_DELETED_ROW) is None:
            cells = (" ".join(filter(None, map(str.strip, _cell(cell)))) for cell in _of(row, _CELL))
            yield "\t".join(cells)


def _cell(cell: etree._Element) -> Iterator[str]:
    for block in _blocks(cell):
        if block.tag == _TABLE:
            yield from (row.replace("\t", " ") for row in _rows(block))
        else:
            yield _words(block).replace("\n", " ").replace("\t", " ")


def _of(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _LEFT_OUT and child.tag not in (_PARAGRAPH, _TABLE):
            yield from _of(child, tag)


def _words(element: etree._Element) -> str:
    return "".join(_pieces(element))


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag == _TEXT:
            yield child.text or ""
        elif tag == _TAB:
            yield "\t"
        elif tag in _BREAKS:
            yield "\n"
        elif tag == _HYPHEN:
            yield "-"
        elif tag not in _LEFT_OUT and isinstance(tag, str):
            yield from _pieces(child)


def _warnings(document: Opened, numbering: Numbering) -> Iterator[str]:
    body = document.element.body
    came = sum(1 for _ in body.iter(*_CAME))
    gone = sum(1 for _ in body.iter(*_GONE))
    if came or gone:
        yield f"文件里有没有接受的修订：{came} 处插入已保留，{gone} 处删除已去掉。请确认这就是正式文本。"
    boxes = sum(1 for box in body.iter(_BOX) if _has_text(box) and not _is_fallback(box))
    if boxes:
        yield f"有 {boxes} 个文本框里的文字没有读入，请核对后补上。"
    notes = sum(1 for _ in body.iter(qn("w:footnoteReference"), qn("w:endnoteReference")))
    if notes:
        yield f"有 {notes} 处脚注或尾注没有读入，请核对是否属于正文。"
    if numbering.lost:
        yield f"有 {numbering.lost} 段的自动编号认不出来，编号没有读入，请对照原文补上。"


def _has_text(element: etree._Element) -> bool:
    return any((text.text or "").strip() for text in element.iter(_TEXT))


def _is_fallback(element: etree._Element) -> bool:
    """Word keeps a second copy of each text box for old programs."""
    return next(element.iterancestors(_FALLBACK), None) is not None
