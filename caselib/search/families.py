"""Results that share the problem and differ in a condition: shown as one family, with what decides between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from caselib.search.lexicon.facts import AskedFacts
from caselib.search.lexicon.reader import lexicon

# So many results of a page are compared with one another: who looks further down is not choosing between siblings.
COMPARED = 10
# Share of character pairs that two stories have in common. Of the near-duplicates of the practice set, which were
# written as such, nine in ten share 0.40 and more; no two other records share 0.36.
SAME_STORY = 0.3
# Two precedents of one matter are siblings sooner, and much sooner where their conditions answer one question differently.
SAME_STORY_IN_MATTER = 0.15
SAME_STORY_PARTED = 0.08
MOST_MEMBERS = 4
MOST_POINTS = 3
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sibling:
    """A result with what it tells for comparing: its place on the page, title, story, matter and conditions.

    `fits` and `unfits`: facts (dimension=value) under which it applies, and which rule it out.
    """

    place: int
    code: str
    title: str
    story: str
    matter: str
    applies_when: tuple[str, ...]
    not_when: tuple[str, ...]
    fits: tuple[str, ...]
    unfits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one member says to a point; `is_asked` where the question says the same, `is_against` where it says otherwise."""

    text: str
    is_asked: bool = False
    is_against: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One question that decides, with the answer of each member."""

    question: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Members in the order of the page, the first of them its head."""

    members: tuple[Sibling, ...]
    points: tuple[Point, ...]


def families_of(results: Sequence[Sibling], asked: AskedFacts) -> tuple[Family, ...]:
    """The families among the first results. Each result is in one at most; a family has two members or more."""
    results = results[:COMPARED]
    pairs = {one.place: character_pairs(f"{one.title}{one.story}") for one in results}
    heads: dict[int, list[Sibling]] = {}
    for one in results:
        for members in heads.values():
            if len(members) < MOST_MEMBERS and _are_siblings(members[0], one, pairs):
                members.append(one)
                break
        else:
            heads[one.place] = [one]
    wanted = asked.by_dimension
    return tuple(Family(tuple(members), _points(members, wanted)) for members in heads.values() if len(members) > 1)


def differences(one: Sibling, other: Sibling) -> tuple[Point, ...]:
    """In what two results part, whatever was asked."""
    return _points((one, other), {})


def character_pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text: what stories are compared by."""
    return frozenset(map(str.__add__, text, text[1:]))


def share_of(one: frozenset[str], two: frozenset[str]) -> float:
    """What two sets of pairs have in common (0 to 1)."""
    common = len(one & two)
    return common / max(1, len(one) + len(two) - common)


def _are_siblings(head: Sibling, other: Sibling, pairs: Mapping[int, frozenset[str]]) -> bool:
    share = share_of(pairs[head.place], pairs[other.place])
    if not head.matter or head.matter != other.matter:
        return share >= SAME_STORY
    return share >= SAME_STORY_IN_MATTER or (share >= SAME_STORY_PARTED and _are_parted(head, other))


def _are_parted(one: Sibling, other: Sibling) -> bool:
    """Whether the conditions of both answer a question that is not answered by the way, and not alike."""
    dimensions = {fact.partition("=")[0] for fact in one.fits} - lexicon().soft
    answers = [(values_in(one.fits, dimension), values_in(other.fits, dimension)) for dimension in dimensions]
    return any(theirs and own != theirs for own, theirs in answers)


def contradicts(one: Sibling, asked: Mapping[str, frozenset[str]]) -> bool:
    """Whether a condition of the result says otherwise than the question, in what is not said by the way."""
    return any(
        dimension not in lexicon().soft and _is_against(one, dimension, values) for dimension, values in asked.items()
    )


def fulfils(one: Sibling, asked: Mapping[str, frozenset[str]]) -> bool:
    """Whether a condition of the result says what the question says, in what is not said by the way."""
    return any(
        dimension not in lexicon().soft and values & values_in(one.fits, dimension)
        for dimension, values in asked.items()
    )


def _is_against(one: Sibling, dimension: str, asked: frozenset[str]) -> bool:
    fits = values_in(one.fits, dimension)
    return bool(fits and not fits & asked) or bool(asked & values_in(one.unfits, dimension) and not fits & asked)


@lru_cache(maxsize=4096)
def _by_dimension(facts: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    # The facts of a precedent are asked for again and again, a dimension at a time.
    found: dict[str, set[str]] = {}
    for fact in facts:
        dimension, _, value = fact.partition("=")
        found.setdefault(dimension, set()).add(value)
    return {dimension: frozenset(values) for dimension, values in found.items()}


def values_in(facts: Sequence[str], dimension: str) -> frozenset[str]:
    """The values that facts (dimension=value) hold of a dimension."""
    return _by_dimension(tuple(facts)).get(dimension, _NONE)


def _points(members: Sequence[Sibling], asked: Mapping[str, frozenset[str]]) -> tuple[Point, ...]:
    """What the question speaks of first, then what else differs; the conditions in words where no fact was read."""
    dimensions = dict.fromkeys(
        [*asked, *(fact.partition("=")[0] for member in members for fact in (*member.fits, *member.unfits))]
    )
    points = []
    for dimension in dimensions:
        answers = [values_in(member.fits, dimension) for member in members]
        told = len({answer for answer in answers if answer}) > 1 or (dimension in asked and any(answers))
        if told and any(one != two for one, two in combinations(answers, 2)):
            points.append(_point(dimension, members, answers, asked.get(dimension, frozenset())))
    if not points:
        points = [point for point in (_in_words(members)) if point]
    return tuple(points[:MOST_POINTS])


def _point(
    dimension: str, members: Sequence[Sibling], answers: Sequence[frozenset[str]], asked: frozenset[str]
) -> Point:
    cells = tuple(
        Cell(
            text="、".join(sorted(answer)),
            is_asked=bool(answer & asked),
            is_against=bool(asked) and _is_against(member, dimension, asked),
        )
        for member, answer in zip(members, answers, strict=True)
    )
    return Point(lexicon().questions[dimension], cells)


def _in_words(members: Sequence[Sibling]) -> list[Point | None]:
    return [
        _own_words("适用条件", [member.applies_when for member in members]),
        _own_words("不适用情形", [member.not_when for member in members]),
    ]


def _own_words(label: str, statements: Sequence[tuple[str, ...]]) -> Point | None:
    """For each member the first statement that no other member has."""
    own = []
    for number, listed in enumerate(statements):
        others = {text for at, texts in enumerate(statements) if at != number for text in texts}
        own.append(next((text for text in listed if text not in others), ""))
    return Point(label, tuple(map(Cell, own))) if any(own) else None
