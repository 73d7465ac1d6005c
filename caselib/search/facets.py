"""The ways to narrow results: what was chosen, and what can be."""

from collections.abc import Mapping, Sequence

from caselib.core.text import clean
from caselib.search.fields import ERA, FACETS, PAST, facets_for
from caselib.search.results import FacetGroup, FacetValue

# More than these help nobody to choose, and each costs time to draw; what is chosen comes first.
_FACET_VALUES = 10


def chosen_of(filters: Mapping[str, Sequence[str]], *, trains: bool) -> dict[str, frozenset[str]]:
    """The values chosen on the page by name of the facet; names that are none for this viewer are left out."""
    names = [facet.name for facet in facets_for(trains=trains)]
    known = {name: frozenset(filter(None, map(clean, filters.get(name, ())))) for name in names}
    return {name: values for name, values in known.items() if values}


def facet_groups(
    counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, frozenset[str]]
) -> tuple[FacetGroup, ...]:
    """All ways to narrow that have values; what is chosen stays in the list even without a hit."""
    groups = []
    for facet in FACETS:
        ticked = chosen.get(facet.name, frozenset())
        counted = {**dict.fromkeys(ticked, 0), **counts.get(facet.name, {})}
        if not facet.is_offered:
            counted = {value: counted[value] for value in ticked}
        if not (counted if facet.is_offered else ticked) or (facet.name == ERA and PAST not in counted):
            continue
        if facet.name == "year":
            ordered = sorted(counted.items(), reverse=True)
        else:
            ordered = sorted((value not in ticked, -count, value) for value, count in counted.items())
            ordered = [(value, -count) for _, count, value in ordered[:_FACET_VALUES]]
        values = tuple(
            FacetValue(value, facet.label_of(value), count, value in ticked) for value, count in ordered[:_FACET_VALUES]
        )
        groups.append(FacetGroup(facet.name, facet.label, values))
    return tuple(groups)
