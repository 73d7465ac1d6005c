"""What stands in the address of a results page: read for saving, asked again later, and looked through for filters that are gone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.http import urlencode

from caselib.catalog.models import Cause, MatterTheme
from caselib.core.text import clean
from caselib.orgs.models import Department, Region
from caselib.search.fields import DEFAULT_SORT, FACET_NAMES, FACETS, SORTS
from caselib.search.understanding import Step

_PLAIN = ("q", "sort", "literal")
# Where a value is looked up that is a name and not a code.
_NAMES = {
    "theme": (MatterTheme, "name"),
    "department": (Department, "name"),
    "cause": (Cause, "name"),
    "region": (Region, "full_name"),
}
_LABELS = {facet.name: facet for facet in FACETS}


@dataclass(frozen=True, slots=True)
class Asked:
    """`pairs`: name and value of all that decides what is found, in the order of the address."""

    pairs: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return self._first("q")

    @property
    def sort(self) -> str:
        return self._first("sort") or DEFAULT_SORT

    @property
    def literal(self) -> bool:
        return self._first("literal") == "1"

    @property
    def typed(self) -> list[str]:
        return [value for name, value in self.pairs if name == "typed"]

    @property
    def filters(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.pairs:
            if name in FACET_NAMES:
                found.setdefault(name, []).append(value)
        return found

    @property
    def address(self) -> str:
        """As it stands behind the question mark."""
        return urlencode(self.pairs)

    def _first(self, name: str) -> str:
        return next((value for each, value in self.pairs if each == name), "")


def asked_from(given: QueryDict) -> Asked:
    """What decides what is found, of all that stands in an address: no page, no place of a click, nothing made up."""
    known = {*_PLAIN, *FACET_NAMES, "typed"}
    pairs = [(name, clean(value).strip()) for name, values in given.lists() if name in known for value in values]
    return Asked(tuple(dict.fromkeys(pair for pair in pairs if pair[1])))


def asked_of(address: str) -> Asked:
    """A stored address with all that it says, also what the site knows no more."""
    return Asked(tuple((name, value) for name, values in QueryDict(address).lists() for value in values))


def words_of(asked: Asked) -> tuple[str, ...]:
    """The filters as the results page calls them, such as 地区：上海市虹口区."""
    return tuple(_word(name, value) for name, value in asked.pairs if name in FACET_NAMES)


def gone_in(many: Sequence[Asked]) -> tuple[tuple[str, ...], ...]:
    """Of each question the filters that are no more, in words: names of facets, and values that nothing is called by.

    At most 4 queries for any number.
    """
    wanted = {name: {value for asked in many for value in asked.filters.get(name, ())} for name in _NAMES}
    there = {name: _there(*_NAMES[name], values) for name, values in wanted.items() if values}
    return tuple(tuple(_gone(asked, there)) for asked in many)


def _there(model: type, column: str, values: Iterable[str]) -> frozenset[str]:
    found = model._default_manager.filter(**{f"{column}__in": values})
    return frozenset(found.order_by().values_list(column, flat=True))


def _gone(asked: Asked, there: dict[str, frozenset[str]]) -> Iterable[str]:
    for name, value in asked.pairs:
        if name in _NAMES:
            is_there = value in there.get(name, ())
        elif name in _LABELS:
            labels = _LABELS[name].labels
            is_there = value in labels if labels else value.isdigit()
        elif name == "typed":
            is_there = value in {step.value for step in Step}
        elif name == "sort":
            is_there = value in SORTS
        else:
            is_there = name in _PLAIN
        if not is_there:
            yield _word(name, value)


def _word(name: str, value: str) -> str:
    facet = _LABELS.get(name)
    return f"{facet.label}：{facet.label_of(value)}" if facet else f"{name}：{value}"
