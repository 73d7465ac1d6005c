"""A question as this site reads it: with its policies, its places and its index."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from caselib.orgs.scope import ViewerScope
from caselib.search.engine.port import EngineError, EngineResult
from caselib.search.scopes import words_seen

from . import Question, Step, understand
from .knowledge import NOTHING_KNOWN, known

# A suggestion has to be better by this much: its best result explains more of the question.
_CLEARLY = 1.1
_FILTERS = ("year", "region")


def read_question(
    text: str, *, scope: ViewerScope | None = None, expand: bool = True, typed: frozenset[Step] = frozenset()
) -> Question:
    """Reads a question with all that this library knows. 1 query, more after a change of policies or regions.

    `scope`: who asks; slips and sounds are told from the words of what that viewer may see.
    """
    knowledge = known() if text.strip() else NOTHING_KNOWN
    return understand(text, expand=expand, typed=typed, knowledge=knowledge, frequencies=partial(_frequencies, scope))


def steps_of(values: Sequence[str]) -> frozenset[Step]:
    """The steps that an address switches off; what is none is left out."""
    known = {step.value for step in Step}
    return frozenset(Step(value) for value in values if value in known)


def settled(
    question: Question, *, probe: Callable[[Question], EngineResult], read: Callable[[frozenset[Step]], Question]
) -> Question:
    """The question as it is asked in the end.

    A correction is kept only where this viewer finds more by it, so that it tells nothing of texts that are hidden; a
    suggestion only where it finds clearly better; filters that leave nothing fall away one after the other.
    `probe` tells what a question finds, and is asked only where there is something to decide. `read` reads the same text
    with some steps switched off.
    """
    if question.read_as:
        typed = read(frozenset({Step.SPELLING}))
        if probe(question).best_words <= probe(typed).best_words:
            question = replace(typed, suggestion=question.suggestion)
    if question.suggestion is not None:
        question = _suggested(question, question.suggestion, probe=probe)
    if question.filters and not probe(question).total:
        # A correction that was not kept must not come back with the words of the filter.
        off = frozenset({Step.FILTERS} if question.read_as else {Step.FILTERS, Step.SPELLING})
        looser = (each for each in _looser(question, words=lambda: read(off)) if probe(each).total)
        question = next(looser, question)
    return question


def _looser(question: Question, *, words: Callable[[], Question]) -> Iterator[Question]:
    """The question with fewer filters each time, and with a note that tells which ones fell and which ones hold.

    Of a year and a place the place goes first, and still comes first among what is found: 去年 虹口 asks what was lately.
    `words` reads all filters as words, the last that is left to try.
    """
    years = tuple(label for label in question.filtered if label not in question.places)
    when, where = "、".join(years), "、".join(question.places)
    without = {name: {kept: values for kept, values in question.filters.items() if kept != name} for name in _FILTERS}
    if years and where:
        note = f"{where}没有 {when}的案例：仍按 {when}筛选，不再限于{where}，{where}及所在地区的排在前面。"
        yield _with_note(
            replace(question, filters=without["region"], filtered=years, preferred=question.places, places=()), note
        )
        note = f"没有 {when}的案例：仍限于{where}，不再按年份筛选。"
        yield _with_note(replace(question, filters=without["year"], filtered=question.places), note)
    fell = f"{'、'.join(question.filtered)}没有符合的案例，已按全部查找。"
    if years and question.groups:
        yield _with_note(replace(question, filters=without["year"], filtered=question.places), fell)
    yield replace(_with_note(words(), fell), suggestion=None)


def _with_note(question: Question, note: str) -> Question:
    return replace(question, notes=(*question.notes, note))


def _suggested(question: Question, suggestion: Question, *, probe: Callable[[Question], EngineResult]) -> Question:
    """With the suggestion only where it is clearly better, and as the suggestion where nothing is found otherwise."""
    asked, other = probe(question), probe(suggestion)
    if other.best_words <= asked.best_words * _CLEARLY:
        return replace(question, suggestion=None)
    if asked.total:
        return question
    return replace(suggestion, text=question.text, read_as=suggestion.text)


def _frequencies(scope: ViewerScope | None, terms: Sequence[tuple[str, str]]) -> Sequence[int]:
    """In how many documents each term stands; without an index everything counts as known, so that no slip is seen."""
    try:
        return words_seen(scope, terms)[0]
    except EngineError:
        return [1] * len(terms)
