"""What this viewer is offered for what is being typed.

The files propose, among what the viewer's audiences may see; the database decides about each proposal before it is shown,
and gives the words that are shown.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse

from caselib.core.text import clean
from caselib.orgs.scope import ViewerScope
from caselib.precedents.shown import holds_personal
from caselib.precedents.visibility import audiences_for
from caselib.search.indexing import eligible

from .part import Part
from .patterns import LONGEST, Cell, Pattern, marked, patterns_of
from .sources import Kind, Name
from .store import Reading, reading

logger = logging.getLogger(__name__)

MOST = 8
# Titles get at least this many places where there are as many; each other kind at most that many.
_TITLES = 4
_OF_A_KIND = 2
# Some of what is proposed falls away when the database is asked.
_PROPOSED = 16
_PROPOSED_OF_A_KIND = 4
_LABELS = {
    Kind.PRECEDENT: "案例",
    Kind.QUESTION: "常问",
    Kind.MATTER: "事项",
    Kind.POLICY: "政策",
    Kind.TAG: "标签",
}
_PAGES = {Kind.PRECEDENT: "pages:precedent", Kind.MATTER: "pages:matter", Kind.POLICY: "pages:policy"}
_ORDER = {kind: number for number, kind in enumerate(_LABELS)}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`parts` (text, whether it was typed) are not escaped. `code`: of its page, or empty for words to search for.

    `also`: the other name that was typed, in parts, where it is not the one that is shown.
    """

    kind: str
    text: str
    parts: tuple[tuple[str, bool], ...]
    code: str = ""
    also: tuple[tuple[str, bool], ...] = ()

    @property
    def address(self) -> str:
        """Its page; for words, the search for them."""
        if self.code:
            return reverse(_PAGES[Kind(self.kind)], args=[self.code])
        return f"{reverse('search:results')}?{urlencode({'q': self.text})}"


@dataclass(frozen=True, slots=True)
class SuggestionGroup:
    kind: str
    label: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class _Proposal:
    """`tier`: how near, lowest first: twice the number of the pattern, and one more where it stands inside the name."""

    tier: int
    pattern: Pattern


def suggestions_for(scope: ViewerScope, text: str) -> tuple[SuggestionGroup, ...]:
    """At most 8 suggestions in groups, those that begin with what was typed first. Never fails for what was typed.

    1 query; none where nothing is proposed, and none for who reads no content.
    """
    if not scope.reads_content:
        return ()
    typed = clean(text[: 4 * LONGEST])[:LONGEST]
    patterns = patterns_of(typed)
    read = reading() if patterns else None
    if read is None:
        return ()
    try:
        proposed_titles, proposed_names = _proposed(read, patterns, audiences_for(scope))
    except (IndexError, ValueError) as error:
        # Numbers that point outside of their arrays: a file was damaged after it was opened.
        logger.warning("suggestions cannot be read: %s", error)
        return ()
    shown = _visible(scope, proposed_titles, proposed_names, typed=typed.strip())
    return _grouped(_chosen(shown))


def _proposed(
    read: Reading, patterns: tuple[Pattern, ...], tokens: frozenset[str]
) -> tuple[dict[int, _Proposal], list[tuple[Name, _Proposal]]]:
    """Titles by their keys, and names, nearest first. What sounds alike is proposed only where nothing else is."""
    unchanged, changed = read.titles.allowed(tokens), read.changes.allowed(tokens)
    if read.unchanged is not None:
        unchanged &= read.unchanged
    parts = ((read.titles, unchanged), (read.changes, changed))
    told = read.told(tokens)
    patterns = (*_meant((*parts, (read.names_part, told)), patterns[0]), *patterns)
    titles, names = _proposed_titles(parts, patterns), _proposed_names(read, patterns, told)
    proposals = [*titles.values(), *(proposal for _, proposal in names)]
    if any(not proposal.pattern.is_guess for proposal in proposals):
        titles = {pk: proposal for pk, proposal in titles.items() if not proposal.pattern.is_guess}
        names = [pair for pair in names if not pair[1].pattern.is_guess]
    return titles, names


def _meant(parts: Iterable[tuple[Part, np.ndarray]], pattern: Pattern) -> list[Pattern]:
    """What letters most often stand for in names that the viewer may see, as patterns of their own."""
    word = pattern.words[0]
    if len(word) < 2 or not any(cell.sounds for cell in word):
        return []
    likely = dict.fromkeys(text for part, allowed in parts if (text := part.likeliest(word, allowed=allowed)))
    return [Pattern((tuple(map(Cell, text)),)) for text in likely]


def _matches(
    part: Part, patterns: Iterable[Pattern], allowed: np.ndarray, *, wanted: int
) -> Iterator[tuple[int, int, Pattern]]:
    """(tier, number in the part, pattern), nearest first and each once, until `wanted` are found.

    Sounds that were not typed as sounds are tried only where nothing else is found.
    """
    seen = np.zeros(len(part), bool)
    count = 0
    for step, pattern in enumerate(patterns):
        if pattern.is_guess and count:
            return
        for inner, find in enumerate((part.beginning, part.holding)):
            mask = find(pattern) & ~seen & allowed
            numbers = np.flatnonzero(mask)[: wanted - count]
            seen |= mask
            count += len(numbers)
            yield from ((2 * step + inner, number, pattern) for number in numbers.tolist())
            if count >= wanted:
                return


def _proposed_titles(parts: Iterable[tuple[Part, np.ndarray]], patterns: tuple[Pattern, ...]) -> dict[int, _Proposal]:
    """Keys of precedents, nearest first, then those of most worth."""
    found = [
        (tier, -float(part.worth[number]), int(part.keys[number]), pattern)
        for part, allowed in parts
        for tier, number, pattern in _matches(part, patterns, allowed, wanted=_PROPOSED)
    ]
    found.sort(key=lambda row: row[:3])
    return {pk: _Proposal(tier, pattern) for tier, _, pk, pattern in found[:_PROPOSED]}


def _proposed_names(read: Reading, patterns: tuple[Pattern, ...], told: np.ndarray) -> list[tuple[Name, _Proposal]]:
    """The nearest names of each kind that the viewer is told, each thing once."""
    found: dict[tuple[str, str], tuple[Name, _Proposal]] = {}
    of_kind: dict[str, int] = {}
    for tier, number, pattern in _matches(read.names_part, patterns, told, wanted=_PROPOSED * len(_LABELS)):
        name = read.names[number]
        thing = (name.kind, name.code or name.label)
        if thing not in found and of_kind.get(name.kind, 0) < _PROPOSED_OF_A_KIND:
            of_kind[name.kind] = of_kind.get(name.kind, 0) + 1
            found[thing] = (name, _Proposal(tier, pattern))
    return sorted(found.values(), key=lambda pair: pair[1].tier)


def _visible(
    scope: ViewerScope,
    proposed_titles: Mapping[int, _Proposal],
    proposed_names: list[tuple[Name, _Proposal]],
    *,
    typed: str,
) -> list[tuple[int, Suggestion]]:
    """(tier, suggestion) of what the database lets this viewer see now, titles first."""
    tokens = sorted(audiences_for(scope))
    vouchers = {id(name): name.vouched_by(tokens) for name, _ in proposed_names}
    present = _present(scope, {*proposed_titles, *chain.from_iterable(vouchers.values())})
    shown = []
    for pk, proposal in proposed_titles.items():
        code, title = present.get(pk, ("", ""))
        # The title may have changed since it was written down: what is shown has to match as it reads now.
        if code and len(shown) < MOST and (parts := marked(title, proposal.pattern)):
            shown.append((proposal.tier, Suggestion(Kind.PRECEDENT, title, parts, code)))
    for name, proposal in proposed_names:
        is_hidden = name.vouchers is not None and present.keys().isdisjoint(vouchers[id(name)])
        is_typed = name.kind == Kind.QUESTION and name.label == typed
        if not is_hidden and not is_typed:
            shown.append((proposal.tier, _suggestion(name, proposal.pattern)))
    return shown


def _present(scope: ViewerScope, keys: set[int]) -> dict[int, tuple[str, str]]:
    """(code, title) of those precedents that the viewer finds. 1 query."""
    if not keys:
        return {}
    # A title in which personal data may stand is not offered until its owner has seen to it.
    rows = eligible().visible_to(scope).filter(~holds_personal(), pk__in=keys).order_by()
    return {pk: (code, title) for pk, code, title in rows.values_list("pk", "code", "live_revision__title")}


def _suggestion(name: Name, pattern: Pattern) -> Suggestion:
    code = name.code if name.kind in _PAGES else ""
    matched = marked(name.text, pattern) or ((name.text, False),)
    if name.text == name.label:
        return Suggestion(name.kind, name.label, matched, code)
    return Suggestion(name.kind, name.label, ((name.label, False),), code, matched)


def _chosen(shown: list[tuple[int, Suggestion]]) -> list[tuple[int, Suggestion]]:
    """The nearest of all kinds, with places kept for titles."""
    titles = [pair for pair in shown if pair[1].kind == Kind.PRECEDENT]
    others: list[tuple[int, Suggestion]] = []
    of_kind: dict[str, int] = {}
    for tier, suggestion in sorted(shown[len(titles) :], key=lambda pair: (pair[0], _ORDER[Kind(pair[1].kind)])):
        of_kind[suggestion.kind] = of_kind.get(suggestion.kind, 0) + 1
        if of_kind[suggestion.kind] <= _OF_A_KIND and len(others) < MOST - min(len(titles), _TITLES):
            others.append((tier, suggestion))
    return [*titles[: MOST - len(others)], *others]


def _grouped(chosen: Iterable[tuple[int, Suggestion]]) -> tuple[SuggestionGroup, ...]:
    """By kind: the group with the nearest suggestion first."""
    groups: dict[str, list[Suggestion]] = {}
    for _, suggestion in sorted(chosen, key=lambda pair: (pair[0], _ORDER[Kind(pair[1].kind)])):
        groups.setdefault(suggestion.kind, []).append(suggestion)
    return tuple(SuggestionGroup(kind, _LABELS[Kind(kind)], tuple(rows)) for kind, rows in groups.items())
