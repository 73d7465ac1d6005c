"""The page that explains the API, made of the same document that tools read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .describing import described
from .examples import EXAMPLES
from .problems import KINDS, Kind
from .strictly import MOST_BYTES

_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "对象",
}
_WHERE = {"query": "参数", "path": "地址里", "header": "请求头", "body": "正文"}


@dataclass(frozen=True, slots=True)
class Member:
    """A parameter, a member of a body or of an answer."""

    name: str
    where: str
    type: str
    is_required: bool
    words: str


@dataclass(frozen=True, slots=True)
class OperationScreen:
    """`statuses`: (status, words) of its answers; `answer`: name of the schema of what it answers."""

    id: str
    method: str
    path: str
    summary: str
    words: str
    asked: tuple[Member, ...]
    answer: tuple[Member, ...]
    statuses: tuple[str, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class DocsScreen:
    version: str
    groups: tuple[tuple[str, tuple[OperationScreen, ...]], ...]
    kinds: Mapping[str, Kind]
    most_bytes: int


def docs_screen(site: str) -> DocsScreen:
    """`site`: its address, ending with a slash. No query."""
    document = described()
    found: dict[str, list[OperationScreen]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found[operation["tags"][0]].append(_operation(document, path, method, operation, site))
    groups = tuple((name, tuple(screens)) for name, screens in found.items())
    return DocsScreen(document["info"]["version"], groups, KINDS, MOST_BYTES // 1024 // 1024)


def _operation(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any], site: str
) -> OperationScreen:
    asked = [
        Member(
            each["name"],
            _WHERE[each["in"]],
            _type(each["schema"]),
            each.get("required", False),
            each["schema"].get("description", ""),
        )
        for each in operation["parameters"]
    ]
    body = operation.get("requestBody")
    if body:
        asked += _members(document, body["content"]["application/json"]["schema"], where=_WHERE["body"])
    good = next(answer for status, answer in operation["responses"].items() if status in ("200", "201"))
    return OperationScreen(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        words=operation["description"],
        asked=tuple(asked),
        answer=tuple(_members(document, good["content"]["application/json"]["schema"])),
        statuses=tuple(operation["responses"]),
        curl=EXAMPLES[operation["operationId"]].curl(site),
    )


def _members(document: Mapping[str, Any], schema: Mapping[str, Any], *, where: str = "") -> Iterator[Member]:
    shape = _resolved(document, schema)
    required = set(shape.get("required", ()))
    for name, member in shape.get("properties", {}).items():
        yield Member(name, where, _type(member), name in required, member.get("description", ""))


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    return document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema


def _type(schema: Mapping[str, Any]) -> str:
    """What kind of value it is, in a few words: 文字，最多 64 个字."""
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(choices) == 1:
        return f"{_type(choices[0])}或 null"
    if values := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        return "、".join(map(str, values))
    if "$ref" in schema:
        return "对象"
    words = _TYPES.get(schema.get("type", ""), "")
    bounds = []
    if "maxLength" in schema:
        bounds.append(f"最多 {schema['maxLength']} 个字")
    if "minimum" in schema or "maximum" in schema:
        bounds.append(f"{schema.get('minimum', '')} 到 {schema['maximum']}" if "maximum" in schema else "不小于 0")
    return "，".join([words, *bounds])
