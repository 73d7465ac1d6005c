"""Deciding facts in a text: what tells one case from another that looks the same (前租户失联 or 前租户不配合).

A lexicon names questions (dimensions), their exclusive answers (values), and how people say them (forms). A form is a
piece of normalised text; `*` in it stands for up to six characters of one clause. Longer forms win over shorter ones
that they overlap within a dimension, so that 没有抵押 is never read as 抵押 too.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from operator import add, attrgetter

from caselib.core.text import normalise

BLANKS = re.compile(r"\s+")
# What ends a clause in normalised text; a gap never reaches over it.
STOPS = frozenset(",.;:!?、。；：！？()（）[]/“”\"'《》\n")
GAP = 6
# 有没有抵押 asks and says nothing: a denial right after its own affirmation is the second half of a question.
_QUESTIONS = frozenset({("有", "没有"), ("能", "不能"), ("是", "不是"), ("可", "不可")})
# 没有出生证 never says 有出生证: an affirmation right after a denial is none.
_DENIALS = frozenset("不没未")
_AFFIRMATIONS = frozenset("有能肯愿会同可")
# 也要等人上门看吗 asks whether it must be.
_MUST = re.compile(r"(?:要|得|必须|需要)$")
_ASKING = re.compile(r"[吗么]")
# 公司写我自己离职 tells what somebody else put down, and mostly that it is wrong.
_ALLEGED = re.compile(r"(?:[写填报登](?:成了?我?|的是我?|我)|(?:单位|公司|老板|厂里)非?说我)(?:是|自己|本人|主动)?$")
_LOOKED_BACK = 8
# The value whose forms say nothing and only use the place up.
_NOTHING = "-"
_place = attrgetter("place")


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is the answer to the question `dimension`; `form` is how the text says it."""

    dimension: str
    value: str
    form: str


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say a value: `parts` stand in this order with a gap between each. `place`: in its lexicon."""

    parts: tuple[str, ...]
    dimension: str
    value: str
    place: int

    @property
    def text(self) -> str:
        return "*".join(self.parts)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`questions`: dimension to its question in Chinese. `values`: dimension to its values. `soft`: dimensions that are
    often said by the way. `forms`: the first part of a form to the forms, in their places."""

    questions: Mapping[str, str]
    values: Mapping[str, tuple[str, ...]]
    soft: frozenset[str]
    forms: Mapping[str, tuple[Form, ...]]
    # How long the first parts are that begin with these two characters.
    _lengths: Mapping[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)
    # The forms that have one character before their gap.
    _single: Mapping[str, tuple[Form, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lengths: dict[str, set[int]] = defaultdict(set)
        for begins in self.forms:
            lengths[begins[:2]].add(len(begins))
        single = {begins: forms for begins, forms in self.forms.items() if len(begins) == 1}
        whole = {pair: tuple(sizes) for pair, sizes in lengths.items() if len(pair) > 1}
        object.__setattr__(self, "_lengths", whole)
        object.__setattr__(self, "_single", single)

    def read(self, text: str, *, meant_only: bool = False) -> tuple[Fact, ...]:
        """The facts of a text, each value of a dimension once (as it is said longest), in the order of the text.

        `meant_only`: leave out what is denied, what others put down about somebody, and what is only asked about.
        """
        plain = BLANKS.sub("", normalise(text))
        spans: dict[str, list[tuple[int, int, Form]]] = defaultdict(list)
        for start, form in self._begun(plain):
            end = start + len(form.parts[0])
            if len(form.parts) == 1 or (end := _end_of(form.parts, plain, end)):
                spans[form.dimension].append((start, end, form))
        found = [span for found in spans.values() for span in _longest(found) if not _is_asked(plain, span[0])]
        if meant_only:
            found = [span for span in found if _is_meant(plain, span[0], span[1])]
        forms = [form for _, _, form in sorted(found, key=lambda span: span[0]) if form.value != _NOTHING]
        facts = (Fact(form.dimension, form.value, form.text) for form in forms)
        told: dict[tuple[str, str], Fact] = {}
        for fact in facts:
            known = told.setdefault((fact.dimension, fact.value), fact)
            if len(fact.form) > len(known.form):
                told[fact.dimension, fact.value] = fact
        return tuple(told.values())

    def _begun(self, text: str) -> Iterator[tuple[int, Form]]:
        """Where the first part of which form stands in a text: by where it begins, then by its place in the lexicon."""
        forms, single = self.forms, {}
        for character in self._single.keys() & set(text):
            # What is one character before its gap begins everywhere, and goes on nearly nowhere.
            if going_on := [form for form in self._single[character] if all(part in text for part in form.parts)]:
                single[character] = going_on
        # Most places begin no form: what is done there is done for every character of every text.
        lengths = map(self._lengths.get, map(add, text, text[1:] + " "))
        for start, (sizes, alone) in enumerate(zip(lengths, map(single.get, text), strict=True)):
            if sizes:
                found = [form for size in sizes for form in forms.get(text[start : start + size], ())]
                if len(found) > 1:
                    found.sort(key=_place)
                for form in found:
                    yield start, form
            if alone:
                for form in alone:
                    yield start, form


def _end_of(parts: tuple[str, ...], text: str, at: int) -> int:
    """Where a form ends whose first part ends at `at`; 0 where the others do not follow."""
    for part in parts[1:]:
        found = text.find(part, at, at + GAP + len(part))
        if found < 0 or not STOPS.isdisjoint(text[at:found]):
            return 0
        at = found + len(part)
    return at


def _is_asked(text: str, start: int) -> bool:
    return start > 0 and (text[start - 1], text[start : start + 2]) in _QUESTIONS


def _is_meant(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _LOOKED_BACK) : start]
    if before[-1:] in _DENIALS and text[start] in _AFFIRMATIONS:
        return False
    return not _ALLEGED.search(before) and not (_MUST.search(before) and _ASKING.match(text, end))


def _longest(spans: list[tuple[int, int, Form]]) -> list[tuple[int, int, Form]]:
    """Of spans that overlap the longest; of equal ones the one without a gap, then the first."""
    kept: list[tuple[int, int, Form]] = []
    taken: set[int] = set()
    for start, end, form in sorted(spans, key=lambda span: (span[0] - span[1], len(span[2].parts), span[0])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            kept.append((start, end, form))
    return kept


def parse(lines: Iterable[str]) -> Lexicon:
    """Reads `[dimension] question` (`[~dimension]` for a soft one) and `value: form, form` lines; `#` begins a comment.

    Forms of the value `-` only use their place up. Raises ValueError naming the line.
    """
    questions: dict[str, str] = {}
    values: dict[str, list[str]] = defaultdict(list)
    soft: set[str] = set()
    forms: list[Form] = []
    dimension = ""
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            key, _, question = line[1:].partition("] ")
            dimension = key.removeprefix("~")
            if dimension != key:
                soft.add(dimension)
            if not question or not dimension or dimension in questions:
                raise ValueError(f"line {number}: a dimension needs a key of its own and a question")
            questions[dimension] = question
            continue
        value, _, listed = line.partition(": ")
        if value != _NOTHING:
            values[dimension].append(value)
        for form in filter(None, map(str.strip, listed.split(","))):
            parts = tuple(form.split("*"))
            if not dimension or not all(parts):
                raise ValueError(f"line {number}: {form} cannot be a form")
            forms.append(Form(parts, dimension, value, len(forms)))
    return Lexicon(
        questions,
        {dimension: tuple(found) for dimension, found in values.items()},
        frozenset(soft),
        by_beginning(forms),
    )


def by_beginning(forms: Iterable[Form]) -> Mapping[str, tuple[Form, ...]]:
    """Forms as a lexicon looks them up."""
    found: dict[str, list[Form]] = defaultdict(list)
    for form in forms:
        found[form.parts[0]].append(form)
    return {key: tuple(listed) for key, listed in found.items()}


def lines_of(name: str) -> list[str]:
    """The lines of a data file of search."""
    return resources.files("caselib.search").joinpath(f"data/{name}").read_text(encoding="utf-8").splitlines()


@functools.cache
def lexicon() -> Lexicon:
    """The deciding facts that come with the product."""
    return parse(lines_of("facts.txt"))
