"""From what a person typed to what is asked of the engine. User text never becomes a query string.

The seams for what is to come: `_groups` makes one group a token, and a group may hold other ways to say the same with
a lower weight.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from caselib.core.text import clean, normalise
from caselib.search import sounds
from caselib.search.analysis import Tokens, tokenize
from caselib.search.engine.port import EXACT, GRAMS, SOUNDS, WORDS, Term, TermGroup
from caselib.search.synonyms import current
from caselib.search.weights import FIELD_WEIGHT, SYNONYM_WEIGHT

# A pasted ticket says what it is about at its beginning; more than this costs time and blurs the question.
LONGEST_TEXT = 2000
# A question of more words is not expanded: it names its matter in several ways itself.
MOST_EXPANDED = 60
MOST_TOLD = 3
# A pasted ticket has hundreds of words; marking all of them marks nothing.
MOST_MARKS = 40
CUT_NOTE = f"内容较长，只按前 {LONGEST_TEXT} 个字查找。"
NO_WORDS_NOTE = "没有可以查找的字词，换几个汉字、字母或数字再试。"


@dataclass(frozen=True, slots=True)
class Question:
    """`text` as it was understood (trimmed, cut); `marks`: the strings to mark in results; `notes` for the person.

    `also`: the words that were looked for beside those that were asked.
    """

    text: str
    groups: tuple[TermGroup, ...]
    marks: tuple[str, ...]
    notes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: then everything is shown."""
        return not self.text

    @property
    def has_no_words(self) -> bool:
        """Whether something was typed that holds nothing to look for."""
        return bool(self.text) and not self.groups


def understand(text: str, *, expand: bool = True) -> Question:
    """Reads a question. At most some 4,000 groups for the longest text; the engine keeps the rarest.

    `expand`: whether words that say the same are looked for as well.
    """
    trimmed = clean(text).strip()
    notes = []
    if len(trimmed) > LONGEST_TEXT:
        trimmed = trimmed[:LONGEST_TEXT]
        notes.append(CUT_NOTE)
    tokens = tokenize(trimmed)
    spelled = sounds.spelled(normalise(trimmed))
    also = _also(tokens) if expand else {}
    groups = (*_groups(tokens, also), *_sound_groups(spelled))
    if spelled:
        notes.append(f"“{'”“'.join(typed for typed, _ in spelled[:3])}”也按拼音和首字母查找。")
    if trimmed and not groups:
        notes.append(NO_WORDS_NOTE)
    told = _told(tokens, also)
    return Question(text=trimmed, groups=groups, marks=_marks(tokens, told), notes=tuple(notes), also=told)


def _groups(tokens: Tokens, also: Mapping[str, Sequence[str]]) -> Iterable[TermGroup]:
    """One group a token: saying a word twice in a question does not make it twice as important.

    A word's group holds its synonyms: whichever of them a text uses counts, and only the best of them.
    """
    for field, found in ((EXACT, tokens.exact), (WORDS, tokens.words), (GRAMS, tokens.grams)):
        for token in dict.fromkeys(found):
            others = also.get(token, ()) if field == WORDS else ()
            synonyms = tuple(Term(field, other, SYNONYM_WEIGHT * FIELD_WEIGHT[field]) for other in others)
            yield TermGroup((Term(field, token, FIELD_WEIGHT[field]), *synonyms))


def _also(tokens: Tokens) -> dict[str, tuple[str, ...]]:
    """The other ways to say the words of the question, by word. A pasted ticket says enough by itself."""
    if len(tokens.words) > MOST_EXPANDED:
        return {}
    known, asked = current().others, set(tokens.words)
    found = {
        word: tuple(other for other in known[word] if other not in asked) for word in tokens.words if word in known
    }
    return {word: others for word, others in found.items() if others}


def _told(tokens: Tokens, also: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The first few of each, in the order of the question: what the page tells."""
    return tuple(dict.fromkeys(other for word in tokens.words for other in also.get(word, ())[:MOST_TOLD]))


def _sound_groups(spelled: Iterable[tuple[str, Sequence[str]]]) -> Iterable[TermGroup]:
    """One group a sound. They count for nothing that must match: a Latin word that is no pinyin would forbid all."""
    for token in dict.fromkeys(token for _, found in spelled for token in found):
        yield TermGroup((Term(SOUNDS, token, FIELD_WEIGHT[SOUNDS]),), counts=False)


def _marks(tokens: Tokens, told: Sequence[str]) -> tuple[str, ...]:
    """What to mark in results, longest first: words and what was looked for as well.

    Pairs of characters that no dictionary word explains find much and say little (不了, 的人): they are marked only where
    no word was asked, and one character alone only where nothing longer was.
    """
    words = list(dict.fromkeys(tokens.words))
    long = [word for word in words if len(word) > 1]
    pairs = [] if long else [pair for pair in dict.fromkeys(tokens.grams) if len(pair) > 1]
    singles = [] if long or pairs else words
    return tuple(sorted(dict.fromkeys([*long, *told, *pairs, *singles]), key=len, reverse=True))[:MOST_MARKS]
