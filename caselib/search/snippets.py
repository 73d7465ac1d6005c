"""The lines of a precedent that answer the question, with the matches marked. Plain text in parts: templates escape."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from caselib.core.text import normalise

# (text, whether it is a match)
Part = tuple[str, bool]

WIDTH = 96
ELLIPSIS = "…"
_LEAD = 12
# A stretch of characters that are all matched, or all not.
_RUN = re.compile(rb"\x00+|[^\x00]+", re.DOTALL)
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
        runs = _RUN.finditer(self.lengths, begin, stop)
        return [(self.text[run.start() : run.end()], bool(self.lengths[run.start()])) for run in runs]


def _folded(text: str) -> str:
    """The text as it is compared, of the same length, so that positions hold in both."""
    folded = normalise(text)
    # A ligature or a circled number folds into several characters: then only the case is levelled.
    return folded if len(folded) == len(text) else _lowered(text)


def _lowered(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _cover(text: str, plain: str, marks: Iterable[str]) -> Covered:
    lengths = bytearray(len(text))
    starts = []
    for mark in marks:
        at = plain.find(mark)
        if at < 0:
            continue
        size, places = len(mark), 0
        while at >= 0 and places < _MOST_PLACES:
            # Longest marks come first: what is covered stays covered by the longest.
            if not (lengths[at] and lengths[at + size - 1]):
                if any(lengths[at : at + size]):
                    for position in range(at, at + size):
                        lengths[position] = lengths[position] or min(size, 255)
                else:
                    lengths[at : at + size] = bytes((min(size, 255),)) * size
                starts.append(at)
            at, places = plain.find(mark, at + size), places + 1
    return Covered(text, lengths, tuple(sorted(starts)))


def cover_all(texts: Iterable[str], marks: Sequence[str]) -> list[Covered]:
    """Each text, its blanks and line ends drawn together, with its matches. `marks` longest first, in normal form.

    Full-width and traditional characters are levelled only where nothing matches without it: that is rare and slow.
    """
    plain = [" ".join(text.split()) for text in texts]
    covered = [_cover(text, _lowered(text), marks) for text in plain]
    if marks and not any(one.starts for one in covered):
        covered = [_cover(text, _folded(text), marks) for text in plain]
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
