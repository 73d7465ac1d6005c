"""The file of synonyms: one group a line, read and written in one form. Reading never fails; what does not hold is named."""

import functools
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate, islice

from django.utils.translation import gettext

from caselib.core.personal_data import find, mask
from caselib.core.text import normalise

from .groups import LONGEST_WORD, MOST_GROUPS, MOST_WORDS, ONE_WAY, Group, Synonyms
from .loops import closing_edges

# Longer than any group may be.
_LONGEST_LINE = 4_000
_BETWEEN = re.compile("[,、;\t]")
_FINDABLE = re.compile("[a-z0-9\u3400-\u4dbf\u4e00-\u9fff\u3007]")
PAIR_FORM = f"单向词要写成“甲 {ONE_WAY} 乙”。"


@dataclass(frozen=True, slots=True)
class Problem:
    """One line that was left out or only partly taken, with the reason in Chinese. `line` counts from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A group with the line on which it begins."""

    line: int
    group: Group


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in normal form, between commas or line breaks, repeats included."""
    parts = _BETWEEN.split(normalise(text).replace("\n", ","))
    return tuple(" ".join(part.split()) for part in parts if part.strip())


def word_problem(word: str) -> str:
    """Why a word cannot be looked for; empty when it can."""
    if len(word) > LONGEST_WORD:
        return f"“{word[:LONGEST_WORD]}……”太长，一个词最多 {LONGEST_WORD} 个字。"
    if not _FINDABLE.search(word):
        return f"“{word}”里没有汉字、字母或数字，查不了。"
    if ONE_WAY in word or "#" in word:
        return f"“{word}”里有“{ONE_WAY}”或“#”，它们在词表里另有用处。"
    return ""


def personal_problem(word: str) -> str:
    """Why a word must not be kept; empty when nothing in it tells of a person."""
    masked = mask(word)
    if masked == word:
        return ""
    return f"“{masked}”里有个人信息，词表和变更记录会一直留着它，不能收。去掉它，换成通用的说法。"


def _personal_lines(lines: Sequence[str]) -> frozenset[int]:
    """The numbers, from 1, of lines that may tell of a person. At once for all: ten times as fast as word by word."""
    read_ones = list(islice((n for n, line in enumerate(lines, start=1) if line and _is_read(line)), MOST_GROUPS))
    texts = [lines[number - 1].partition("#")[0] for number in read_ones]
    begins = list(accumulate((len(text) + 1 for text in texts), initial=0))
    return frozenset(read_ones[bisect_right(begins, found.start) - 1] for found in find("\n".join(texts)))


def _is_read(line: str) -> bool:
    return len(line) <= _LONGEST_LINE and not line.startswith("#") and not line.isspace()


def read(lines: Iterable[str]) -> tuple[list[Entry], list[Problem]]:
    """The groups of a file, one-way ones gathered by the word that is asked, and what was left out."""
    whole = list(lines)
    reader = _Reader(_personal_lines(whole))
    for number, raw in enumerate(whole, start=1):
        # Before the costly part: a file of five million empty lines is read in a second.
        if not raw or raw.isspace() or raw.startswith("#"):
            continue
        if len(raw) > _LONGEST_LINE:
            reader.problems.append(
                Problem(number, gettext("这一行超过 {longest_line} 个字，没有读。").format(longest_line=_LONGEST_LINE))
            )
            continue
        line = normalise(raw).partition("#")[0].strip()
        if line and not reader.take(number, line):
            break
    return reader.entries(), sorted(reader.problems, key=lambda problem: problem.line)


def parse(lines: Iterable[str]) -> tuple[Synonyms, list[Problem]]:
    """Reads groups (`甲，乙，丙`, first the preferred) and one-way pairs (`甲 => 乙`); `#` begins a comment.

    Never fails: what does not hold is left out and named.
    """
    entries, problems = read(lines)
    return Synonyms.of(entry.group for entry in entries), problems


class _Reader:
    """What was read so far. `home`: line by word of a two-way group; `pairs`: line by (asked, found).

    `personal`: lines whose words are looked at for personal data.
    """

    def __init__(self, personal: Collection[int]) -> None:
        self._personal = personal
        self.problems: list[Problem] = []
        self.home: dict[str, int] = {}
        self.pairs: dict[tuple[str, str], int] = {}
        self._groups: list[Entry] = []
        self._lines = 0

    def take(self, number: int, line: str) -> bool:
        """Reads one line. False when there are too many to go on."""
        self._lines += 1
        if self._lines > MOST_GROUPS:
            self.problems.append(
                Problem(number, gettext("超过 {most_groups} 组，从这一行起没有读。").format(most_groups=MOST_GROUPS))
            )
            return False
        if ONE_WAY in line:
            self._take_pair(number, line)
        else:
            self._take_group(number, line)
        return True

    def entries(self) -> list[Entry]:
        """All groups by line, without the pairs that run in a circle, which are named."""
        for edge, circle in closing_edges(self.pairs).items():
            self.problems.append(Problem(self.pairs[edge], circle_reason(edge, circle)))
            del self.pairs[edge]
        found: dict[str, list[str]] = {}
        first: dict[str, int] = {}
        for (asked, also), number in self.pairs.items():
            found.setdefault(asked, []).append(also)
            first.setdefault(asked, number)
        one_way = [Entry(first[asked], Group((asked, *also), one_way=True)) for asked, also in found.items()]
        return sorted([*self._groups, *one_way], key=lambda entry: entry.line)

    def _findable(self, number: int, words: Sequence[str]) -> list[str]:
        kept = []
        for word in dict.fromkeys(words):
            if reason := word_problem(word) or (personal_problem(word) if number in self._personal else ""):
                self.problems.append(Problem(number, reason))
            else:
                kept.append(word)
        return kept

    def _take_pair(self, number: int, line: str) -> None:
        left, _, right = line.partition(ONE_WAY)
        asked, also = words_of(left), words_of(right)
        if len(asked) != 1 or not also or ONE_WAY in right:
            self.problems.append(Problem(number, PAIR_FORM))
            return
        if len(also) >= MOST_WORDS:
            self.problems.append(
                Problem(number, gettext("一组最多 {most_words} 个词，多的没有读。").format(most_words=MOST_WORDS))
            )
        if asked[0] in also:
            self.problems.append(Problem(number, gettext("“{asked}”指向了自己。").format(asked=asked[0])))
        if self._findable(number, asked):
            for word in self._findable(number, [word for word in also if word != asked[0]][: MOST_WORDS - 1]):
                self.pairs.setdefault((asked[0], word), number)

    def _take_group(self, number: int, line: str) -> None:
        written = words_of(line)
        words = self._findable(number, written)
        twice = [word for word in words if written.count(word) > 1] if len(words) < len(written) else []
        self.problems += [
            Problem(number, gettext("“{word}”在这一组里写了两次，只算一次。").format(word=word)) for word in twice
        ]
        taken = [word for word in words if word in self.home]
        self.problems += [
            Problem(number, gettext("“{w}”已在第 {value} 行，一个词只能在一组里。").format(w=w, value=self.home[w]))
            for w in taken
        ]
        words = [word for word in words if word not in self.home]
        if len(words) > MOST_WORDS:
            self.problems.append(
                Problem(number, gettext("一组最多 {most_words} 个词，多的没有读。").format(most_words=MOST_WORDS))
            )
            words = words[:MOST_WORDS]
        if len(words) < 2:
            self.problems.append(Problem(number, gettext("一组至少要两个词。")))
            return
        self.home.update(dict.fromkeys(words, number))
        self._groups.append(Entry(number, Group(tuple(words))))


def circle_reason(edge: tuple[str, str], circle: Sequence[str]) -> str:
    """The sentence about a one-way word that leads back to itself."""
    way = f" {ONE_WAY} ".join(circle)
    return f"“{edge[0]} {ONE_WAY} {edge[1]}”绕成一圈（{way}）。两边都要找，就写成一组“{edge[0]}，{edge[1]}”。"


@functools.cache
def built_in_groups() -> tuple[Group, ...]:
    """The groups that come with the product."""
    text = resources.files("caselib.search").joinpath("data/synonyms.txt").read_text(encoding="utf-8")
    entries, problems = read(text.splitlines())
    if problems:
        raise ValueError(f"synonyms.txt, line {problems[0].line}: {problems[0].reason}")
    return tuple(entry.group for entry in entries)


@functools.cache
def built_in() -> Synonyms:
    """The groups that come with the product, as a question needs them."""
    return Synonyms.of(built_in_groups())
