"""Which precedents an export is of: those of a search, those that were ticked, or all of a department.

Only what the viewer may see now and what has a text that readers see. Retired ones only where they were asked for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from django.db.models import QuerySet
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import READABLE, PrecedentStatus
from caselib.search.fields import DEFAULT_SORT, FACETS, facets_for
from caselib.search.results import ResultsPage
from caselib.search.selectors import results_for_page

MOST_WORD = 500
MOST_ROWS = 5_000
# Rows of a search are made with their snippets: so many at a time.
_PAGE = 500
# So many are listed to be ticked.
SHOWN = 50
_CODE = re.compile(r"[0-9A-Za-z]{1,12}")
_LONGEST_QUERY = 4_000


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody wants out. One of `query` (of the results page), `codes`, `department` (key); else nothing.

    `with_retired`: also those that were taken out of use, which the file then says.
    """

    query: str = ""
    codes: tuple[str, ...] = ()
    department: int = 0
    with_retired: bool = False


@dataclass(frozen=True, slots=True)
class Selected:
    """What was found: keys in the order of the file, and the selection in words, without personal data."""

    keys: tuple[int, ...]
    words: str
    is_cut: bool = False


def selection_read(values: Mapping[str, str], codes: Sequence[str] = ()) -> Selection:
    """From what a form sent. Never fails; what is no selection selects nothing."""
    what = values.get("what", "")
    typed = re.split(r"[\s,，、;；]+", clean(values.get("codes", "")[: 16 * MOST_ROWS]))
    wanted = tuple(dict.fromkeys(code for code in (*codes, *typed) if code and len(code) <= 32))[:MOST_ROWS]
    department = values.get("department", "")
    is_key = what == "department" and department.isascii() and department.isdigit() and len(department) < 10
    return Selection(
        query=values.get("query", "")[:_LONGEST_QUERY] if what in ("", "search") else "",
        codes=wanted if what in ("", "codes") else (),
        department=int(department) if is_key else 0,
        with_retired=values.get("retired") == "1",
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """One precedent to tick."""

    code: str
    number: str
    title: str
    is_retired: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What a selection holds, before anything leaves: in words, how many, and the first of them. `error`: why it holds nothing."""

    selection: Selection
    words: str = ""
    count: int = 0
    first: tuple[Offered, ...] = ()
    error: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether all of it is listed: then what is ticked is what leaves."""
        return self.count <= len(self.first)


def offer_of(selection: Selection, *, scope: ViewerScope) -> Offer:
    """What the page of an export shows. Never fails; a search asks twice as the results page does."""
    try:
        if selection.query and not selection.codes:
            text, filters, found = _asked(selection.query, scope, page=1, per_page=SHOWN)
            keys, count, words = [row.pk for row in found.rows], found.page.total, _words(text, filters)
        else:
            chosen = select(selection, scope=scope, most=MOST_ROWS)
            keys, count, words = list(chosen.keys), len(chosen.keys), chosen.words
    except RuleBroken as error:
        return Offer(selection, error=error.message)
    shown = (
        _shown(scope, with_retired=selection.with_retired).filter(pk__in=keys[:SHOWN]).select_related("live_revision")
    )
    rows = {row.pk: _offered(row) for row in shown}
    return Offer(selection, words, count, tuple(rows[key] for key in keys if key in rows))


def _offered(row: Precedent) -> Offered:
    is_retired = row.status == PrecedentStatus.RETIRED
    return Offered(row.code, row.number or "", row.live_revision.title, is_retired)


def select(selection: Selection, *, scope: ViewerScope, most: int) -> Selected:
    """The precedents of a selection, at most `most`. Raises RuleBroken, field `what`, for one that selects nothing.

    2 queries for a department or ticked ones; a search asks as the results page does, a page of 500 at a time.
    """
    if selection.codes:
        keys, words = _ticked(selection, scope, most)
    elif selection.department:
        keys, words = _of_department(selection, scope, most)
    elif selection.query:
        keys, words = _searched(selection.query, scope, most)
    else:
        raise RuleBroken(gettext("还没有选要导出哪些案例。"), code="nothing_selected", field="what")
    if not keys:
        raise RuleBroken(
            gettext("选的条件下没有可以导出的案例。草稿和您看不到的不导出。"), code="nothing_found", field="what"
        )
    return Selected(tuple(keys[:most]), words, is_cut=len(keys) > most)


def _shown(scope: ViewerScope, *, with_retired: bool) -> QuerySet[Precedent]:
    found = Precedent.objects.visible_to(scope).filter(live_revision__isnull=False)
    # What was taken off view is seen by those who mend it, and leaves with nobody.
    return found.filter(status__in=READABLE) if with_retired else found.findable()


def _ticked(selection: Selection, scope: ViewerScope, most: int) -> tuple[list[int], str]:
    codes = list(selection.codes[: most + 1])
    shown = _shown(scope, with_retired=selection.with_retired)
    found: dict[str, int] = {}
    for start in range(0, len(codes), _PAGE):
        part = codes[start : start + _PAGE]
        for name in ("number", "code"):
            found |= dict(shown.filter(**{f"{name}__in": part}).values_list(name, "pk"))
    keys = list(dict.fromkeys(found[code] for code in codes if code in found))
    return keys, f"勾选的 {len(keys)} 件"


def _of_department(selection: Selection, scope: ViewerScope, most: int) -> tuple[list[int], str]:
    shown = _shown(scope, with_retired=selection.with_retired).filter(owner_department=selection.department)
    rows = list(shown.order_by("number").values_list("pk", "owner_department__name")[: most + 1])
    return [pk for pk, _ in rows], f"{rows[0][1]}的全部案例" if rows else ""


def _asked(
    query: str, scope: ViewerScope, *, page: int, per_page: int
) -> tuple[str, dict[str, list[str]], ResultsPage]:
    """A page of what the address of the results page finds. Raises RuleBroken for one that nobody could have chosen."""
    try:
        asked = parse_qs(query.lstrip("?"), max_num_fields=200, errors="replace")
    except ValueError as error:
        raise RuleBroken(
            gettext("这个检索的条件太多，导不出来。少选几个再试。"), code="bad_query", field="what"
        ) from error
    text = clean(" ".join(asked.get("q", []))[:_LONGEST_QUERY])
    filters = {facet.name: asked[facet.name] for facet in facets_for(trains=scope.trains) if facet.name in asked}
    found = results_for_page(
        scope=scope,
        text=text,
        filters=filters,
        sort=asked.get("sort", [DEFAULT_SORT])[-1],
        page=page,
        per_page=per_page,
        literal=asked.get("literal") == ["1"],
        typed=asked.get("typed", []),
    )
    return text, filters, found


def _searched(query: str, scope: ViewerScope, most: int) -> tuple[list[int], str]:
    keys: list[int] = []
    number, pages = 1, 1
    while number <= pages and len(keys) <= most:
        text, filters, found = _asked(query, scope, page=number, per_page=_PAGE)
        keys += [row.pk for row in found.rows]
        number, pages = number + 1, found.page.pages
    # The search proposes; what may leave is asked once more of the database, in the order of the search.
    there = set(_shown(scope, with_retired=False).filter(pk__in=keys[: most + 1]).values_list("pk", flat=True))
    return [pk for pk in dict.fromkeys(keys) if pk in there], _words(text, filters)


def _words(text: str, filters: Mapping[str, Sequence[str]]) -> str:
    labels = {facet.name: facet for facet in FACETS}
    chosen = [
        f"{labels[name].label}：{'、'.join(map(labels[name].label_of, values))}" for name, values in filters.items()
    ]
    return mask("；".join([*([f"检索“{text}”"] if text else []), *chosen]) or "全部案例")[:300]
