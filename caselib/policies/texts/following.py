"""Which clause of an old version lives on in which clause of the new one, as a proposal for a person.

The same number with much the same words first, then content wherever it went, one to one. The same number with another
content is not the same clause: its home is looked for elsewhere. Paragraphs and items follow within their article first.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from caselib.core.text import normalise

from .nearness import Grams, Nearby

# As alike as a clause with a changed period or name of an office; less is reworded.
NEARLY_THE_SAME = 0.9
# Less alike than this is another rule. A number that stayed counts for something, a paraphrase uses other words.
_LEAST = {"text": 0.55, "text_same_number": 0.45, "gist": 0.3, "gist_same_number": 0.3}
# So much of one clause has to stand in another for a split or a merge; short ones stand everywhere.
_LEAST_CONTAINED, _SHORTEST_CONTAINED = 0.8, 12
# What is compared of a clause, in characters; no article is longer, an annex may be.
_COMPARED = 6_000
_NO_WORDS = re.compile(r"[\W_]+")
# Two likenesses that differ by less say the same: then the order decides.
_TIE = 0.02


class How(StrEnum):
    SAME_NUMBER = "same_number"
    REWORDED_SAME_NUMBER = "reworded_same_number"
    MOVED = "moved"
    VANISHED = "vanished"


class Shape(StrEnum):
    SPLIT = "split"
    MERGE = "merge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A clause as far as following goes. `ref`: 条/款/项 in figures, or empty and `label` is the number; `gist`: what is
    compared where either side has no `text`."""

    key: str
    ref: str
    label: str
    text: str = ""
    gist: str = ""

    @property
    def number(self) -> str:
        return self.ref or re.sub(r"\s", "", self.label)

    @property
    def depth(self) -> int:
        return self.ref.count("/")


@dataclass(frozen=True, slots=True)
class Followed:
    """Where an old clause lives on; `new` is None where it vanished. `likeness`: 0 to 1, 1 for the same words."""

    old: Following
    new: Following | None
    how: How
    likeness: float
    needs_confirmation: bool


@dataclass(frozen=True, slots=True)
class Reshaped:
    """A split: one old clause whose parts stand in several new ones; a merge: several old ones that stand in one new."""

    shape: Shape
    old: tuple[Following, ...]
    new: tuple[Following, ...]


@dataclass(frozen=True, slots=True)
class Succession:
    """`followed`: one for each old clause, in their order; `appeared`: new ones without a predecessor."""

    followed: tuple[Followed, ...]
    appeared: tuple[Following, ...]
    reshaped: tuple[Reshaped, ...]


def follow(old: Sequence[Following], new: Sequence[Following]) -> Succession:
    """Proposes where each clause lives on. Only the same number with the same words needs no confirmation.

    Time grows with the number of clauses: each is held against a few that share rare words with it.
    """
    work = _Work(old, new)
    for depth in sorted({clause.depth for clause in old}):
        before = [at for at, clause in enumerate(old) if clause.depth == depth]
        after = [at for at, clause in enumerate(new) if clause.depth == depth]
        if depth:
            work.within_parents(before, after)
        work.settle(before, after)
    followed = tuple(work.followed(at) for at in range(len(old)))
    taken = set(work.home.values())
    appeared = tuple(clause for at, clause in enumerate(new) if at not in taken)
    return Succession(followed, appeared, tuple(_reshaped(work)))


def plain(text: str) -> str:
    """The words alone, without marks and blanks, cut where a comparison would take long."""
    return _NO_WORDS.sub("", normalise(text[: 2 * _COMPARED]))[:_COMPARED]


class _Work:
    """The clauses of both sides by their places, and what was found so far: `home` from old place to new place."""

    def __init__(self, old: Sequence[Following], new: Sequence[Following]) -> None:
        self.old, self.new = old, new
        self.home: dict[int, int] = {}
        self._taken: set[int] = set()
        self._texts = [plain(clause.text) for clause in old], [plain(clause.text) for clause in new]
        self._gists = [plain(clause.gist) for clause in old], [plain(clause.gist) for clause in new]

    def within_parents(self, before: Sequence[int], after: Sequence[int]) -> None:
        """Follows paragraphs and items inside the article, or paragraph, in which their parent lives on."""
        new_parents, old_parents = _by_parent(self.new, after), _by_parent(self.old, before)
        home = {self.old[a].ref: self.new[b].ref for a, b in self.home.items()}
        for parent, children in old_parents.items():
            self.settle(children, new_parents.get(home.get(parent, ""), ()))

    def settle(self, before: Iterable[int], after: Iterable[int]) -> None:
        """Follows those that have no home yet: the same words, then the same number, then what is alike."""
        before = [at for at in before if at not in self.home]
        after = [at for at in after if at not in self._taken]
        if not before or not after:
            return
        self._same_words(before, after)
        before, after = [a for a in before if a not in self.home], [b for b in after if b not in self._taken]
        for _, a, b in self._ranked(before, after):
            if a not in self.home and b not in self._taken:
                self._link(a, b)
        self._by_number_alone(before, after)

    def _by_number_alone(self, before: Sequence[int], after: Sequence[int]) -> None:
        """Proposes the same number for what is known as a gist alone: a short paraphrase may share few words with its text.

        To be confirmed like everything else. Carried on by mistake it asks who relies on it to look again; let go by mistake it says
        that the rule is gone.
        """
        by_number = {self.new[b].number: b for b in after if b not in self._taken}
        for a in before:
            if a not in self.home and not self._texts[0][a] and (b := by_number.get(self.old[a].number)) is not None:
                self._link(a, b)
                del by_number[self.old[a].number]

    def followed(self, at: int) -> Followed:
        old = self.old[at]
        if at not in self.home:
            return Followed(old, None, How.VANISHED, 0.0, needs_confirmation=True)
        new = self.new[self.home[at]]
        likeness, _ = self.likeness(at, self.home[at])
        is_same_number = old.number == new.number
        is_same_text = bool(old.text.strip()) and "".join(old.text.split()) == "".join(new.text.split())
        stayed = How.SAME_NUMBER if likeness >= NEARLY_THE_SAME else How.REWORDED_SAME_NUMBER
        how = stayed if is_same_number else How.MOVED
        return Followed(old, new, how, likeness, needs_confirmation=not (is_same_number and is_same_text))

    def likeness(self, a: int, b: int) -> tuple[float, str]:
        """(0 to 1, what was compared)."""
        left, right = self._texts[0][a], self._texts[1][b]
        if left and right:
            return round(fuzz.ratio(left, right) / 100, 4), "text"
        return round(Grams.of(self.words(0, a)).shared(Grams.of(self.words(1, b))), 4), "gist"

    def words(self, side: int, at: int) -> str:
        """The gist, or the text of a clause without one."""
        return self._gists[side][at] or self._texts[side][at]

    def text_or_gist(self, side: int, at: int) -> str:
        return self._texts[side][at] or self._gists[side][at]

    def _link(self, a: int, b: int) -> None:
        self.home[a] = b
        self._taken.add(b)

    def _same_words(self, before: Sequence[int], after: Sequence[int]) -> None:
        """Links what has the same words: those that kept their number first, the others in the order of the text."""
        places: dict[str, list[int]] = defaultdict(list)
        for b in after:
            if words := self.text_or_gist(1, b):
                places[words].append(b)
        by_number = {(self.text_or_gist(1, b), self.new[b].number): b for b in after}
        for a in before:
            b = by_number.get((self.text_or_gist(0, a), self.old[a].number))
            if b is not None and self.text_or_gist(0, a) and b not in self._taken:
                self._link(a, b)
        free = {words: iter([b for b in found if b not in self._taken]) for words, found in places.items()}
        for a in before:
            if a not in self.home and (b := next(free.get(self.text_or_gist(0, a), iter(())), None)) is not None:
                self._link(a, b)

    def _ranked(self, before: Sequence[int], after: Sequence[int]) -> list[tuple[tuple[float, ...], int, int]]:
        """Pairs that are alike enough, the best first: by likeness, then the same number, then the order of the text."""
        shift = self._shift()
        ranked = []
        for a, b in set(self._candidates(before, after)):
            likeness, compared = self.likeness(a, b)
            is_same_number = self.old[a].number == self.new[b].number
            if likeness < _LEAST[compared + ("_same_number" if is_same_number else "")]:
                continue
            rank = (-round(likeness / _TIE), not is_same_number, abs(a + shift - b), a, b)
            ranked.append((rank, a, b))
        return sorted(ranked)

    def _candidates(self, before: Sequence[int], after: Sequence[int]) -> Iterator[tuple[int, int]]:
        by_number = {self.new[b].number: b for b in after}
        has_gists = any(self._gists[0][a] for a in before) and any(self._gists[1][b] for b in after)
        for words in (self.text_or_gist, self.words) if has_gists else (self.text_or_gist,):
            nearby = Nearby({b: words(1, b) for b in after})
            for a in before:
                yield from ((a, b) for b in nearby.to(words(0, a)))
        yield from ((a, by_number[self.old[a].number]) for a in before if self.old[a].number in by_number)

    def _shift(self) -> int:
        """By how many places most clauses moved, so far as is known."""
        moves = Counter(b - a for a, b in self.home.items())
        return min(moves, key=lambda move: (-moves[move], abs(move)), default=0)


def _by_parent(clauses: Sequence[Following], places: Iterable[int]) -> dict[str, list[int]]:
    """Places by the nearest clause above: an only paragraph is none of its own, its items hang on the article."""
    refs = {clause.ref for clause in clauses}
    found: dict[str, list[int]] = defaultdict(list)
    for at in places:
        parent = clauses[at].ref.rpartition("/")[0]
        while parent and parent not in refs:
            parent = parent.rpartition("/")[0]
        found[parent].append(at)
    return found


def _reshaped(work: _Work) -> Iterator[Reshaped]:
    """Clauses without a partner whose words stand in a clause that has one: parts of a split or of a merge."""
    olds = [at for at, clause in enumerate(work.old) if not clause.depth]
    news = [at for at, clause in enumerate(work.new) if not clause.depth]
    origin = {b: a for a, b in work.home.items()}
    whole = {b: work.text_or_gist(1, b) for b in news if b in origin}
    merged: dict[int, list[int]] = defaultdict(list)
    for a, b in _contained({a: work.text_or_gist(0, a) for a in olds if a not in work.home}, whole):
        merged[b].append(a)
    for b, parts in sorted(merged.items()):
        places = sorted([origin[b], *parts])
        yield Reshaped(Shape.MERGE, tuple(work.old[a] for a in places), (work.new[b],))
    whole = {a: work.text_or_gist(0, a) for a in olds if a in work.home}
    split: dict[int, list[int]] = defaultdict(list)
    for b, a in _contained({b: work.text_or_gist(1, b) for b in news if b not in origin}, whole):
        split[a].append(b)
    for a, parts in sorted(split.items()):
        places = sorted([work.home[a], *parts])
        yield Reshaped(Shape.SPLIT, (work.old[a],), tuple(work.new[b] for b in places))


def _contained(parts: dict[int, str], wholes: dict[int, str]) -> Iterator[tuple[int, int]]:
    """(part, whole) for each part of which most stands in one of the wholes."""
    nearby = Nearby(wholes)
    for part, words in parts.items():
        if len(words) < _SHORTEST_CONTAINED:
            continue
        grams = Grams.of(words)
        found = [(grams.inside(Grams.of(wholes[at])), -at) for at in nearby.to(words)]
        share, place = max(found, default=(0.0, 0))
        if share >= _LEAST_CONTAINED:
            yield part, -place
