"""From what a person typed to what is asked of the index of policies: the reading that precedents get, and 登记条例33."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from caselib.core.text import article_refs, clean, normalise
from caselib.orgs.scope import ViewerScope
from caselib.policies.texts.names import PolicyTable
from caselib.policies.validity import ENDED
from caselib.search.analysis import tokenize
from caselib.search.engine.port import WORDS, EngineQuery, Term, TermGroup
from caselib.search.fields import PLACE, STATUS
from caselib.search.lexicon.lay import official_words
from caselib.search.understanding import Question, Step, understand
from caselib.search.understanding.knowledge import NOTHING_KNOWN, known
from caselib.search.understanding.references import read_references
from caselib.search.weights import PLACE_NAMED, weight_of

from .documents import POLICY, REGION, SPAN, place_of

# The best documents, of which all pages are made: what stands behind them answers nothing, and each costs 10 µs.
MOST_HITS = 200
# Share of the question's tokens that a hit must contain, and how many hits are enough not to lower it.
MIN_SHOULD_MATCH = 0.2
ENOUGH = 20
MAX_GROUPS = 160
# What is added to a hit's share of the best score for words (0 to 1). An ended document stays findable and stands behind
# those in force; a local one from elsewhere behind those that hold here, unless it answers clearly better.
ENDED_WEIGHT = -0.25
HOLDS_HERE_WEIGHT = 0.15
# Whoever names a policy and a bare number types no more than this.
_LONGEST_NAMED = 120
_NUMERAL = "零〇一二两三四五六七八九十百千"
_END = r"(?=$|[\s,。;、!?])"
# 登记条例33 and 登记条例三十三 name an article; 公司法2023 names a year, 公司法3人 counts something.
_BARE_ARTICLE = (
    rf"(?P<between>》?\s*[-·.,、]?\s*)第?(?P<article>(?!(?:19|20)\d\d)\d{{1,4}}{_END}|[{_NUMERAL}]{{1,9}}{_END})"
)


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """`question` as it was read; `named`: codes of the policies it names, in its order; `articles` by code (33/2), under
    an empty code those of no policy that is named.

    `groups`: what is asked of the engine; `also`: words that were looked for beside those that were asked; `regions`:
    full names of the places that it names, whose rules come first. `clause_marks`: of the strings to mark those that say
    something beside the names of policies and places.
    """

    question: Question
    named: tuple[str, ...]
    articles: dict[str, tuple[str, ...]]
    groups: tuple[TermGroup, ...]
    also: tuple[str, ...]
    clause_marks: tuple[str, ...]
    regions: frozenset[str] = frozenset()


def read_policy_question(text: str, *, expand: bool = True, typed: frozenset[Step] = frozenset()) -> PolicyQuestion:
    """Reads a question for policies. 1 query, more after a change of policies or regions.

    Years are words here, for titles hold them; slips are found by pairs of characters. `expand` and `typed`
    as in `understand`.
    """
    knowledge = known() if text.strip() else NOTHING_KNOWN
    said = with_articles(text, knowledge.policies)
    off = typed | {Step.FILTERS, Step.SPELLING}
    question = understand(said, expand=expand, typed=off, knowledge=knowledge)
    if said != text:
        question = replace(question, text=clean(text).strip())
    articles = {policy.code: tuple(article_refs(policy.articles)) for policy in question.policies}
    names = " ".join(knowledge.policies.titles[code] for code in articles)
    official = official_words(question.text) if expand else ()
    places = {term.token for group in question.groups for term in group.terms[:1] if term.token in knowledge.places}
    # What comes first is no word: 上海 stands in the title of every rule of the city.
    said_beside = tuple(group for group in question.groups if group.terms[0].token not in places)
    return PolicyQuestion(
        question=question,
        named=tuple(articles),
        articles={code: found for code, found in articles.items() if found} or _of_none(question),
        groups=(*(said_beside or question.groups), *_official_groups(official)),
        also=tuple(dict.fromkeys((*question.also, *official))),
        clause_marks=tuple(mark for mark in question.marks if mark not in names and mark not in places),
        regions=frozenset().union(*(place.inside for name in places for place in knowledge.places[name])),
    )


def _of_none(question: Question) -> dict[str, tuple[str, ...]]:
    """Articles beside a name that means no policy for sure: 营商环境条例第33条, of which there are several."""
    found = () if question.policies else tuple(article_refs(question.text[:_LONGEST_NAMED]))
    return {"": found} if found else {}


def with_articles(text: str, table: PolicyTable) -> str:
    """The question with 第…条 around a bare number behind the name or number of a policy; anything else as it is."""
    plain = normalise(clean(text[:_LONGEST_NAMED])).strip()
    if len(text) > _LONGEST_NAMED or not table.titles or not re.search(rf"[\d{_NUMERAL}]", plain):
        return text
    said = plain
    for reference in read_references(plain, table=table).references:
        if not reference.articles:
            pattern = re.compile(re.escape(reference.typed) + _BARE_ARTICLE)
            said = pattern.sub(rf"{reference.typed}\g<between>第\g<article>条", said, count=1)
    return said if said != plain else text


def _official_groups(words: tuple[str, ...]) -> Iterator[TermGroup]:
    weight = weight_of("lay_without_meaning")
    for token in dict.fromkeys(token for word in words for token in tokenize(word).words):
        yield TermGroup((Term(WORDS, token, weight),), counts=False)


def engine_query(asked: PolicyQuestion, scope: ViewerScope) -> EngineQuery:
    """The question for the engine: the best documents, of policies and of clauses, with what groups them."""
    here = {place_of(pk): HOLDS_HERE_WEIGHT for pk in {*scope.region_ids, scope.nation_id} if pk is not None}
    return EngineQuery(
        groups=asked.groups,
        limit=MOST_HITS,
        min_should_match=MIN_SHOULD_MATCH,
        enough=ENOUGH,
        max_groups=MAX_GROUPS,
        preferences={
            STATUS: dict.fromkeys(map(str, ENDED), ENDED_WEIGHT),
            PLACE: here,
            REGION: dict.fromkeys(asked.regions, PLACE_NAMED),
        },
        returns=(POLICY, SPAN),
    )
