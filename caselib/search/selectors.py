"""The results of a question, for page, command and evaluation alike.

The engine proposes; one query with `visible_to(scope)` decides what is shown, in the engine's order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from caselib.core import clock
from caselib.core.paging import PER_PAGE, PageInfo, page_info
from caselib.core.text import clean
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Kind, Precedent
from caselib.precedents.visibility import audiences_for
from caselib.search.analysis import fingerprint
from caselib.search.confidence import can_tell, score, signs_of
from caselib.search.engine.port import EngineQuery, EngineResult, Hit, IndexUnavailable
from caselib.search.explaining import RETURNS, explained
from caselib.search.fields import AUDIENCE, DEFAULT_SORT, FACET_NAMES, FACETS, SORTS
from caselib.search.indexing import eligible, pk_of
from caselib.search.lexicon.facts import AskedFacts
from caselib.search.lexicon.subjects import Topic
from caselib.search.live import live_engine
from caselib.search.ranking import Ranking, ranking_of
from caselib.search.rows import ResultRow, rows_visible
from caselib.search.understanding import Question, Step
from caselib.search.understanding.asking import read_question, settled, steps_of
from caselib.search.understanding.told import Told, told_of

# Share of the question's tokens that a hit must contain, and how many hits are enough not to lower it.
MIN_SHOULD_MATCH = 0.15
ENOUGH = 20
MAX_GROUPS = 160
# More than these help nobody to choose, and each costs time to draw; what is chosen comes first.
_FACET_VALUES = 10
_FALLBACK_WORDS = 6
_UNRANKED = Ranking(AskedFacts((), 0.0), Topic((), frozenset()), (), (), {}, None, None)
OUTDATED_NOTE = "检索索引是按旧词典建的，个别词可能查不到。请管理员运行 manage.py search_rebuild。"


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
        return bool(self.rows) and (not self.signs or score(self.signs) >= 0)

    @property
    def is_routed(self) -> bool:
        """Whether a routing card answers: the matter is not for the hall, and the card says whose it is."""
        return self.fits and self.rows[0].kind == Kind.ROUTING_CARD.label


@dataclass(frozen=True, slots=True)
class _Found:
    """Candidates in rank order, before the database has decided."""

    scores: dict[int, float]
    page: PageInfo
    facets: Mapping[str, Mapping[str, int]]
    notes: tuple[str, ...] = ()
    from_index: bool = True
    hits: Mapping[int, Hit] = field(default_factory=dict)
    ranking: Ranking = _UNRANKED
    signs: Mapping[str, float] = field(default_factory=dict)


def results_for_page(
    *,
    scope: ViewerScope,
    text: str,
    filters: Mapping[str, Sequence[str]] | None = None,
    sort: str = DEFAULT_SORT,
    page: object = 1,
    per_page: int = PER_PAGE,
    literal: bool = False,
    typed: Sequence[str] = (),
) -> ResultsPage:
    """One page of what this viewer finds. Never fails for what was typed, nor for a missing or damaged index.

    `filters`: chosen values by name of the facet; unknown names are left out. `page`: a number or the text of one.
    `literal`: look for the words as they were typed, without those that say the same. `typed`: the steps of reading that
    are switched off (`understanding.Step`).
    3 queries for any number of rows, 4 with open points.
    """
    typed = steps_of(typed)
    question = read_question(text, expand=not literal, typed=typed)
    chosen = _chosen(filters or {})
    sort = sort if sort in SORTS else DEFAULT_SORT
    try:
        question = settled(
            question,
            probe=lambda asked: _probe(asked, scope, chosen),
            read=lambda steps: read_question(text, expand=not literal, typed=typed | steps),
        )
        found = _from_index(question, scope, chosen, sort=sort, page=page, per_page=per_page, expand=not literal)
    except IndexUnavailable as error:
        # What cannot be told on the page is not read either.
        question = read_question(text, expand=False, typed=frozenset(Step))
        found = _from_database(question, scope, chosen, page=page, per_page=per_page, note=error.message)
    rows = rows_visible(found.scores, scope=scope, marks=question.marks, on=clock.today())
    if found.hits and found.ranking is not _UNRANKED:
        rows = explained(rows, found.hits, found.ranking, offset=found.page.offset)
    # Candidates that the database no longer lets through, such as one retired a moment ago, are not counted either.
    hidden = len(found.scores) - len(rows)
    return ResultsPage(
        query=question.text,
        rows=rows,
        page=replace(found.page, total=found.page.total - hidden),
        facets=_facet_groups(found.facets, chosen),
        sorts=tuple(SortChoice(value, label, value == sort) for value, (label, _) in SORTS.items()),
        notes=(*question.notes, *found.notes),
        also=tuple(dict.fromkeys((*question.also, *found.ranking.also))) if found.from_index else (),
        literal=literal,
        from_index=found.from_index,
        signs=found.signs,
        told=told_of(question, typed=typed) if found.from_index else Told(),
    )


def _chosen(filters: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    known = {name: frozenset(filter(None, map(clean, filters.get(name, ())))) for name in FACET_NAMES}
    return {name: values for name, values in known.items() if values}


def _probe(question: Question, scope: ViewerScope, chosen: Mapping[str, frozenset[str]]) -> EngineResult:
    """What a question finds, without its results: for deciding how to read it."""
    if question.has_no_words:
        return EngineResult()
    query = EngineQuery(
        groups=question.groups,
        filters={**question.filters, **chosen, AUDIENCE: audiences_for(scope)},
        limit=0,
        min_should_match=MIN_SHOULD_MATCH,
        enough=ENOUGH,
        max_groups=MAX_GROUPS,
    )
    return live_engine().search(query)


def _from_index(
    question: Question,
    scope: ViewerScope,
    chosen: Mapping[str, frozenset[str]],
    *,
    sort: str,
    page: object,
    per_page: int,
    expand: bool,
) -> _Found:
    engine = live_engine()
    notes = () if engine.fingerprint() == fingerprint() else (OUTDATED_NOTE,)
    if question.has_no_words:
        return _Found({}, page_info(1, total=0, per_page=per_page), {}, notes)
    asked = page_info(page, total=10**9, per_page=per_page)
    by = SORTS[sort][1] or ("" if question.groups else SORTS["newest"][1])
    # By date or use, what only means something like it would stand before what was asked.
    ranking = _UNRANKED if by else ranking_of(question, scope, expand=expand)
    query = EngineQuery(
        groups=(*question.groups, *ranking.groups),
        # The audience is part of the question to the engine, so that totals and facets tell nothing of hidden rows.
        # What was chosen on the page stands above what was read from the words.
        filters={**question.filters, **chosen, AUDIENCE: audiences_for(scope)},
        hidden_filters=frozenset({AUDIENCE}),
        facets=FACET_NAMES,
        sort=by,
        offset=asked.offset,
        limit=per_page,
        min_should_match=MIN_SHOULD_MATCH,
        enough=ENOUGH,
        max_groups=MAX_GROUPS,
        boosts=ranking.boosts,
        preferences={**ranking.preferences, **question.preferences},
        returns=() if ranking is _UNRANKED else RETURNS,
    )
    result: EngineResult = engine.search(query)
    info = page_info(page, total=result.total, per_page=per_page)
    if info.number != asked.number:
        result = engine.search(replace(query, offset=info.offset))
    hits = {pk: hit for hit in result.hits if (pk := pk_of(hit.key)) is not None}
    scores = {pk: hit.score for pk, hit in hits.items()}
    signs: dict[str, float] = {}
    # What was narrowed or stands further down was chosen by the person: not for us to say that nothing fits.
    if hits and ranking is not _UNRANKED and info.number == 1 and not chosen and can_tell(question):
        signs = signs_of(question, list(hits.values()), ranking, best_words=result.best_words)
    return _Found(scores, info, result.facets, notes, hits=hits, ranking=ranking, signs=signs)


def _from_database(
    question: Question,
    scope: ViewerScope,
    chosen: Mapping[str, frozenset[str]],
    *,
    page: object,
    per_page: int,
    note: str,
) -> _Found:
    """Titles and gists that hold words of the question, those that hold more of it first."""
    candidates = eligible().visible_to(scope).filter(*_conditions({**question.filters, **chosen})).distinct()
    words = [mark for mark in question.marks if len(mark) > 1 or len(question.marks) == 1][:_FALLBACK_WORDS]
    if question.has_no_words:
        return _Found({}, page_info(1, total=0, per_page=per_page), {}, (note,), from_index=False)
    candidates = _ranked(candidates, words) if words else candidates.annotate(worth=Value(0))
    info = page_info(page, total=candidates.count(), per_page=per_page)
    ordered = candidates.order_by("-worth", "-published_at", "-pk").values_list("pk", "worth")
    scores = {pk: float(worth) for pk, worth in ordered[info.offset : info.offset + per_page]}
    return _Found(scores, info, {}, (note,), from_index=False)


def _ranked(candidates: QuerySet[Precedent], words: Sequence[str]) -> QuerySet[Precedent]:
    def worth(word: str) -> Case:
        holds = Q(live_revision__title__icontains=word) | Q(live_revision__gist__icontains=word)
        return Case(When(holds, then=Value(len(word))), default=Value(0), output_field=IntegerField())

    return candidates.annotate(worth=reduce(lambda left, right: left + right, map(worth, words))).filter(worth__gt=0)


def _conditions(chosen: Mapping[str, frozenset[str]]) -> Iterable[Q]:
    """The chosen values as conditions on the database."""
    columns = {
        "theme": "live_revision__theme__name",
        "department": "owner_department__name",
        "cause": "live_revision__causes__name",
        "region": "live_revision__region__full_name",
        "policy_status": "live_revision__citations__version__policy__status",
        "result_type": "live_revision__result_type",
    }
    for name, values in chosen.items():
        if name in columns:
            yield Q(**{f"{columns[name]}__in": values})
        else:
            years = [Q(live_revision__occurred__startswith=value) for value in values]
            years += [
                Q(live_revision__occurred="", published_at__year=int(value))
                for value in values
                if value.isascii() and value.isdigit() and len(value) == 4
            ]
            yield reduce(or_, years)


def _facet_groups(
    counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, frozenset[str]]
) -> tuple[FacetGroup, ...]:
    """All ways to narrow that have values; what is chosen stays in the list even without a hit."""
    groups = []
    for facet in FACETS:
        counted = {**dict.fromkeys(sorted(chosen.get(facet.name, ())), 0), **counts.get(facet.name, {})}
        if not counted:
            continue
        ordered = sorted(
            counted.items(), key=lambda item: (item[0] not in chosen.get(facet.name, ()), -item[1], item[0])
        )
        if facet.name == "year":
            ordered = sorted(counted.items(), reverse=True)
        values = tuple(
            FacetValue(value, facet.label_of(value), count, value in chosen.get(facet.name, ()))
            for value, count in ordered[:_FACET_VALUES]
        )
        groups.append(FacetGroup(facet.name, facet.label, values))
    return tuple(groups)
