"""Slips of the input method in a question: 注消 for 注销, 抵压 for 抵押, 己经 for 已经.

A word is looked at only where no document holds its pairs of characters, so a question of words that the library knows
costs one look into the index and nothing else. What may have been meant is tried by sound (zh like z, n like l, ang like
an), by shape, and by one character missing, doubled or swapped; it has to be a word that documents hold.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import islice, pairwise, product

from caselib.search import sounds
from caselib.search.analysis import own_words, segmenter, stop_words
from caselib.search.engine.port import GRAMS, WORDS

# (field, token) of the index to in how many documents each stands.
Frequencies = Callable[[Sequence[tuple[str, str]]], Sequence[int]]

# A longer question says what it is about in several ways, and a slip in it costs little.
LONGEST = 60
_LONGEST_WORD = 6
_MOST_SLIPS = 3
# Characters that are looked at in one question, so that a text of unknown characters stays cheap.
_MOST_LOOKED_AT = 8
# In a sentence two characters side by side may well be two words: 祖屋早成一堆土.
_FEW = 16
_ANY = "_"
_RUN = re.compile("[一-鿿]{2,}")


@dataclass(frozen=True, slots=True)
class Slip:
    """`typed` in the question for `meant`. `sure`: no document holds what was typed, so nothing is lost by reading so."""

    typed: str
    meant: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Try:
    """A reading of the window [start, end) of a run as `word`; `closeness` 0 to 1, higher is closer to what was typed."""

    start: int
    end: int
    word: str
    closeness: float


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of Chinese characters with what the index knows of it.

    `held`: for each character the windows of words that documents hold, longest first; `plain`: whether the character is
    part of any dictionary word, or one that says nothing; `strange`: starts of pairs that no document holds.
    """

    text: str
    held: tuple[tuple[tuple[int, int], ...], ...]
    plain: tuple[bool, ...]
    strange: frozenset[int]

    def is_strange(self, at: int) -> bool:
        """Whether no document holds the character beside either of its neighbours."""
        pairs = [start for start in (at - 1, at) if 0 <= start < len(self.text) - 1]
        return all(start in self.strange for start in pairs)


def slips_in(text: str, *, frequencies: Frequencies) -> tuple[Slip, ...]:
    """The likely slips of a question in normal form, in order. Four looks into the index at most, mostly one."""
    if len(text) > LONGEST:
        return ()
    runs = _runs(text, frequencies)
    tries = [(run, found) for run in runs for found in _tries(run)]
    if not tries:
        return ()
    counts = frequencies([(WORDS, found.word) for _, found in tries])
    held = [(run, found, count) for (run, found), count in zip(tries, counts, strict=True) if count]
    fitting = [entry for entry, fits in zip(held, _fits(held, frequencies), strict=True) if fits]
    slips: list[Slip] = []
    for run in runs:
        mine = [(found, count) for of, found, count in fitting if of is run]
        slips += _chosen(run, mine, is_short=len(text) <= _FEW)
    return tuple(slips[:_MOST_SLIPS])


def preload() -> None:
    """Loads the tables of sounds and shapes: 0.2 s that the first slip would otherwise take."""
    alike("销")
    _by_pattern()
    _by_missing_character()


def corrected(text: str, slips: Sequence[Slip]) -> str:
    """The question in normal form as it was probably meant."""
    for slip in slips:
        text = text.replace(slip.typed, slip.meant, 1)
    return text


# --- what the index knows --------------------------------------------------------------------------------------------


def _runs(text: str, frequencies: Frequencies) -> list[_Run]:
    """The runs that hold a pair which no document holds."""
    found = _RUN.findall(text)
    pairs = [first + second for run in found for first, second in pairwise(run)]
    counts = iter(frequencies([(GRAMS, pair) for pair in pairs]))
    stops = stop_words()
    runs = []
    for run in found:
        unheld = [start for start in range(len(run) - 1) if not next(counts)]
        strange = frozenset(start for start in unheld if not _is_empty(run[start : start + 2], stops))
        if strange:
            runs.append((run, strange))
    if not runs:
        return []
    windows = [(run, start, end) for run, _ in runs for start, end in _dictionary_windows(run)]
    counts = frequencies([(WORDS, run[start:end]) for run, start, end in windows])
    held = {window for window, count in zip(windows, counts, strict=True) if count}
    return [_run(run, strange, windows, held) for run, strange in runs]


def _is_empty(pair: str, stops: frozenset[str]) -> bool:
    """Whether a pair says nothing and is therefore in no index."""
    return pair in stops or all(character in stops for character in pair)


def _dictionary_windows(run: str) -> Iterator[tuple[int, int]]:
    known = segmenter().known
    for start in range(len(run)):
        for end in range(start + 2, min(start + _LONGEST_WORD, len(run)) + 1):
            if known(run[start:end]):
                yield start, end


def _run(run: str, strange: frozenset[int], windows: Sequence[tuple[str, int, int]], held: set) -> _Run:
    stops = stop_words()
    mine = [(start, end) for of, start, end in windows if of == run]
    return _Run(
        text=run,
        held=tuple(
            tuple(sorted(((s, e) for s, e in mine if s <= at < e and (run, s, e) in held), key=lambda w: w[0] - w[1]))
            for at in range(len(run))
        ),
        plain=tuple(
            run[at] in stops
            or any(s <= at < e for s, e in mine)
            or run[at : at + 2] in stops
            or run[max(0, at - 1) : at + 1] in stops
            for at in range(len(run))
        ),
        strange=strange,
    )


# --- what may have been meant ----------------------------------------------------------------------------------------


def _tries(run: _Run) -> Iterator[_Try]:
    """Words of the dictionary that differ from what was typed by one slip, at places that no document holds."""
    known = segmenter().known
    looked_at = [at for at in range(len(run.text)) if run.is_strange(at) and not run.held[at]][:_MOST_LOOKED_AT]
    for at in looked_at:
        for start, end in _windows(run, at):
            before, after = run.text[start:at], run.text[at + 1 : end]
            for other, closeness in alike(run.text[at]).items():
                word = before + other + after
                if known(word):
                    yield _Try(start, end, word, closeness)
    yield from _longer_words(run)
    yield from _misplaced(run, looked_at)


def _windows(run: _Run, at: int) -> Iterator[tuple[int, int]]:
    """Windows of 2 to 4 characters around one, that tear apart no word which documents hold."""
    for size in (2, 3, 4):
        for start in range(max(0, at - size + 1), min(at, len(run.text) - size) + 1):
            end = start + size
            torn = any(
                windows and not any(start <= s and e <= end for s, e in windows)
                for windows in (run.held[i] for i in range(start, end))
            )
            if not torn:
                yield start, end


def _longer_words(run: _Run) -> Iterator[_Try]:
    """工商认定 for 工伤认定: words that documents hold, but not side by side; together they sound like one of our own."""
    known, patterns = segmenter().known, _by_pattern()
    for size in (3, 4):
        for start in range(len(run.text) - size + 1):
            typed = run.text[start : start + size]
            inside = [pair - start for pair in run.strange if start <= pair < start + size - 1]
            if not inside or known(typed):
                continue
            for at in sorted({place for pair in inside for place in (pair, pair + 1)}):
                for word in patterns.get(typed[:at] + _ANY + typed[at + 1 :], ()):
                    closeness = alike(typed[at]).get(word[at], 0.0)
                    if closeness >= _SAME_SOUND:
                        yield _Try(start, start + size, word, closeness)


@functools.cache
def _by_pattern() -> Mapping[str, tuple[str, ...]]:
    """The words of our own dictionary with each character in turn left open: 工_认定."""
    found: dict[str, list[str]] = {}
    for word, _ in own_words():
        if len(word) in (3, 4):
            for at in range(len(word)):
                found.setdefault(word[:at] + _ANY + word[at + 1 :], []).append(word)
    return {pattern: tuple(words) for pattern, words in found.items()}


def _misplaced(run: _Run, looked_at: Sequence[int]) -> Iterator[_Try]:
    """One character missing, doubled, or swapped with its neighbour."""
    known, text = segmenter().known, run.text
    shorter = _by_missing_character()
    for start in sorted(run.strange):
        pair = text[start : start + 2]
        is_bare = not any(run.plain[start : start + 2])
        for before, after in product(range(4), range(4)):
            s, e = start - before, start + 2 + after
            if s < 0 or e > len(text):
                continue
            swapped = text[s:start] + pair[::-1] + text[start + 2 : e]
            if pair[0] != pair[1] and (is_bare or len(swapped) > 3) and known(swapped):
                yield _Try(s, e, swapped, _SAME_SOUND)
            once = text[s:start] + pair[0] + text[start + 2 : e]
            if pair[0] == pair[1] and len(once) > 2 and known(once):
                yield _Try(s, e, once, _SAME_SOUND)
            if any(s <= at < e for at in looked_at):
                for word in shorter.get(text[s:e], ()):
                    yield _Try(s, e, word, _SAME_SOUND)


@functools.cache
def _by_missing_character() -> Mapping[str, tuple[str, ...]]:
    """The words of our own dictionary, by what is left when one inner character is missing."""
    found: dict[str, list[str]] = {}
    for word, _ in own_words():
        if 3 <= len(word) <= _LONGEST_WORD:
            for at in range(1, len(word) - 1):
                found.setdefault(word[:at] + word[at + 1 :], []).append(word)
    return {rest: tuple(dict.fromkeys(words)) for rest, words in found.items() if len(rest) > 2}


# --- which of them ---------------------------------------------------------------------------------------------------


def _fits(held: Sequence[tuple[_Run, _Try, int]], frequencies: Frequencies) -> list[bool]:
    """Whether each reading is likely where it stands.

    A long word that sounds the same is likely by itself. A short one has to stand beside its neighbours as documents
    have it (使用登记), or take the place of characters that mean nothing together.
    """
    stops = stop_words()
    pairs_of = []
    for run, found, _ in held:
        whole = run.text[max(0, found.start - 1) : found.start] + found.word + run.text[found.end : found.end + 1]
        pairs_of.append([a + b for a, b in pairwise(whole) if not _is_empty(a + b, stops)])
    counts = iter(frequencies([(GRAMS, pair) for pairs in pairs_of for pair in pairs]))
    beside = [min(islice(counts, len(pairs)), default=1) > 0 for pairs in pairs_of]
    return [
        stands or (found.closeness >= _SAME_SOUND and (len(found.word) > 2 or _is_bare(run, found)))
        for (run, found, _), stands in zip(held, beside, strict=True)
    ]


def _is_bare(run: _Run, found: _Try) -> bool:
    """Whether no character of the window is part of a dictionary word or one that says nothing."""
    return not any(run.plain[found.start : found.end])


def _chosen(run: _Run, tries: Sequence[tuple[_Try, int]], *, is_short: bool) -> list[Slip]:
    """The best readings that do not overlap. `is_short`: whether the question is a few words rather than a story."""
    ordered = sorted(tries, key=lambda each: (-len(each[0].word) * each[0].closeness, -each[1], each[0].word))
    taken: list[_Try] = []
    for found, _ in ordered:
        if all(found.end <= other.start or found.start >= other.end for other in taken):
            taken.append(found)
    return [
        Slip(run.text[found.start : found.end], found.word, sure=_is_sure(run, found, is_short=is_short))
        for found in sorted(taken, key=lambda each: each.start)
    ]


def _is_sure(run: _Run, found: _Try, *, is_short: bool) -> bool:
    """Whether nothing else can have been meant: a long word that sounds the same, or no words at all in a few words."""
    if len(found.word) > 2:
        return found.end - found.start == len(found.word)
    return is_short and _is_bare(run, found)


# --- characters that are taken for each other ------------------------------------------------------------------------

_SAME_TONE, _SAME_SOUND, _LOOKS_ALIKE, _NEAR_SOUND = 0.97, 0.95, 0.95, 0.85
_FIRST_COMMON, _LAST_COMMON = 0xB0A1, 0xD7F9
_BEGINNINGS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"))
_ENDINGS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def near_sound(syllable: str) -> str:
    """A syllable as those say it who do not tell zh from z, n from l, f from h, ang from an."""
    for sharp, flat in _BEGINNINGS:
        if syllable.startswith(sharp):
            syllable = flat + syllable[len(sharp) :]
            break
    for sharp, flat in _ENDINGS:
        if syllable.endswith(sharp):
            return syllable[: -len(sharp)] + flat
    return syllable


@functools.cache
def _common_characters() -> str:
    """The 3,755 characters of everyday writing, as GB 2312 orders them."""
    codes = (code for code in range(_FIRST_COMMON, _LAST_COMMON + 1) if code & 0xFF >= 0xA1)
    return "".join(code.to_bytes(2, "big").decode("gb2312", "ignore") for code in codes)


@functools.cache
def _by_sound() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """(characters by syllable, characters by how it is said roughly)."""
    exact: dict[str, str] = {}
    rough: dict[str, str] = {}
    for character in _common_characters():
        for syllable in sounds.readings_of(character):
            exact[syllable] = exact.get(syllable, "") + character
            rough[near_sound(syllable)] = rough.get(near_sound(syllable), "") + character
    return exact, rough


def _toned(character: str) -> str:
    """The first reading with its tone. What `sounds` loads has been loaded by then, without the table of phrases."""
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict.get(ord(character), "").split(",")[0]


@functools.cache
def _by_shape() -> Mapping[str, str]:
    found: dict[str, str] = {}
    text = resources.files("caselib.search").joinpath("data/lookalikes.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            group = line.split()
            for character in group:
                found[character] = found.get(character, "") + "".join(other for other in group if other != character)
    return found


@functools.lru_cache(maxsize=4096)
def alike(character: str) -> Mapping[str, float]:
    """Characters that may have been meant, with how close each is (0 to 1)."""
    exact, rough = _by_sound()
    found: dict[str, float] = {}
    for syllable in sounds.readings_of(character):
        for other in rough.get(near_sound(syllable), ""):
            found[other] = max(found.get(other, 0.0), _NEAR_SOUND)
    for other in _by_shape().get(character, ""):
        found[other] = _LOOKS_ALIKE
    for syllable in sounds.readings_of(character):
        for other in exact.get(syllable, ""):
            found[other] = _SAME_TONE if _toned(other) == _toned(character) else _SAME_SOUND
    found.pop(character, None)
    return found
