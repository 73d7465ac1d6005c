"""How people speak and what halls call it: 红本本 is also looked for as 不动产权证. One way only, at the time of the question."""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from caselib.core.text import normalise

from .reader import BLANKS, GAP, STOPS, Form, Lexicon, by_beginning, lines_of

_LAY = "lay"
# A long complaint fires many; the first say what it is about.
MOST_WORDS = 6
# A text of this length names its matter in several ways itself.
LONGEST_TEXT = 200


def parse(lines: Iterable[str]) -> Lexicon:
    """Reads `lay, lay => official, official` lines; `#` begins a comment. Raises ValueError naming the line."""
    forms = []
    for number, raw in enumerate(lines, 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        asked, arrow, official = line.partition("=>")
        words = [word.strip() for word in official.split(",") if word.strip()]
        said = [form.strip() for form in asked.split(",") if form.strip()]
        if not arrow or not words or not said:
            raise ValueError(f"line {number}: a line is lay words, => and official words")
        named = ",".join(words)
        forms += [Form(tuple(form.split("*")), _LAY, named, place) for place, form in enumerate(said, len(forms))]
    return Lexicon({}, {}, frozenset(), by_beginning(forms))


@functools.cache
def lexicon() -> Lexicon:
    """The lay words that come with the product."""
    return parse(lines_of("lay.txt"))


@dataclass(frozen=True, slots=True)
class Officially:
    """`words`: what halls call what a question says, those that it says itself left out. `text`: the question in normal
    form with the first of them in the place of each lay word; empty where it has none."""

    words: tuple[str, ...] = ()
    text: str = ""


def officially(text: str) -> Officially:
    """How halls say a question. About 0.2 ms for a sentence."""
    if len(text) > LONGEST_TEXT:
        return Officially()
    facts = lexicon().read(text)
    if not facts:
        return Officially()
    said = BLANKS.sub("", normalise(text))
    for fact in sorted(facts, key=lambda fact: -len(fact.form)):
        said = _pattern(fact.form).sub(fact.value.partition(",")[0], said, count=1)
    found = dict.fromkeys(word for fact in facts for word in fact.value.split(","))
    return Officially(tuple(word for word in found if word not in text)[:MOST_WORDS], said)


def official_words(text: str) -> tuple[str, ...]:
    """What halls call what a question says, those that it says itself left out."""
    return officially(text).words


@functools.lru_cache(maxsize=2_000)
def _pattern(form: str) -> re.Pattern[str]:
    gap = f"[^{re.escape(''.join(STOPS))}]{{0,{GAP}}}?"
    return re.compile(gap.join(map(re.escape, form.split("*"))))
