"""Results without an index: titles and gists in the database. Told on the page; there are no facets then."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from caselib.core import clock
from caselib.core.paging import page_info
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Tier
from caselib.search.fields import ERA, EXEMPLARY, MATTER, NOW, OFTEN, OFTEN_USED, PAST, TEACH
from caselib.search.indexing import eligible
from caselib.search.results import Found
from caselib.search.understanding import Question

_FALLBACK_WORDS = 6
# The database cannot compare dates of the first and last years there are, and no case is of another than these.
_YEARS = range(1900, 2200)


def from_database(
    question: Question,
    scope: ViewerScope,
    chosen: Mapping[str, frozenset[str]],
    *,
    page: object,
    per_page: int,
    note: str,
) -> Found:
    """Titles and gists that hold words of the question, those that hold more of it first."""
    candidates = (
        eligible()
        .visible_to(scope)
        .filter(*_conditions({ERA: frozenset({NOW}), **question.filters, **chosen}))
        .distinct()
    )
    words = [mark for mark in question.marks if len(mark) > 1 or len(question.marks) == 1][:_FALLBACK_WORDS]
    if question.has_no_words:
        return Found({}, page_info(1, total=0, per_page=per_page), {}, (note,), from_index=False)
    candidates = _ranked(candidates, words) if words else candidates.annotate(worth=Value(0))
    info = page_info(page, total=candidates.count(), per_page=per_page)
    ordered = candidates.order_by("-worth", "-published_at", "-pk").values_list("pk", "worth")
    scores = {pk: float(worth) for pk, worth in ordered[info.offset : info.offset + per_page]}
    return Found(scores, info, {}, (note,), from_index=False)


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
        if name == MATTER:
            yield Q(live_revision__matter__name__in=values) | Q(live_revision__more_matters__name__in=values)
        elif name == ERA:
            yield _of_eras(values, on=clock.today())
        elif name == TEACH:
            yield _of_teaching(values)
        elif name in columns:
            yield Q(**{f"{columns[name]}__in": values})
        else:
            known = sorted(value for value in values if _is_year(value))
            years = [Q(live_revision__occurred__startswith=year) for year in known]
            years += [Q(live_revision__occurred="", published_at__year=int(year)) for year in known]
            yield reduce(or_, years, Q(pk__in=()))


def _of_teaching(values: frozenset[str]) -> Q:
    """What stands in the index alone lets nothing through."""
    known = {EXEMPLARY: Q(tier=Tier.EXEMPLARY), OFTEN: Q(reuse_count__gte=OFTEN_USED)}
    return reduce(or_, [known[value] for value in values if value in known], Q(pk__in=()))


def _of_eras(eras: frozenset[str], *, on: dt.date) -> Q:
    over = Q(applies_until__lte=on)
    return reduce(or_, [over if era == PAST else ~over for era in eras if era in (NOW, PAST)], Q(pk__in=()))


def _is_year(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) == 4 and int(value) in _YEARS
