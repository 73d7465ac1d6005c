"""One list of a vocabulary: found, paged, with how often each entry is used and who changed it last."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from caselib.audit.latest import LastChange, last_changes
from caselib.core.answers import Denied
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.precedents.usage import NO_USE, Usage

from .matching import Named, fitting

if TYPE_CHECKING:
    from .kinds.base import Kind

ROWS_ON_PAGE = 30
WANTED_LENGTH = 200


@dataclass(frozen=True, slots=True)
class About:
    """What stands under the name of an entry. `marks`: short words beside it; `lines`: below it; `depth`: in a tree."""

    marks: Sequence[str] = ()
    lines: Sequence[str] = ()
    warning: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    address: str
    about: About
    usage: Usage
    changed: LastChange | None


@dataclass(frozen=True, slots=True)
class State:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """How the entries of a kind are listed.

    `entries`: (key, names) of those in a state, in the order of the list, 1 query; `load`: rows by key, 1 query;
    `usage`: by key, 1 query; `about`: of the rows on the page.
    """

    states: Sequence[tuple[str, str]]
    entries: Callable[[str], Iterable[Named]]
    load: Callable[[Collection[int]], Mapping[int, Any]]
    usage: Callable[[Collection[int]], Mapping[int, Usage]]
    about: Callable[[Sequence[Any], bool], Mapping[int, About]]


@dataclass(frozen=True, slots=True)
class ListScreen:
    """`reason`: why the viewer only reads, or empty."""

    slug: str
    title: str
    unit: str
    hint: str
    rows: tuple[Row, ...]
    page: PageInfo
    wanted: str
    states: tuple[State, ...]
    reason: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all, not only nothing that fits."""
        return not self.rows and not self.wanted and self.states[0].is_chosen


def list_screen(kind: "Kind", *, wanted: str, state: str, page: object, scope: ViewerScope) -> ListScreen:
    """One page of the list of a kind. At most 5 queries, whatever its length."""
    listing, wanted = kind.listing, wanted[:WANTED_LENGTH].strip()
    chosen = state if state in dict(listing.states) else listing.states[0][0]
    keys = [key for key, _ in fitting(wanted, listing.entries(chosen))]
    info = page_info(page, total=len(keys), per_page=ROWS_ON_PAGE)
    loaded = listing.load(keys[info.offset : info.offset + info.per_page])
    answer = kind.may_keep(scope)
    return ListScreen(
        slug=kind.slug,
        title=kind.title,
        unit=kind.unit,
        hint=kind.hint,
        rows=_rows(kind, [loaded[key] for key in keys if key in loaded], is_search=bool(wanted)),
        page=info,
        wanted=wanted,
        states=tuple(State(value, label, value == chosen) for value, label in listing.states),
        reason=answer.reason if isinstance(answer, Denied) else "",
    )


def _rows(kind: "Kind", rows: Sequence[Any], *, is_search: bool) -> tuple[Row, ...]:
    keys = [row.pk for row in rows]
    usage, changes = kind.listing.usage(keys), last_changes(kind.model, keys)
    about = kind.listing.about(rows, is_search)
    return tuple(
        Row(
            str(row),
            reverse("desk:vocabularies:entry", args=[kind.slug, row.pk]),
            about.get(row.pk, About()),
            usage.get(row.pk, NO_USE),
            changes.get(row.pk),
        )
        for row in rows
    )
