"""Words of groups that the segmenter tears apart, so that a new group counts with the next question.

Until the index is built again with them, such a word is no token: not of a question, where it is found by its letters,
and not of a text, where its parts are looked for. Words of more than eight characters or with Latin letters stay so.
"""

from collections.abc import Sequence

from caselib.search.analysis import Tokens, is_kept_whole, tokenize
from caselib.search.engine.port import GRAMS, WORDS

from .site import current

# Parts of more than this say what a text is about by themselves.
_MOST_PARTS = 12


def torn_words_in(text: str, *, tokens: Tokens) -> tuple[str, ...]:
    """The words of groups that stand in a text in normal form and are none of its tokens, in the order of the text."""
    found = dict.fromkeys(current().torn(is_kept_whole).within(text))
    return tuple(word for word in found if word not in tokens.words)


def parts_of(word: str) -> tuple[tuple[str, str], ...]:
    """What to look for in place of a word that the index cannot hold: (field, token). Empty where it can."""
    if word not in current().torn(is_kept_whole).words_set:
        return ()
    tokens = tokenize(word)
    if word in tokens.words:
        return ()
    words = [(WORDS, part) for part in dict.fromkeys(tokens.words) if len(part) > 1]
    return tuple([*words, *((GRAMS, pair) for pair in dict.fromkeys(tokens.grams) if len(pair) > 1)][:_MOST_PARTS])


def all_parts(words: Sequence[str], *, asked: Tokens) -> tuple[tuple[str, str], ...]:
    """The parts of those words that are torn, without repeats and without what was asked anyway."""
    known = {WORDS: set(asked.words), GRAMS: set(asked.grams)}
    parts = dict.fromkeys(part for word in words for part in parts_of(word))
    return tuple((kind, token) for kind, token in parts if token not in known[kind])
