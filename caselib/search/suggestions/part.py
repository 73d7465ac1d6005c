"""Names as arrays, to be found by any characters in them or by how these sound. Immutable, mapped from a file.

All names stand in one row of cells, a gap before each; a cell is a character's place in the alphabet of the part. For
each character its places are listed, so that finding begins with the rarest thing that was typed and only checks the
rest. 100,000 titles take some 25 MB, which all workers share.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from pathlib import Path

import numpy as np

from caselib.search.engine.whoosh.arrays import open_arrays, pack_arrays
from caselib.search.sounds import readings_of

from .patterns import LONGEST, Cell, Pattern, Word, folded

# Raise it when the same names yield other arrays than before, for instance after a change of readings.
FORMAT = 1
_GAP = 0
# Places that are looked at to learn what is meant.
_SAMPLE = 16_000


@dataclass(frozen=True, slots=True)
class Names:
    """What a part is made of, best first. `keys`: a number for each; `worth`: higher is better; `audiences`: tokens."""

    texts: Sequence[str]
    keys: Sequence[int]
    worth: Sequence[float]
    audiences: Sequence[str]


# (text as it is compared with what is typed, worth, audience) of a name.
Entry = tuple[str, float, str]


def entries(names: Names) -> dict[int, Entry]:
    """What `Part.written` gives for each key once the names are packed."""
    return {
        key: ("".join(map(folded, " ".join(text.split()))), worth, audience)
        for key, text, worth, audience in zip(names.keys, names.texts, names.worth, names.audiences, strict=True)
    }


def pack(names: Names, *, about: dict) -> list[bytes]:
    """The content of the file of a part. `about` must be fit for JSON. 1 s for 100,000 titles."""
    cells, alphabet = _cells(names.texts)
    # A gap stands before each name and behind the last, long enough that no pattern reaches the end.
    starts = np.flatnonzero(cells == _GAP)[: len(names.texts)].astype(np.uint32) + 1
    item_of = (np.cumsum(cells == _GAP)[: len(cells)] - 1).astype(np.uint32)
    tokens = sorted(set(names.audiences))
    readings, sound_at, sounding = _by_sound(alphabet)
    place = {token: number for number, token in enumerate(tokens)}
    arrays = {
        "cells": cells,
        "item_of": item_of,
        "starts": starts,
        "heads": cells[starts],
        "places": np.argsort(cells, kind="stable").astype(np.uint32),
        "place_at": np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=len(alphabet)))]).astype(np.uint32),
        "alphabet": alphabet,
        "sound_at": sound_at,
        "sounding": sounding,
        "keys": np.array(names.keys, np.int64),
        "worth": np.array(names.worth, np.float64),
        "audience": np.array([place[token] for token in names.audiences], np.uint32),
    }
    meta = {"format": FORMAT, "about": about, "audiences": tokens, "readings": readings}
    return pack_arrays(arrays, meta=meta)


def _cells(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """All texts as places in the alphabet, and the alphabet: code points ascending, the gap first."""
    whole = "\n" + "".join(" ".join(text.split()) + "\n" for text in texts)
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32)
    present = np.flatnonzero(np.bincount(codes))
    plain = {int(code): folded(chr(code)) for code in present if chr(code) != "\n"}
    alphabet = np.array([_GAP, *sorted({ord(character) for character in plain.values() if character})], np.uint32)
    # -1: what is skipped.
    table = np.full(int(codes.max()) + 1, -1, np.int32)
    for code, character in plain.items():
        if character:
            table[code] = np.searchsorted(alphabet, ord(character))
    table[ord("\n")] = _GAP
    cells = table[codes]
    cells = np.concatenate([cells[cells >= 0], np.zeros(LONGEST, np.int32)])
    return cells.astype(np.uint16 if len(alphabet) < 0x10000 else np.uint32), alphabet


def _by_sound(alphabet: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """(readings ascending, where the characters of each begin, the characters as places in the alphabet)."""
    read = sorted((reading, at) for at, code in enumerate(alphabet.tolist()) for reading in readings_of(chr(code)))
    readings = sorted({reading for reading, _ in read})
    begins = np.searchsorted([reading for reading, _ in read], readings) if read else np.zeros(0)
    ends = np.append(begins, len(read))
    return readings, ends.astype(np.uint32), np.array([at for _, at in read], np.uint32)


class Part:
    """A file of names, opened. Raises `OSError`, `ValueError` or `KeyError` for a file that is damaged or foreign.

    `about` is what it was packed with. Masks are arrays of one truth a name.
    """

    def __init__(self, path: Path) -> None:
        meta, arrays = open_arrays(path)
        if meta["format"] != FORMAT:
            raise ValueError(f"{path.name} has another format")
        self.about: dict = meta["about"]
        self.keys, self.worth = arrays["keys"], arrays["worth"]
        self._audiences = meta["audiences"]
        self._audience = arrays["audience"]
        self._readings: list[str] = meta["readings"]
        self._sound_at, self._sounding = arrays["sound_at"], arrays["sounding"]
        self._alphabet = arrays["alphabet"]
        self._cells, self._item_of = arrays["cells"], arrays["item_of"]
        self._starts, self._heads = arrays["starts"], arrays["heads"]
        self._places, self._place_at = arrays["places"], arrays["place_at"]

    def __len__(self) -> int:
        return len(self.keys)

    def allowed(self, tokens: frozenset[str]) -> np.ndarray:
        """Which names are meant for one of these audiences."""
        return np.array([token in tokens for token in self._audiences], bool).take(self._audience)

    def numbers_of(self, keys: Sequence[int]) -> np.ndarray:
        """The places of those keys that are here."""
        return np.flatnonzero(np.isin(self.keys, keys))

    def written(self, key: int) -> Entry | None:
        """What is written down under a key; None where nothing is."""
        numbers = self.numbers_of([key])
        if not len(numbers):
            return None
        number = int(numbers[0])
        ends = [*self._starts[number + 1 : number + 2].tolist(), len(self._cells) - LONGEST]
        cells = self._cells[self._starts[number] : ends[0] - 1]
        text = "".join(map(chr, self._alphabet[cells].tolist()))
        return text, float(self.worth[number]), self._audiences[self._audience[number]]

    def beginning(self, pattern: Pattern) -> np.ndarray:
        """Which names begin with the one word of the pattern; none for a pattern of several."""
        mask = np.zeros(len(self), bool)
        if len(pattern.words) > 1 or not len(self):
            return mask
        tables = [self._table(cell) for cell in pattern.words[0]]
        items = np.flatnonzero(tables[0].take(self._heads))
        at = self._starts[items]
        for step, table in enumerate(tables[1:], 1):
            fits = table.take(self._cells.take(at + step))
            items, at = items[fits], at[fits]
        mask[items] = True
        return mask

    def holding(self, pattern: Pattern) -> np.ndarray:
        """Which names hold every word of the pattern."""
        return reduce(and_, (self._holding(word) for word in pattern.words))

    def likeliest(self, word: Word, *, allowed: np.ndarray) -> str:
        """The characters that the word stands for most often in these names: 营业执照 for the cells of yyzz.

        Of several that stand there equally often, those of the best name. Learnt from a sample, so that it costs little
        beside finding; empty for a word that is too rare to be in it.
        """
        begins = self._begins(word, most=_SAMPLE)
        begins = np.sort(begins.compress(allowed.take(self._item_of.take(begins))))
        if not len(begins):
            return ""
        cells = self._cells.take(begins[:, None] + np.arange(len(word)))
        # Each row as one number; that two rows come to the same one is as good as impossible, and would do no harm.
        sums = cells.astype(np.uint64) @ (np.uint64(0x9E3779B97F4A7C15) ** np.arange(1, len(word) + 1, dtype=np.uint64))
        _, first, counts = np.unique(sums, return_index=True, return_counts=True)
        # Not the least sum: the alphabet, and the sums with it, come from all names, those that are hidden too.
        best = first[counts == counts.max()].min()
        return "".join(map(chr, self._alphabet[cells[best]].tolist()))

    def _holding(self, word: Word) -> np.ndarray:
        mask = np.zeros(len(self), bool)
        mask[self._item_of.take(self._begins(word))] = True
        return mask

    def _begins(self, word: Word, *, most: int = 0) -> np.ndarray:
        """The places where the word stands, from the places of the rarest thing in it.

        `most`: of how many of these, evenly taken, it is enough to look at; 0 for all.
        """
        tables = [self._table(cell) for cell in word]
        counts = np.diff(self._place_at)
        sizes = [int(counts[table].sum()) for table in tables]
        if not all(sizes):
            return np.zeros(0, np.int32)
        first, *others = sorted(range(len(word)), key=sizes.__getitem__)
        bounds = self._place_at
        found = [self._places[bounds[at] : bounds[at + 1]] for at in np.flatnonzero(tables[first]).tolist()]
        begins = np.concatenate(found)[:: 1 + sizes[first] // most if most else 1].astype(np.int32) - first
        begins = begins[begins > 0]
        for step in others:
            begins = begins.compress(tables[step].take(self._cells.take(begins + step)))
        return begins

    def _table(self, cell: Cell) -> np.ndarray:
        """Which characters of the alphabet the cell holds."""
        table = np.zeros(len(self._alphabet), bool)
        if cell.literal:
            at = int(np.searchsorted(self._alphabet, ord(cell.literal)))
            if at < len(self._alphabet) and self._alphabet[at] == ord(cell.literal):
                table[at] = True
        for sound in cell.sounds:
            begin = bisect_left(self._readings, sound)
            # A tilde comes behind every letter.
            end = bisect_left(self._readings, f"{sound}~") if cell.is_begun else bisect_right(self._readings, sound)
            table[self._sounding[self._sound_at[begin] : self._sound_at[end]]] = True
        return table
