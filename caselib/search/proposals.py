"""Which of the similar precedents may be meant where a condition fails: read from deciding facts, never from words alone."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from caselib.precedents.models import Kind
from caselib.precedents.signal import Word
from caselib.search.families import values_in
from caselib.search.lexicon.facts import facts_asked
from caselib.search.lexicon.reader import lexicon
from caselib.search.rows import Line
from caselib.search.similar import Similar

MOST = 2
# Signs between the parts of a condition from which on it is a list of several.
_LISTED = 2
_ORDINARY = ("", Kind.ROUTING_CARD.label)


def proposed(similar: Sequence[Similar], condition: str, *, holds: bool) -> tuple[Line, ...]:
    """The similar precedents whose own conditions say what is the case when this condition fails, the most similar first.

    `holds`: whether the condition has to hold (then it fails where another answer to the same question is the case), or
    has to be absent (then it fails where it is the case). What nobody may follow is not proposed. No query.
    """
    if holds and condition.count("、") >= _LISTED:
        # Nobody knows which part of it failed.
        return ()
    told = _told(condition)
    fitting = (
        one.row
        for one in similar
        if one.row.kind in _ORDINARY and one.row.signal.word is not Word.STOP and _fits(one, told, holds=holds)
    )
    return tuple(fitting)[:MOST]


@lru_cache(maxsize=4096)
def _told(condition: str) -> Mapping[str, frozenset[str]]:
    """The facts of a condition by the question that they answer; what is said by the way decides nothing."""
    soft = lexicon().soft
    return {
        dimension: values for dimension, values in facts_asked(condition).by_dimension.items() if dimension not in soft
    }


def _fits(one: Similar, told: Mapping[str, frozenset[str]], *, holds: bool) -> bool:
    for dimension, values in told.items():
        theirs = values_in(one.fits, dimension) - values_in(one.unfits, dimension)
        if theirs and (theirs.isdisjoint(values) if holds else not theirs.isdisjoint(values)):
            return True
    return False
