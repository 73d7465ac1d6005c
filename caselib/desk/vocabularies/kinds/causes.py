"""原因 in this room."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from caselib.catalog import causes as services
from caselib.catalog.models import Cause
from caselib.core.errors import RuleBroken
from caselib.precedents.usage import usage_of_causes

from ..access import may_keep_catalogue
from ..fields import LINE, Field
from ..listing import About, Listing
from ..matching import Named
from .base import STATES, Kind, Typed, in_state, loaded


def _entries(state: str) -> Iterable[Named]:
    for pk, name in in_state(Cause.objects.all(), state).values_list("pk", "name"):
        yield pk, [name]


def _about(rows: Sequence[Cause], _: bool) -> Mapping[int, About]:
    return {row.pk: About([] if row.is_active else ["停用"], [f"排第 {row.position + 1}"]) for row in rows}


def _typed_of(row: Cause | None) -> Typed:
    return {"name": row.name if row else "", "place": str(row.position + 1) if row else ""}


def _fields(typed: Mapping[str, str], row: Cause | None) -> Sequence[Field]:
    return (
        Field("name", "名称", LINE, typed["name"], hint="一句话说清为什么办不成，如“材料缺失”。", need=True),
        Field("place", "排第几", LINE, typed["place"], hint="空着就排在最后。其他的依次后移。"),
    )


def whole_number(text: str, *, label: str, field: str) -> int | None:
    """The number of a field; None for an empty one. Raises RuleBroken for what is none."""
    plain = text.strip()
    if not plain:
        return None
    if not plain.isdecimal() or len(plain) > 4:
        raise RuleBroken(gettext("“{label}”写一个数，如 3。").format(label=label), code="no_number", field=field)
    return int(plain)


def _save(row: Cause | None, typed: Mapping[str, str], *, lock_version: int, actor: Any) -> Cause:
    place = whole_number(typed["place"], label="排第几", field="place")
    if row is None:
        return services.cause_create(name=typed["name"], place=place, actor=actor)
    return services.cause_edit(row.pk, name=typed["name"], place=place, lock_version=lock_version, actor=actor)


CAUSES = Kind(
    slug="causes",
    title="原因",
    unit="条",
    hint="为什么办不成，发布案例必选",
    model=Cause,
    may_keep=may_keep_catalogue,
    listing=Listing(STATES, _entries, loaded(Cause), usage_of_causes, _about),
    names=("name", "place"),
    typed_of=_typed_of,
    fields=_fields,
    save=_save,
    switch=services.cause_switch,
    remove=services.cause_delete,
    facts={"name": "名称", "place": "次序", "position": "次序", "is_active": "在用"},
)
