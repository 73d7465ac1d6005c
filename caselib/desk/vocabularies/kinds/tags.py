"""标签 in this room."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from caselib.catalog import tags as services
from caselib.catalog.models import Tag
from caselib.precedents.usage import unused_tags, usage_of_tags

from .. import merging
from ..access import may_keep_words
from ..fields import LINE, TEXT, Field, lines_of
from ..listing import About, Listing
from ..matching import Named
from .base import Kind, Merge, Typed, loaded

_STATES = (("", "在用"), ("unused", "没人用"), ("twins", "写法相近"), ("merged", "已合并"), ("all", "全部"))


def _entries(state: str) -> Iterable[Named]:
    rows = Tag.objects.all()
    if state == "unused":
        rows = unused_tags()
    elif state == "twins":
        rows = rows.filter(pk__in=services.twins())
    elif state != "all":
        rows = rows.filter(merged_into__isnull=state != "merged")
    for pk, name, synonyms in rows.order_by("name").values_list("pk", "name", "synonyms"):
        yield pk, [name, *synonyms]


def _about(rows: Sequence[Tag], _: bool) -> Mapping[int, About]:
    near = services.twins()
    return {
        row.pk: About(
            ["已合并"] if row.merged_into else [],
            [f"并入“{row.merged_into}”"]
            if row.merged_into
            else [f"也说：{'、'.join(row.synonyms)}"]
            if row.synonyms
            else [],
            warning=warning_of(near.get(row.pk, ())),
        )
        for row in rows
    }


def warning_of(names: Sequence[str]) -> str:
    """What is said of tags that differ by width, case or blanks alone."""
    return f"和“{'”“'.join(names)}”只差全角半角、大小写或空格，可以合并。" if names else ""


def _typed_of(row: Tag | None) -> Typed:
    return {"name": row.name if row else "", "synonyms": "\n".join(row.synonyms) if row else ""}


def _fields(typed: Mapping[str, str], row: Tag | None) -> Sequence[Field]:
    renamed = "改名后用着它的案例跟着变，原来的名称自动成为同义说法。" if row else ""
    return (
        Field("name", "名称", LINE, typed["name"], hint=renamed, need=True),
        Field("synonyms", "同义说法", TEXT, typed["synonyms"], hint="一行一个。查这些说法也能找到用这个标签的案例。"),
    )


def _save(row: Tag | None, typed: Mapping[str, str], *, lock_version: int, actor: Any) -> Tag:
    values = {"name": typed["name"], "synonyms": lines_of(typed["synonyms"])}
    if row is None:
        return services.tag_create(**values, actor=actor)
    return services.tag_edit(row.pk, **values, lock_version=lock_version, actor=actor)


TAGS = Kind(
    slug="tags",
    title="标签",
    unit="个",
    hint="写案例时随手加的词，同一个意思留一个",
    model=Tag,
    may_keep=may_keep_words,
    listing=Listing(_STATES, _entries, loaded(Tag, "merged_into"), usage_of_tags, _about),
    names=("name", "synonyms"),
    typed_of=_typed_of,
    fields=_fields,
    save=_save,
    switch=None,
    remove=services.tag_delete,
    merge=Merge(
        pick="tag",
        key_of=lambda value: Tag.objects.filter(name=value).values_list("pk", flat=True).first(),
        refuse=services.refuse_merge,
        merge=merging.tags_merge,
        told="它留作一个指向：以后写案例时写它，记下的是对方；它的说法成为对方的同义说法。",
    ),
    facts={"name": "名称", "synonyms": "同义说法", "merged_into": "并入"},
    is_active=lambda row: row.merged_into_id is None,
)
