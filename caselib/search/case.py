"""类案检索: a whole ticket in, what was understood of it and the precedents that answer out. Nothing of it is kept."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from caselib.core.personal_data import mask
from caselib.core.text import clean, document_numbers, normalise
from caselib.orgs.scope import ViewerScope
from caselib.search.essence import LONGEST, PLAIN, Essence, read_essence
from caselib.search.lexicon.facts import key_of
from caselib.search.lexicon.reader import Fact, lexicon
from caselib.search.results import ResultsPage
from caselib.search.selectors import results_for_page
from caselib.search.understanding import Step
from caselib.search.understanding.knowledge import Knowledge, known
from caselib.search.understanding.references import read_references

# What was understood stands above: a shorter list than that of a question.
_PER_PAGE = 10
# What the page tells of a text: more of a kind is no summary.
_MOST_FACTS = 12
_MOST_SENTENCES = 3
_MOST_OTHERS = 6
_LONGEST_PLACE = 24
# A gap is filed with so much of what a ticket comes down to.
_LONGEST_GAP = 120
# Policies are looked for by name in so much of a text; beyond it a ticket holds attachments.
_NAMED_IN = 6000
_YEAR = re.compile(r"(?<!\d)((?:19[5-9]|20[0-4])\d)\s*年")
_GAP = ".{0,6}?"


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A deciding fact: `question` and `value` for people, `words` of the text it was read from. `is_on`: whether it counts."""

    key: str
    question: str
    value: str
    words: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy that the text names: `code` is empty for a number that the library does not know."""

    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """What was understood, without personal data, and what was found.

    `sentences`: where the text says most. `core`: the first of it, for filing a gap. `length`: characters that were
    pasted; `is_cut`: whether more than LONGEST. `results` is None where there was nothing to look for.
    """

    length: int
    subjects: tuple[str, ...] = ()
    facts: tuple[CaseFact, ...] = ()
    policies: tuple[NamedPolicy, ...] = ()
    years: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    core: str = ""
    results: ResultsPage | None = None

    @property
    def is_cut(self) -> bool:
        return self.length > LONGEST

    @property
    def has_understood(self) -> bool:
        return any((self.subjects, self.facts, self.policies, self.years, self.places, self.sentences))


def case_for_page(*, scope: ViewerScope, text: str, off: Collection[str] = (), page: object = 1) -> CasePage:
    """Reads a pasted text and finds what answers it. Never fails for any text. Writes and logs nothing.

    `off`: keys of facts that do not count. 5 queries for any length and number of rows, 6 with open points.
    """
    if not scope.reads_content:
        return CasePage(len(text))
    typed = clean(text[:LONGEST]).strip()
    essence = read_essence(typed, scope=scope)
    if not essence.read:
        return CasePage(len(text))
    plain, knowledge = normalise(typed), known()
    policies = tuple(_policies(plain, knowledge))[:_MOST_OTHERS]
    found = results_for_page(
        scope=scope,
        text=_asked(typed, essence, policies),
        page=page,
        per_page=_PER_PAGE,
        # Years and places of a ticket belong to its story, and what looks like a slip is told nowhere on this page.
        typed=(Step.FILTERS, Step.SPELLING),
        without=off,
    )
    return CasePage(
        length=len(text),
        subjects=_subjects(essence),
        facts=tuple(_facts(essence, off))[:_MOST_FACTS],
        policies=policies,
        years=tuple(dict.fromkeys(_YEAR.findall(plain)))[:_MOST_OTHERS],
        places=tuple(dict.fromkeys(_places(essence.text, knowledge)))[:_MOST_OTHERS],
        sentences=tuple(_as_printed(mask(one.text)) for one in essence.telling[:_MOST_SENTENCES]),
        core=_as_printed(mask(essence.core))[:_LONGEST_GAP],
        results=found,
    )


def _asked(typed: str, essence: Essence, policies: Collection[NamedPolicy]) -> str:
    """What is looked for: the text itself where it is short, else its essence with the policies that it names."""
    if len(typed) <= PLAIN:
        return typed
    return "。".join([essence.text, *(policy.name for policy in policies if policy.name not in essence.text)])


def _subjects(essence: Essence) -> tuple[str, ...]:
    """办的是什么事: the subjects of what tells most first, those of no hall left out."""
    told = [*essence.telling, *(one for one in essence.read if not one.is_aside)]
    found = dict.fromkeys(subject for one in told for subject in one.subjects if not subject.startswith("无关-"))
    return tuple(found)[:_MOST_OTHERS]


def _facts(essence: Essence, off: Collection[str]) -> Iterator[CaseFact]:
    questions = lexicon().questions
    for fact, sentence in essence.facts:
        words = mask(_words_of(fact, sentence.text))
        yield CaseFact(key_of(fact), questions[fact.dimension], fact.value, words, key_of(fact) not in off)


def _as_printed(text: str) -> str:
    """Normal form has the commas of Latin script."""
    return text.replace(",", "，").replace(":", "：")


def _words_of(fact: Fact, sentence: str) -> str:
    """The words of a sentence that say a fact. Its form leaves gaps, and knows no blanks."""
    joined = "".join(sentence.split())
    found = re.search(_GAP.join(map(re.escape, fact.form.split("*"))), joined)
    return found[0] if found else fact.form.replace("*", "…")


def _policies(plain: str, knowledge: Knowledge) -> Iterator[NamedPolicy]:
    """Those that the library knows by the name of their page, other numbers as they are written."""
    read = read_references(plain[:_NAMED_IN], table=knowledge.policies, near=False)
    titles = knowledge.policies.titles
    for code in dict.fromkeys(code for reference in read.references for code in reference.codes):
        yield NamedPolicy(titles[code], code)
    known_keys = {key for reference in read.references for key in reference.keys}
    for number in dict.fromkeys(document_numbers(plain)):
        if number not in known_keys:
            yield NamedPolicy(_number_as_printed(number))


def _number_as_printed(key: str) -> str:
    """国办发|2022|5 as 国办发〔2022〕5号; one without a year, 国务院令||722, as 国务院令第722号; a standard GB/T 37273-2018."""
    issuer, year, number = key.split("|")
    if issuer.isascii():
        return f"{issuer.upper()} {number}-{year}"
    return f"{issuer}〔{year}〕{number}号" if year else f"{issuer}第{number}号"


def _places(text: str, knowledge: Knowledge) -> Iterator[str]:
    """Regions that are named, the longest name at each place of the text."""
    at = 0
    while at < len(text):
        sizes = range(min(_LONGEST_PLACE, len(text) - at), 1, -1)
        name = next((text[at : at + size] for size in sizes if text[at : at + size] in knowledge.places), "")
        if name:
            yield knowledge.places[name][0].name
        at += len(name) or 1
