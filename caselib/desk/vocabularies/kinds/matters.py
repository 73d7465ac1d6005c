"""事项 in this room."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from caselib.catalog import matters as services
from caselib.catalog.models import Matter, MatterTheme
from caselib.precedents.usage import usage_of_matters

from .. import merging
from ..access import may_keep_catalogue
from ..fields import LINE, SELECT, TEXT, Field, lines_of, options
from ..listing import About, Listing
from ..matching import Named
from .base import Kind, Merge, Typed, in_state, loaded

_NAMES = ("name", "theme", "department_kind", "aliases", "audience", "materials", "basic_code", "impl_code",
          "key_matter", "key_batch")  # fmt: skip
_STATES = (
    ("", "在用"),
    ("key", "“一件事”重点事项"),
    ("bare", "没有编码"),
    ("off", "停用"),
    ("merged", "已合并"),
    ("all", "全部"),
)
_KEY = (("", "不是"), (Matter.KeyMatter.NATION, "国家"), (Matter.KeyMatter.PLACE, "本市"))


def _entries(state: str) -> Iterable[Named]:
    rows = Matter.objects.all()
    if state in ("key", "bare"):
        rows = rows.filter(is_active=True)
        rows = rows.exclude(key_matter="") if state == "key" else rows.filter(basic_code="", impl_code="")
    elif state in ("off", "merged"):
        rows = rows.filter(is_active=False, merged_into__isnull=state == "off")
    else:
        rows = in_state(rows, state)
    columns = ("pk", "name", "aliases", "department_kind", "theme__name", "basic_code", "impl_code")
    for pk, name, aliases, *others in rows.order_by("theme__position", "name").values_list(*columns):
        yield pk, [name, *aliases, *filter(None, others)]


def _about(rows: Sequence[Matter], _: bool) -> Mapping[int, About]:
    return {row.pk: About(_marks(row), _lines(row)) for row in rows}


def _marks(row: Matter) -> list[str]:
    marks = [f"{row.key_matter}重点{' ' + row.key_batch if row.key_batch else ''}"] if row.key_matter else []
    if row.merged_into:
        return [*marks, "已合并"]
    return marks if row.is_active else [*marks, "停用"]


def _lines(row: Matter) -> list[str]:
    lines = [f"并入“{row.merged_into}”"] if row.merged_into else []
    lines.append(" · ".join(filter(None, (row.theme.name, row.department_kind, row.basic_code or row.impl_code))))
    return [*lines, f"也叫：{'、'.join(row.aliases)}"] if row.aliases else lines


def _typed_of(row: Matter | None) -> Typed:
    if row is None:
        return dict.fromkeys(_NAMES, "")
    typed = {name: getattr(row, name) for name in _NAMES if name not in ("theme", "aliases", "materials")}
    return typed | {
        "theme": str(row.theme_id),
        "aliases": "\n".join(row.aliases),
        "materials": "\n".join(row.materials),
    }


def _fields(typed: Mapping[str, str], row: Matter | None) -> Sequence[Field]:
    themes = [(str(pk), name) for pk, name in MatterTheme.objects.values_list("pk", "name")]
    audience = [(value, label) for value, label in Matter.Audience.choices if value]
    renamed = "改名后编号不变，原来的名称自动成为别名，照样查得到。" if row else ""
    return (
        Field("name", "名称", LINE, typed["name"], hint=renamed, need=True),
        Field("theme", "主题", SELECT, options=options(themes, typed["theme"]), blank="选一个", need=True),
        Field(
            "department_kind", "哪类部门办", LINE, typed["department_kind"], hint="如“市场监督管理局”，不写哪个区的。"
        ),
        Field("aliases", "别名", TEXT, typed["aliases"], hint="一行一个。群众怎么叫，就怎么写。"),
        Field("audience", "服务对象", SELECT, options=options(audience, typed["audience"]), blank="没写"),
        Field("materials", "材料", TEXT, typed["materials"], hint="一行一样。"),
        Field("basic_code", "基本编码", LINE, typed["basic_code"], hint="12 位，GB/T 39554.1-2020。没核实就空着。"),
        Field("impl_code", "实施编码", LINE, typed["impl_code"], hint="31 位，全库不重复。没核实就空着。"),
        Field("key_matter", "“一件事”重点事项", SELECT, options=options(_KEY, typed["key_matter"])),
        Field("key_batch", "批次", LINE, typed["key_batch"], hint="清单上怎么写就怎么写，如“第一批”。"),
    )


def facts_from(typed: Mapping[str, str]) -> services.MatterFacts:
    """The facts of what was typed."""
    theme = typed["theme"]
    found = MatterTheme.objects.filter(pk=int(theme)).first() if theme.isascii() and theme.isdigit() else None
    same = ("name", "department_kind", "audience", "basic_code", "impl_code", "key_matter", "key_batch")
    return services.MatterFacts(
        theme=found,
        aliases=lines_of(typed["aliases"]),
        # A material may hold a comma.
        materials=typed["materials"].splitlines(),
        **{name: typed[name] for name in same},
    )


def _save(row: Matter | None, typed: Mapping[str, str], *, lock_version: int, actor: Any) -> Matter:
    facts = facts_from(typed)
    if row is None:
        return services.matter_create(facts, actor=actor)
    return services.matter_edit(row.pk, facts, lock_version=lock_version, actor=actor)


MATTERS = Kind(
    slug="matters",
    title="事项",
    unit="项",
    hint="案例归在哪个事项下，窗口按什么找",
    model=Matter,
    may_keep=may_keep_catalogue,
    listing=Listing(_STATES, _entries, loaded(Matter, "theme", "merged_into"), usage_of_matters, _about),
    names=_NAMES,
    typed_of=_typed_of,
    fields=_fields,
    save=_save,
    switch=services.matter_switch,
    remove=services.matter_delete,
    merge=Merge(
        pick="matter",
        key_of=lambda value: int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None,
        refuse=services.refuse_merge,
        merge=merging.matters_merge,
        told="它的名称和别名成为对方的别名，照样查得到；关注它的人转去关注对方；编码不带过去。",
    ),
    facts={
        "name": "名称",
        "theme": "主题",
        "department_kind": "哪类部门办",
        "aliases": "别名",
        "audience": "服务对象",
        "materials": "材料",
        "basic_code": "基本编码",
        "impl_code": "实施编码",
        "key_matter": "重点事项",
        "key_batch": "批次",
        "is_active": "在用",
        "merged_into": "并入",
    },
)
