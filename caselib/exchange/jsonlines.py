"""The form in which precedents come in: JSON Lines, one object a line. Reads and checks the shape; asks no database.

Three forms of a line are accepted: the import form with the keys of `KEYS`, and the form of evaluation corpora,
`{"id", "title", "text"}`, whose text becomes the description of the problem. Only `id` and `title` are required.
A line that names a schema is in the form of our own export (see `record`), which holds all that a text says.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from caselib.core.text import clean
from caselib.precedents.content import TITLE_LENGTH

KEYS = ("id", "title", "matter", "category", "department", "district", "problem", "blocker", "resolution",
        "applicable", "not_applicable", "policies", "tags")  # fmt: skip
LIST_KEYS = ("category", "applicable", "not_applicable", "policies", "tags")
ID_LENGTH = 128
TAG_LENGTH = 32
SCHEMA = "caselib.precedent/1"
# Of one line, in bytes: what 20,000 characters in every field of a text would never reach.
_LONGEST_LINE = 2_000_000
_BOM = b"\xef\xbb\xbf"
_SEPARATORS = re.compile(r"[、,，;；|\n]")
# A comma inside a policy's name is no separator: only one after a closing bracket or a number ends the name.
_POLICY_SEPARATORS = re.compile(r"[;；\n]|(?<=[》）)\]〕号条款项])[、,，](?=\S)")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot come in. `line` counts from 1, empty lines included, as editors count."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.reason}"


class LineError(ValueError):
    """Why a line cannot come in, as a Chinese sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line as it was written, tidied. What was not given is empty. `unknown` are the keys that nobody reads.

    `more`: further fields of a text, by their name, as a sheet has them. `record`: the whole text in the form of our own
    export; then nothing but id, title and department stands elsewhere.
    """

    line: int
    id: str
    title: str
    matter: str = ""
    category: tuple[str, ...] = ()
    department: str = ""
    district: str = ""
    problem: str = ""
    blocker: str = ""
    resolution: str = ""
    applicable: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] | None = None
    audience: str = ""
    kind: str = ""


def read_lines(lines: Iterable[bytes]) -> Iterator[Row | BadLine]:
    """Reads the lines of a file opened as bytes: UTF-8 with or without BOM, LF or CRLF, empty lines skipped.

    An id that stands in the file twice makes its second line a bad one.
    """
    first_line: dict[str, int] = {}
    for number, data in numbered(lines):
        try:
            row = row_of(number, data)
            refuse_twice(row, first_line)
        except LineError as error:
            yield BadLine(number, str(error))
            continue
        yield row


def numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers, without a BOM."""
    for number, raw in enumerate(lines, start=1):
        if data := (raw.removeprefix(_BOM) if number == 1 else raw).strip():
            yield number, data


def row_of(number: int, data: bytes) -> Row:
    """One line. Raises LineError for one that cannot come in."""
    if len(data) > _LONGEST_LINE:
        raise LineError("这一行太长，读不了。一行只写一个案例。")
    return _row(number, _object(data))


def refuse_twice(row: Row, first_line: dict[str, int]) -> None:
    """Keeps where each id stands first. Raises LineError for one that stood there before."""
    if row.id in first_line:
        raise LineError(f"编号“{row.id}”在第 {first_line[row.id]} 行已经出现过。")
    first_line[row.id] = row.line


def _object(data: bytes) -> dict[str, Any]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LineError("不是 UTF-8 编码。用 UTF-8 另存一遍再导入。") from error
    try:
        value = json.loads(text, object_pairs_hook=_no_key_twice)
    except LineError:
        raise
    except json.JSONDecodeError as error:
        raise LineError(f"不是完整的 JSON（第 {error.colno} 个字符处）。一行写一个对象。") from error
    except (ValueError, RecursionError) as error:
        raise LineError("JSON 里有过长的数字或过深的嵌套，读不了。") from error
    if not isinstance(value, dict):
        raise LineError('要写成一个对象，例如 {"id": "1", "title": "……"}。')
    return value


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise LineError(f"“{twice}”写了两次，不知道以哪个为准。")
    return found


def _row(line: int, values: dict[str, Any]) -> Row:
    values = {key: value for key, value in values.items() if value is not None}
    if "schema" in values:
        return _record_row(line, values)
    known = set(KEYS)
    is_corpus_line = "text" in values and "problem" not in values
    if is_corpus_line:
        known.add("text")
    found: dict[str, Any] = {"id": _id(values.get("id"))}
    for name in KEYS[1:]:
        found[name] = _list(name, values.get(name)) if name in LIST_KEYS else _text(name, values.get(name))
    if not found["title"]:
        raise LineError("没有 title。写一句话说清是什么办不成。")
    if is_corpus_line:
        found |= _corpus_text(found["title"], _text("text", values["text"]))
    for tag in found["tags"]:
        if len(tag) > TAG_LENGTH:
            raise LineError(f"标签“{tag[:TAG_LENGTH]}……”太长，最多 {TAG_LENGTH} 个字。")
    return Row(line=line, unknown=tuple(sorted(set(values) - known)), **found)


def _id(key: Any) -> str:
    found = str(key) if type(key) is int else _text("id", key)
    if not found:
        raise LineError("没有 id。每一行都要有自己的编号。")
    if len(found) > ID_LENGTH:
        raise LineError(f"id 有 {len(found)} 个字，最多 {ID_LENGTH} 个。")
    return found


def _record_row(line: int, values: dict[str, Any]) -> Row:
    """A line of our own export. What its content says is read by `record`."""
    if values["schema"] != SCHEMA:
        raise LineError(f"schema 写的是别的格式，这里只认 {SCHEMA}。")
    content = values.get("content")
    if not isinstance(content, dict):
        raise LineError("没有 content。案例的内容要写在 content 里。")
    owner = values.get("department")
    title = _text("title", content.get("title"))
    if not title:
        raise LineError("没有 title。写一句话说清是什么办不成。")
    return Row(
        line=line,
        id=_id(values.get("id")),
        title=title,
        department=_text("department", owner.get("name") if isinstance(owner, dict) else None),
        audience=_text("audience", values.get("audience")),
        kind=_text("kind", values.get("kind")),
        record=content,
    )


def _corpus_text(title: str, text: str) -> dict[str, str]:
    """A corpus is taken as it is: a title that is too long is cut, and stands in full before the text."""
    if len(title) <= TITLE_LENGTH:
        return {"problem": text}
    return {"title": title[: TITLE_LENGTH - 1] + "…", "problem": f"{title}\n{text}"}


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise LineError(f"{name} 要写成文字。")
    return clean(value).strip()


def _list(name: str, value: Any) -> tuple[str, ...]:
    """A list of texts, or one text: split at separators for words and policies, at line ends for sentences."""
    if value is None:
        return ()
    if isinstance(value, str):
        parts: Iterable[Any] = _split(name, value)
    elif isinstance(value, list):
        parts = value
    else:
        raise LineError(f"{name} 要写成文字或文字的列表。")
    return tuple(dict.fromkeys(text for text in (_text(name, part) for part in parts) if text))


def split_list(name: str, value: str) -> tuple[str, ...]:
    """One text as the list that a key holds: split at separators for words and policies, at line ends for sentences."""
    return _list(name, value)


def _split(name: str, value: str) -> list[str]:
    if name in ("tags", "category"):
        return _SEPARATORS.split(value)
    return _POLICY_SEPARATORS.split(value) if name == "policies" else value.splitlines()
