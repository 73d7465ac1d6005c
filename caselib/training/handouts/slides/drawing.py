"""The shapes of a slide as DrawingML, written at once: built piece by piece, three hundred lessons would take minutes.

Lengths in points; texts are escaped here and nowhere else.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pptx.oxml import parse_xml

from caselib.core.word_out import printable

from .fitting import CELL_PAD, LEADING, Grid, Para, indent_of
from .master import FONT, INK, LINE, SUNKEN, SURFACE

_EMU = 12_700
_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
# Signs that a program draws itself; other marks are typed, because programs differ in where they begin to count anew.
_SIGNS = frozenset("•√□×")


def _emu(points: float) -> int:
    return round(points * _EMU)


def _place(x: float, y: float, width: float, height: float, *, of: str = "a") -> str:
    return f'<{of}:xfrm><a:off x="{_emu(x)}" y="{_emu(y)}"/><a:ext cx="{_emu(width)}" cy="{_emu(height)}"/></{of}:xfrm>'


def ground(key: int, x: float, y: float, width: float, height: float, *, colour: str) -> Any:
    """A plain rectangle that says nothing."""
    return parse_xml(
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{key}" name="底 {key}" descr=""/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr>{_place(x, y, width, height)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
    )


def text(
    key: int, x: float, y: float, width: float, height: float, paragraphs: Iterable[str], *, name: str = ""
) -> Any:
    """A place with paragraphs, as `paragraph` and `line` make them."""
    return parse_xml(
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{key}" name={quoteattr(name or f"文字 {key}")}/>'
        f'<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>{_place(x, y, width, height)}'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>'
        f'<p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f"{''.join(paragraphs)}</p:txBody></p:sp>"
    )


def paragraph(piece: Para, base: float) -> str:
    """One of measured text: its lines have an exact height."""
    size = base * piece.scale
    indent, hang = indent_of(piece, base), size * 1.6 if piece.mark else 0.0
    is_sign = piece.mark in _SIGNS
    sign = f'<a:buFont typeface="{FONT}"/><a:buChar char="{piece.mark}"/>' if is_sign else "<a:buNone/>"
    runs = []
    if piece.mark and not is_sign:
        runs.append(_run(f"{piece.mark}\t", size, piece.colour, piece.bold))
    for span in piece.spans:
        for number, part in enumerate(span.text.split("\n")):
            runs += ["<a:br/>"] if number else []
            runs += [_run(part, size, piece.colour, piece.bold or span.bold, span.italic)] if part else []
    return (
        f'<a:p><a:pPr marL="{_emu(indent)}" indent="{-_emu(hang)}">{_spacing(size * LEADING)}'
        f'<a:spcBef><a:spcPts val="{round(piece.before * size * LEADING * 100)}"/></a:spcBef>{sign}</a:pPr>{"".join(runs)}</a:p>'
    )


def line(words: str, *, size: float, colour: str, bold: bool = False, is_right: bool = False) -> str:
    side = "r" if is_right else "l"
    return f'<a:p><a:pPr algn="{side}">{_spacing(size * 1.3)}</a:pPr>{_run(words, size, colour, bold)}</a:p>'


def _spacing(points: float) -> str:
    return f'<a:lnSpc><a:spcPts val="{round(points * 100)}"/></a:lnSpc>'


def _run(words: str, size: float, colour: str, bold: bool = False, italic: bool = False) -> str:
    look = f'lang="zh-CN" sz="{round(size * 100)}" b="{int(bold)}"' + (' i="1"' if italic else "")
    return (
        f'<a:r><a:rPr {look}><a:solidFill><a:srgbClr val="{colour or INK}"/></a:solidFill><a:latin typeface="{FONT}"/>'
        f'<a:ea typeface="{FONT}"/></a:rPr><a:t>{escape(printable(words))}</a:t></a:r>'
    )


def table(key: int, x: float, y: float, width: float, heights: Sequence[float], grid: Grid, base: float) -> Any:
    """A ruled table with its head on a quiet ground."""
    columns = "".join(f'<a:gridCol w="{_emu(width * share)}"/>' for share in grid.shares)
    rows = "".join(
        f'<a:tr h="{_emu(height)}">{"".join(_cell(cell, base * grid.scale, is_head=number == 0) for cell in row)}</a:tr>'
        for number, (row, height) in enumerate(zip(grid.rows, heights, strict=True))
    )
    return parse_xml(
        f'<p:graphicFrame {_SPACES}><p:nvGraphicFramePr><p:cNvPr id="{key}" name="表 {key}"/>'
        f'<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f"{_place(x, y, width, sum(heights), of='p')}<a:graphic>"
        f'<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr firstRow="1"/>'
        f"<a:tblGrid>{columns}</a:tblGrid>{rows}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )


_EDGES = "".join(
    f'<a:{side} w="9525"><a:solidFill><a:srgbClr val="{LINE}"/></a:solidFill></a:{side}>'
    for side in ("lnL", "lnR", "lnT", "lnB")
)


def _cell(words: str, size: float, *, is_head: bool) -> str:
    paragraphs = "".join(
        f"<a:p><a:pPr>{_spacing(size * LEADING)}</a:pPr>{_run(part, size, INK, is_head)}</a:p>"
        for part in words.split("\n")
    )
    pad = _emu(CELL_PAD)
    return (
        f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{paragraphs}</a:txBody>"
        f'<a:tcPr marL="{pad}" marR="{pad}" marT="{pad // 2}" marB="{pad // 2}" anchor="ctr">{_EDGES}'
        f'<a:solidFill><a:srgbClr val="{SUNKEN if is_head else SURFACE}"/></a:solidFill></a:tcPr></a:tc>'
    )
