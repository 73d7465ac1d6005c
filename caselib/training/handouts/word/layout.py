"""The sheet, the styles and the lists of the Word hand-out. A4, in the fonts of official papers; print in black and white says the same."""

import copy
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from caselib.core.word_out import BODY, HEAD, TITLE, font_set

QUOTED = "楷体"
# Of signals: (letters, ground), as on the pages.
COLOURS = {
    "ok": ("1C6238", "E9F3EB"),
    "care": ("7B4A00", "FDF3DD"),
    "stop": ("9C2C24", "FBEDEA"),
    "": ("465154", "EFEDE7"),
}
ACCENT, ACCENT_GROUND, LINE = "125D78", "EDF5F7", "C4C1B6"
_WIDTH = Mm(162)
# (style, font, points, bold, before, after, stays with what follows)
_STYLES = (
    ("Heading 1", TITLE, 20, True, 0, 10, True),
    ("Heading 2", HEAD, 16, False, 0, 4, True),
    ("Heading 3", HEAD, 12.5, False, 10, 2, True),
    ("Heading 4", HEAD, 12, False, 6, 2, True),
    ("List Bullet", BODY, 12, False, 0, 2, False),
    ("List Number", BODY, 12, False, 0, 2, False),
    ("Quote", QUOTED, 13, False, 6, 6, False),
)
_CONTENTS = (("toc 1", HEAD, 12, 6, 0), ("toc 2", BODY, 11.5, 0, 16))


def laid_out(document: Document) -> None:
    """The sheet and the styles of an empty document."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(26), Mm(24)
    section.left_margin = section.right_margin = Mm(24)
    section.header_distance, section.footer_distance = Mm(10), Mm(9)
    normal = document.styles["Normal"]
    normal.font.size = Pt(12)
    font_set(normal, BODY)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing, normal.paragraph_format.space_after = Pt(20), Pt(2)
    normal.paragraph_format.widow_control = True
    for name, font, size, is_bold, before, after, stays in _STYLES:
        style = document.styles[name]
        font_set(style, font)
        style.font.size, style.font.bold, style.font.italic = Pt(size), is_bold, False
        form = style.paragraph_format
        form.space_before, form.space_after, form.keep_with_next = Pt(before), Pt(after), stays
        if name.startswith("Heading"):
            form.line_spacing = Pt(size * 1.5)
        _plain(style)
    for name, font, size, before, indent in _CONTENTS:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        font_set(style, font)
        style.font.size, style.paragraph_format.left_indent = Pt(size), Pt(indent)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.tab_stops.add_tab_stop(
            _WIDTH, alignment=WD_TAB_ALIGNMENT.RIGHT, leader=WD_TAB_LEADER.DOTS
        )
    _numbering(document)


def _plain(style: Any) -> None:
    """Without the lines and colours that the built-in style brings."""
    properties = style.element.pPr
    for tag in ("w:pBdr", "w:shd", "w:contextualSpacing"):
        if properties is not None and (found := properties.find(qn(tag))) is not None:
            properties.remove(found)


def shaded(paragraph: Any, *, ground: str, edge: str) -> None:
    """A ground behind a paragraph and an edge at its left, so that it stands out in black and white too."""
    properties = paragraph._p.get_or_add_pPr()
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="24" w:space="6" w:color="{edge}"/></w:pBdr>'
    )
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{ground}"/>')
    # The schema wants them in this order, in front of what spaces and indents.
    for part in (shade, border):
        properties.insert_element_before(
            part, *(("w:shd",) if part is border else ()), "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
        )
    paragraph.paragraph_format.left_indent = Pt(10)


def ruled(paragraph: Any, side: str = "bottom") -> None:
    """A thin line below a paragraph (or above it)."""
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:{side} w:val="single" w:sz="4" w:space="2" w:color="{LINE}"/></w:pBdr>'
    )
    paragraph._p.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def coloured(run: Any, colour: str) -> None:
    run.font.color.rgb = RGBColor.from_string(colour)


# --- lists ---

_BULLETS, _NUMBERS = 90, 91
_SIGNS = ("•", "–", "▪", "•", "–")


def _numbering(document: Document) -> None:
    """One list of signs, and the model of the numbered ones, which each begin anew."""
    root = document.part.numbering_part.element
    levels = {
        _BULLETS: [("bullet", sign) for sign in _SIGNS],
        _NUMBERS: [("decimal", f"%{level}.") for level in range(1, len(_SIGNS) + 1)],
    }
    first = root.find(qn("w:num"))
    for key, forms in levels.items():
        inner = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{440 * (level + 1)}" w:hanging="440"/></w:pPr></w:lvl>'
            for level, (form, text) in enumerate(forms)
        )
        model = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{key}">'
            f'<w:multiLevelType w:val="multilevel"/>{inner}</w:abstractNum>'
        )
        first.addprevious(model)


class Lists:
    """Hands out numbers of lists: one for all signs, a new one for each list that counts."""

    def __init__(self, document: Document) -> None:
        self._root = document.part.numbering_part.element
        self._next = 1 + max(int(num.get(qn("w:numId"))) for num in self._root.findall(qn("w:num")))
        self.signs = self._made(_BULLETS, start=None)

    def counting(self, start: int = 1) -> int:
        return self._made(_NUMBERS, start=start)

    def _made(self, model: int, *, start: int | None) -> int:
        over = "".join(
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start if level == 0 else 1}"/></w:lvlOverride>'
            for level in range(len(_SIGNS) if start is not None else 0)
        )
        made = parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{self._next}"><w:abstractNumId w:val="{model}"/>{over}</w:num>'
        )
        self._root.append(made)
        self._next += 1
        return self._next - 1


def listed(paragraph: Any, number: int, level: int) -> None:
    """Makes a paragraph a line of the list with that number."""
    properties = paragraph._p.get_or_add_pPr()
    properties._remove_numPr()
    numbered = properties.get_or_add_numPr()
    numbered.get_or_add_ilvl().val = level
    numbered.get_or_add_numId().val = number


# --- sections: each lesson has its own, so that its number and signal stand on every page of it ---


def section_end(document: Document, paragraph: Any, header: str) -> None:
    """Ends a section behind this paragraph. `header`: the name of the relation to its header."""
    closing = copy.deepcopy(document.element.body[-1])
    _headed(closing, header)
    paragraph._p.get_or_add_pPr().append(closing)
    # The first section brought the footer, which all others take over.
    for reference in document.element.body[-1].findall(qn("w:footerReference")):
        document.element.body[-1].remove(reference)


def section_last(document: Document, header: str) -> None:
    """The same for what ends with the document."""
    _headed(document.element.body[-1], header)


def _headed(section: Any, header: str) -> None:
    reference = OxmlElement("w:headerReference")
    reference.set(qn("w:type"), "default")
    reference.set(qn("r:id"), header)
    section.insert(0, reference)
    kind = OxmlElement("w:type")
    kind.set(qn("w:val"), "nextPage")
    # Behind the references, in front of the size of the sheet.
    section.find(qn("w:pgSz")).addprevious(kind)
