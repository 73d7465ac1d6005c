"""Deep links from other systems: what a matter is called there becomes the filter of the results page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from caselib.catalog.models import Matter
from caselib.core.text import clean, normalise

from .fields import MATTER

# An implementing code has 31 characters, a name 64.
_LONGEST = 100
_MOST = 10


@dataclass(frozen=True, slots=True)
class MattersAsked:
    """`names` of matters to narrow to; `has_codes`: some were asked for by a code or an older name; `unknown`: no matter's."""

    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    has_codes: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(f"没有名称或编码是“{each}”的事项，没有按它筛，查的是全部。" for each in self.unknown)

    def instead_of(self, asked: QueryDict) -> QueryDict:
        """The parameters with names in the place of codes."""
        named = asked.copy()
        named.setlist(MATTER, [*self.names, *self.unknown])
        return named


def matters_asked(values: Sequence[str]) -> MattersAsked:
    """Matters by name, by the code of their address, by basic code (GB/T 39554.1, may be that of several) or implementing code,
    in any width and with blanks or dashes; one that was merged stands for what took its place. 1 query, none without values.
    """
    typed = [value for value in (clean(value[:_LONGEST]).strip() for value in values[:_MOST]) if value]
    if not typed:
        return MattersAsked()
    codes = {value: _code(value) for value in typed}
    forms = {form for code in codes.values() for form in (code, code.upper())}
    by = Q(name__in=typed) | Q(code__in=forms) | Q(basic_code__in=forms) | Q(impl_code__in=forms)
    rows = list(Matter.objects.filter(by).select_related("merged_into").order_by("pk"))
    names: dict[str, None] = {}
    unknown = []
    for value in typed:
        found = [row for row in rows if row.name == value] or [row for row in rows if _has(row, codes[value])]
        if not found:
            unknown.append(value)
        names |= {(row.merged_into or row).name: None for row in found}
    kept = tuple(name for name in names)
    is_named = set(kept) == set(typed) - set(unknown)
    return MattersAsked(kept, tuple(dict.fromkeys(unknown)), has_codes=not is_named)


def _code(value: str) -> str:
    return "".join(character for character in normalise(value) if character.isalnum())


def _has(row: Matter, code: str) -> bool:
    return bool(code) and code in {row.code, row.basic_code.lower(), row.impl_code.lower()}
