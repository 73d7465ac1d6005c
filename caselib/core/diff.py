"""Two texts compared: what was kept, removed and added, by characters, and long texts by paragraphs first.

A number, a Latin word, an emoji and a letter with its accents change whole or not at all: 20日 → 10日 marks 20 and 10.
Time is bounded by the lengths alone, never by a clock, so that a page shows the same marks each time.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from diff_match_patch import diff_match_patch
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

# Comparing takes the product of both lengths, a 64th of it in steps and in bytes: 20,000 each is 50 MB and a moment.
_LARGEST = 20_000 * 20_000
# With more there might be more different numbers and words than there are signs to stand for them.
_MOST_CHARACTERS = 200_000
# Paragraphs that share less than this are not the same one reworded.
LEAST_ALIKE = 0.4
# A stretch of changed paragraphs in which each is held against each; a longer one is paired from its ends.
_MOST_HELD_AGAINST = 2_500
_HELD_CHARACTERS = 2_000
# Tidying takes the square of the number of changes: two texts with more of them are tidied in stretches.
_TIDIED = 400
_JOINER = "\u200d"
# Digits with what stands inside of them, Latin words, 二十; everything else by single characters.
_TOKEN = re.compile(r"\d+(?:[.,，:]\d+)*%?|[A-Za-z]+|[零〇一二两三四五六七八九十百千万亿]+|.", re.DOTALL)
# Stands for one token of several characters while texts are compared; the private planes hold more than any text has.
_PRIVATE = range(0xF0000, 0x10FFFE)


class Change(StrEnum):
    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text. Kept and removed ones together are the old text, kept and added ones the new."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class ParagraphPair:
    """A paragraph in both texts, or in one of them; `marks` are those of the pair."""

    old: str | None
    new: str | None
    marks: tuple[Mark, ...]


def marked(old: str, new: str) -> tuple[Mark, ...]:
    """What was changed, without empty marks and no two of a kind in a row; removed stands before added.

    Beyond 20,000 × 20,000 characters paragraphs are paired first; one paragraph longer than that changes whole.
    """
    if old == new:
        return (Mark(Change.KEPT, old),) if old else ()
    if _is_long(old, new):
        return _of_long(old, new)
    alphabet = _Alphabet(old, new)
    marks = _semantic(alphabet.written(_tokens(old)), alphabet.written(_tokens(new)))
    return _joined([(change, alphabet.read(text)) for change, text in marks])


def paragraph_pairs(old: str, new: str) -> tuple[ParagraphPair, ...]:
    """The paragraphs (lines) of both texts in order, those side by side that are the same or much alike."""
    return tuple(
        ParagraphPair(before, after, _marks_of(before, after))
        for before, after in _aligned(old.split("\n"), new.split("\n"))
    )


def _marks_of(before: str | None, after: str | None) -> tuple[Mark, ...]:
    if before is None or after is None:
        change = Change.ADDED if before is None else Change.REMOVED
        text = after if before is None else before
        return (Mark(change, text),) if text else ()
    if before != after and _is_long(before, after):
        return _joined([(Change.REMOVED, before), (Change.ADDED, after)])
    return marked(before, after)


def _is_long(old: str, new: str) -> bool:
    return len(old) * len(new) > _LARGEST or len(old) + len(new) > _MOST_CHARACTERS


def _of_long(old: str, new: str) -> tuple[Mark, ...]:
    if "\n" not in old and "\n" not in new:
        return _joined([(Change.REMOVED, old), (Change.ADDED, new)])
    parts: list[tuple[Change, str]] = []
    for before, after in _aligned(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        parts.extend((mark.change, mark.text) for mark in _marks_of(before, after))
    return _joined(parts)


def _tokens(text: str) -> list[str]:
    """The text in pieces that change as a whole; an accent, a variation sign or a joined emoji stays with its letter."""
    found: list[str] = []
    for token in _TOKEN.findall(text):
        is_part = found and (token[0] == _JOINER or found[-1][-1] == _JOINER or _is_mark(token[0]))
        if is_part:
            found[-1] += token
        else:
            found.append(token)
    return found


def _is_mark(character: str) -> bool:
    # Accents, variation signs (which choose an emoji's look) and skin tones.
    return unicodedata.category(character) in ("Mn", "Me", "Mc") or "\U0001f3fb" <= character <= "\U0001f3ff"


class _Alphabet:
    """One character for each token: itself, or for a longer token one that stands in neither text."""

    def __init__(self, old: str, new: str) -> None:
        used = {*old, *new}
        self._free = (chr(code) for code in _PRIVATE if chr(code) not in used)
        self._signs: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    def written(self, tokens: Sequence[str]) -> str:
        return "".join(token if len(token) == 1 else self._sign(token) for token in tokens)

    def read(self, text: str) -> str:
        return "".join(self._tokens.get(character, character) for character in text)

    def _sign(self, token: str) -> str:
        if token not in self._signs:
            self._signs[token] = sign = next(self._free)
            self._tokens[sign] = token
        return self._signs[token]


def _semantic(old: str, new: str) -> list[tuple[Change, str]]:
    """The shortest script of changes, then without chance agreements: a 的 kept amid two other sentences says nothing."""
    tool = diff_match_patch()
    diffs: list[tuple[int, str]] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            diffs.append((tool.DIFF_EQUAL, old[step.src_start : step.src_end]))
            continue
        if step.src_end > step.src_start:
            diffs.append((tool.DIFF_DELETE, old[step.src_start : step.src_end]))
        if step.dest_end > step.dest_start:
            diffs.append((tool.DIFF_INSERT, new[step.dest_start : step.dest_end]))
    diffs = [diff for part in range(0, len(diffs), _TIDIED) for diff in _tidied(tool, diffs[part : part + _TIDIED])]
    kinds = {tool.DIFF_EQUAL: Change.KEPT, tool.DIFF_DELETE: Change.REMOVED, tool.DIFF_INSERT: Change.ADDED}
    return [(kinds[kind], text) for kind, text in diffs]


def _tidied(tool: diff_match_patch, diffs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    tool.diff_cleanupMerge(diffs)
    tool.diff_cleanupSemantic(diffs)
    return diffs


def _joined(parts: Sequence[tuple[Change, str]]) -> tuple[Mark, ...]:
    """Marks without empty ones; between two kept ones at most one removed, then one added."""
    marks: list[Mark] = []
    for is_kept, group in groupby((part for part in parts if part[1]), key=lambda part: part[0] is Change.KEPT):
        stretch = list(group)
        for change in [Change.KEPT] if is_kept else [Change.REMOVED, Change.ADDED]:
            if text := "".join(text for kind, text in stretch if kind is change):
                marks.append(Mark(change, text))
    return tuple(marks)


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Lines side by side: the same ones, then those of a changed stretch that are much alike, in order."""
    if len(old) * len(new) > _LARGEST:
        return _side_by_side(old, new)
    pairs: list[tuple[str | None, str | None]] = []
    removed: list[str] = []
    added: list[str] = []
    for step in Indel.opcodes(*_numbered(old, new)):
        if step.tag != "equal":
            removed += old[step.src_start : step.src_end]
            added += new[step.dest_start : step.dest_end]
            continue
        pairs += _alike(removed, added)
        removed, added = [], []
        pairs += [(line, line) for line in old[step.src_start : step.src_end]]
    return pairs + _alike(removed, added)


def _numbered(old: Sequence[str], new: Sequence[str]) -> tuple[list[int], list[int]]:
    """Each line as a number of its own: the comparison takes two lines with one hash ("" and a zero) for the same."""
    numbers: dict[str, int] = {}
    before, after = ([numbers.setdefault(line, len(numbers)) for line in lines] for lines in (old, new))
    return before, after


def _alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """The pairing in order with the greatest likeness in all."""
    if not old or not new or len(old) * len(new) > _MOST_HELD_AGAINST:
        return _side_by_side(old, new)
    likeness = [[_likeness(before, after) for after in new] for before in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], likeness[i][j] + best[i + 1][j + 1])
    pairs: list[tuple[str | None, str | None]] = []
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and likeness[i][j] and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif i < len(old) and (j == len(new) or best[i][j] == best[i + 1][j]):
            pairs.append((old[i], None))
            i += 1
        else:
            pairs.append((None, new[j]))
            j += 1
    return pairs


def _likeness(before: str, after: str) -> float:
    """0 to 1; 0 for what is too little alike to stand side by side."""
    alike = fuzz.ratio(before[:_HELD_CHARACTERS], after[:_HELD_CHARACTERS]) / 100
    return alike if alike >= LEAST_ALIKE else 0.0


def _side_by_side(old: Sequence[str], new: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """The first with the first as far as they are much alike, the others by themselves."""
    pairs: list[tuple[str | None, str | None]] = []
    for before, after in zip(old, new, strict=False):
        is_same = before == after or _likeness(before, after)
        pairs += [(before, after)] if is_same else [(before, None), (None, after)]
    shared = min(len(old), len(new))
    return pairs + [(line, None) for line in old[shared:]] + [(None, line) for line in new[shared:]]
