"""A question as this site reads it: with its policies, its places and its index."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from caselib.search.engine.port import EngineError, EngineResult
from caselib.search.live import live_engine

from . import Question, Step, understand
from .knowledge import NOTHING_KNOWN, known

# A suggestion has to be better by this much: its best result explains more of the question.
_CLEARLY = 1.1


def read_question(text: str, *, expand: bool = True, typed: frozenset[Step] = frozenset()) -> Question:
    """Reads a question with all that this library knows. 1 query, more after a change of policies or regions."""
    knowledge = known() if text.strip() else NOTHING_KNOWN
    return understand(text, expand=expand, typed=typed, knowledge=knowledge, frequencies=_frequencies)


def steps_of(values: Sequence[str]) -> frozenset[Step]:
    """The steps that an address switches off; what is none is left out."""
    known = {step.value for step in Step}
    return frozenset(Step(value) for value in values if value in known)


def settled(
    question: Question, *, probe: Callable[[Question], EngineResult], read: Callable[[frozenset[Step]], Question]
) -> Question:
    """The question as it is asked in the end: without filters that leave nothing, with a suggestion only if it is better.

    `probe` tells what a question finds; it is asked only where there is something to decide. `read` reads the same text
    with some steps switched off.
    """
    if question.filters and not probe(question).total:
        words = read(frozenset({Step.FILTERS}))
        if probe(words).total:
            fell = "、".join(question.filtered)
            question = replace(words, notes=(*words.notes, f"{fell}没有符合的案例，已按全部查找。"))
    if question.suggestion is not None:
        asked, other = probe(question), probe(question.suggestion)
        if other.best_words <= asked.best_words * _CLEARLY:
            question = replace(question, suggestion=None)
        elif not asked.total:
            other_text = question.suggestion.text
            question = replace(question.suggestion, text=question.text, read_as=other_text)
    return question


def _frequencies(terms: Sequence[tuple[str, str]]) -> Sequence[int]:
    """In how many documents each term stands; without an index everything counts as known, so that no slip is seen."""
    try:
        return live_engine().frequencies(terms)
    except EngineError:
        return [1] * len(terms)
