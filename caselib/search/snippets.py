"""The lines of a precedent that answer the question, with the matches marked. Plain text in parts: templates escape."""

from collections.abc import Iterable, Sequence

from caselib.core.text import normalise

# (text, whether it is a match)
Part = tuple[str, bool]

WIDTH = 96
_LEAD = 12
_MOST_MATCHES = 40
ELLIPSIS = "…"


def _comparable(text: str) -> str:
    """The text as it is compared, of the same length, so that positions hold in both."""
    folded = normalise(text)
    # A ligature or a circled number folds into several characters: then only the case is levelled.
    if len(folded) == len(text):
        return folded
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _covered(text: str, marks: Iterable[str]) -> bytearray:
    """For each character how long the longest match over it is; 0 for none."""
    plain = _comparable(text)
    covered = bytearray(len(text))
    for mark in marks:
        size = len(mark)
        value = min(size, 255)
        at, times = plain.find(mark), 0
        while at >= 0 and times < _MOST_MATCHES:
            if covered[at] < value or covered[at + size - 1] < value:
                for position in range(at, at + size):
                    covered[position] = max(covered[position], value)
            at, times = plain.find(mark, at + size), times + 1
    return covered


def _parts(text: str, covered: Sequence[int]) -> list[Part]:
    parts: list[Part] = []
    start = 0
    for position in range(1, len(text) + 1):
        if position == len(text) or bool(covered[position]) != bool(covered[start]):
            parts.append((text[start:position], bool(covered[start])))
            start = position
    return parts


def marked(text: str, marks: Iterable[str]) -> list[Part]:
    """The whole text in parts."""
    return _parts(text, _covered(text, marks)) if text else []


def snippet(texts: Iterable[str], marks: Sequence[str], *, width: int = WIDTH) -> list[Part]:
    """The stretch of at most `width` characters, of any of the texts, in which the longest matches stand.

    Without a match, the beginning of the first text that is not empty.
    """
    best_score, best = 0, None
    first = ""
    for raw in texts:
        text = " ".join(raw.split())
        if not text:
            continue
        first = first or text
        covered = _covered(text, marks)
        starts = [at for at in range(len(text)) if covered[at] and (at == 0 or not covered[at - 1])]
        for start in starts[:_MOST_MATCHES]:
            begin = max(0, min(start - _LEAD, len(text) - width))
            score = sum(covered[begin : begin + width])
            if score > best_score:
                best_score, best = score, (text, covered, begin)
    if best is None:
        return [(first[:width] + (ELLIPSIS if len(first) > width else ""), False)] if first else []
    text, covered, begin = best
    parts = _parts(text[begin : begin + width], covered[begin : begin + width])
    if begin > 0:
        parts.insert(0, (ELLIPSIS, False))
    if begin + width < len(text):
        parts.append((ELLIPSIS, False))
    return parts
