"""From what a person typed to what is asked of the engine. User text never becomes a query string.

Each step has a module of its own and says on the page what it did: `references` (policies by number and name),
`filters` (years and places), `slips` (您是不是要找), synonyms and sounds. Each can be taken back in the address; nothing is
rewritten without being told. `asking` joins them with what this library knows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop

from caselib.core import clock
from caselib.core.text import clean, normalise
from caselib.policies.texts.missing import Missing
from caselib.policies.texts.numbers import fuller_keys
from caselib.search import sounds
from caselib.search.analysis import Tokens, tokenize
from caselib.search.engine.port import EXACT, GRAMS, SOUNDS, WORDS, Term, TermGroup
from caselib.search.exact import article_steps, basis_token, law_token, own_token
from caselib.search.lexicon.traits import NO_REQUEST, Request, request_of
from caselib.search.synonyms import all_parts, current, torn_words_in
from caselib.search.weights import (
    ARTICLE_WEIGHT,
    BASIS_WEIGHT,
    LAW_NAME_WEIGHT,
    LAW_WEIGHT,
    STRAY_ARTICLE_WEIGHT,
    weight_of,
)

from .codes import code_tokens
from .filters import FilterReading, read_filters
from .knowledge import NOTHING_KNOWN, Knowledge
from .references import Reference, ReferenceReading, read_references
from .slips import Frequencies, corrected, slips_in

# A pasted ticket says what it is about at its beginning; more than this costs time and blurs the question.
LONGEST_TEXT = 2000
# With the blanks and invisible marks in between that are left out.
_LONGEST_RAW = 4 * LONGEST_TEXT
# A question of more words is not expanded: it names its matter in several ways itself.
MOST_EXPANDED = 60
MOST_TOLD = 3
# A pasted ticket has hundreds of words; marking all of them marks nothing.
MOST_MARKS = 40
_NUMBER = "doc:"
_OWN = "no:"
# Whoever types a library number wants that precedent, and not one that mentions it ever so often.
OWN_WEIGHT = 20.0
CUT_NOTE = f"内容较长，只按前 {LONGEST_TEXT} 个字查找。"
NO_WORDS_NOTE = gettext_noop("没有可以查找的字词，换几个汉字、字母或数字再试。")


class Step(StrEnum):
    """A step that can be switched off, by its value in the address (`typed=`)."""

    FILTERS = "filters"
    NUMBERS = "numbers"
    SPELLING = "spelling"
    SOUNDS = "sounds"
    TRAITS = "traits"


@dataclass(frozen=True, slots=True)
class PolicyMeant:
    """A policy that the question names, for the page. `articles`: 第33条第2款; `typed` only where another was typed."""

    code: str
    title: str
    articles: str
    typed: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """`text` as it was understood (trimmed, cut); `marks`: the strings to mark in results; `notes` for the person.

    `also`: the words that were looked for beside those that were asked. `filters`: values by facet that a hit must have,
    `preferences`: what comes first (see `EngineQuery`); `filtered` and `preferred` name them for the person, `places`
    those of the filtered that are places. `policies`: those that the question names, `missing`: those that it names and
    the library does not hold. `spelled`: letters that were looked for by sound as well. `request`: where cases of a kind are
    asked for, of which and about what. `read_as`: the question as it was
    corrected, empty where it was not; `suggestion`: the same question without what may be a slip, where that is not
    certain.
    """

    text: str
    groups: tuple[TermGroup, ...]
    marks: tuple[str, ...]
    notes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    preferences: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    filtered: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    policies: tuple[PolicyMeant, ...] = ()
    missing: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    request: Request = NO_REQUEST
    read_as: str = ""
    suggestion: "Question | None" = None

    @property
    def has_no_words(self) -> bool:
        """Whether something was typed that holds nothing to look for."""
        return bool(self.text) and not self.groups and not self.filters


def understand(
    text: str,
    *,
    expand: bool = True,
    typed: frozenset[Step] = frozenset(),
    knowledge: Knowledge = NOTHING_KNOWN,
    frequencies: Frequencies | None = None,
) -> Question:
    """Reads a question. At most some 4,000 groups for the longest text; the engine keeps the rarest.

    `expand`: whether words that say the same are looked for as well. `typed`: the steps that take the text as it was
    typed. `frequencies`: what the index knows, for slips; without it none are looked for.
    """
    trimmed, notes = _trimmed(text)
    # One character of the Arabic presentation forms unfolds into eighteen.
    plain = normalise(trimmed)[:LONGEST_TEXT]
    named = read_references(plain, table=knowledge.policies, near=Step.NUMBERS not in typed)
    read = FilterReading(named.rest)
    if Step.FILTERS not in typed and knowledge.places:
        read = read_filters(named.rest, places=knowledge.places, on=clock.today())
    request = request_of(named.rest, rest=read.rest) if expand and Step.TRAITS not in typed else NO_REQUEST
    if request.rest:
        read = replace(read, rest=request.rest)
    slips = slips_in(read.rest, frequencies=frequencies) if frequencies and Step.SPELLING not in typed else ()
    if slips:
        again = {
            "expand": expand,
            "typed": typed | {Step.SPELLING},
            "knowledge": knowledge,
            "frequencies": frequencies,
        }
        sure = [slip for slip in slips if slip.sure]
        meant = understand(corrected(plain, sure), **again)
        unsure = understand(corrected(plain, slips), **again) if len(sure) < len(slips) else None
        return replace(meant, text=trimmed, read_as=meant.text if sure else "", suggestion=unsure)
    spelled = [] if Step.SOUNDS in typed else _spelled(read.rest, frequencies)
    question = _asked(trimmed, read, named, spelled, knowledge=knowledge, expand=expand)
    return replace(question, request=request, notes=(*notes, *question.notes))


def _trimmed(text: str) -> tuple[str, tuple[str, ...]]:
    """(what of a text is read, what is said about it). A megabyte that somebody pasted costs no more than what is read."""
    trimmed = clean(text[:_LONGEST_RAW]).strip()
    if len(trimmed) > LONGEST_TEXT or len(text) > _LONGEST_RAW:
        return trimmed[:LONGEST_TEXT], (CUT_NOTE,)
    return trimmed, ()


def _spelled(text: str, frequencies: Frequencies | None) -> list[tuple[str, tuple[str, ...]]]:
    """What was typed by sound. Letters that documents hold as a word (app, sc) are that word."""
    # xx and *** in a ticket stand for what was masked.
    found = [each for each in sounds.spelled(text) if len(set(each[0])) > 1]
    if not found or frequencies is None:
        return found
    counts = frequencies([(WORDS, letters) for letters, _ in found])
    return [each for each, count in zip(found, counts, strict=True) if not count]


def _asked(
    text: str,
    read: FilterReading,
    named: ReferenceReading,
    spelled: Sequence[tuple[str, tuple[str, ...]]],
    *,
    knowledge: Knowledge,
    expand: bool,
) -> Question:
    """The question of what is left to look for once policies and filters are read."""
    rest = read.rest
    tokens = tokenize(rest)
    if expand:
        tokens = replace(tokens, words=(*tokens.words, *torn_words_in(rest, tokens=tokens)))
    also = _also(tokens) if expand else {}
    said = (*_groups(tokens, also), *_part_groups(tokens, also))
    laws = (*_law_groups(named.references), *_missing_groups(named.missing))
    groups = (*laws, *said, *_code_groups(rest, tokens), *_sound_groups(spelled))
    told = _told(tokens, also)
    names = tokenize(" ".join(reference.name_words for reference in named.references))
    return Question(
        text=text,
        groups=groups,
        marks=_marks(_joined(tokens, names), told),
        notes=(gettext(NO_WORDS_NOTE),) if text and not groups and not read.filters else (),
        also=told,
        filters=read.filters,
        preferences=read.preferences,
        filtered=read.labels,
        preferred=read.preferred,
        places=read.places,
        policies=tuple(_meant(named.references, knowledge)),
        missing=tuple(dict.fromkeys(each.shown for each in named.missing)),
        spelled=tuple(letters for letters, _ in spelled[:MOST_TOLD]),
    )


def _code_groups(text: str, tokens: Tokens) -> Iterable[TermGroup]:
    """Library numbers and codes of matters in spellings that are no tokens yet, and what bears such a number itself."""
    asked = {*((EXACT, token) for token in tokens.exact), *((WORDS, token) for token in tokens.words)}
    codes = [found for found in code_tokens(text) if found not in asked]
    for kind, code in codes:
        yield TermGroup((Term(kind, code, weight_of(EXACT)),), counts=False)
    for kind, token in (*asked, *codes):
        if kind == EXACT and token.startswith(_OWN):
            own = own_token(token.removeprefix(_OWN))
            yield TermGroup((Term(EXACT, own, OWN_WEIGHT),), counts=False)


def _joined(tokens: Tokens, more: Tokens) -> Tokens:
    return replace(tokens, words=tokens.words + more.words, grams=tokens.grams + more.grams)


def _law_groups(references: Sequence[Reference]) -> Iterable[TermGroup]:
    """What a named policy is looked for by: who cites it, who cites that article, who rests on it, its name as words."""
    weight = weight_of(EXACT)
    for reference in references:
        keys = dict.fromkeys(same for key in reference.keys for same in (key, *fuller_keys(key)))
        numbers = [Term(EXACT, _NUMBER + key, weight) for key in keys]
        yield TermGroup((*(Term(EXACT, law_token(code), LAW_WEIGHT) for code in reference.codes), *numbers))
        basis = [Term(EXACT, basis_token(code), BASIS_WEIGHT) for code in reference.codes]
        yield TermGroup(tuple(basis), counts=False)
        for article in reference.articles:
            for step in article_steps(article):
                cited = [Term(EXACT, law_token(code, step), ARTICLE_WEIGHT) for code in reference.codes]
                rested = [Term(EXACT, basis_token(code, step), BASIS_WEIGHT) for code in reference.codes]
                yield TermGroup((*cited, Term(EXACT, f"art:{step}", STRAY_ARTICLE_WEIGHT)))
                yield TermGroup(tuple(rested), counts=False)
        for token in dict.fromkeys(tokenize(reference.name_words).words):
            yield TermGroup((Term(WORDS, token, LAW_NAME_WEIGHT * weight_of(WORDS)),), counts=False)


def _missing_groups(missing: Sequence[Missing]) -> Iterable[TermGroup]:
    """A number that no policy has may stand in a text."""
    for each in missing:
        keys = dict.fromkeys(same for key in each.keys for same in (key, *fuller_keys(key)))
        if keys:
            yield TermGroup(tuple(Term(EXACT, _NUMBER + key, weight_of(EXACT)) for key in keys))


def _meant(references: Sequence[Reference], knowledge: Knowledge) -> Iterable[PolicyMeant]:
    told = set()
    for reference in references:
        for code in reference.codes:
            if code not in told:
                told.add(code)
                yield PolicyMeant(
                    code=code,
                    title=knowledge.policies.titles[code],
                    articles="、".join(map(article_words, reference.articles)),
                    typed=reference.typed if reference.is_guess else "",
                    shown=reference.shown,
                )


def article_words(article: str) -> str:
    """33/2/3 as 第33条第2款第3项."""
    return "".join(f"第{number}{unit}" for number, unit in zip(article.split("/"), "条款项", strict=False))


def _groups(tokens: Tokens, also: Mapping[str, Sequence[str]]) -> Iterable[TermGroup]:
    """One group a token: saying a word twice in a question does not make it twice as important.

    A word's group holds its synonyms: whichever of them a text uses counts, and only the best of them.
    """
    for kind, found in ((EXACT, tokens.exact), (WORDS, tokens.words), (GRAMS, tokens.grams)):
        weight = weight_of(kind)
        for token in dict.fromkeys(found):
            others = also.get(token, ()) if kind == WORDS else ()
            same = [Term(kind, other, weight_of("synonym") * weight) for other in others]
            if kind == EXACT and token.startswith(_NUMBER):
                same = [Term(kind, _NUMBER + key, weight) for key in fuller_keys(token.removeprefix(_NUMBER))]
            yield TermGroup((Term(kind, token, weight), *same))


def _part_groups(tokens: Tokens, also: Mapping[str, Sequence[str]]) -> Iterable[TermGroup]:
    """Words that say the same and that the index cannot hold in one piece, by their parts."""
    others = [other for found in also.values() for other in found]
    for kind, part in all_parts(others, asked=tokens):
        yield TermGroup((Term(kind, part, weight_of("synonym") * weight_of(kind)),), counts=False)


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
        yield TermGroup((Term(SOUNDS, token, weight_of(SOUNDS)),), counts=False)


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
