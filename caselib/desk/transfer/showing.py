"""What the pages of the room show beside the rows: departments to choose from, what a selection holds."""

from dataclasses import dataclass

from django.http import QueryDict

from caselib.exchange.batch_pages import departments_named
from caselib.exchange.export import FORMS, WORD
from caselib.exchange.selection import MOST_ROWS, MOST_WORD, Offer, offer_of, selection_read
from caselib.orgs.scope import ViewerScope

from .access import BRINGERS, may_take


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool = False


def department_options(scope: ViewerScope, chosen: str = "") -> tuple[Option, ...]:
    """The departments whose drafts this viewer may make. 1 query."""
    rows = departments_named(scope.departments_with(*BRINGERS))
    return tuple(
        Option(str(row.pk), f"{row.region.name}{row}" if len(rows) > 1 else str(row), str(row.pk) == chosen)
        for row in rows
    )


def own_departments(scope: ViewerScope) -> tuple[Option, ...]:
    """The departments of this viewer. 1 query."""
    return tuple(Option(str(row.pk), str(row)) for row in departments_named(list(scope.departments)))


def forms_for(scope: ViewerScope) -> tuple[Option, ...]:
    """The forms that this viewer may take out; Word is the one to press first."""
    return tuple(Option(form, label, form == WORD) for form, label in FORMS.items() if may_take(scope, form))


def offered(asked: QueryDict, scope: ViewerScope) -> Offer:
    """What the address of the page of results, or ticked codes, select, and the first of them."""
    codes = asked.getlist("code")
    values = {"codes": " ".join(codes)} if codes else {"query": asked.urlencode(), "what": "search"}
    return offer_of(selection_read(values | {"retired": asked.get("retired", "")}), scope=scope)


LIMITS = {"word": MOST_WORD, "rows": MOST_ROWS}
