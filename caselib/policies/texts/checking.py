"""What a person has to look at before the pieces of a text are saved."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .splitting import Piece

# Longer than any paragraph of a law: two were run together, or the marks were lost.
LONGEST_PARAGRAPH = 2000
_PASSED = re.compile(r"[（(]|[12]\d{3}年|根据")
# Who gets more of one kind has to look at the text itself.
MOST_OF_A_KIND = 30


@dataclass(frozen=True, slots=True)
class Doubt:
    """`code` for programs; `line` of the text, from 1; `message` a full sentence."""

    code: str
    line: int
    message: str


def doubts_of(pieces: Sequence["Piece"]) -> Iterator[Doubt]:
    """The doubts in the order of the text, at most 30 of each kind and one that says how many more there are."""
    counts: dict[str, int] = {}
    last: dict[str, Doubt] = {}
    found = sorted(
        [*_numbering(pieces), *_items(pieces), *_of_each(pieces), *_of_whole(pieces)], key=lambda doubt: doubt.line
    )
    for doubt in found:
        counts[doubt.code] = counts.get(doubt.code, 0) + 1
        last[doubt.code] = doubt
        if counts[doubt.code] <= MOST_OF_A_KIND:
            yield doubt
    for code, doubt in last.items():
        if (more := counts[code] - MOST_OF_A_KIND) > 0:
            yield Doubt(code, doubt.line, f"这一类问题另有 {more} 处，没有逐条列出。请先核对文本的来源。")


def _numbering(pieces: Sequence["Piece"]) -> Iterator[Doubt]:
    """Articles whose number does not follow on from the one before."""
    seen: dict[str, int] = {}
    before: tuple[int, int] | None = None
    before_label = ""
    for piece in pieces:
        if piece.level != "article":
            continue
        main, _, later = piece.ref.partition("-")
        number = int(main), int(later or 0)
        if piece.ref in seen:
            yield Doubt(
                "repeated",
                piece.line,
                f"有两个“{piece.label}”：第 {seen[piece.ref]} 行已有一个。核对是不是把两个文件粘在了一起。",
            )
        elif before is None and number != (1, 0):
            yield Doubt("jump", piece.line, f"第一个条是“{piece.label}”，前面可能缺条。")
        elif before is not None and not _follows(before, number):
            yield Doubt(
                "jump", piece.line, f"“{before_label}”之后是“{piece.label}”，中间可能缺条，或这一行只是在引用。"
            )
        seen.setdefault(piece.ref, piece.line)
        before, before_label = number, piece.label


def _follows(before: tuple[int, int], number: tuple[int, int]) -> bool:
    return number in ((before[0] + 1, 0), (before[0], before[1] + 1))


def _items(pieces: Sequence["Piece"]) -> Iterator[Doubt]:
    """Items that do not count on from the one before in the same paragraph."""
    before = ""
    for piece in pieces:
        if piece.level != "item":
            continue
        parent, _, number = piece.ref.rpartition("/")
        last_parent, _, last = before.rpartition("/")
        if int(number) != (int(last) + 1 if parent == last_parent else 1):
            yield Doubt("item_jump", piece.line, f"“{piece.label}”的项号不连续，可能缺项、重复，或上面少了一段。")
        before = piece.ref


def _of_each(pieces: Sequence["Piece"]) -> Iterator[Doubt]:
    for piece in pieces:
        if piece.level == "article":
            if not piece.text:
                yield Doubt("empty", piece.line, f"“{piece.label}”没有内容。")
            if any(len(row) > LONGEST_PARAGRAPH for row in piece.text.split("\n")):
                yield Doubt(
                    "long", piece.line, f"“{piece.label}”有一段超过 {LONGEST_PARAGRAPH:,} 字，可能有几条连在了一起。"
                )
        elif piece.level in ("head", "subhead", "numbered", "subnumbered") and len(piece.text) > 2 * LONGEST_PARAGRAPH:
            yield Doubt("long", piece.line, f"“{piece.label}”超过 {2 * LONGEST_PARAGRAPH:,} 字，可能有几段连在了一起。")
        elif piece.level == "other":
            yield Doubt("loose", piece.line, f"第 {piece.line} 行起的文字不属于任何一条：“{piece.text[:20]}”。")


def _of_whole(pieces: Sequence["Piece"]) -> Iterator[Doubt]:
    clauses = [piece for piece in pieces if piece.is_clause]
    if not clauses:
        yield Doubt("no_clauses", 1, "没有找到条，也没有找到“一、（一）”这样的层次，全文作为一段保存。")
        return
    first = clauses[0]
    early = _preamble(pieces)
    if early is not None and first.level == "article":
        yield Doubt("preamble", early.line, f"“{first.label}”之前有不属于任何一条的文字，作为前言保存。")
    for piece in pieces:
        if piece.level == "appendix":
            yield Doubt("appendix", piece.line, "附件里的内容没有按条拆分，整段保存。")


def _preamble(pieces: Iterable["Piece"]) -> "Piece | None":
    """What stands before the first article, unless it only says when the text was passed: （2021年…通过）."""
    preambles = (piece for piece in pieces if piece.level == "preamble")
    return next((piece for piece in preambles if not all(map(_PASSED.match, piece.text.split("\n")))), None)
