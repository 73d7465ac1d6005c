"""A whole text as one JSON object, out and in again: the schema `caselib.precedent/1` (docs/precedent-schema.md).

What belongs to this library alone (pictures, who checked a citation, which precedent it took the place of) does not travel:
it stays with the precedent here, and is not believed from a file.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from caselib.catalog.models import Category, Matter
from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.precedents.content import (
    ALL_TEXT_FIELDS,
    DATE_FIELDS,
    LABELS,
    RECORD_FIELDS,
    RECORDS,
    STRING_LIST_FIELDS,
    CitationSpec,
    Flexibility,
    Outcome,
    RevisionContent,
    Source,
)
from caselib.precedents.models import Relation

from .jsonlines import TAG_LENGTH
from .matching import LOCATOR_LENGTH, Vocabulary, key_of

_SINGLE: dict[str, type] = {"outcome": Outcome, "flexibility": Flexibility}
_NOTE_LENGTH = 500
_NAMES = ("matter", "more_matters", "theme", "region", "causes", "categories", "tags", "citations")
CONTENT_KEYS = frozenset(
    {*ALL_TEXT_FIELDS, *STRING_LIST_FIELDS, *DATE_FIELDS, *RECORD_FIELDS, *_SINGLE, *_NAMES, "visits"}
)


def record_of(content: RevisionContent) -> dict[str, Any]:
    """The object `content` of a line. Names of vocabularies with the codes that they have. No query where rows are loaded."""
    plain: dict[str, Any] = {name: str(getattr(content, name)) for name in ALL_TEXT_FIELDS}
    plain |= {name: list(getattr(content, name)) for name in STRING_LIST_FIELDS}
    plain |= {name: day.isoformat() if (day := getattr(content, name)) else None for name in DATE_FIELDS}
    plain |= {name: [_entry(each) for each in getattr(content, name)] for name in RECORD_FIELDS}
    plain |= {name: _entry(value) if (value := getattr(content, name)) else None for name in _SINGLE}
    plain["visits"] = content.visits
    plain["matter"] = _matter(content.matter) if content.matter else None
    plain["more_matters"] = [_matter(row) for row in content.more_matters]
    plain["theme"] = content.theme.name if content.theme else None
    plain["region"] = {"code": content.region.code, "name": content.region.full_name} if content.region else None
    plain["causes"] = [row.name for row in content.causes]
    plain["categories"] = [{"scheme": row.scheme.name, "name": row.name} for row in content.categories]
    plain["tags"] = list(content.tags)
    plain["citations"] = [_citation(spec) for spec in content.citations]
    return plain


def _entry(entry: Any) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(entry).items() if not name.endswith("_picture")}


def _matter(row: Matter) -> dict[str, str]:
    return {"name": row.name, "basic_code": row.basic_code, "impl_code": row.impl_code}


def _citation(spec: CitationSpec) -> dict[str, Any]:
    version = spec.version
    return {
        "policy": version.policy.title,
        "document_number": version.policy.doc_number,
        "version": version.label,
        "effective_from": version.effective_from.isoformat() if version.effective_from else None,
        "clause": spec.clause.ref if spec.clause else "",
        "clause_label": spec.clause.label if spec.clause else "",
        "locator": spec.locator,
        "relation": str(spec.relation),
        "note": spec.note,
    }


def content_from(record: Mapping[str, Any], vocabulary: Vocabulary, remark: Callable[[str], None]) -> RevisionContent:
    """The text that such an object holds, in the names of this library. What it does not know is told to `remark`.

    Citations are never verified and pictures never taken over. Raises RuleBroken for a value of another kind than the
    schema says.
    """
    for name in sorted(set(record) - CONTENT_KEYS):
        remark(f"不认识的键“{name[:40]}”没有读")
    values: dict[str, Any] = {name: _text(name, record.get(name)) for name in ALL_TEXT_FIELDS if name in record}
    values |= {name: tuple(_texts(name, record.get(name))) for name in STRING_LIST_FIELDS}
    values |= {name: _day(name, record.get(name)) for name in DATE_FIELDS}
    for name, kind in RECORDS.items():
        values[name] = tuple(_made(name, kind, each) for each in _list(name, record.get(name)))
    for name, kind in _SINGLE.items():
        values[name] = _made(name, kind, record[name]) if record.get(name) else None
    values["visits"] = _whole("visits", record.get("visits"))
    values["tags"] = _tags(record)
    values |= _places(record, vocabulary, remark)
    found, loose = _citations(record, vocabulary, remark)
    values["citations"] = found
    values["sources"] = (*values["sources"], *loose)
    return RevisionContent(**values)


def _tags(record: Mapping[str, Any]) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(text for each in _list("tags", record.get("tags")) if (text := _text("tags", each))))
    if too_long := next((tag for tag in tags if len(tag) > TAG_LENGTH), None):
        raise _wrong("tags", f"标签“{too_long[:TAG_LENGTH]}……”太长，最多 {TAG_LENGTH} 个字。")
    return tags


def _places(record: Mapping[str, Any], vocabulary: Vocabulary, remark: Callable[[str], None]) -> dict[str, Any]:
    matter = _known(record.get("matter"), "matter", vocabulary.matters, remark)
    theme = _known(record.get("theme"), "theme", vocabulary.themes, remark)
    more = (
        _known(each, "more_matters", vocabulary.matters, remark)
        for each in _list("more_matters", record.get("more_matters"))
    )
    causes = (_known(each, "causes", vocabulary.causes, remark) for each in _list("causes", record.get("causes")))
    classes = [_category(each, vocabulary, remark) for each in _list("categories", record.get("categories"))]
    return {
        "matter": matter,
        # A text may have a matter without a theme: only what was not said is filled in.
        "theme": theme
        if record.get("theme") is None and "theme" in record
        else theme or (matter.theme if matter else None),
        "region": _known(record.get("region"), "region", vocabulary.regions, remark),
        "more_matters": tuple(dict.fromkeys(row for row in more if row)),
        "causes": tuple(dict.fromkeys(row for row in causes if row)),
        "categories": tuple(dict.fromkeys(row for row in classes if row)),
    }


def _known(value: Any, field: str, table: Mapping[str, Any], remark: Callable[[str], None]) -> Any:
    name = _text(field, value.get("name") if isinstance(value, dict) else value)
    row = table.get(key_of(name)) if name else None
    if name and row is None:
        remark(f"{LABELS[field]}“{name[:64]}”不在库里，没有导入")
    return row


def _category(value: Any, vocabulary: Vocabulary, remark: Callable[[str], None]) -> Category | None:
    if not isinstance(value, dict):
        raise _wrong("categories", "分类要写成 scheme 和 name 两项。")
    scheme, name = (_text("categories", value.get(part)) for part in ("scheme", "name"))
    return _known(f"{scheme}：{name}", "categories", vocabulary.categories, remark)


def _citations(
    record: Mapping[str, Any], vocabulary: Vocabulary, remark: Callable[[str], None]
) -> tuple[tuple[CitationSpec, ...], list[Source]]:
    found: list[CitationSpec] = []
    loose: list[Source] = []
    for each in _list("citations", record.get("citations")):
        if not isinstance(each, dict):
            raise _wrong("citations", "依据条款的每一条要写成一个对象。")
        said = {name: _text("citations", value) for name, value in each.items() if isinstance(value, str)}
        get = said.get
        title, number, label = get("policy", ""), get("document_number", ""), get("version", "")
        version = vocabulary.version(number=number, title=title, label=label)
        if version is None:
            words = f"《{title[:100]}》{number[:50]}（{label[:64]}）{get('clause_label', '')[:64]}"
            remark(f"政策“{words}”的这一版不在库里，记在来源里")
            loose.append(Source(name=f"导入文件写的依据：{words}"))
            continue
        found.append(_spec(said, version, vocabulary))
    return tuple(found), loose


def _spec(said: Mapping[str, str], version: Any, vocabulary: Vocabulary) -> CitationSpec:
    relation = said.get("relation", "")
    if relation not in Relation.values:
        raise _wrong("citations", f"“{relation[:20]}”不是可选的关系。")
    clause = vocabulary.clause(version, said["clause"]) if said.get("clause") else None
    locator = said.get("locator", "") or ("" if clause else said.get("clause_label", ""))
    return CitationSpec(
        version=version,
        relation=Relation(relation),
        clause=clause,
        locator=locator[:LOCATOR_LENGTH],
        note=said.get("note", "")[:_NOTE_LENGTH],
    )


def _made(field: str, kind: type, value: Any) -> Any:
    """A record of that kind, each part of the type that it has by default."""
    if not isinstance(value, dict):
        raise _wrong(field, f"“{LABELS[field]}”的每一条要写成一个对象。")
    made: dict[str, Any] = {}
    for part in dataclasses.fields(kind):
        given = value.get(part.name)
        if part.name.endswith("_picture") or given is None:
            continue
        if "bool" in str(part.type):
            if not isinstance(given, bool):
                raise _wrong(field, f"“{LABELS[field]}”的 {part.name} 要写 true 或 false。")
            made[part.name] = given
        elif "int" in str(part.type):
            made[part.name] = _whole(field, given)
        else:
            made[part.name] = _text(field, given)
    first = dataclasses.fields(kind)[0].name
    if kind not in _SINGLE.values() and not made.get(first):
        raise _wrong(field, f"“{LABELS[field]}”有一条没有写 {first}。")
    return kind(**made)


def _text(field: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(field, f"“{LABELS.get(field, field)}”要写成文字。")
    return clean(value).strip()


def _texts(field: str, value: Any) -> Iterable[str]:
    return (_text(field, each) for each in _list(field, value))


def _list(field: str, value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _wrong(field, f"“{LABELS.get(field, field)}”要写成列表。")
    return value


def _whole(field: str, value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not -9999 < value < 9999:
        raise _wrong(field, f"“{LABELS.get(field, field)}”要写成整数。")
    return value


def _day(field: str, value: Any) -> dt.date | None:
    text = _text(field, value)
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _wrong(field, f"“{LABELS.get(field, field)}”写成 2024-03-05。") from error


def _wrong(field: str, words: str) -> RuleBroken:
    return RuleBroken(words, code="wrong_value", field=field)
