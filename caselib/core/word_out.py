"""Word documents that leave the site: fonts that hold for Chinese, paragraphs, fields, marks to jump to, and nobody's name.

What a document says is up to the packages above; here is only how it gets into the file.
"""

import datetime as dt
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from .text import clean

BODY, HEAD, TITLE = "仿宋", "黑体", "宋体"


def printable(text: str) -> str:
    """The text without what no XML holds: control characters, unpaired surrogates, the two that are no characters."""
    return clean(text).replace("\ufffe", "").replace("\uffff", "")


def font_set(style: Any, name: str) -> None:
    """Named for every script: Word takes the east-asian name from its own attribute."""
    style.font.name = name
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    for attribute in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(qn(f"w:{attribute}"), name)
    if (color := style.element.rPr.find(qn("w:color"))) is not None:
        style.element.rPr.remove(color)


def paragraph_add(document: Document, style: str = "") -> Paragraph:
    """One more at the end, in front of the section: python-docx looks through all of them for that place each time.

    `style`: its id, as Heading1.
    """
    added = OxmlElement("w:p")
    document.element.body[-1].addprevious(added)
    if style:
        added.style = style
    return Paragraph(added, document._body)


def run_add(paragraph: Any, text: str, *, size: float = 0, bold: bool = False, font: str = "") -> Any:
    """A run of text. `size`: in points, 0 for that of the paragraph."""
    run = paragraph.add_run(printable(text))
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if font:
        run.font.name = font
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def field_add(paragraph: Any, instruction: str, *, size: float = 9, shown: str = "1", is_dirty: bool = False) -> None:
    """A field that Word works out: PAGE, NUMPAGES, PAGEREF with a mark. `shown`: what stands there until it does; `size`: 0 for
    that of the paragraph; `is_dirty`: to be worked out when the document is opened."""
    for kind in ("begin", "", "separate", "text", "end"):
        run = paragraph.add_run()
        if size:
            run.font.size = Pt(size)
        if kind == "":
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = f" {instruction} "
        elif kind == "text":
            part = OxmlElement("w:t")
            part.text = shown
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
            if is_dirty and kind == "begin":
                part.set(qn("w:dirty"), "true")
        run._r.append(part)


def mark_add(paragraph: Any, name: str, *, key: int) -> None:
    """A mark at this paragraph, for `link_add` and PAGEREF. `key`: a number of its own in the document."""
    for kind in ("Start", "End"):
        mark = OxmlElement(f"w:bookmark{kind}")
        mark.set(qn("w:id"), str(key))
        if kind == "Start":
            mark.set(qn("w:name"), name)
        paragraph._p.append(mark)


def link_add(paragraph: Any, text: str, *, to: str, size: float = 0) -> None:
    """Text that leads to a mark of `mark_add`."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), to)
    link.append(run_add(paragraph, text, size=size)._r)
    paragraph._p.append(link)


def made_anonymous(document: Document, *, on: dt.date) -> None:
    """Neither who wrote it nor with which program."""
    about = document.core_properties
    for name in ("author", "last_modified_by", "comments", "keywords", "subject", "title", "category"):
        setattr(about, name, "")
    about.created = about.modified = dt.datetime.combine(on, dt.time())
