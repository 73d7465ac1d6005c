"""Finding by sound: pinyin and its initials.

Short zones are indexed by pairs of neighbouring syllables (`zhu_xiao`) and by runs of three and four initials (`~qzh`),
short lines such as tags by all of their initials as well (`=qzh`), in a field of their own, so that no vocabulary has to
be kept and a sound that nobody foresaw still finds its title.
"""

import functools
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, product

# Characters that halls read in more than one way; the dictionary's first reading alone would hide 长宁区 and 银行.
_SEVERAL = {
    "长": ("chang", "zhang"), "重": ("chong", "zhong"), "行": ("xing", "hang"), "调": ("diao", "tiao"),
    "还": ("hai", "huan"), "单": ("dan", "shan"), "参": ("can", "shen"), "传": ("chuan", "zhuan"), "率": ("lv", "shuai"),
    "朝": ("chao", "zhao"), "差": ("cha", "chai"), "都": ("dou", "du"), "乐": ("le", "yue"), "省": ("sheng", "xing"),
    "校": ("xiao", "jiao"), "会": ("hui", "kuai"), "降": ("jiang", "xiang"), "系": ("xi", "ji"), "落": ("luo", "la"),
    "便": ("bian", "pian"), "解": ("jie", "xie"), "畜": ("chu", "xu"), "大": ("da", "dai"), "车": ("che", "ju"),
    "给": ("gei", "ji"), "藏": ("cang", "zang"), "卡": ("ka", "qia"), "弹": ("tan", "dan"), "厦": ("sha", "xia"),
}  # fmt: skip
_CHINESE = re.compile("[\u4e00-\u9fff]+")
# Letters, with blanks or apostrophes between syllables: one thing that somebody spelled.
_SPELLED = re.compile(r"[a-z]+(?:[ '’]+[a-z]+)*")
_VOWELS = frozenset("aeiouv")
_INITIALS_MARK = "~"
_RUNS = (3, 4)
# Before the initials of a whole line: szg is the tag 商转公 before it is a piece of 驾驶证过期. A longer line is a sentence.
_WHOLE_MARK = "="
_WHOLE = range(2, 9)
# Longer than any title: what is typed beyond it is no pinyin.
_MOST_LETTERS = 200
# A reading for every way to read each character would square with every further one.
_MOST_READINGS = 4


@functools.cache
def _table() -> dict[str, str]:
    """The first reading of each character, without tone; ü is v, as people type it."""
    # The phrase table costs a second and 50 MB; the readings above stand in for it.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.pinyin_dict import pinyin_dict

    return {chr(code): _plain(pinyin_dict[code].split(",")[0]) for code in range(0x4E00, 0x9FA6) if code in pinyin_dict}


def _plain(reading: str) -> str:
    """zhù as zhu: the tone mark is a combining character once the letter is taken apart; the dots of ü are another."""
    apart = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    return "".join("v" if mark == "\u0308" else mark for mark in apart if mark.isascii() or mark == "\u0308").replace(
        "uv", "v"
    )


@functools.cache
def syllables() -> frozenset[str]:
    """Every syllable that some character is read as, without tone."""
    return frozenset(_table().values()) | {reading for readings in _SEVERAL.values() for reading in readings}


def readings_of(character: str) -> tuple[str, ...]:
    """How a character is read, likeliest first; empty for what has no reading."""
    several = _SEVERAL.get(character)
    if several:
        return several
    reading = _table().get(character)
    return (reading,) if reading else ()


@functools.lru_cache(maxsize=20_000)
def _line_tokens(line: str) -> tuple[str, ...]:
    """The tokens of one line. Cached: names of matters, tags and departments recur in every document."""
    found: list[str] = []
    for run in _CHINESE.findall(line):
        read = [readings_of(character) or ("",) for character in run]
        initials = [tuple(dict.fromkeys(reading[:1] for reading in each)) for each in read]
        for first, second in pairwise(read):
            found.extend(f"{a}_{b}" for a, b in product(first, second) if a and b)
        found.extend(_initial_runs(initials))
        if len(run) in _WHOLE and run == line:
            found.extend(_WHOLE_MARK + "".join(way) for way in islice(product(*initials), _MOST_READINGS))
    return tuple(found)


def _initial_runs(initials: Sequence[tuple[str, ...]]) -> Iterator[str]:
    sizes = [size for size in _RUNS if size <= len(initials)] or [len(initials)]
    for size in sizes:
        for start in range(len(initials) - size + 1):
            ways = list(product(*initials[start : start + size]))[:_MOST_READINGS]
            for way in ways:
                yield _INITIALS_MARK + "".join(way)


def tokens_of(text: str) -> list[str]:
    """The sounds of a text in normal form, for the index."""
    return [token for line in text.split("\n") for token in _line_tokens(line)]


@functools.lru_cache(maxsize=2_000)
def _split(letters: str) -> tuple[str, ...]:
    """The letters as syllables, fewest first: `qianzuhu` is qian zu hu. Empty where they are none."""
    known = syllables()
    best: list[tuple[float, tuple[str, ...]] | None] = [None] * (len(letters) + 1)
    best[0] = (0.0, ())
    for start in range(len(letters)):
        here = best[start]
        if here is None:
            continue
        for end in range(start + 1, min(len(letters), start + 6) + 1):
            syllable = letters[start:end]
            if syllable in known:
                # A syllable of one letter is rarer than a longer one: `xian` is one syllable, not xi a n.
                cost = here[0] + (1.5 if end - start == 1 else 1.0)
                if best[end] is None or cost < best[end][0]:  # type: ignore[index]
                    best[end] = (cost, (*here[1], syllable))
    last = best[len(letters)]
    return last[1] if last else ()


def spelled(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """What was typed by sound in a text in normal form: (as it was typed, its tokens), pinyin and initials alike."""
    found = []
    for match in _SPELLED.finditer(text[: 10 * _MOST_LETTERS]):
        typed = match[0][:_MOST_LETTERS]
        parts = [part for part in re.split(r"[ '’]+", typed) if part]
        tokens = _spelled_tokens(parts)
        if tokens:
            found.append((typed, tokens))
    return found


def _spelled_tokens(parts: list[str]) -> tuple[str, ...]:
    letters = "".join(parts)
    split = [_split(part) for part in parts]
    syllables = [syllable for part in split for syllable in part]
    is_pinyin = all(split) and len(syllables) > 1 and sum(letter in _VOWELS for letter in letters) * 5 > len(letters)
    if is_pinyin:
        return tuple(dict.fromkeys(_pairs(split)))
    if len(letters) < 2:
        return ()
    runs = [size for size in _RUNS if size <= len(letters)] or [len(letters)]
    whole = [_WHOLE_MARK + each for each in (*parts, letters) if len(each) in _WHOLE]
    return tuple(
        dict.fromkeys(
            [
                *(_INITIALS_MARK + letters[at : at + size] for size in runs for at in range(len(letters) - size + 1)),
                *whole,
            ]
        )
    )


def _pairs(parts: list[tuple[str, ...]]) -> Iterator[str]:
    """Neighbouring syllables; of two words that are written apart, the end of one and the beginning of the next are none."""
    before: tuple[str, ...] = ()
    for part in parts:
        if before and (len(before) == 1 or len(part) == 1):
            yield f"{before[-1]}_{part[0]}"
        yield from (f"{a}_{b}" for a, b in pairwise(part))
        before = part
