"""部门 in this room."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from caselib.orgs import places as services
from caselib.orgs.models import Department
from caselib.precedents.usage import usage_of_departments

from ..access import may_keep_catalogue
from ..fields import LINE, PICK, TEXT, Field, lines_of
from ..listing import About, Listing
from ..matching import Named
from ..picking import offer_at, picker_of
from .base import STATES, Kind, Typed, in_state, loaded


def _entries(state: str) -> Iterable[Named]:
    rows = in_state(Department.objects.order_by("region__path", "code"), state)
    columns = ("pk", "name", "code", "region__full_name", "short_names", "former_names", "topics")
    for pk, name, code, region, *others in rows.values_list(*columns):
        yield pk, [name, region + name, code, *(each for names in others for each in names)]


def _about(rows: Sequence[Department], _: bool) -> Mapping[int, About]:
    return {row.pk: About([row.code] if row.is_active else [row.code, "停用"], _lines(row)) for row in rows}


def _lines(row: Department) -> list[str]:
    parts = (("简称", row.short_names), ("曾用名", row.former_names))
    named = "　".join(f"{label}：{'、'.join(names)}" for label, names in parts if names)
    return [row.region.full_name, *([named] if named else [])]


def _typed_of(row: Department | None) -> Typed:
    if row is None:
        return dict.fromkeys(DEPARTMENTS.names, "")
    lists = {name: "\n".join(getattr(row, name)) for name in ("short_names", "former_names", "topics")}
    return lists | {"name": row.name, "code": row.code, "region": str(row.region_id), "region_q": "", "note": row.note}


def _fields(typed: Mapping[str, str], row: Department | None) -> Sequence[Field]:
    former = "改名后原来的名称自动记在这里，老话照样查得到。"
    return (
        Field("name", "名称", LINE, typed["name"], need=True),
        *(_where(typed) if row is None else _where_fixed(row)),
        Field("short_names", "简称", TEXT, typed["short_names"], hint="一行一个。"),
        Field("former_names", "曾用名", TEXT, typed["former_names"], hint=former),
        Field("topics", "管什么", TEXT, typed["topics"], hint="一行一个，如“简易注销”。"),
        Field("note", "说明", LINE, typed["note"]),
    )


def _where(typed: Mapping[str, str]) -> tuple[Field, ...]:
    chosen = offer_at("region", typed["region"])
    picker = picker_of(
        "region", name="region", label="所在区划", chosen=[chosen] if chosen else [], wanted=typed.get("region_q", "")
    )
    return (
        Field("region", "所在区划", PICK, typed["region"], need=True, picker=picker),
        Field("code", "代码", LINE, typed["code"], hint="2 到 6 位数字或字母，用在入库编号里，定了不改。", need=True),
    )


def _where_fixed(row: Department) -> tuple[Field, ...]:
    told = "入库编号和谁看得见什么都跟着它，定了不改。要换就新建一个，停用这个。"
    return (
        Field("region", "所在区划", LINE, row.region.full_name, fixed=True, hint=told),
        Field("code", "代码", LINE, row.code, fixed=True),
    )


def _save(row: Department | None, typed: Mapping[str, str], *, lock_version: int, actor: Any) -> Department:
    values: dict[str, Any] = {name: lines_of(typed[name]) for name in ("short_names", "former_names", "topics")}
    values |= {"name": typed["name"], "note": typed["note"]}
    if row is None:
        region = services.region_at(typed["region"])
        facts = services.DepartmentFacts(**values, region=region, code=typed["code"])
        return services.department_create(facts, actor=actor)
    facts = services.DepartmentFacts(**values)
    return services.department_edit(row.pk, facts, lock_version=lock_version, actor=actor)


def _delete(key: int, *, lock_version: int, actor: Any) -> None:
    services.place_delete(Department(pk=key), lock_version=lock_version, actor=actor)


DEPARTMENTS = Kind(
    slug="departments",
    title="部门",
    unit="个",
    hint="谁牵头、谁的案例；老名字也要查得到",
    model=Department,
    may_keep=may_keep_catalogue,
    listing=Listing(STATES, _entries, loaded(Department, "region"), usage_of_departments, _about),
    names=("name", "region", "region_q", "code", "short_names", "former_names", "topics", "note"),
    typed_of=_typed_of,
    fields=_fields,
    save=_save,
    switch=services.department_switch,
    remove=_delete,
    facts={
        "name": "名称",
        "region": "所在区划",
        "code": "代码",
        "short_names": "简称",
        "former_names": "曾用名",
        "topics": "管什么",
        "note": "说明",
        "is_active": "在用",
    },
)
