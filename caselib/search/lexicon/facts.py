"""The deciding facts of a precedent, as the index keeps them, and of a question, as they are asked."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from caselib.precedents.models import Revision
from caselib.search.engine.port import EXACT, Term, TermGroup

from .reader import Fact, lexicon

# Facets that hold the facts under which a precedent applies, and those that rule it out.
FITS = "fits"
UNFITS = "unfits"
_EXACT = "fact:"


def key_of(fact: Fact) -> str:
    """A fact as index and facets keep it: dimension=value."""
    return f"{fact.dimension}={fact.value}"


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """`told`: all that its story says; `fits`: what its title and conditions say; `unfits`: what rules it out."""

    told: tuple[str, ...]
    fits: tuple[str, ...]
    unfits: tuple[str, ...]

    @property
    def tokens(self) -> tuple[str, ...]:
        """The facts of the story as exact tokens."""
        return tuple(f"{_EXACT}{key}" for key in self.told)


def facts_of(revision: Revision) -> DocumentFacts:
    """The facts of one text. About 1 ms."""
    conditions = [revision.title, *revision.applies_when]
    story = [*conditions, revision.problem, revision.blocker, *revision.requester_wording]
    return DocumentFacts(_keys(story), _keys(conditions), _keys(revision.not_when))


def _keys(texts: list[str]) -> tuple[str, ...]:
    return tuple(map(key_of, lexicon().read("\n".join(texts), meant_only=True)))


@dataclass(frozen=True, slots=True)
class AskedFacts:
    """The facts of a question: `facts` in its order; `share` how much they count, less in a long text (0 to 1)."""

    facts: tuple[Fact, ...]
    share: float

    @property
    def by_dimension(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for fact in self.facts:
            found[fact.dimension].add(fact.value)
        return {dimension: frozenset(values) for dimension, values in found.items()}

    @property
    def plain(self) -> frozenset[str]:
        """The dimensions that are asked in so many words that a conflict is worth a warning."""
        return frozenset(
            fact.dimension
            for fact in self.facts
            if fact.dimension not in lexicon().soft and len(fact.form.replace("*", "")) >= _SHORTEST_PLAIN
        )

    def groups(self, *, weight: float, soft: float) -> tuple[TermGroup, ...]:
        """One group a dimension: a text that tells one of the asked values counts. They are nothing that must match."""
        return tuple(
            TermGroup(
                tuple(
                    Term(EXACT, f"{_EXACT}{dimension}={value}", weight * self.share * _weight(dimension, soft))
                    for value in sorted(values)
                ),
                counts=False,
            )
            for dimension, values in self.by_dimension.items()
        )

    def preferences(self, *, fits: float, unfits: float, soft: float) -> Mapping[str, Mapping[str, float]]:
        """What a condition that holds, contradicts or rules out is worth, by facet and value."""
        wanted: dict[str, float] = {}
        against: dict[str, float] = {}
        for dimension, values in self.by_dimension.items():
            worth = self.share * _weight(dimension, soft)
            for value in lexicon().values[dimension]:
                wanted[f"{dimension}={value}"] = fits * worth if value in values else -fits * worth
            for value in values:
                against[f"{dimension}={value}"] = -unfits * worth
        return {FITS: wanted, UNFITS: against} if wanted else {}


def _weight(dimension: str, soft: float) -> float:
    return soft if dimension in lexicon().soft else 1.0


# Characters of a form that stands for a fact on purpose: 火化 of 火化证 tells of a death by the way.
_SHORTEST_PLAIN = 3
# A question of this length tells its facts on purpose; a pasted ticket tells many by the way.
_PLAIN_LENGTH = 60


def facts_asked(text: str) -> AskedFacts:
    """The facts of a question. About 0.1 ms for a sentence."""
    return AskedFacts(lexicon().read(text, meant_only=True), min(1.0, _PLAIN_LENGTH / max(1, len(text))))
