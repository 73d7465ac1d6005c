"""The master of the slides: 16:9, colours of the site, fonts that every Windows in a hall has. Made here; there is no template file."""

import re
from collections import Counter
from typing import Any

from pptx import Presentation
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt

WIDTH, HEIGHT = 960.0, 540.0
EDGE = 44.0
# As in static/tokens.css.
INK, INK_2, INK_3 = "1B2426", "465154", "5D686A"
ACCENT, ACCENT_DEEP, ACCENT_50, ACCENT_100 = "125D78", "0A3444", "EDF5F7", "D9E9EE"
SURFACE, SUNKEN, LINE = "FFFFFF", "EFEDE7", "C4C1B6"
# Of signals: (letters, ground, line).
SIGNALS = {
    "ok": ("1C6238", "E9F3EB", "A5CCAF"),
    "care": ("7B4A00", "FDF3DD", "E0BB71"),
    "stop": ("9C2C24", "FBEDEA", "DFA79F"),
    "": (INK_2, SUNKEN, LINE),
}
FONT = "微软雅黑"
FOOT_TOP = 506.0

_COLOURS = (
    ("dk1", INK), ("lt1", SURFACE), ("dk2", ACCENT_DEEP), ("lt2", SUNKEN), ("accent1", ACCENT), ("accent2", "1C6238"),
    ("accent3", "7B4A00"), ("accent4", "9C2C24"), ("accent5", "4F93A8"), ("accent6", INK_3), ("hlink", ACCENT),
    ("folHlink", "0C475D"),
)  # fmt: skip
# Others than the first that a machine without it takes: the theme names one for each script.
_FACES = (
    f'<a:latin typeface="{FONT}"/><a:ea typeface="{FONT}"/><a:cs typeface=""/><a:font script="Hans" typeface="{FONT}"/>'
)


def presentation_made() -> Any:
    """An empty presentation with one layout, that of a title and nothing else."""
    made = Presentation()
    made.slide_width, made.slide_height = Pt(WIDTH), Pt(HEIGHT)
    kept = made.slide_layouts.get_by_name("Title Only")
    for layout in list(made.slide_layouts):
        if layout is not kept:
            made.slide_layouts.remove(layout)
    _themed(made)
    master = made.slide_master
    for holder in list(master.placeholders):
        if holder.placeholder_format.type not in _KEPT:
            holder._element.getparent().remove(holder._element)
    for holder in list(kept.placeholders):
        if holder.placeholder_format.idx:
            holder._element.getparent().remove(holder._element)
    title, body = master.placeholders[0], master.placeholders[1]
    placed(title, EDGE, 34, WIDTH - 2 * EDGE, 62)
    placed(body, EDGE, 112, WIDTH - 2 * EDGE, 380)
    title.text_frame.text, body.text_frame.text = "标题", "正文"
    title_holder = kept.placeholders[0]
    title_holder.text_frame.text = "标题"
    kept.name = "标题和内容"
    for holder in (title, title_holder):
        _bare(holder.text_frame)
    _title_style(master)
    _lines(kept)
    _without_rest(made)
    # The package looks through all its parts for a free name each time, which takes the square of their number.
    made.part.package.next_partname = _Names()
    return made


class _Names:
    """Free names of parts, by counting. The presentation holds one part of each kind that is made later at most: a theme."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter({"/ppt/theme/theme%d.xml": 1})

    def __call__(self, form: str) -> PackURI:
        self._used[form] += 1
        return PackURI(form % self._used[form])


_KEPT = (1, 2)


def _themed(made: Any) -> None:
    """Colours and fonts of the theme, so that what a trainer adds looks like the rest."""
    part = next(each for each in made.part.package.iter_parts() if str(each.partname) == "/ppt/theme/theme1.xml")
    theme = part.blob.decode()
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in _COLOURS)
    fonts = f"<a:majorFont>{_FACES}</a:majorFont><a:minorFont>{_FACES}</a:minorFont>"
    theme = re.sub(
        r"<a:clrScheme .*?</a:clrScheme>", f'<a:clrScheme name="hall">{colours}</a:clrScheme>', theme, flags=re.S
    )
    theme = re.sub(
        r"<a:fontScheme .*?</a:fontScheme>", f'<a:fontScheme name="hall">{fonts}</a:fontScheme>', theme, flags=re.S
    )
    part._blob = theme.replace('name="Office Theme"', 'name="hall"').encode()


def _title_style(master: Any) -> None:
    style = master._element.find(qn("p:txStyles")).find(qn("p:titleStyle"))
    properties = style.find(qn("a:lvl1pPr"))
    properties.set("algn", "l")
    run = properties.find(qn("a:defRPr"))
    run.set("sz", "2800")
    run.set("b", "1")


def _lines(layout: Any) -> None:
    """An edge at the left of the title and a hairline above the foot."""
    tree = layout.shapes._spTree
    for number, (x, y, width, height, colour) in enumerate(
        ((0, 40, 10, 50, ACCENT), (EDGE, FOOT_TOP - 4, WIDTH - 2 * EDGE, 0.75, LINE)), 50
    ):
        shape = parse_xml(
            f'<p:sp xmlns:p="{_P}" xmlns:a="{_A}"><p:nvSpPr><p:cNvPr id="{number}" name="线 {number}" descr=""/><p:cNvSpPr/>'
            f'<p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{int(Pt(x))}" y="{int(Pt(y))}"/>'
            f'<a:ext cx="{int(Pt(width))}" cy="{int(Pt(height))}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
        )
        tree.append(shape)


_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"


def _bare(frame: Any) -> None:
    """Without room around the text, and without shrinking: what does not fit goes on another slide."""
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap = True


def placed(shape: Any, x: float, y: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = Pt(x), Pt(y), Pt(width), Pt(height)


def _without_rest(made: Any) -> None:
    """Settings of somebody's printer and a picture of another presentation come with the beginning of all of them."""
    for relations, endings in ((made.part.package._rels, ("/thumbnail",)), (made.part.rels, ("/printerSettings",))):
        for key, relation in list(relations.items()):
            if relation.reltype.endswith(endings):
                relations.pop(key)
