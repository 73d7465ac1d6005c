"""What somebody at a counter does with a precedent: the questions of 能用吗, the slip, the entrance, the basis.

Made of what the page has loaded already; what other packages know (titles of precedents that the viewer may see, likely
siblings) is handed in. No query.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.urls import reverse

from caselib.core.text import document_numbers, library_numbers

from .content import Detour, Entrance
from .entrances import is_allowed
from .fitting import Question, State, Verdict, Way, condition_meant, good_state, questions_of, verdict_of
from .models import Relation
from .selectors import CitedDocument, PrecedentPage
from .signal import Signal, Word
from .slips import SlipLine, slip_lines

# What stands beside 谁能定 is the first of the basis; all of it stands below.
MOST_BASIS = 3
_TO_READ = "看{target}"


class Seen(Protocol):
    """A precedent that the viewer may see, as a line of a list."""

    code: str
    title: str
    signal: Signal


@dataclass(frozen=True, slots=True)
class Gate:
    """办理入口. `is_link`: whether its address may be followed; an address of elsewhere is not even shown."""

    label: str
    address: str
    is_link: bool


@dataclass(frozen=True, slots=True)
class Basis:
    """A document that it rests on, with the clauses that it names."""

    title: str
    address: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counter:
    """`good`: what all conditions together may end in; `may_slip`: whether a slip may be handed out; `more_basis`: how many
    documents are not named here."""

    questions: tuple[Question, ...]
    verdict: Verdict
    good: State
    slip: tuple[SlipLine, ...]
    gates: tuple[Gate, ...]
    basis: tuple[Basis, ...]
    more_basis: int
    may_slip: bool


Proposed = Callable[[str, bool], Iterable[Seen]]


def _nothing(text: str, holds: bool) -> Iterable[Seen]:
    return ()


def counter_of(
    page: PrecedentPage,
    *,
    answers: Mapping[str, str] | None = None,
    named: Mapping[str, Seen] | None = None,
    proposed: Proposed = _nothing,
) -> Counter:
    """The page of a precedent as a counter needs it.

    `answers`: by name of the input; `named`: precedents that the viewer may see, by library number in normal form;
    `proposed(condition, whether it has to hold)`: precedents that may be meant where that condition fails.
    """
    revision = page.revision
    applies_when, not_when = tuple(revision.applies_when), tuple(revision.not_when)
    ways = _ways(page, named or {}, proposed)
    questions = questions_of(applies_when, not_when, answers=answers or {}, ways=ways)
    documents = [
        document for group in page.citations if group.relation == Relation.BASIS for document in group.documents
    ]
    return Counter(
        questions=questions,
        verdict=verdict_of(questions, good=page.verdict),
        good=good_state(page.verdict),
        slip=slip_lines(revision.materials, revision.deferred_material),
        gates=gates_of(revision.entrances),
        basis=tuple(map(_basis, documents[:MOST_BASIS])),
        more_basis=max(0, len(documents) - MOST_BASIS),
        may_slip=may_slip(page),
    )


def may_slip(page: PrecedentPage) -> bool:
    """Whether people may be told in writing by it: what is in use and not stopped."""
    return page.is_in_use and not page.is_draft and not page.is_sample and page.signal.word is not Word.STOP


def gates_of(entrances: Sequence[Mapping[str, str]]) -> tuple[Gate, ...]:
    """The entrances of a stored text."""
    found = (Entrance(**entry) for entry in entrances)
    return tuple(
        Gate(each.label, each.address if is_link else "", is_link)
        for each in found
        for is_link in (is_allowed(each.address),)
    )


def numbers_named(detours: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The library numbers that ways out of a stored text lead to, in normal form."""
    targets = (entry.get("target", "") for entry in detours)
    return tuple(dict.fromkeys(number for target in targets for number in library_numbers(target)[:1]))


def _ways(page: PrecedentPage, named: Mapping[str, Seen], proposed: Proposed) -> dict[str, list[Way]]:
    """Where to go, by condition: what an editor wrote, then what the library proposes."""
    revision = page.revision
    ways: dict[str, list[Way]] = {}
    conditions = (*revision.applies_when, *revision.not_when)
    for entry in revision.detours:
        detour = Detour(**entry)
        if condition := condition_meant(detour.condition, conditions):
            ways.setdefault(condition, []).append(_way(detour, page, named))
    for texts, holds in ((revision.applies_when, True), (revision.not_when, False)):
        for text in texts:
            known = {way.address for way in ways.get(text, ())}
            guesses = [_to(seen, is_guess=True) for seen in proposed(text, holds)]
            ways.setdefault(text, []).extend(guess for guess in guesses if guess.address not in known)
    return ways


def _way(detour: Detour, page: PrecedentPage, named: Mapping[str, Seen]) -> Way:
    for number in library_numbers(detour.target)[:1]:
        if seen := named.get(number):
            return _to(seen, words=detour.instead)
        # Whoever may not see it learns no more than the writer of this text has put into it, and is not led to a page that is not there.
        return Way(_read(detour))
    for document in _documents(page, detour.target):
        return Way(detour.instead, _title(document), _address(document))
    return Way(_read(detour))


def _read(detour: Detour) -> str:
    """What an editor wrote of the way out, in words alone."""
    read = _TO_READ.format(target=detour.target) if detour.target else ""
    return " ".join(filter(None, [detour.instead, read]))


def _to(seen: Seen, *, words: str = "", is_guess: bool = False) -> Way:
    address = reverse("pages:precedent", args=[seen.code])
    return Way(words, seen.title, address, is_guess, str(seen.signal.word), seen.signal.label)


def _documents(page: PrecedentPage, target: str) -> Iterator[CitedDocument]:
    """The cited documents that bear the number."""
    wanted = set(document_numbers(target))
    for group in page.citations if wanted else ():
        for document in group.documents:
            version = document.version
            if wanted & set(document_numbers(version.doc_number or version.policy.doc_number)):
                yield document


def _basis(document: CitedDocument) -> Basis:
    labels = (cited.locator or (cited.clause.label if cited.clause else "") for cited in document.clauses)
    return Basis(_title(document), _address(document), tuple(filter(None, labels)))


def _title(document: CitedDocument) -> str:
    return document.version.title or document.version.policy.title


def _address(document: CitedDocument) -> str:
    version = document.version
    return f"{reverse('pages:policy', args=[version.policy.code])}?v={version.position + 1}"
