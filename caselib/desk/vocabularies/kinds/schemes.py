"""分类方案 in this room. Its classes are rows of the same form: class-<n>-name, -visits, -reference, -active, -key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caselib.catalog import causes as services
from caselib.catalog.models import Category, Scheme
from caselib.precedents.usage import NO_USE, Usage, usage_of_categories, usage_of_schemes

from ..access import may_keep_catalogue
from ..fields import CHECK, LINE, Field
from ..listing import About, Listing
from ..matching import Named
from .base import STATES, Kind, Typed, in_state, loaded
from .causes import whole_number

_BLANK_ROWS = 3
_PARTS = ("key", "name", "visits", "reference", "active")
_MOST = services.MOST_CLASSES + 1


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class as it stands in the form. `number`: from 0; `usage`: of a class that is stored."""

    number: int
    key: str = ""
    name: str = ""
    visits: str = ""
    reference: str = ""
    active: str = "1"
    usage: Usage = NO_USE


def _entries(state: str) -> Iterable[Named]:
    schemes = in_state(Scheme.objects.order_by("-is_active", "name"), state)
    for pk, name, note in schemes.values_list("pk", "name", "note"):
        yield pk, [name, *([note] if note else [])]


def _about(rows: Sequence[Scheme], _: bool) -> Mapping[int, About]:
    names: dict[int, list[str]] = {}
    for scheme, name in Category.objects.filter(scheme__in=rows).values_list("scheme", "name"):
        names.setdefault(scheme, []).append(name)
    return {
        row.pk: About(
            [] if row.is_active else ["停用"],
            list(filter(None, ("；".join(names.get(row.pk, ())) or "还没有类别", row.note))),
        )
        for row in rows
    }


def _typed_of(row: Scheme | None) -> Typed:
    if row is None:
        return {"name": "", "note": "", "is_active": "1"}
    typed = {"name": row.name, "note": row.note, "is_active": "1" if row.is_active else ""}
    for number, each in enumerate(row.categories.order_by("position", "pk")):
        values = (
            str(each.pk),
            each.name,
            str(each.min_visits or ""),
            "1" if each.needs_reference else "",
            "1" if each.is_active else "",
        )
        typed |= {f"class-{number}-{part}": value for part, value in zip(_PARTS, values, strict=True)}
    return typed


def class_rows(typed: Mapping[str, str], *, blank: int = _BLANK_ROWS) -> tuple[ClassRow, ...]:
    """The rows of the form, with a few empty ones to write into. 1 query for how often each class is used."""
    numbers = [
        number for number in range(_MOST) if any(typed.get(f"class-{number}-{part}") for part in ("key", "name"))
    ]
    values = [{part: typed.get(f"class-{number}-{part}", "") for part in _PARTS} for number in numbers]
    keys = [int(each["key"]) for each in values if each["key"].isascii() and each["key"].isdigit()]
    usage = usage_of_categories(keys)
    rows = [
        ClassRow(number, **each, usage=usage.get(int(each["key"]), NO_USE) if each["key"].isdigit() else NO_USE)
        for number, each in enumerate(values)
    ]
    return (*rows, *(ClassRow(len(rows) + extra) for extra in range(blank)))


def _fields(typed: Mapping[str, str], row: Scheme | None) -> Sequence[Field]:
    return (
        Field("name", "名称", LINE, typed["name"], need=True),
        Field("note", "说明", LINE, typed["note"], hint="从哪里来、哪里还没核实。"),
        Field("is_active", "写案例时给选", CHECK, typed["is_active"], hint="类别名称没确认前不要启用。"),
    )


def _save(row: Scheme | None, typed: Mapping[str, str], *, lock_version: int, actor: Any) -> Scheme:
    classes = [
        services.ClassFacts(
            key=int(each.key) if each.key.isascii() and each.key.isdigit() else None,
            name=each.name,
            min_visits=whole_number(each.visits, label=f"“{each.name[:20]}”的跑动次数", field="classes"),
            needs_reference=bool(each.reference),
            is_active=bool(each.active),
        )
        for each in class_rows(typed, blank=0)
        # A row whose name was emptied is to go.
        if each.name.strip()
    ]
    facts = services.SchemeFacts(
        name=typed["name"], note=typed["note"], is_active=bool(typed["is_active"]), classes=classes
    )
    if row is None:
        return services.scheme_create(facts, actor=actor)
    return services.scheme_edit(row.pk, facts, lock_version=lock_version, actor=actor)


SCHEMES = Kind(
    slug="schemes",
    title="分类方案",
    unit="个",
    hint="一件案例可以在几个方案里各归一类",
    model=Scheme,
    may_keep=may_keep_catalogue,
    listing=Listing(STATES, _entries, loaded(Scheme), usage_of_schemes, _about),
    names=("name", "note", "is_active", *(f"class-{number}-{part}" for number in range(_MOST) for part in _PARTS)),
    typed_of=_typed_of,
    fields=_fields,
    save=_save,
    switch=None,
    remove=None,
    facts={"name": "名称", "note": "说明", "is_active": "启用", "classes": "类别"},
)
