"""What the pages of this room need to know of a kind of entry. The pages are the same for all kinds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import models

from caselib.core.answers import Answer
from caselib.orgs.scope import ViewerScope

from ..fields import Field
from ..listing import Listing

Typed = dict[str, str]


class Saver(Protocol):
    """Makes an entry (row None) or changes one. Raises what the services raise."""

    def __call__(self, row: Any | None, typed: Mapping[str, str], *, lock_version: int, actor: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Merge:
    """How an entry is merged into another of its kind. `pick`: the kind of the picker; `key_of`: what it sends, as a key.

    `told`: what will become of it, for the preview; `merge`: does it and returns (successor, number of precedents).
    """

    pick: str
    key_of: Callable[[str], int | None]
    refuse: Callable[[Any, Any], None]
    merge: Callable[..., tuple[Any, int]]
    told: str


@dataclass(frozen=True, slots=True)
class Kind:
    """`names`: of the fields that a form sends; `facts`: names of columns in the trail, as people say them.

    `switch` and `remove` are services of (key, …); None where there is no such deed.
    """

    slug: str
    title: str
    unit: str
    hint: str
    model: type[models.Model]
    may_keep: Callable[[ViewerScope], Answer]
    listing: Listing
    names: Sequence[str]
    typed_of: Callable[[Any | None], Typed]
    fields: Callable[[Mapping[str, str], Any | None], Sequence[Field]]
    save: Saver
    switch: Callable[..., Any] | None
    remove: Callable[..., None] | None
    merge: Merge | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    is_active: Callable[[Any], bool] = lambda row: row.is_active


STATES = (("", "在用"), ("off", "停用"), ("all", "全部"))


def loaded(model: type[models.Model], *related: str) -> Callable[[Sequence[int]], dict[int, Any]]:
    """Reads rows by key, with what they refer to. 1 query."""

    def load(keys: Sequence[int]) -> dict[int, Any]:
        rows = model._default_manager.filter(pk__in=list(keys))
        return {row.pk: row for row in (rows.select_related(*related) if related else rows)}

    return load


def in_state(rows: Any, state: str) -> Any:
    """Rows of a queryset in one of STATES."""
    return rows if state == "all" else rows.filter(is_active=state != "off")
