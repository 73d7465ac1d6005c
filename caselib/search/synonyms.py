"""Words that say the same in halls: looked for beside what was asked, with less weight, at the time of the question only.

Stored texts are never rewritten, so a group that was wrong is gone with the next question.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

from caselib.core.text import normalise

MOST_GROUPS = 10_000
MOST_WORDS = 40
_ONE_WAY = "=>"


@dataclass(frozen=True, slots=True)
class Synonyms:
    """`others`: word in normal form to the words that are looked for as well, the preferred ones first."""

    others: Mapping[str, tuple[str, ...]]

    def words(self) -> frozenset[str]:
        """Every word of every group."""
        return frozenset(self.others) | {word for words in self.others.values() for word in words}


@dataclass(frozen=True, slots=True)
class Problem:
    """One line that was left out or only partly taken, with the reason in Chinese. `line` counts from 1."""

    line: int
    reason: str


def parse(lines: Iterable[str]) -> tuple[Synonyms, list[Problem]]:
    """Reads groups (`甲，乙，丙`, first the preferred) and one-way pairs (`甲 => 乙`); `#` begins a comment.

    Never fails: what does not hold is left out and named.
    """
    others: dict[str, list[str]] = {}
    home: dict[str, int] = {}
    problems: list[Problem] = []
    groups = 0
    for number, raw in enumerate(lines, start=1):
        line = normalise(raw.partition("#")[0]).strip()
        if not line:
            continue
        groups += 1
        if groups > MOST_GROUPS:
            problems.append(Problem(number, f"超过 {MOST_GROUPS} 组，从这一行起没有读。"))
            break
        if _ONE_WAY in line:
            _read_pair(line, number, others, problems)
        else:
            _read_group(line, number, others, home, problems)
    return Synonyms({word: tuple(found) for word, found in others.items()}), problems


def _read_pair(line: str, number: int, others: dict[str, list[str]], problems: list[Problem]) -> None:
    asked, _, also = (part.strip() for part in line.partition(_ONE_WAY))
    if not asked or not also or _ONE_WAY in also:
        problems.append(Problem(number, "单向词要写成“甲 => 乙”。"))
    elif asked == also:
        problems.append(Problem(number, f"“{asked}”指向了自己。"))
    elif also not in others.setdefault(asked, []):
        others[asked].append(also)


def _read_group(
    line: str, number: int, others: dict[str, list[str]], home: dict[str, int], problems: list[Problem]
) -> None:
    words = list(dict.fromkeys(part.strip() for part in line.replace("，", ",").split(",") if part.strip()))
    taken = [word for word in words if word in home]
    problems += [Problem(number, f"“{word}”已在第 {home[word]} 行，一个词只能在一组里。") for word in taken]
    words = [word for word in words if word not in home]
    if len(words) > MOST_WORDS:
        problems.append(Problem(number, f"一组最多 {MOST_WORDS} 个词，多的没有读。"))
        words = words[:MOST_WORDS]
    if len(words) < 2:
        problems.append(Problem(number, "一组至少要两个词。"))
        return
    for word in words:
        home[word] = number
        others.setdefault(word, []).extend(other for other in words if other != word)


@functools.cache
def built_in() -> Synonyms:
    """The groups that come with the product."""
    text = resources.files("caselib.search").joinpath("data/synonyms.txt").read_text(encoding="utf-8")
    synonyms, problems = parse(text.splitlines())
    if problems:
        raise ValueError(f"synonyms.txt, line {problems[0].line}: {problems[0].reason}")
    return synonyms
