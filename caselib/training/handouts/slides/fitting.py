"""How much room text takes on a slide, and where it is divided when it takes more. All lengths in points.

Lines have an exact height, so that what is measured here is what is drawn; widths are taken a little too large, because fonts
differ from machine to machine.
"""

import dataclasses
import functools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..blocks import Span

LEADING = 1.42
# Behind these a paragraph may be divided.
_ENDS = "。；！？…\n"
_CLOSING = frozenset("，。；：、！？）】〕》”’…—)]}>,.;:!?%·")
# Programs put this between a Chinese character and a Latin letter.
_BETWEEN = 0.25
# A part that is left alone at a foot or a head has at least as many lines.
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph. `scale`: of the size of its slide; `mark`: what hangs before it, as •, √, 3. or B.; `before`: of its line height.

    `stays`: not parted from the next one.
    """

    spans: tuple[Span, ...]
    scale: float = 1.0
    colour: str = ""
    bold: bool = False
    mark: str = ""
    level: int = 0
    before: float = 0.0
    stays: bool = False

    @property
    def words(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Each row is cells of text; the first is its head and comes again on each slide."""

    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...]
    scale: float = 0.85
    before: float = 0.5
    stays: bool = False


Piece = Para | Grid
CELL_PAD = 6.0


def para(text: str, **look: object) -> Para:
    return Para((Span(text),), **look)


@functools.lru_cache(maxsize=4096)
def _em(character: str) -> float:
    """Its width in ems, rather too much than too little."""
    if character > "\uffff" or unicodedata.category(character) == "So":
        return 1.4
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character == " ":
        return 0.36
    if character in "mwMW@%":
        return 1.0
    return 0.78 if character.isupper() else 0.65


@functools.lru_cache(maxsize=4096)
def lines_of(text: str, *, size: float, width: float, bold: bool = False) -> tuple[str, ...]:
    """The lines of a text in that width, breaks of its own included. Kept, because each size is tried again and again."""
    room = width / size / (1.06 if bold else 1.0)
    return tuple(line for part in text.split("\n") for line in _wrapped(part, room))


def _wrapped(text: str, room: float) -> Iterator[str]:
    line, used = "", 0.0
    for word in _words(text):
        length = sum(map(_em, word))
        if line and word[0].isascii() != line[-1].isascii() and not (word.isspace() or line[-1].isspace()):
            length += _BETWEEN
        while length > room:
            # A word that no line holds, as an address: it is broken where the line ends.
            cut = _cut(word, room - used)
            yield line + word[:cut]
            line, used, word = "", 0.0, word[cut:]
            length = sum(map(_em, word))
        if used + length > room:
            carried = ""
            if word in _CLOSING and line:
                line, carried = line[:-1], line[-1]
            yield line
            line, used = carried, sum(map(_em, carried))
        line, used = line + word, used + length
    yield line


def _cut(word: str, room: float) -> int:
    used = 0.0
    for place, character in enumerate(word):
        used += _em(character)
        if used > room:
            return max(place, 1)
    return len(word)


def _words(text: str) -> Iterator[str]:
    """Characters one by one, but letters and figures of one word together."""
    word = ""
    for character in text:
        if character.isascii() and not character.isspace():
            word += character
            continue
        if word:
            yield word
        word = ""
        yield character
    if word:
        yield word


def indent_of(piece: Para, base: float) -> float:
    """How far its lines stand in."""
    own = base * piece.scale
    return own * 1.7 * piece.level + (own * 1.6 if piece.mark else 0.0)


def _lines(piece: Para, base: float, width: float) -> tuple[str, ...]:
    size = base * piece.scale
    is_bold = piece.bold or any(span.bold for span in piece.spans)
    return lines_of(piece.words, size=size, width=width - indent_of(piece, base), bold=is_bold)


def height_of(piece: Piece, base: float, width: float) -> float:
    """With the room before it."""
    line = base * piece.scale * LEADING
    if isinstance(piece, Grid):
        return piece.before * line + sum(row_heights(piece, base, width))
    return (piece.before + len(_lines(piece, base, width))) * line


def row_heights(grid: Grid, base: float, width: float) -> list[float]:
    """Of each row of a table."""
    size = base * grid.scale
    heights = []
    for place, row in enumerate(grid.rows):
        counts = [
            len(lines_of(cell, size=size, width=width * share - 2 * CELL_PAD, bold=place == 0))
            for cell, share in zip(row, grid.shares, strict=True)
        ]
        heights.append(max(counts) * size * LEADING + CELL_PAD)
    return heights


Group = Sequence[Piece]


def fitted(
    pieces: Sequence[Piece], *, width: float, height: float, sizes: Sequence[float]
) -> tuple[float, list[list[Piece]]]:
    """(size, slides): in the largest size that needs no more slides than the smallest."""
    return fitted_groups([pieces], width=width, height=height, sizes=sizes)


def fitted_groups(
    groups: Sequence[Group], *, width: float, height: float, sizes: Sequence[float]
) -> tuple[float, list[list[Piece]]]:
    """The same for pieces that belong together: a group is not parted where a slide holds it."""
    found: dict[float, list[list[Piece]]] = {}
    for size in sizes:
        found[size] = _grouped(groups, base=size, width=width, height=height)
        if len(found[size]) == 1:
            return size, found[size]
    least = min(map(len, found.values()))
    size = next(size for size in sizes if len(found[size]) == least)
    return size, found[size]


def _grouped(groups: Sequence[Group], *, base: float, width: float, height: float) -> list[list[Piece]]:
    slides: list[list[Piece]] = []
    used = 0.0
    for group in groups:
        needed = sum(height_of(piece, base, width) for piece in group)
        if slides and used + needed <= height:
            slides[-1] += group
            used += needed
            continue
        made = divided(group, base=base, width=width, height=height)
        slides += made
        used = sum(height_of(piece, base, width) for piece in made[-1]) if made else 0.0
    return slides


def divided(pieces: Sequence[Piece], *, base: float, width: float, height: float) -> list[list[Piece]]:
    """The pieces slide by slide. What is too long is divided at the end of a sentence; nothing is left out."""
    slides: list[list[Piece]] = [[]]
    left, waiting = height, list(pieces)
    while waiting:
        piece = waiting.pop(0)
        if not slides[-1]:
            piece = dataclasses.replace(piece, before=0.0)
        needed = height_of(piece, base, width)
        with_next = needed + (_least(waiting[0], base, width) if piece.stays and waiting else 0.0)
        if with_next <= left:
            slides[-1].append(piece)
            left -= needed
            continue
        head, tail = _parted(piece, base, width, left, is_alone=not slides[-1])
        if head is not None:
            slides[-1].append(head)
        if tail is not None:
            waiting.insert(0, tail)
        if waiting:
            slides.append([])
            left = height
    return [slide for slide in slides if slide]


def _least(piece: Piece, base: float, width: float) -> float:
    """How much of a piece has to stand on the slide of what stays with it."""
    if isinstance(piece, Grid):
        return piece.before * base * piece.scale + sum(row_heights(piece, base, width)[:2])
    line = base * piece.scale * LEADING
    return min(height_of(piece, base, width), (_LEAST + piece.before) * line)


def _parted(
    piece: Piece, base: float, width: float, left: float, *, is_alone: bool
) -> tuple[Piece | None, Piece | None]:
    """(what still goes on this slide, what goes on the next one). `is_alone`: something has to go on this one."""
    if isinstance(piece, Grid):
        return _rows_parted(piece, base, width, left, is_alone=is_alone)
    if piece.stays and not is_alone:
        return None, piece
    line = base * piece.scale * LEADING
    most = int((left - piece.before * line) / line)
    lines = _lines(piece, base, width)
    if most < _LEAST and not is_alone:
        return None, piece
    most = min(max(most, 1), len(lines))
    if most == len(lines):
        return piece, None
    place = _place(piece.words, lines, most)
    head, tail = _cut_spans(piece.spans, place)
    rest = dataclasses.replace(piece, spans=tail, mark="" if piece.mark else piece.mark, before=0.0)
    rest = dataclasses.replace(rest, level=piece.level + (1 if piece.mark else 0))
    return dataclasses.replace(piece, spans=head), rest


def _place(words: str, lines: Sequence[str], most: int) -> int:
    """Where to divide: behind the last sentence in the second half of what fits, else behind its last line."""
    place, at = 0, 0
    for line in lines[:most]:
        at = words.index(line, place) + len(line)
        place = at
    end = max((words.rfind(sign, at // 2, at) for sign in _ENDS), default=-1)
    return end + 1 if end > 0 else at


def _cut_spans(spans: Sequence[Span], place: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    head: list[Span] = []
    tail: list[Span] = []
    for span in spans:
        first, second = span.text[: max(place, 0)], span.text[max(place, 0) :]
        if first:
            head.append(dataclasses.replace(span, text=first))
        if second:
            tail.append(dataclasses.replace(span, text=second if tail else second.lstrip()))
        place -= len(span.text)
    return tuple(head), tuple(tail)


def _rows_parted(
    grid: Grid, base: float, width: float, left: float, *, is_alone: bool
) -> tuple[Grid | None, Grid | None]:
    heights = row_heights(grid, base, width)
    used, count = grid.before * base * grid.scale * LEADING + heights[0], 1
    while count < len(grid.rows) and used + heights[count] <= left:
        used, count = used + heights[count], count + 1
    if count == len(grid.rows):
        return grid, None
    if count < 2 and not is_alone:
        return None, grid
    count = max(count, 2)
    rest = (grid.rows[0], *grid.rows[count:])
    tail = dataclasses.replace(grid, rows=rest) if len(rest) > 1 else None
    return dataclasses.replace(grid, rows=grid.rows[:count]), tail
