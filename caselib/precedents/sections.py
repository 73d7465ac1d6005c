"""A text section by section: every string that people wrote with its place, and the lines that a reader compares."""

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from .content import (
    ALL_TEXT_FIELDS,
    CHOICES,
    LABELS,
    RECORD_FIELDS,
    STRING_LIST_FIELDS,
    CitationSpec,
    DeferredMaterial,
    Entrance,
    HandlingStep,
    Material,
    RevisionContent,
    Source,
)
from .models import Citation, Relation, Revision

# The order in which a text is written, reviewed and compared.
ORDER = ("title", "gist", "result_type", "matter", "matter_note", "more_matters", "theme", "region", "admin_level", "occurred",
         "applies_from", "applies_until", "requester_type", "failed_stage", "visits", "requester_wording", "problem", "blocker", "causes",
         "categories", "tags", "lead_org", "partner_orgs", "handling_steps", "assessment", "resolution", "manner",
         "flexibility", "who_can_decide", "decision_level", "force", "applies_when", "not_when", "detours", "materials",
         "deferred_material", "entrances", "alternatives", "script", "citations", "measure", "lasting_rule", "evaluation", "outcome",
         "why_another", "supersedes", "sources", "unverified")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One string that somebody wrote. `index`: its entry in a list, -1 for no list; `part`: its name in a record."""

    field: str
    text: str
    index: int = -1
    part: str = ""

    @property
    def label(self) -> str:
        name = LABELS.get(self.field, self.field)
        return f"{name}第 {self.index + 1} 条" if self.index >= 0 else name


@dataclass(frozen=True, slots=True)
class Section:
    """One field as lines to read, in their order; empty ones are left out of `sections_of`."""

    field: str
    label: str
    lines: tuple[str, ...]


def places_of(content: RevisionContent) -> Iterator[Place]:
    """Every string in which a person may have written anything at all. Names from vocabularies are not among them."""
    for name in ALL_TEXT_FIELDS:
        if name not in CHOICES and (text := getattr(content, name)):
            yield Place(name, text)
    for name in (*STRING_LIST_FIELDS, "tags"):
        if name != "unverified":
            yield from (Place(name, text, index) for index, text in enumerate(getattr(content, name)))
    for name in RECORD_FIELDS:
        for index, entry in enumerate(getattr(content, name)):
            yield from _parts(name, entry, index)
    for name in ("outcome", "flexibility"):
        if (record := getattr(content, name)) is not None:
            yield from _parts(name, record, -1)
    for index, citation in enumerate(content.citations):
        for part in ("locator", "note"):
            if text := getattr(citation, part):
                yield Place("citations", text, index, part)


def with_texts(content: RevisionContent, change: Callable[[Place], str]) -> RevisionContent:
    """The same with each string of `places_of` replaced by what `change` makes of it."""
    changed = {
        (place.field, place.index, place.part): text
        for place in places_of(content)
        if (text := change(place)) != place.text
    }
    values: dict[str, Any] = {}
    for name in {field for field, _, _ in changed}:
        value = getattr(content, name)
        if isinstance(value, tuple):
            values[name] = tuple(_with_parts(entry, name, index, changed) for index, entry in enumerate(value))
        else:
            values[name] = _with_parts(value, name, -1, changed)
    return dataclasses.replace(content, **values)


def _with_parts(entry: Any, name: str, index: int, changed: Mapping[tuple[str, int, str], str]) -> Any:
    if isinstance(entry, str):
        return changed.get((name, index, ""), entry)
    parts = {part: text for (field, at, part), text in changed.items() if (field, at) == (name, index)}
    return dataclasses.replace(entry, **parts) if parts else entry


def places_in_bulk(revisions: Collection[int]) -> dict[int, list[Place]]:
    """`places_of` for stored texts, by key. 3 queries for any number."""
    found = {row.pk: list(_of_row(row)) for row in Revision.objects.filter(pk__in=revisions).order_by("pk")}
    tags = Revision.tags.through.objects.filter(revision__in=revisions).order_by("pk")
    for pk, name in tags.values_list("revision_id", "tag__name"):
        index = sum(1 for place in found[pk] if place.field == "tags")
        found[pk].append(Place("tags", name, index))
    citations = Citation.objects.filter(revision__in=revisions).order_by("revision", "position")
    for pk, position, locator, note in citations.values_list("revision_id", "position", "locator", "note"):
        for part, text in (("locator", locator), ("note", note)):
            if text:
                found[pk].append(Place("citations", text, position, part))
    return found


def _of_row(revision: Revision) -> Iterator[Place]:
    """What stands in the row of a text itself."""
    for name in ALL_TEXT_FIELDS:
        if name not in CHOICES and (text := getattr(revision, name)):
            yield Place(name, text)
    for name in STRING_LIST_FIELDS:
        if name != "unverified":
            yield from (Place(name, text, index) for index, text in enumerate(getattr(revision, name)))
    for name in RECORD_FIELDS:
        for index, entry in enumerate(getattr(revision, name)):
            yield from _stored_parts(name, entry, index)
    for name in ("outcome", "flexibility"):
        yield from _stored_parts(name, getattr(revision, name), -1)


def _stored_parts(name: str, entry: Mapping[str, Any], index: int) -> Iterator[Place]:
    for part, value in entry.items():
        if isinstance(value, str) and value and not part.endswith("_picture"):
            yield Place(name, value, index, part)


def _parts(name: str, record: object, index: int) -> Iterator[Place]:
    for part in dataclasses.fields(record):
        value = getattr(record, part.name)
        if isinstance(value, str) and value and not part.name.endswith("_picture"):
            yield Place(name, value, index, part.name)


def sections_of(content: RevisionContent) -> tuple[Section, ...]:
    """The text as sections of lines, in `ORDER`. No query where the content's rows are loaded."""
    found = ((name, tuple(line for line in _lines(name, content) if line)) for name in ORDER)
    return tuple(Section(name, gettext(LABELS.get(name, name)), lines) for name, lines in found if lines)


def _lines(name: str, content: RevisionContent) -> Iterator[str]:
    value = getattr(content, name)
    if value is None or value == "" or value == ():
        return
    if name in CHOICES:
        yield gettext(CHOICES[name](value).label)
    elif name == "unverified":
        yield "、".join(LABELS.get(entry, entry) for entry in value)
    elif name in ("tags", "causes", "more_matters", "partner_orgs"):
        yield "、".join(str(entry) for entry in value)
    elif name in ("outcome", "flexibility"):
        yield from _record_lines(value)
    elif isinstance(value, tuple):
        yield from (_entry_line(entry) for entry in value)
    else:
        yield from str(value).splitlines()


_PART_LABELS = {"before": "办之前", "after": "办之后", "unit": "单位", "basis": "凭什么", "still_mandatory": "仍要照办",
                "approved_by": "谁批准", "why_minor": "为什么不是关键件", "verification": "怎么核", "deadline": "多久补",
                "consequence": "逾期", "correct_sample": "正确样例", "common_mistake": "常见错误", "reason": "因为",
                "wanted": "原来想办", "instead": "改走", "condition": "不符合", "target": "见"}  # fmt: skip


def _record_lines(record: object) -> Iterator[str]:
    for part in dataclasses.fields(record):
        if value := getattr(record, part.name):
            yield f"{_PART_LABELS.get(part.name, part.name)}：{value}"


def _entry_line(entry: object) -> str:
    if isinstance(entry, HandlingStep):
        when = f"第 {entry.day + 1} 天，" if entry.day is not None else ""
        return f"{when}{entry.who}：{entry.what}" if entry.who else f"{when}{entry.what}"
    if isinstance(entry, Material):
        return _material_line(entry)
    if isinstance(entry, DeferredMaterial):
        came = {None: "", True: "后来补了", False: "后来没补"}[entry.supplied]
        rest = list(_record_lines(dataclasses.replace(entry, item="", supplied=None)))
        return "；".join(filter(None, [entry.item, *rest, came]))
    if isinstance(entry, CitationSpec):
        where = entry.clause.label if entry.clause else ""
        words = f"{Relation(entry.relation).label}：{entry.version} {where}{entry.locator}".rstrip()
        return f"{words}（{entry.note}）" if entry.note else words
    if isinstance(entry, Entrance):
        return "，".join(filter(None, [entry.label, entry.address]))
    if isinstance(entry, Source):
        return "，".join(filter(None, [entry.name, entry.date, entry.address]))
    if dataclasses.is_dataclass(entry):
        return "；".join(_record_lines(entry))
    return str(entry)


def _material_line(entry: Material) -> str:
    notes = ("非必需" if not entry.required else "", "可容缺" if entry.deferrable else "")
    texts = (
        f"正确样例：{entry.correct_sample}" if entry.correct_sample else "",
        f"常见错误：{entry.common_mistake}" if entry.common_mistake else "",
    )
    pictures = ("有正确样例图" if entry.sample_picture else "", "有错误样例图" if entry.mistake_picture else "")
    return "；".join(filter(None, [entry.name, *notes, *texts, *pictures]))
