"""区划 in this room: a tree."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from caselib.orgs import places as services
from caselib.orgs.models import Region
from caselib.precedents.usage import usage_of_regions

from ..access import may_keep_catalogue
from ..fields import CHECK, LINE, PICK, Field
from ..listing import About, Listing
from ..matching import Named
from ..picking import Offer, offer_at, picker_of
from .base import STATES, Kind, Typed, in_state, loaded

_STATES = (("", "在用"), ("unchecked", "代码没核对"), *STATES[1:])
_DEEPEST = 4


def _entries(state: str) -> Iterable[Named]:
    rows = Region.objects.order_by("path")
    unchecked = rows.filter(is_active=True, code_verified=False).exclude(code="")
    rows = unchecked if state == "unchecked" else in_state(rows, state)
    for pk, full_name, name, code in rows.values_list("pk", "full_name", "name", "code"):
        yield pk, [full_name, name, *([code] if code else [])]


def _about(rows: Sequence[Region], is_search: bool) -> Mapping[int, About]:
    return {row.pk: About(_marks(row), depth=0 if is_search else _depth(row)) for row in rows}


def _depth(row: Region) -> int:
    return min(len(row.ancestor_ids) - 1, _DEEPEST)


def _marks(row: Region) -> list[str]:
    marks = [row.code] if row.code else []
    if row.code and not row.code_verified:
        marks.append("代码没核对")
    return marks if row.is_active else [*marks, "停用"]


def _typed_of(row: Region | None) -> Typed:
    if row is None:
        return dict.fromkeys(REGIONS.names, "")
    return {
        "full_name": row.full_name,
        "name": row.name,
        "parent": str(row.parent_id or ""),
        "parent_q": "",
        "code": row.code,
        "code_verified": "1" if row.code_verified else "",
    }


def _fields(typed: Mapping[str, str], row: Region | None) -> Sequence[Field]:
    chosen = offer_at("region", typed["parent"])
    if chosen is None and row is not None and row.parent is not None and typed["parent"] == str(row.parent_id):
        chosen = Offer(str(row.parent_id), row.parent.full_name, "停用")
    picker = picker_of(
        "region",
        name="parent",
        label="上级",
        chosen=[chosen] if chosen else [],
        wanted=typed.get("parent_q", ""),
        without=[str(row.pk)] if row else [],
    )
    return (
        Field("full_name", "全称", LINE, typed["full_name"], hint="从省市写起，如“上海市虹口区”。", need=True),
        Field("name", "简称", LINE, typed["name"], hint="如“虹口区”。", need=True),
        Field("parent", "上级", PICK, typed["parent"], picker=picker),
        Field("code", "区划代码", LINE, typed["code"], hint="GB/T 2260，6 位数字。街镇、园区没有就空着。"),
        Field("code_verified", "代码对照标准核对过", CHECK, typed["code_verified"]),
    )


def _save(row: Region | None, typed: Mapping[str, str], *, lock_version: int, actor: Any) -> Region:
    facts = services.RegionFacts(
        full_name=typed["full_name"],
        name=typed["name"],
        parent=services.region_at(typed["parent"]),
        code=typed["code"],
        code_verified=bool(typed["code_verified"]),
    )
    if row is None:
        return services.region_create(facts, actor=actor)
    return services.region_edit(row.pk, facts, lock_version=lock_version, actor=actor)


def _delete(key: int, *, lock_version: int, actor: Any) -> None:
    services.place_delete(Region(pk=key), lock_version=lock_version, actor=actor)


REGIONS = Kind(
    slug="regions",
    title="区划",
    unit="个",
    hint="市、区、街镇，在哪里适用",
    model=Region,
    may_keep=may_keep_catalogue,
    listing=Listing(_STATES, _entries, loaded(Region, "parent"), usage_of_regions, _about),
    names=("full_name", "name", "parent", "parent_q", "code", "code_verified"),
    typed_of=_typed_of,
    fields=_fields,
    save=_save,
    switch=services.region_switch,
    remove=_delete,
    facts={
        "full_name": "全称",
        "name": "简称",
        "parent": "上级",
        "code": "代码",
        "code_verified": "代码核对过",
        "is_active": "在用",
    },
)
