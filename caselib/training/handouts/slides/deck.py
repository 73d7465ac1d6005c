"""Puts slides into a presentation: titles, text that was measured before, cards, tables, notes, and what stands at every foot."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pptx.util import Pt

from caselib.core.word_out import made_anonymous, printable

from ..shapes import Material, shortened
from . import drawing
from .fitting import LEADING, Grid, Para, Piece, height_of, lines_of, row_heights
from .master import ACCENT, EDGE, FOOT_TOP, INK, INK_3, SIGNALS, WIDTH, placed, presentation_made

TOP, BOTTOM = 112.0, 494.0
FULL = WIDTH - 2 * EDGE
_TITLES = (28.0, 24.0, 20.0, 17.0)
_TITLE_HEIGHT = 62.0
_FOOT_LENGTH, _KICKER_LENGTH = 34, 60
# A signal has a shape besides its colour.
_SHAPES = {"ok": "●", "care": "▲", "stop": "■", "": "○"}


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, in points."""

    x: float
    y: float
    width: float
    height: float

    @property
    def sides(self) -> tuple[float, float, float, float]:
        return self.x, self.y, self.width, self.height

    def within(self, pad: float) -> "Box":
        return Box(self.x + pad, self.y + pad, self.width - 2 * pad, self.height - 2 * pad)


class Deck:
    """A presentation that grows at its end. `material` says what stands at the foot."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.presentation = presentation_made()
        self._layout = self.presentation.slide_layouts[0]
        self.count = 0

    def slide(
        self, title: str, *, kicker: str = "", about: str = "", word: str = "", signal: str = "", warning: str = ""
    ) -> "Slide":
        """One more. `about`: what it is from, at the foot; `word`, `signal`: how that stands; `warning`: why, on top."""
        self.count += 1
        made = Slide(self.presentation.slides.add_slide(self._layout))
        made.title(title)
        half = FULL / 2 if warning else FULL
        length = _KICKER_LENGTH // 2 if warning else _KICKER_LENGTH
        if kicker:
            made.line(shortened(kicker, length), Box(EDGE, 14, half, 20), size=13, colour=ACCENT)
        if warning:
            told = shortened(f"{_SHAPES[word]} {warning}", length + 2)
            place = Box(EDGE + half, 14, half, 20)
            made.line(told, place, size=13, colour=SIGNALS[word][0], bold=True, is_right=True, name="信号")
        self._foot(made, about, word, signal)
        return made

    def _foot(self, slide: "Slide", about: str, word: str, signal: str) -> None:
        draft = "【草稿】" if self.material.is_draft else ""
        pack = f"{draft}{shortened(self.material.title, _FOOT_LENGTH)}　编号 {self.material.code}　" + (
            f"{self.material.version_words}　{self.material.on.isoformat()}"
        )
        slide.line(pack, Box(EDGE, FOOT_TOP, 520, 14), size=9.5, colour=INK_3, name="页脚")
        letters = SIGNALS[word][0]
        right = "　".join(filter(None, (about, f"{_SHAPES[word]} {signal}" if signal else "", str(self.count))))
        slide.line(
            right, Box(EDGE + 520, FOOT_TOP, FULL - 520, 14), size=9.5, colour=letters, name="课的页脚", is_right=True
        )
        slide.line("案例供参考，不是依据", Box(EDGE, FOOT_TOP + 14, 520, 13), size=8.5, colour=INK_3, name="页脚说明")

    def saved(self) -> bytes:
        made_anonymous(self.presentation, on=self.material.on)
        stream = BytesIO()
        self.presentation.save(stream)
        return stream.getvalue()


class Slide:
    """One slide while it is filled."""

    def __init__(self, slide: Any) -> None:
        self._slide = slide
        self._tree = slide.shapes._spTree
        # Below stand the tree and the title.
        self._keys = 9

    def title(self, words: str, *, sizes: Sequence[float] = _TITLES, box: Box | None = None) -> None:
        """In the largest size that fits. `box`: where it does not stand where titles stand."""
        holder, words = self._slide.shapes.title, printable(words)
        room = box.height if box else _TITLE_HEIGHT
        size = next((size for size in sizes if _takes(words, size) <= room), sizes[-1])
        if box:
            placed(holder, box.x, box.y, box.width, box.height)
        holder.text_frame.text = words
        paragraph = holder.text_frame.paragraphs[0]
        paragraph.line_spacing = Pt(size * 1.25)
        if paragraph.runs:
            paragraph.runs[0].font.size = Pt(size)

    def line(
        self,
        words: str,
        box: Box,
        *,
        size: float,
        colour: str = INK,
        bold: bool = False,
        is_right: bool = False,
        name: str = "",
    ) -> None:
        """One line at a place, short enough to be one."""
        made = drawing.line(words, size=size, colour=colour, bold=bold, is_right=is_right)
        self._put(drawing.text(self._key(), *box.sides, [made], name=name))

    def card(self, box: Box, *, ground: str, edge: str = "", is_behind: bool = False) -> None:
        """A quiet ground behind something, with an edge at its left. `is_behind`: behind all that is there already."""
        made = drawing.ground(self._key(), *box.sides, colour=ground)
        # In front of it stand the two elements that describe the tree itself.
        self._put(made, at=2 if is_behind else None)
        if edge:
            self._put(drawing.ground(self._key(), box.x, box.y, 5, box.height, colour=edge))

    def pieces(self, pieces: Sequence[Piece], box: Box, *, base: float, in_middle: bool = False) -> float:
        """Text and tables from the top of a place downwards; how far down they reach."""
        y, waiting = box.y, []
        total = sum(height_of(piece, base, box.width) for piece in pieces)
        if in_middle:
            y += max(0.0, (box.height - total) / 2)
        for piece in pieces:
            if isinstance(piece, Para):
                waiting.append(piece)
                continue
            y = self._text(waiting, box, y, base)
            y = self._grid(piece, box, y, base)
            waiting = []
        return self._text(waiting, box, y, base)

    def _text(self, paras: list[Para], box: Box, y: float, base: float) -> float:
        if not paras:
            return y
        # Room before the first one is taken by the place: programs leave it out.
        y += paras[0].before * base * paras[0].scale * LEADING
        paras = [dataclasses.replace(paras[0], before=0.0), *paras[1:]]
        height = sum(height_of(each, base, box.width) for each in paras)
        made = [drawing.paragraph(each, base) for each in paras]
        self._put(drawing.text(self._key(), box.x, y, box.width, height, made))
        return y + height

    def _grid(self, grid: Grid, box: Box, y: float, base: float) -> float:
        y += grid.before * base * grid.scale * LEADING
        heights = row_heights(grid, base, box.width)
        self._put(drawing.table(self._key(), box.x, y, box.width, heights, grid, base))
        return y + sum(heights)

    def notes(self, paragraphs: Iterable[str]) -> None:
        """What the speaker sees, behind what was said before. Nothing where there is nothing to say."""
        parts = [part for each in paragraphs if (part := printable(each).strip())]
        if parts:
            frame = self._slide.notes_slide.notes_text_frame
            frame.text = "\n\n".join(filter(None, [frame.text, *parts]))

    def _put(self, element: Any, *, at: int | None = None) -> None:
        if at is None:
            self._tree.append(element)
        else:
            self._tree.insert(at, element)

    def _key(self) -> int:
        self._keys += 1
        return self._keys


def _takes(words: str, size: float) -> float:
    return len(lines_of(words, size=size, width=FULL, bold=True)) * size * 1.25
