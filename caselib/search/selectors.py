"""The results of a question, for page, command and evaluation alike.

The engine proposes; one query with `visible_to(scope)` decides what is shown, in the engine's order.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from caselib.core import clock
from caselib.core.paging import PER_PAGE, page_info
from caselib.orgs.scope import ViewerScope
from caselib.precedents.visibility import audiences_for
from caselib.search.analysis import fingerprint
from caselib.search.confidence import can_tell, signs_of
from caselib.search.engine.port import EngineQuery, EngineResult, IndexUnavailable
from caselib.search.explaining import RETURNS, explained
from caselib.search.facets import chosen_of, facet_groups
from caselib.search.fallback import from_database
from caselib.search.fields import AUDIENCE, DEFAULT_SORT, ERA, NOW, PAST, SORTS, facets_for
from caselib.search.indexing import pk_of
from caselib.search.live import live_engine
from caselib.search.ranking import ranking_of
from caselib.search.results import UNRANKED, FacetGroup, FacetValue, Found, ResultsPage, SortChoice
from caselib.search.rows import ResultRow, rows_visible
from caselib.search.understanding import Question, Step
from caselib.search.understanding.asking import read_question, settled, steps_of
from caselib.search.understanding.told import Told, told_of

__all__ = [
    "OUTDATED_NOTE",
    "FacetGroup",
    "FacetValue",
    "ResultRow",
    "ResultsPage",
    "SortChoice",
    "results_for_page",
]

# Share of the question's tokens that a hit must contain, and how many hits are enough not to lower it.
MIN_SHOULD_MATCH = 0.15
ENOUGH = 20
MAX_GROUPS = 160
# What a seam between two rules was written for is history once it closed, and found where somebody asks for that.
_CURRENT = frozenset({NOW})
OUTDATED_NOTE = "检索索引是按旧词典建的，个别词可能查不到。请管理员运行 manage.py search_rebuild。"


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
    without: Collection[str] = (),
) -> ResultsPage:
    """One page of what this viewer finds. Never fails for what was typed, nor for a missing or damaged index.

    `filters`: chosen values by name of the facet; unknown names are left out. `page`: a number or the text of one.
    `literal`: look for the words as they were typed, without those that say the same. `typed`: the steps of reading that
    are switched off (`understanding.Step`). `without`: facts (dimension=value) that do not count.
    3 queries for any number of rows, 4 with open points.
    """
    typed = steps_of(typed)
    question = read_question(text, scope=scope, expand=not literal, typed=typed)
    chosen = chosen_of(filters or {}, trains=scope.trains)
    sort = sort if sort in SORTS else DEFAULT_SORT
    try:
        question = settled(
            question,
            probe=lambda asked: _probe(asked, scope, chosen),
            read=lambda steps: read_question(text, scope=scope, expand=not literal, typed=typed | steps),
        )
        found = _from_index(
            question, scope, chosen, sort=sort, page=page, per_page=per_page, expand=not literal, without=without
        )
    except IndexUnavailable as error:
        # What cannot be told on the page is not read either.
        question = read_question(text, expand=False, typed=frozenset(Step))
        found = from_database(question, scope, chosen, page=page, per_page=per_page, note=error.message)
    return _page(question, found, scope, chosen, sort=sort, literal=literal, typed=typed)


def _page(
    question: Question,
    found: Found,
    scope: ViewerScope,
    chosen: Mapping[str, frozenset[str]],
    *,
    sort: str,
    literal: bool,
    typed: frozenset[Step],
) -> ResultsPage:
    """The candidates as far as the database lets this viewer see them, with all that stands around them."""
    rows = rows_visible(
        found.scores, scope=scope, marks=question.marks, on=clock.today(), past=PAST in chosen.get(ERA, ())
    )
    if found.hits and found.ranking is not UNRANKED:
        rows = explained(rows, found.hits, found.ranking, offset=found.page.offset)
    # Candidates that the database no longer lets through, such as one retired a moment ago, are not counted either.
    hidden = len(found.scores) - len(rows)
    return ResultsPage(
        query=question.text,
        rows=rows,
        page=replace(found.page, total=found.page.total - hidden),
        facets=facet_groups(found.facets, chosen),
        sorts=tuple(SortChoice(value, label, value == sort) for value, (label, _) in SORTS.items()),
        notes=(*question.notes, *found.notes),
        also=tuple(dict.fromkeys((*question.also, *found.ranking.also))) if found.from_index else (),
        literal=literal,
        from_index=found.from_index,
        signs=found.signs,
        told=told_of(question, typed=typed) if found.from_index else Told(),
    )


def _asked(question: Question, scope: ViewerScope, chosen: Mapping[str, frozenset[str]]) -> EngineQuery:
    """The question for the engine, without anything that only ranks or shows.

    The audience is part of it, so that totals and facets tell nothing of hidden rows. What was chosen on the page stands
    above what was read from the words.
    """
    return EngineQuery(
        groups=question.groups,
        filters={**_of_today(), **question.filters, **chosen, AUDIENCE: audiences_for(scope)},
        hidden_filters=frozenset({AUDIENCE}),
        limit=0,
        min_should_match=MIN_SHOULD_MATCH,
        enough=ENOUGH,
        max_groups=MAX_GROUPS,
    )


def _of_today() -> Mapping[str, frozenset[str]]:
    """Leaves out what a closed seam between two rules was written for. An index of older rules does not know of it."""
    return {ERA: _CURRENT} if live_engine().fingerprint() == fingerprint() else {}


def _probe(question: Question, scope: ViewerScope, chosen: Mapping[str, frozenset[str]]) -> EngineResult:
    """What a question finds, without its results: for deciding how to read it."""
    return EngineResult() if question.has_no_words else live_engine().search(_asked(question, scope, chosen))


def _counted(scope: ViewerScope, chosen: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    return tuple(facet.name for facet in facets_for(trains=scope.trains) if facet.is_offered or facet.name in chosen)


def _from_index(
    question: Question,
    scope: ViewerScope,
    chosen: Mapping[str, frozenset[str]],
    *,
    sort: str,
    page: object,
    per_page: int,
    expand: bool,
    without: Collection[str],
) -> Found:
    engine = live_engine()
    notes = () if engine.fingerprint() == fingerprint() else (OUTDATED_NOTE,)
    if question.has_no_words:
        return Found({}, page_info(1, total=0, per_page=per_page), {}, notes)
    asked = page_info(page, total=10**9, per_page=per_page)
    by = SORTS[sort][1] or ("" if question.groups or question.preferred else SORTS["newest"][1])
    # By date or use, what only means something like it would stand before what was asked.
    ranking = UNRANKED if by else ranking_of(question, scope, expand=expand, without=without)
    query = replace(
        _asked(question, scope, chosen),
        groups=(*question.groups, *ranking.groups),
        facets=_counted(scope, chosen),
        sort=by,
        offset=asked.offset,
        limit=per_page,
        boosts=ranking.boosts,
        preferences={**question.preferences, **ranking.preferences},
        returns=() if ranking is UNRANKED else RETURNS,
    )
    result = engine.search(query)
    info = page_info(page, total=result.total, per_page=per_page)
    if info.number != asked.number:
        result = engine.search(replace(query, offset=info.offset))
    hits = {pk: hit for hit in result.hits if (pk := pk_of(hit.key)) is not None}
    # What was narrowed or stands further down was chosen by the person: not for us to say that nothing fits.
    is_told = hits and ranking is not UNRANKED and info.number == 1 and not chosen and can_tell(question)
    signs = signs_of(question, ranking, result) if is_told else {}
    scores = {pk: hit.score for pk, hit in hits.items()}
    return Found(scores, info, result.facets, notes, hits=hits, ranking=ranking, signs=signs)
