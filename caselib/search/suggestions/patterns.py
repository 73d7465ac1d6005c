"""From what is being typed to what a name may look like: one cell for each character of the name.

A cell holds a character itself, or every character of a sound. So 营业zz, yyzz and yingyezhi are all read as four cells
of 营业执照, and the last syllable need not be finished.
"""

import functools
import re
from bisect import bisect_left
from dataclasses import dataclass

from caselib.core.text import normalise
from caselib.search.sounds import readings_of, syllables

# What is typed beyond it completes no name.
LONGEST = 64
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"[a-z]+|[^a-z]")
_TWO_LETTERS = ("zh", "ch", "sh")
# Ways to cut letters into syllables that are tried: xian is 先 and 西安.
_WAYS = 3
_MOST_WORDS = 5
_LONGEST_SYLLABLE = 6
# What a piece costs: a whole syllable is likelier than an initial, and letters that begin no syllable stand for themselves.
_SYLLABLE, _INITIAL, _LETTER = 1.0, 1.4, 3.0


@dataclass(frozen=True, slots=True)
class Cell:
    """What one place of a name may hold: `literal`, or a character that is read as one of `sounds`.

    `is_begun`: the sounds are beginnings of syllables rather than whole ones.
    """

    literal: str = ""
    sounds: tuple[str, ...] = ()
    is_begun: bool = False

    def holds(self, character: str) -> bool:
        if character == self.literal:
            return True
        return any(
            reading.startswith(self.sounds) if self.is_begun else reading in self.sounds
            for reading in readings_of(character)
        )


Word = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a name has to hold: every word, in any order. `is_guess`: by sound although characters were typed."""

    words: tuple[Word, ...]
    is_guess: bool = False


@functools.lru_cache(maxsize=10_000)
def folded(character: str) -> str:
    """A character as it is compared; empty for what is skipped, such as punctuation and blanks."""
    return next(iter("".join(_WORD.findall(normalise(character)))), "")


def is_short(text: str) -> bool:
    """Whether too little is typed to offer anything: one letter begins half of the library."""
    letters = "".join(_WORD.findall(normalise(text)))
    return not letters or (len(letters) == 1 and letters.isascii())


def patterns_of(text: str) -> tuple[Pattern, ...]:
    """How the text can be read, likeliest first. Empty for a text with nothing to compare, or too little."""
    chunks = _WORD.findall(normalise(text[:LONGEST]).replace("ü", "v"))
    if is_short(text[:LONGEST]):
        return ()
    found = [Pattern((word,)) for word in _words("".join(chunks))]
    if 1 < len(chunks) <= _MOST_WORDS:
        found.append(Pattern(tuple(_words(chunk)[0] for chunk in chunks)))
    joined = "".join(chunks)
    if sum(bool(readings_of(character)) for character in joined) > 1:
        found.append(Pattern((_sounding(joined),), is_guess=True))
    return tuple(dict.fromkeys(found))


def _words(text: str) -> list[Word]:
    """The readings of a text without gaps. Only letters can be read in several ways."""
    runs = [spellings(run) if run[0].isascii() and run.isalpha() else [(Cell(run),)] for run in _RUN.findall(text)]
    ways = max(map(len, runs))
    return [tuple(cell for run in runs for cell in run[min(way, len(run) - 1)]) for way in range(ways)]


def _sounding(text: str) -> Word:
    """The text by sound alone: 注消 reads like 注销."""
    cells = _words(text)[0]
    return tuple(Cell(cell.literal, readings_of(cell.literal)) if not cell.sounds else cell for cell in cells)


@functools.cache
def _sorted_syllables() -> list[str]:
    return sorted(syllables())


def _begins_syllable(letters: str) -> bool:
    known = _sorted_syllables()
    at = bisect_left(known, letters)
    return at < len(known) and known[at].startswith(letters)


@functools.lru_cache(maxsize=1_000)
def spellings(letters: str) -> list[Word]:
    """Ways to read letters as syllables, initials and letters, likeliest first; the last one letter by letter."""
    best: list[list[tuple[float, Word]]] = [[] for _ in range(len(letters) + 1)]
    best[0] = [(0.0, ())]
    for start in range(len(letters)):
        reached = sorted(best[start], key=lambda way: way[0])[:_WAYS]
        for end in range(start + 1, min(len(letters), start + _LONGEST_SYLLABLE) + 1):
            piece = _piece(letters[start:end], is_last=end == len(letters))
            if piece:
                best[end].extend((cost + piece[0], (*cells, piece[1])) for cost, cells in reached)
    ways = [cells for _, cells in sorted(best[-1], key=lambda way: way[0])[:_WAYS]]
    one_by_one = tuple(Cell(letter, (letter,), is_begun=True) for letter in letters)
    return list(dict.fromkeys([*ways, one_by_one]))


def _piece(letters: str, *, is_last: bool) -> tuple[float, Cell] | None:
    """What these letters can be as one cell, with its cost; None where they are nothing."""
    if len(letters) == 1:
        cost = _INITIAL if _begins_syllable(letters) else _LETTER
        return cost, Cell(letters, (letters,), is_begun=True)
    if is_last and _begins_syllable(letters):
        return _SYLLABLE, Cell(sounds=(letters,), is_begun=True)
    if letters in syllables():
        return _SYLLABLE, Cell(sounds=(letters,))
    return (_INITIAL, Cell(sounds=(letters,), is_begun=True)) if letters in _TWO_LETTERS else None


def spans(name: str, pattern: Pattern) -> list[tuple[int, int]] | None:
    """Where each word of the pattern first stands in a name, as (begin, end); None when one does not."""
    places = [(plain, at) for at, character in enumerate(name) if (plain := folded(character))]
    found = []
    for word in pattern.words:
        begin = _first(places, word)
        if begin is None:
            return None
        found.append((places[begin][1], places[begin + len(word) - 1][1] + 1))
    return sorted(found)


def _first(places: list[tuple[str, int]], word: Word) -> int | None:
    for start in range(len(places) - len(word) + 1):
        if all(cell.holds(places[start + at][0]) for at, cell in enumerate(word)):
            return start
    return None


def marked(name: str, pattern: Pattern) -> tuple[tuple[str, bool], ...] | None:
    """The name in parts (text, whether it was typed); None when it does not match. Not escaped."""
    found = spans(name, pattern)
    if found is None:
        return None
    parts, at = [], 0
    for begin, end in found:
        parts += [(name[at:begin], False), (name[max(at, begin) : end], True)]
        at = max(at, end)
    parts.append((name[at:], False))
    return tuple(part for part in parts if part[0])
