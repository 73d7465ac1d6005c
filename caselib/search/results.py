"""The values of a results page, and what was found before the database has decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from caselib.core.paging import PageInfo
from caselib.precedents.models import Kind
from caselib.search.confidence import score
from caselib.search.engine.port import Hit
from caselib.search.lexicon.facts import AskedFacts
from caselib.search.lexicon.subjects import Topic
from caselib.search.ranking import Ranking
from caselib.search.rows import ResultRow
from caselib.search.understanding.told import Told

# Nothing beside the words: by date or use, and from the database.
UNRANKED = Ranking(AskedFacts((), 0.0), Topic((), frozenset()), (), (), (), {}, None, None)


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """One way to narrow: `name` is the parameter in the address."""

    name: str
    label: str
    values: tuple[FacetValue, ...]

    @property
    def selected(self) -> tuple[FacetValue, ...]:
        return tuple(value for value in self.values if value.selected)


@dataclass(frozen=True, slots=True)
class SortChoice:
    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """`query` as it was understood; `notes` are sentences for the person; `fits` is False where nothing is found.

    `also`: the words that were looked for as well; `literal`: whether that was switched off.

    `told`: how the question was read, with what takes each step back.

    `from_index` is False while titles are searched in the database, because the index cannot be read.
    """

    query: str
    rows: tuple[ResultRow, ...]
    page: PageInfo
    facets: tuple[FacetGroup, ...]
    sorts: tuple[SortChoice, ...]
    notes: tuple[str, ...]
    also: tuple[str, ...] = ()
    literal: bool = False
    from_index: bool = True
    told: Told = field(default_factory=Told)
    signs: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.page.total

    @property
    def selected(self) -> tuple[tuple[FacetGroup, FacetValue], ...]:
        """What the results are narrowed to."""
        return tuple((group, value) for group in self.facets for value in group.selected)

    @property
    def fits(self) -> bool:
        """Whether something here is likely to answer; the rows are for reference only where it is not."""
        return bool(self.rows) and (not self.signs or score(self.signs) >= 0) and not self._is_card_of_another

    @property
    def is_routed(self) -> bool:
        """Whether a routing card answers: the matter is not for the hall, and the card says whose it is."""
        return self.fits and self._is_card_first

    @property
    def _is_card_first(self) -> bool:
        return bool(self.rows) and self.rows[0].kind == Kind.ROUTING_CARD.label

    @property
    def _is_card_of_another(self) -> bool:
        """Whether the card in front speaks of no subject of the question: parking is no answer to a leak."""
        return self._is_card_first and bool(self.signs.get("subject")) and not self.signs.get("subject_first")


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates in rank order, before the database has decided."""

    scores: dict[int, float]
    page: PageInfo
    facets: Mapping[str, Mapping[str, int]]
    notes: tuple[str, ...] = ()
    from_index: bool = True
    hits: Mapping[int, Hit] = field(default_factory=dict)
    ranking: Ranking = UNRANKED
    signs: Mapping[str, float] = field(default_factory=dict)
