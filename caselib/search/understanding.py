"""From what a person typed to what is asked of the engine. User text never becomes a query string.

The seams for what is to come: `_groups` makes one group a token, and a group may hold other ways to say the same with
a lower weight.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from caselib.core.text import clean
from caselib.search.analysis import Tokens, tokenize
from caselib.search.engine.port import EXACT, GRAMS, WORDS, Term, TermGroup
from caselib.search.weights import FIELD_WEIGHT

# A pasted ticket says what it is about at its beginning; more than this costs time and blurs the question.
LONGEST_TEXT = 2000
CUT_NOTE = f"内容较长，只按前 {LONGEST_TEXT} 个字查找。"
NO_WORDS_NOTE = "没有可以查找的字词，换几个汉字、字母或数字再试。"


@dataclass(frozen=True, slots=True)
class Question:
    """`text` as it was understood (trimmed, cut); `marks`: the strings to mark in results; `notes` for the person."""

    text: str
    groups: tuple[TermGroup, ...]
    marks: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: then everything is shown."""
        return not self.text

    @property
    def has_no_words(self) -> bool:
        """Whether something was typed that holds nothing to look for."""
        return bool(self.text) and not self.groups


def understand(text: str) -> Question:
    """Reads a question. At most some 4,000 groups for the longest text; the engine keeps the rarest."""
    trimmed = clean(text).strip()
    notes = []
    if len(trimmed) > LONGEST_TEXT:
        trimmed = trimmed[:LONGEST_TEXT]
        notes.append(CUT_NOTE)
    tokens = tokenize(trimmed)
    groups = tuple(_groups(tokens))
    if trimmed and not groups:
        notes.append(NO_WORDS_NOTE)
    return Question(text=trimmed, groups=groups, marks=_marks(tokens), notes=tuple(notes))


def _groups(tokens: Tokens) -> Iterable[TermGroup]:
    """One group a token: saying a word twice in a question does not make it twice as important."""
    for field, found in ((EXACT, tokens.exact), (WORDS, tokens.words), (GRAMS, tokens.grams)):
        for token in dict.fromkeys(found):
            yield TermGroup((Term(field, token, FIELD_WEIGHT[field]),))


def _marks(tokens: Tokens) -> tuple[str, ...]:
    """Words, and pairs of characters where no word covers them, longest first."""
    return tuple(sorted(dict.fromkeys([*tokens.words, *tokens.grams]), key=len, reverse=True))
