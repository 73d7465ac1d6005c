"""What a question is about: the matter that it names, and which other questions are nearly the same.

Both are proposals for a person to accept: they cost no model and no index, only the words that search reads anyway.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from caselib.catalog.models import Matter
from caselib.core.text import normalise
from caselib.search.analysis import stop_words, tokenize
from caselib.search.lexicon.lay import official_words

# A shorter name stands in too many questions that mean something else.
_SHORTEST_NAME = 3
_MOST_NAMES = 300
# Of the words of the shorter question, so many have to stand in the other; less where the matter is the same, more where it differs.
_ALIKE = 0.6
_ALIKE_SAME_MATTER = 0.5
_ALIKE_OTHER_MATTER = 0.85
# One word in common is a subject and no question.
_LEAST_COMMON = 2


def matters_meant(questions: Sequence[str]) -> tuple[Matter | None, ...]:
    """For each question the matter whose name or other name it holds, the longest one; None where there is none or two.

    Lay words count as what they officially mean. 2 queries for any number, 1 where nothing is found.
    """
    names = [
        (normalise(word), pk)
        for pk, name, aliases in Matter.objects.filter(is_active=True).values_list("pk", "name", "aliases")
        for word in (name, *aliases)
    ]
    names = [(word, pk) for word, pk in names if len(word) >= _SHORTEST_NAME]
    found = [_longest(names, normalise(" ".join([text, *official_words(text)]))) for text in questions]
    rows = Matter.objects.select_related("theme").in_bulk([pk for pk in found if pk]) if any(found) else {}
    return tuple(rows.get(pk) for pk in found)


def matter_names() -> tuple[str, ...]:
    """Names to pick a matter from, as many as a page may carry; any other that there is may be typed all the same. 1 query."""
    rows = Matter.objects.filter(is_active=True).order_by("theme", "name")
    return tuple(rows.values_list("name", flat=True)[:_MOST_NAMES])


def _longest(names: Iterable[tuple[str, int]], text: str) -> int | None:
    held = [(len(word), pk) for word, pk in names if word in text]
    longest = {pk for length, pk in held if length == max(held)[0]}
    return longest.pop() if len(longest) == 1 else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is compared. `key`: of its row; `matter`: key of its matter, or None."""

    key: int
    question: str
    matter: int | None


def near_ones(one: Asked, others: Iterable[Asked]) -> tuple[Asked, ...]:
    """Those that ask nearly the same, nearest first. No queries; 1 ms for 500."""
    scored = [(nearness(one, other), other) for other in others if other.key != one.key]
    alike = [(share, other) for share, other in scored if share]
    return tuple(other for share, other in sorted(alike, key=lambda pair: (-pair[0], pair[1].key)))


def nearness(one: Asked, other: Asked) -> float:
    """Which share of the words of the shorter question stands in the other, 0 to 1; 0 where that is not enough to be alike."""
    fewer, more = sorted((_words(one.question), _words(other.question)), key=len)
    # 执照 is 营业执照 to who asks.
    common = sum(any(word in each or each in word for each in more) for word in fewer)
    if common < _LEAST_COMMON:
        return 0.0
    share = common / len(fewer)
    if one.matter is None or other.matter is None:
        least = _ALIKE
    else:
        least = _ALIKE_SAME_MATTER if one.matter == other.matter else _ALIKE_OTHER_MATTER
    return share if share >= least else 0.0


@lru_cache(maxsize=4096)
def _words(question: str) -> frozenset[str]:
    """The words of a question that say something. A word counts once, not again by the words inside of it."""
    tokens = tokenize(question)
    words = {word for word in (*tokens.words, *tokens.exact) if len(word) > 1 or not word.isalpha()} - stop_words()
    return frozenset(word for word in words if not any(word != other and word in other for other in words))
