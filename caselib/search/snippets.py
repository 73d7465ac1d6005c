"""The lines of a precedent that answer the question, with the matches marked. Plain text in parts: templates escape."""

import functools
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from caselib.core.text import is_traditional, normalise

# (text, whether it is a match)
Part = tuple[str, bool]

WIDTH = 96
ELLIPSIS = "…"
_LEAD = 12
# A stretch of characters that are all matched, or all not.
_RUN = re.compile(rb"\x00+|[^\x00]+", re.DOTALL)
# Marks of a Chinese text, which are levelled to others; and what a mark would hold to be found by them.
_PUNCTUATION = "，。：；！？、（）“”‘’《》…—"
_ODD = re.compile(r"[^\w./-]")
# Places of one mark, and beginnings of a snippet, that are looked at in one text.
_MOST_PLACES = 12
_MOST_STARTS = 24


class Covered(NamedTuple):
    """A text with, for each character, how long the longest match over it is; 0 for none."""

    text: str
    lengths: bytearray
    starts: tuple[int, ...]

    def parts(self, begin: int = 0, end: int | None = None) -> list[Part]:
        """The text from `begin` to `end` in parts, matched and not in turn."""
        stop = len(self.text) if end is None else min(end, len(self.text))
        if not self.starts:
            return [(self.text[begin:stop], False)] if begin < stop else []
        runs = _RUN.finditer(self.lengths, begin, stop)
        return [(self.text[run.start() : run.end()], bool(self.lengths[run.start()])) for run in runs]


@functools.cache
def _levelled() -> re.Pattern[str]:
    """A character that may read otherwise once it is levelled. Few texts hold one, and looking is cheaper than levelling."""
    simple = "".join(chr(code) for code in range(0x4E00, 0xA000) if not is_traditional(chr(code)))
    return re.compile(f"[^\x00-\x7f{_PUNCTUATION}{simple}]")


def preload() -> None:
    """Builds the table that the first row without a match would wait for."""
    _levelled()


def _folded(text: str, marks: Sequence[str]) -> str:
    """The text as it is compared, of the same length, so that positions hold in both."""
    if not _levelled().search(text) and not _ODD.search("".join(marks)):
        return _lowered(text)
    folded = normalise(text)
    # A ligature or a circled number folds into several characters: then only the case is levelled.
    return folded if len(folded) == len(text) else _lowered(text)


def _lowered(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _cover(texts: Sequence[str], plain: Sequence[str], marks: Iterable[str]) -> list[Covered]:
    """Each text with its matches. All are looked through at once: no mark holds the line end between them."""
    begins = [0, *accumulate(len(text) + 1 for text in texts)]
    whole = "\n".join(plain)
    lengths = bytearray(len(whole))
    starts: list[list[int]] = [[] for _ in texts]
    for mark in marks:
        at, size, number, places = whole.find(mark), len(mark), 0, 0
        while at >= 0:
            if at >= begins[number + 1]:
                number, places = bisect_right(begins, at) - 1, 0
            if places == _MOST_PLACES:
                at = whole.find(mark, begins[number + 1])
                continue
            # Longest marks come first: what is covered stays covered by the longest.
            if not (lengths[at] and lengths[at + size - 1]):
                if any(lengths[at : at + size]):
                    for position in range(at, at + size):
                        lengths[position] = lengths[position] or min(size, 255)
                else:
                    lengths[at : at + size] = bytes((min(size, 255),)) * size
                starts[number].append(at - begins[number])
            places += 1
            at = whole.find(mark, at + size)
    return [
        Covered(text, lengths[begin : begin + len(text)], tuple(sorted(found)))
        for text, begin, found in zip(texts, begins, starts, strict=False)
    ]


def cover_all(texts: Iterable[str], marks: Sequence[str]) -> list[Covered]:
    """Each text, its blanks and line ends drawn together, with its matches. `marks` longest first, in normal form.

    Full-width and traditional characters are levelled only where nothing matches without it: that is rare and slow.
    """
    drawn = [" ".join(text.split()) for text in texts]
    covered = _cover(drawn, [_lowered(text) for text in drawn], marks)
    if marks and not any(one.starts for one in covered):
        covered = _cover(drawn, [_folded(text, marks) for text in drawn], marks)
    return covered


def snippet(covered: Iterable[Covered], *, width: int = WIDTH) -> list[Part]:
    """The stretch of at most `width` characters, of any of the texts, in which the longest matches stand.

    Without a match, the beginning of the first text that is not empty.
    """
    best_score, best, begin = 0, None, 0
    first = ""
    for one in covered:
        first = first or one.text
        for start in one.starts[:_MOST_STARTS]:
            at = max(0, min(start - _LEAD, len(one.text) - width))
            score = sum(one.lengths[at : at + width])
            if score > best_score:
                best_score, best, begin = score, one, at
    if best is None:
        return [(first[:width] + (ELLIPSIS if len(first) > width else ""), False)] if first else []
    parts = best.parts(begin, begin + width)
    if begin > 0:
        parts.insert(0, (ELLIPSIS, False))
    if begin + width < len(best.text):
        parts.append((ELLIPSIS, False))
    return parts
