"""One group of words, and all groups together as a question needs them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from caselib.search.dictionary import Dictionary

MOST_GROUPS = 10_000
MOST_WORDS = 40
# Longer than any name of a matter; a token of the index ends at 40 characters.
LONGEST_WORD = 30
ONE_WAY = "=>"
BUILT_IN_MARK = "b"
SITE_MARK = "s"


@dataclass(frozen=True, slots=True)
class Group:
    """`words` in normal form, at least two. The first is the preferred one; one-way, it is asked and finds the others."""

    words: tuple[str, ...]
    one_way: bool = False

    @property
    def label(self) -> str:
        return self.words[0]

    @property
    def line(self) -> str:
        """As it stands in a file."""
        if self.one_way:
            return f"{self.words[0]} {ONE_WAY} {'，'.join(self.words[1:])}"
        return "，".join(self.words)

    @property
    def built_in_key(self) -> str:
        """What a group of the product goes by: its first word, so that it keeps its key when it gets another word."""
        name = f"{ONE_WAY if self.one_way else ''}{self.words[0]}"
        return BUILT_IN_MARK + hashlib.sha256(name.encode()).hexdigest()[:12]


class Others(Mapping[str, tuple[str, ...]]):
    """Word to the words that are looked for as well. Worked out when asked: pairs of 10,000 groups would fill memory."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._home: dict[str, tuple[str, ...]] = {}
        self._leads: dict[str, tuple[str, ...]] = {}
        for group in groups:
            if group.one_way:
                asked = group.words[0]
                self._leads[asked] = tuple(dict.fromkeys((*self._leads.get(asked, ()), *group.words[1:])))
            else:
                for word in group.words:
                    # The group of the site comes first; a word stands in one group only.
                    self._home.setdefault(word, group.words)

    def __getitem__(self, word: str) -> tuple[str, ...]:
        if word not in self:
            raise KeyError(word)
        found = (*self._home.get(word, ()), *self._leads.get(word, ()))
        return tuple(other for other in dict.fromkeys(found) if other != word)

    def __contains__(self, word: object) -> bool:
        return word in self._home or word in self._leads

    def __iter__(self) -> Iterator[str]:
        yield from self._home
        yield from (word for word in self._leads if word not in self._home)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def targets(self) -> Iterator[str]:
        """Words that one-way groups find."""
        for found in self._leads.values():
            yield from found


@dataclass(frozen=True)
class Synonyms:
    """`others`: word in normal form to the words that are looked for as well, the preferred ones first."""

    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _torn: Dictionary | None = field(default=None, init=False, repr=False, compare=False)

    @cached_property
    def _words(self) -> frozenset[str]:
        if isinstance(self.others, Others):
            return frozenset(self.others) | frozenset(self.others.targets())
        return frozenset(self.others) | {word for words in self.others.values() for word in words}

    def words(self) -> frozenset[str]:
        """Every word of every group."""
        return self._words

    def torn(self, kept_whole: Callable[[str], bool]) -> Dictionary:
        """The words that the segmenter does not keep whole. Worked out once: 30,000 words take some 0.3 s.

        `kept_whole`: `analysis.is_kept_whole`; always the same one.
        """
        if self._torn is None:
            words = (word for word in self.words() if len(word) > 1 and not kept_whole(word))
            object.__setattr__(self, "_torn", Dictionary(tuple(sorted(words))))
        return self._torn

    @classmethod
    def of(cls, groups: Iterable[Group]) -> "Synonyms":
        return cls(Others(groups))
