"""How people speak and what halls call it: 红本本 is also looked for as 不动产权证. One way only, at the time of the question."""

import functools
from collections.abc import Iterable

from .reader import Form, Lexicon, by_beginning, lines_of

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


def official_words(text: str) -> tuple[str, ...]:
    """What halls call what a question says, those that it says itself left out. About 0.2 ms for a sentence."""
    if len(text) > LONGEST_TEXT:
        return ()
    found = dict.fromkeys(word for fact in lexicon().read(text) for word in fact.value.split(","))
    return tuple(word for word in found if word not in text)[:MOST_WORDS]
