"""Writes the parts of a Word hand-out behind each other: headings with a mark, Markdown, lists, boxes and tables."""

from collections.abc import Iterable, Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from caselib.core.word_out import HEAD, mark_add, paragraph_add, run_add

from ..blocks import Block, Span, blocks_of
from .layout import ACCENT, ACCENT_GROUND, COLOURS, LINE, QUOTED, Lists, coloured, listed, ruled, shaded

_TEXT_WIDTH = 162


class Writer:
    """A document that grows at its end. `last` is its last paragraph."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lists = Lists(document)
        self._marks = 0
        self._counting: dict[int, int] = {}
        self.last: Paragraph | None = None

    def paragraph(self, text: str = "", style: str = "", **look: Any) -> Paragraph:
        """`look`: of the run, as `run_add` takes it."""
        self.last = paragraph_add(self.document, style)
        if text:
            run_add(self.last, text, **look)
        return self.last

    def heading(self, text: str, level: int, *, mark: str = "", new_page: bool = False) -> Paragraph:
        made = self.paragraph("", f"Heading{level}")
        if mark:
            self._marks += 1
            mark_add(made, mark, key=self._marks)
        run_add(made, text)
        made.paragraph_format.page_break_before = new_page or None
        return made

    def markdown(self, text: str) -> None:
        self.blocks(blocks_of(text))

    def blocks(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            if block.kind == "table":
                self.table([[list(cell) for cell in row] for row in block.rows])
            elif block.kind == "rule":
                ruled(self.paragraph())
            else:
                self._block(block)

    def _block(self, block: Block) -> None:
        if block.kind in ("bullet", "number"):
            made = self.paragraph("", "ListBullet" if block.kind == "bullet" else "ListNumber")
            listed(made, self._list_of(block), block.level)
        elif block.kind == "heading":
            made = self.paragraph("", "Heading4")
        else:
            made = self.paragraph("", "Quote" if block.kind == "quote" else "")
            if block.kind == "text" and not block.level:
                made.paragraph_format.first_line_indent = Pt(24)
            elif block.level:
                made.paragraph_format.left_indent = Pt(22 * block.level)
        if block.kind == "quote":
            shaded(made, ground=ACCENT_GROUND, edge=LINE)
        spans_add(made, block.spans)

    def _list_of(self, block: Block) -> int:
        if block.kind == "bullet":
            return self.lists.signs
        number = int(block.mark.rstrip("."))
        if block.level not in self._counting or number == 1 or (block.level == 0 and number != self._after):
            self._counting[block.level] = self.lists.counting(number)
        self._after = number + 1
        return self._counting[block.level]

    _after = 0

    def bullets(self, lines: Iterable[str]) -> None:
        for line in lines:
            listed(self.paragraph(line, "ListBullet"), self.lists.signs, 0)

    def numbered(self, lines: Iterable[str]) -> None:
        number = self.lists.counting()
        for line in lines:
            listed(self.paragraph(line, "ListNumber"), number, 0)

    def boxes(self, lines: Iterable[str], sign: str = "□") -> None:
        """Lines to be ticked off on paper."""
        for line in lines:
            made = self.paragraph(f"{sign} {line}")
            made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Pt(20), Pt(-20)

    def quote(self, lines: Sequence[str]) -> None:
        """What somebody says, each utterance in its own marks."""
        for line in lines:
            made = self.paragraph(quoted(line), "Quote", font=QUOTED)
            made.paragraph_format.keep_together = True
            shaded(made, ground=ACCENT_GROUND, edge=ACCENT)

    def signal(self, words: str, word: str, reasons: Iterable[str]) -> None:
        """The signal with why, in its colour and as a word."""
        letters, ground = COLOURS[word]
        first = self.paragraph(words, font=HEAD)
        coloured(first.runs[0], letters)
        for made in (first, *(self.paragraph(f"· {reason}", size=11) for reason in reasons)):
            shaded(made, ground=ground, edge=letters)
            made.paragraph_format.keep_with_next = True
            made.paragraph_format.space_after = Pt(0)

    def labelled(self, name: str, words: str) -> None:
        made = self.paragraph(f"{name}：", font=HEAD)
        run_add(made, words)

    def lines_to_write(self, count: int) -> None:
        """By a tab with a line: borders of paragraphs behind each other run into one."""
        for _ in range(count):
            made = self.paragraph()
            made.paragraph_format.left_indent, made.paragraph_format.space_before = Pt(22), Pt(6)
            made.paragraph_format.tab_stops.add_tab_stop(Mm(_TEXT_WIDTH), leader=WD_TAB_LEADER.LINES)
            made.add_run().add_tab()

    def table(self, rows: Sequence[Sequence[Any]], *, shares: Sequence[int] = (), has_head: bool = True) -> None:
        """A ruled table; a cell is text or spans. `shares`: of the width, in per cent. The head comes again on each page."""
        columns = max((len(row) for row in rows), default=0)
        if not columns:
            return
        shares = shares or [100 // columns] * columns
        grid = "".join(f'<w:gridCol w:w="{int(Mm(_TEXT_WIDTH * share / 100).twips)}"/>' for share in shares)
        made = parse_xml(
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="5000" w:type="pct"/>{_BORDERS}<w:tblLayout w:type="fixed"/>'
            f'<w:tblCellMar><w:left w:w="90" w:type="dxa"/><w:right w:w="90" w:type="dxa"/></w:tblCellMar>'
            f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid></w:tbl>"
        )
        self.document.element.body[-1].addprevious(made)
        for place, row in enumerate(rows):
            made.append(_row([*row, *[""] * (columns - len(row))], is_head=has_head and place == 0, shares=shares))
        Table(made, self.document._body).alignment = WD_TABLE_ALIGNMENT.CENTER
        after = self.paragraph()
        after.paragraph_format.line_spacing = Pt(8)


_EDGE = f'w:val="single" w:sz="4" w:space="0" w:color="{LINE}"'
_BORDERS = "<w:tblBorders>" + "".join(
    f"<w:{side} {_EDGE}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_BORDERS += "</w:tblBorders>"


def _row(cells: Sequence[Any], *, is_head: bool, shares: Sequence[int]) -> Any:
    head = "<w:tblHeader/>" if is_head else ""
    row = parse_xml(f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{head}</w:trPr></w:tr>")
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="EFEDE7"/>' if is_head else ""
    for cell, share in zip(cells, shares, strict=False):
        width = int(Mm(_TEXT_WIDTH * share / 100).twips)
        made = parse_xml(
            f'<w:tc {nsdecls("w")}><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr><w:p/></w:tc>'
        )
        paragraph = Paragraph(made[-1], None)
        paragraph.paragraph_format.line_spacing = Pt(16)
        spans = [Span(cell, bold=is_head)] if isinstance(cell, str) else cell
        spans_add(paragraph, spans, size=10.5)
        row.append(made)
    return row


def spans_add(paragraph: Any, spans: Iterable[Span], **look: Any) -> None:
    for span in spans:
        run = run_add(paragraph, span.text, bold=span.bold, **look)
        run.italic = span.italic or None


def quoted(words: str) -> str:
    """In quotation marks, unless somebody put them there."""
    return words if words[:1] in '“"「' else f"“{words}”"
