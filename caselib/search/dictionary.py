"""Words of this library, found in a text beside what the segmenter cuts.

The segmenter's own dictionary belongs to the product. These words come from names that people keep here, change with
them, and stay with an index: a text is read with the words its index was built with until it is built again, or a word
in a question and the same word in a text would part. They add tokens and take none away, so the segmenter is loaded once
whatever the dictionary, both segmenters yield the same, and a dictionary is exchanged without loading anything.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import add

LONGEST_WORD = 8
# 10,000 groups of synonyms and all names of a big city: 10 MB in each worker.
MOST_WORDS = 60_000
_WORD = re.compile(f"[\u3400-\u4dbf\u4e00-\u9fff\u3007]{{2,{LONGEST_WORD}}}")


def is_word(text: str) -> bool:
    """Whether a text in normal form is something that a dictionary takes."""
    return _WORD.fullmatch(text) is not None


@dataclass(frozen=True)
class Dictionary:
    """`words` sorted, without repeats, in normal form, each two characters at least. `of` takes only what fits an index."""

    words: tuple[str, ...] = ()
    digest: str = field(init=False)
    words_set: frozenset[str] = field(init=False, repr=False, compare=False)
    # How long the words are that begin with these two characters.
    _lengths: Mapping[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lengths: dict[str, set[int]] = {}
        for word in self.words:
            lengths.setdefault(word[:2], set()).add(len(word))
        object.__setattr__(self, "words_set", frozenset(self.words))
        object.__setattr__(self, "_lengths", {pair: tuple(sorted(sizes)) for pair, sizes in lengths.items()})
        object.__setattr__(self, "digest", hashlib.sha256("\n".join(self.words).encode()).hexdigest()[:16])

    @classmethod
    def of(cls, words: Iterable[str]) -> "Dictionary":
        """Takes what is a word, in normal form already, and leaves out the rest; the order given does not matter."""
        return cls(tuple(sorted({word for word in words if is_word(word)})))

    def __len__(self) -> int:
        return len(self.words)

    def within(self, run: str) -> list[str]:
        """Every word of the dictionary in a run of characters, in the order of the run, repeats included."""
        lengths, known = self._lengths, self.words_set
        found: list[str] = []
        for start, pair in enumerate(map(add, run, run[1:])):
            for size in lengths.get(pair, ()):
                word = run[start : start + size]
                if word in known:
                    found.append(word)
        return found


NO_WORDS = Dictionary()
