"""Which of many texts share rare pieces with one, so that few have to be compared; and how much two texts share."""

import functools
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

# What stands in more texts than this says nothing about which is meant: 应当, 违反本法规定.
_RARE = 40
# So many are worth comparing.
_MOST = 8
_SHORT = 100
# Grams that are looked up of one text, spread over it.
_MOST_GRAMS = 1_500


@dataclass(frozen=True, slots=True)
class Grams:
    """The pairs of neighbouring characters of a text."""

    pairs: frozenset[str]

    @classmethod
    @functools.lru_cache(maxsize=512)
    def of(cls, text: str) -> "Grams":
        return cls(frozenset(map(str.__add__, text, text[1:])) or frozenset([text] if text else []))

    def shared(self, other: "Grams") -> float:
        """0 to 1: what of the shorter one stands in the other, lowered where that is much longer."""
        if not self.pairs or not other.pairs:
            return 0.0
        both = len(self.pairs & other.pairs)
        dice = 2 * both / (len(self.pairs) + len(other.pairs))
        return (dice + both / min(len(self.pairs), len(other.pairs))) / 2

    def inside(self, other: "Grams") -> float:
        """0 to 1: how much of this one stands in the other."""
        return len(self.pairs & other.pairs) / len(self.pairs) if self.pairs else 0.0


class Nearby:
    """Texts by their rare runs of three characters, or of two where they are few."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._holders: dict[str, list[int]] = defaultdict(list)
        for place, text in texts.items():
            for gram in _runs(text):
                self._holders[gram].append(place)

    def to(self, text: str) -> list[int]:
        """The places of the texts that share most with one, the nearest first; at most 8."""
        counts: Counter[int] = Counter()
        for gram in _runs(text):
            holders = self._holders.get(gram, ())
            if len(holders) <= _RARE:
                counts.update(dict.fromkeys(holders, 1))
        return [place for place, _ in sorted(counts.items(), key=lambda found: (-found[1], found[0]))[:_MOST]]


def _runs(text: str) -> set[str]:
    step = max(1, len(text) // _MOST_GRAMS)
    found = {text[at : at + 3] for at in range(0, len(text) - 2, step)}
    # A long text has runs of three in common with its like; a paraphrase of one line may have none.
    return found | set(map(str.__add__, text, text[1:])) if len(text) < _SHORT else found
