"""What moves a hit beside the words: closeness by meaning, deciding facts, place, doubt, use. Weights are in `weights`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from caselib.orgs.scope import ViewerScope
from caselib.precedents.visibility import PrecedentStatus
from caselib.search.analysis import tokenize
from caselib.search.engine.port import EXACT, SOUNDS, WORDS, Boosts, Term, TermGroup
from caselib.search.essence import PLAIN, read_essence
from caselib.search.fields import FAILS, PLACE, STATUS, USES
from caselib.search.lexicon.facts import AskedFacts, facts_asked, key_of
from caselib.search.lexicon.lay import officially
from caselib.search.lexicon.subjects import Topic, topic_of
from caselib.search.lexicon.traits import TRAITS, preferred_traits, trait_token
from caselib.search.semantic.live import Closeness, closeness
from caselib.search.understanding import Question
from caselib.search.weights import FAILED, PLACE_AROUND, PLACE_OWN, USED, weight_of


@dataclass(frozen=True, slots=True)
class Ranking:
    """What is asked beside the words. `traits`: the kinds of case that are asked for. `also`:
    official words for lay ones. `closeness` is None where meaning has no part."""

    facts: AskedFacts
    topic: Topic
    traits: tuple[str, ...]
    also: tuple[str, ...]
    groups: tuple[TermGroup, ...]
    preferences: Mapping[str, Mapping[str, float]]
    closeness: Closeness | None
    boosts: Boosts | None


def ranking_of(
    question: Question, scope: ViewerScope, *, expand: bool = True, without: Collection[str] = ()
) -> Ranking:
    """Reads meaning, facts and subject of a question, for a viewer who stands somewhere.

    `expand`: whether more is looked for than the words as they were typed. `without`: facts (dimension=value) that do
    not count. Of a pasted text what it comes down to is compared by meaning, not how it begins.
    """
    # Of a request for cases the words around it are no part of what they are about.
    text = question.request.rest or question.read_as or question.text
    topic = topic_of(text)
    core, facts = _core(text, scope) if expand else ("", facts_asked(""))
    if without:
        facts = replace(facts, facts=tuple(fact for fact in facts.facts if key_of(fact) not in without))
    official = officially(core)
    close = closeness(core, official.text) if expand else None
    boosts = None if close is None else _boosts(close, question)
    return Ranking(
        facts=facts,
        topic=topic,
        traits=question.request.traits,
        also=official.words,
        groups=(
            *facts.groups(weight=weight_of("fact_weight"), soft=weight_of("soft_fact")),
            *_trait_groups(question.request.traits),
            *_official_groups(official.words, weight_of("lay_without_meaning" if close is None else "lay")),
        ),
        preferences={
            **facts.preferences(
                fits=weight_of("fact_fits"), unfits=weight_of("fact_unfits"), soft=weight_of("soft_fact")
            ),
            **_kinds(question),
            **_named(question, boosts),
            **_standing(scope),
        },
        closeness=close,
        boosts=boosts,
    )


def _core(text: str, scope: ViewerScope) -> tuple[str, AskedFacts]:
    """What a question comes down to, and its facts; of a short one all of it."""
    if len(text) <= PLAIN:
        return text, facts_asked(text)
    essence = read_essence(text, scope=scope)
    return essence.core, essence.asked_facts


def _trait_groups(traits: Sequence[str]) -> Iterable[TermGroup]:
    return (TermGroup((Term(EXACT, trait_token(trait), weight_of("trait_weight")),), counts=False) for trait in traits)


def _official_groups(words: Sequence[str], weight: float) -> Iterable[TermGroup]:
    tokens = dict.fromkeys(token for word in words for token in tokenize(word).words)
    return (TermGroup((Term(WORDS, token, weight),), counts=False) for token in tokens)


def _kinds(question: Question) -> dict[str, Mapping[str, float]]:
    """What the kinds of case are worth that a request asks for."""
    if not question.request.traits:
        return {}
    plain, by_the_way = weight_of("trait_fits"), weight_of("trait_by_the_way")
    return {TRAITS: preferred_traits(question.request.traits, plain=plain, by_the_way=by_the_way)}


def _named(question: Question, boosts: Boosts | None) -> dict[str, Mapping[str, float]]:
    """What the question says comes first, places above all: as far before the others as it would stand for words alone."""
    scale = 1.0 if boosts is None else 1.0 + boosts.weight
    return {
        name: {value: scale * worth for value, worth in worths.items()} for name, worths in question.preferences.items()
    }


def _standing(scope: ViewerScope) -> dict[str, Mapping[str, float]]:
    """What does not depend on the question: nearness of the place, open points, use with success and in vain."""
    preferences: dict[str, Mapping[str, float]] = {
        STATUS: {PrecedentStatus.NEEDS_REVERIFICATION.value: weight_of("doubtful")},
        USES: USED,
        FAILS: FAILED,
    }
    if scope.home_region_id is not None:
        around = scope.region_ids - {scope.home_region_id, scope.nation_id}
        everywhere = PLACE_OWN + PLACE_AROUND
        preferences[PLACE] = {
            "at:": everywhere,
            f"at:{scope.nation_id}": everywhere,
            f"in:{scope.home_region_id}": PLACE_OWN,
            # What holds in the whole city is within it too, and gets the share of neighbours beside this.
            **{f"at:{pk}": PLACE_OWN for pk in around},
            **{f"in:{pk}": PLACE_AROUND for pk in around},
        }
    return preferences


def _has_codes(question: Question) -> bool:
    return any(term.field in (EXACT, SOUNDS) for group in question.groups for term in group.terms)


def _boosts(close: Closeness, question: Question) -> Boosts:
    most = weight_of("closeness_of_kinds" if question.request.traits else "closeness")
    weight = weight_of("closeness_of_codes") if _has_codes(question) else most
    floor = most * weight_of("close_enough")
    return Boosts(close.orders, close.scores, weight, floor, mean=None if close.is_whole else close.mean)
