"""A policy text becomes its clauses, 编 章 节 条 款 项 目, and clauses become a text that splits into the same again.

A text with articles is split by them; one without (意见, 通知) by its heads 一、（一）1.（1）. No line is lost: what is
no clause (title, contents, signature, appendix) becomes a piece of its own kind. One pass over the lines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken

from .articles import article_pieces
from .checking import Doubt, doubts_of
from .lines import HEADINGS, HEADS, Line, Mark, is_name, lines_of, read_line

# A law has up to 1,260 articles; with paragraphs and items some 5,000 pieces.
MOST_PIECES = 30_000
_LONGEST_TITLE = 100
# Who signed, at most: 某局, 某委, 某部, each on a line.
_MOST_SIGNATORIES = 4


class Level(StrEnum):
    """What a piece is. PART to SECTION head others; ARTICLE to SUBITEM are clauses with a number; HEAD to SUBNUMBERED
    the heads of a text without articles; the rest is no clause."""

    TITLE = "title"
    PREAMBLE = "preamble"
    CONTENTS = "contents"
    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    SUBITEM = "subitem"
    HEAD = "head"
    SUBHEAD = "subhead"
    NUMBERED = "numbered"
    SUBNUMBERED = "subnumbered"
    OTHER = "other"
    SIGNATURE = "signature"
    APPENDIX = "appendix"


_OF_MARK = {
    Mark.PART: Level.PART,
    Mark.CHAPTER: Level.CHAPTER,
    Mark.SECTION: Level.SECTION,
    Mark.HEAD: Level.HEAD,
    Mark.SUBHEAD: Level.SUBHEAD,
    Mark.NUMBERED: Level.NUMBERED,
    Mark.SUBNUMBERED: Level.SUBNUMBERED,
}
HEADING_LEVELS = (Level.PART, Level.CHAPTER, Level.SECTION)
HEAD_LEVELS = (Level.HEAD, Level.SUBHEAD, Level.NUMBERED, Level.SUBNUMBERED)
CLAUSE_LEVELS = (Level.ARTICLE, Level.PARAGRAPH, Level.ITEM, Level.SUBITEM, *HEAD_LEVELS)
_LABELS = {
    Level.TITLE: "标题",
    Level.PREAMBLE: "前言",
    Level.CONTENTS: "目录",
    Level.OTHER: "其他文字",
    Level.SIGNATURE: "落款",
    Level.APPENDIX: "附件",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One part of a policy text, in the order of the text.

    `label` for people: 第三十三条第二款第（三）项, 第三章, 二、（一）. `ref`: 条-之/款/项/目 in figures, empty where there is no
    article. `text` without the marker; of an article, paragraph or item with all that is below it, lines parted by line
    breaks; of a heading its name; of a head its own words only. `heading_path`: the headings above, as shown, outermost
    first. `line`: of the text, from 1. `key`: the same as long as number and order stay (`33/2/3`, `第三章`); a repeated
    one ends with `#2`.
    """

    label: str
    ref: str
    level: Level
    heading_path: tuple[str, ...]
    text: str
    line: int
    key: str
    marker: str = ""
    title: str = ""

    @property
    def is_clause(self) -> bool:
        return self.level in CLAUSE_LEVELS


@dataclass(frozen=True, slots=True)
class Split:
    """`doubts`: what a person has to look at, in the order of the text."""

    pieces: tuple[Piece, ...]
    doubts: tuple[Doubt, ...]


def split(text: str) -> Split:
    """The pieces of a text with what is doubtful in them. Raises RuleBroken for more than 30,000 pieces."""
    lines = lines_of(text)
    contents = _contents(lines)
    has_articles = _has_articles([*lines[: contents[0]], *lines[contents[1] :]])
    work = _Splitting()
    for block in _blocks(lines, contents, has_articles=has_articles):
        work.take(block)
    return Split(tuple(work.pieces), tuple(doubts_of(work.pieces)))


def written(pieces: Iterable[Piece]) -> str:
    """A text that `split` makes the same pieces of, but for their lines.

    Paragraphs and items are part of their article's text: what stands in their own pieces is passed over.
    """
    rows: list[str] = []
    for piece in pieces:
        if piece.level in (Level.PARAGRAPH, Level.ITEM, Level.SUBITEM):
            continue
        if piece.level is Level.ARTICLE:
            rows.extend(_article_rows(piece))
        elif piece.level in HEADING_LEVELS:
            rows.append(f"{piece.marker}　{piece.text}".strip())
        elif piece.level in HEAD_LEVELS:
            rows.append(_head_row(piece))
        else:
            rows.append(piece.text)
    return "\n".join(rows)


def _head_row(piece: Piece) -> str:
    # 1. 5万元 must not become 1.5万元, which is no head.
    first = piece.text.partition("\n")[0]
    is_whole = read_line(f"{piece.marker}{first}").rest == first
    return f"{piece.marker}{'' if is_whole else ' '}{piece.text}"


def _article_rows(piece: Piece) -> list[str]:
    head = f"{piece.marker}{piece.title}"
    first, *others = piece.text.split("\n")
    together = f"{head}　{first}".strip()
    again = read_line(together)
    # 第二款规定的 behind 第三条 would read as a sentence about 第三条第二款.
    if (again.marker, again.title, again.rest) == (piece.marker, piece.title, first):
        return [together, *others]
    return [head, first, *others]


@dataclass(slots=True)
class _Block:
    """Lines that become one piece, or an article with what is below it; the first line holds the mark."""

    level: Level
    lines: list[Line]


def _contents(lines: Sequence[Line]) -> tuple[int, int]:
    """From and to of the table of contents: it ends where its first entry comes again. (0, 0) without one."""
    start = next((at for at, line in enumerate(lines) if line.mark is Mark.CONTENTS), None)
    if start is None:
        return 0, 0
    marked = (*HEADINGS, Mark.ARTICLE)
    first = next((at for at in range(start + 1, len(lines)) if lines[at].mark in marked), None)
    if first is None:
        return start, start + 1
    entry = lines[first]
    # 总则 alone has no number; 第一章 of the text may be 第一章 again or stand without its name.
    again = next((at for at in range(first + 1, len(lines)) if lines[at].key == entry.key), None)
    if again is None:
        end = next((at for at in range(first, len(lines)) if lines[at].mark is Mark.ARTICLE), first)
        return start, end if entry.mark is not Mark.ARTICLE else start + 1
    return start, again


def _has_articles(lines: Sequence[Line]) -> bool:
    """Whether a text is one of articles. A single one in an annex is not; a letter that sends a text along has more."""
    attached = next((at for at, line in enumerate(lines) if line.mark is Mark.APPENDIX), len(lines))
    articles = [at for at, line in enumerate(lines) if line.mark is Mark.ARTICLE]
    return len(articles) > 1 or any(at < attached for at in articles)


def _blocks(lines: Sequence[Line], contents: tuple[int, int], *, has_articles: bool) -> list[_Block]:
    signed = _signed(lines, contents, has_articles=has_articles)
    blocks: list[_Block] = []
    has_begun = is_appendix = False
    for at, line in enumerate(lines):
        last = blocks[-1].level if blocks else None
        if contents[0] <= at < contents[1]:
            level = Level.CONTENTS
        elif is_appendix and line.mark is not Mark.APPENDIX:
            level = Level.APPENDIX
        elif line.mark is Mark.APPENDIX and has_begun:
            # What comes before the first article is a letter that sends the text itself along.
            is_appendix, level = True, None
            blocks.append(_Block(Level.APPENDIX, [line]))
        elif at not in signed and _names_chapter(line, blocks):
            level = last
        elif opened := _opened(line, has_articles=has_articles):
            has_begun, level = True, None
            blocks.append(_Block(opened, [line]))
        elif at in signed:
            level = Level.SIGNATURE
        else:
            level = _plain_level(line, blocks, has_begun=has_begun)
        if level is None:
            continue
        if level is last and level is not Level.TITLE:
            blocks[-1].lines.append(line)
        else:
            blocks.append(_Block(level, [line]))
    return blocks


def _opened(line: Line, *, has_articles: bool) -> Level | None:
    """The kind of piece that a line begins."""
    if line.mark is Mark.ARTICLE:
        return Level.ARTICLE
    if line.mark in HEADINGS or (line.mark in HEADS and not has_articles):
        return _OF_MARK[line.mark]
    return None


def _plain_level(line: Line, blocks: Sequence[_Block], *, has_begun: bool) -> Level:
    """What a line that begins nothing belongs to."""
    if not blocks:
        return Level.TITLE if len(line.whole) <= _LONGEST_TITLE else Level.PREAMBLE
    last = blocks[-1]
    if not has_begun:
        return Level.PREAMBLE
    if last.level is Level.ARTICLE or last.level in HEAD_LEVELS:
        return last.level
    return Level.OTHER


def _names_chapter(line: Line, blocks: Sequence[_Block]) -> bool:
    """Whether a line is the name of the chapter whose number stands alone on the line above."""
    if not blocks or blocks[-1].level not in HEADING_LEVELS or len(blocks[-1].lines) > 1:
        return False
    above = blocks[-1].lines[0]
    is_bare = line.mark is Mark.CHAPTER and not line.number
    is_plain = line.mark is Mark.NONE and is_name(line.whole)
    return bool(above.number) and not above.rest and (is_bare or is_plain)


def _signed(lines: Sequence[Line], contents: tuple[int, int], *, has_articles: bool) -> set[int]:
    """Dates that stand alone behind the first clause, with the names above them."""
    found: set[int] = set()
    opens = [_opened(line, has_articles=has_articles) is not None for line in lines]
    begun = next((at for at in range(contents[1], len(lines)) if opens[at]), len(lines))
    for at in range(begun + 1, len(lines)):
        if lines[at].mark is not Mark.DATE:
            continue
        found.add(at)
        for above in range(at - 1, max(begun, at - 1 - _MOST_SIGNATORIES), -1):
            # The name of a chapter stands right below its number.
            if opens[above] or lines[above].mark is not Mark.NONE or not is_name(lines[above].whole):
                break
            found.add(above)
    return found


class _Splitting:
    """Makes pieces of blocks and keeps where it is: the headings above and how often a key was given."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        # (marker, as shown) of what stands above.
        self._headings: dict[Level, tuple[str, str]] = {}
        self._heads: dict[Level, tuple[str, str]] = {}
        self._given: dict[str, int] = {}

    def take(self, block: _Block) -> None:
        first, text = block.lines[0], "\n".join(line.whole for line in block.lines)
        if block.level is Level.ARTICLE:
            for below in article_pieces(block.lines):
                self._add(
                    Level(below.level), below.label, below.text, below.line,
                    key=below.ref, ref=below.ref, marker=below.marker, title=below.title,
                )  # fmt: skip
        elif block.level in HEADING_LEVELS:
            name = "".join([first.rest, *(line.whole for line in block.lines[1:])])
            self._heads.clear()
            _end(self._headings, HEADING_LEVELS, block.level)
            self._add(block.level, first.marker, name, first.at, key=self._path(first.marker), marker=first.marker)
            self._headings[block.level] = first.marker, f"{first.marker} {name}".strip()
        elif block.level in HEAD_LEVELS:
            text = "\n".join([first.rest, *(line.whole for line in block.lines[1:])])
            _end(self._heads, HEAD_LEVELS, block.level)
            label = "".join([*(marker for marker, _ in self._heads.values()), first.marker])
            self._add(block.level, label, text, first.at, key=self._path(label), marker=first.marker)
            shown = first.marker + (first.rest if is_name(first.rest) else "")
            self._heads[block.level] = first.marker, shown
        else:
            self._add(block.level, _LABELS[block.level], text, first.at, key=_LABELS[block.level])

    def _path(self, label: str) -> str:
        return "/".join([*(marker for marker, _ in self._headings.values()), label])

    def _add(
        self, level: Level, label: str, text: str, line: int, *, key: str, ref: str = "", marker: str = "", title: str = ""
    ) -> None:  # fmt: skip
        if len(self.pieces) >= MOST_PIECES:
            raise RuleBroken(
                gettext(
                    "文本拆出的条款超过 {most_pieces:,} 个，没有保存。请检查是不是粘贴了多个文件，分开录入。"
                ).format(most_pieces=MOST_PIECES),
                code="too_many_clauses",
                field="text",
            )
        self._given[key] = times = self._given.get(key, 0) + 1
        belongs = level in CLAUSE_LEVELS or level in HEADING_LEVELS
        above = [*self._headings.values(), *self._heads.values()] if belongs else []
        self.pieces.append(
            Piece(
                label=label, ref=ref, level=level, heading_path=tuple(shown for _, shown in above), text=text, line=line,
                key=key if times == 1 else f"{key}#{times}", marker=marker, title=title,
            )
        )  # fmt: skip


def _end(kept: dict[Level, tuple[str, str]], order: Sequence[Level], level: Level) -> None:
    """What is of that level or below it ends where another of it begins."""
    for other in order[order.index(level) :]:
        kept.pop(other, None)
