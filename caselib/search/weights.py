"""How much each part of a precedent counts. Changing a zone's weight asks for a rebuild (it is in the index)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType

# Zones of a document, with the weight of a token that stands there. Measured on the public benchmark of statutes, whose
# titles are names of laws, more than 1.5 for titles costs more than it gains there.
ZONES = {"title": 1.25, "tags": 1.25, "wording": 1.0, "matter": 1.0, "body": 1.0}
# Zones short enough to index each Chinese character alone, for queries of one character, and how they sound.
SHORT_ZONES = frozenset({"title", "tags", "matter"})


@dataclass(frozen=True, slots=True)
class Saturation:
    """BM25: `k1` how fast repeats stop counting, `b` how much long texts are held back (0 to 1)."""

    k1: float
    b: float


BM25 = {
    "words": Saturation(1.2, 0.75),
    "grams": Saturation(1.2, 0.75),
    "exact": Saturation(0.5, 0.0),
    "sounds": Saturation(1.2, 0.75),
}
# Weight of a field's tokens in a query.
FIELD_WEIGHT = {"words": 1.0, "grams": 1.0, "exact": 3.0, "sounds": 1.0}
# A synonym counts less than the word that was asked: who writes 执照 means it a little more than 营业执照.
SYNONYM_WEIGHT = 0.6
# A policy that a question names, and its article, weigh as much as several words: whoever knows the number wants just
# that. What rests on it comes before what only compares or sets itself apart.
LAW_WEIGHT, ARTICLE_WEIGHT, BASIS_WEIGHT = 2.0, 4.0, 1.0
# An article of the same number in any other policy; the words of a named policy's title in the text.
STRAY_ARTICLE_WEIGHT, LAW_NAME_WEIGHT = 0.3, 0.3
# What lying in a place that the question names adds to a hit's share of the best score, and what lying in a place around
# it does, whose rules hold there as well: before an equal match from elsewhere, not before a clearly better one.
PLACE_NAMED, PLACE_AROUND_NAMED = 0.3, 0.1

# What is added to a hit's share of the best score for words (0 to 1). Fitted on the practice set and on the tuning half
# of the own set, checked on the other half and crosswise: see docs/search.md.
#
# Closeness by meaning: 0 for a precedent like all others, this for the closest. With two ways to say a
# question, both sets gain up to here; from 1.6 near-duplicates lose.
CLOSENESS = 1.4
# A document number or article is answered by that number, and pinyin by its sound: the model reads neither.
CLOSENESS_OF_CODES = 0.1
# From half as close as the closest a precedent is a hit although it shares no word.
CLOSE_ENOUGH = 0.5
# A deciding fact that the story tells counts as a word of twice the weight.
FACT_WEIGHT = 2.0
# A condition that the question fulfils or contradicts, and a fact that the precedent rules out.
FACT_FITS = 0.15
FACT_UNFITS = 0.2
# Facts that are often said by the way (who came, which paper).
SOFT_FACT = 0.4
# A case of the kind that a request asks for (容缺受理, 依法办不了): as a word, and as a reason for a higher place,
# more where title, tags, causes or its own fields say so than where its story mentions it.
TRAIT_WEIGHT = 2.0
TRAIT_FITS = 0.4
TRAIT_BY_THE_WAY = 0.12
# Whoever asks for a kind of case wants it in every field of business: nearness of the stories says less then.
CLOSENESS_OF_KINDS = 0.7
# An official word for what was said in lay words, in the field of words: less where the model reads it as well.
LAY = 0.4
LAY_WITHOUT_MEANING = 0.8
# Local before others, as far as they answer as well: own region or above, the neighbour, elsewhere.
PLACE_OWN = 0.08
PLACE_AROUND = 0.04
# A precedent with open points stands behind one without.
DOUBTFUL = -0.05
# What was followed with success, by steps of fields.USES: small, so that the old does not bury the fitting.
USED = {"1": 0.01, "3": 0.02, "10": 0.03}
# What departments followed in vain, by their number: more than its successes can lift it, less than an open point takes.
FAILED = {"1": -0.02, **{str(count): -0.04 for count in range(2, 10)}}

# What a question is weighed with, by name. These alone can be tried out before they are changed here: place is left out,
# because the questions of a trial are asked from nowhere.
TRIABLE: Mapping[str, float] = MappingProxyType(
    {
        **FIELD_WEIGHT,
        "synonym": SYNONYM_WEIGHT,
        "closeness": CLOSENESS,
        "closeness_of_codes": CLOSENESS_OF_CODES,
        "closeness_of_kinds": CLOSENESS_OF_KINDS,
        "close_enough": CLOSE_ENOUGH,
        "fact_weight": FACT_WEIGHT,
        "fact_fits": FACT_FITS,
        "fact_unfits": FACT_UNFITS,
        "soft_fact": SOFT_FACT,
        "trait_weight": TRAIT_WEIGHT,
        "trait_fits": TRAIT_FITS,
        "trait_by_the_way": TRAIT_BY_THE_WAY,
        "lay": LAY,
        "lay_without_meaning": LAY_WITHOUT_MEANING,
        "doubtful": DOUBTFUL,
    }
)
_tried: ContextVar[Mapping[str, float]] = ContextVar("caselib_tried_weights", default=TRIABLE)


def weight_of(name: str) -> float:
    """The weight of that name in TRIABLE, or what this thread is trying in its place."""
    return _tried.get()[name]


@contextmanager
def trying(values: Mapping[str, float]) -> Iterator[None]:
    """Inside, questions of this thread are weighed with these values; names that are missing keep theirs."""
    token = _tried.set({**TRIABLE, **{name: value for name, value in values.items() if name in TRIABLE}})
    try:
        yield
    finally:
        _tried.reset(token)
