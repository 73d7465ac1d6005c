"""Files of tickets: JSON Lines, a JSON array, or a table with commas or tabs. Reads, refuses, and writes nothing.

A cell that looks like a formula is text here: nothing of it is ever computed or written into a table again.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from caselib.core.errors import RuleBroken

from . import outcomes
from .entry import LABELS

# All that a column may say: what the form of a ticket holds, and what became of it.
COLUMNS = LABELS | outcomes.LABELS

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 2_000
_MOST_CELL = 200_000
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
# What columns and keys are called, beside the names of the fields and their labels.
_ALSO = {
    "source_number": ("编号", "工单编号", "工单号", "外部编号", "external_id", "id", "number"),
    "source_system": ("来源", "系统", "来源平台", "system", "source"),
    "text": ("内容", "正文", "诉求内容", "工单内容", "反映内容", "问题描述", "content"),
    "title": ("诉求标题", "主题"),
    "received_on": ("日期", "受理时间", "登记日期", "登记时间", "来电时间", "date"),
    "channel": ("来源渠道", "受理渠道"),
    "matter": ("事项名称", "办理事项"),
    "department": ("部门", "受理部门", "承办单位"),
    "requester_type": ("诉求人类型", "对象类型", "申请人类型"),
    "visits": ("跑动", "次数", "往返次数"),
    "promised_days": ("承诺时限（天）", "办理时限", "承诺天数"),
    "actual_days": ("实际用时（天）", "用时", "实际天数"),
    "is_supervised": ("督办",),
    "settled_on": ("办结时间", "办结日", "结案日期"),
    "fed_back_on": ("反馈时间", "反馈日"),
}
_FIELD_OF = {name.lower(): field for field, label in COLUMNS.items() for name in (field, label, *_ALSO.get(field, ()))}
# ="00123" is how tables keep the noughts of a number.
_KEPT_NOUGHTS = re.compile(r'^="?([^"=]*)"?$')
_WITH_TIME = re.compile(
    r"^(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?)[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?$"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file by the names of our fields, all as text. `place` counts lines, or items, from 1.

    `wrong`: a sentence where the row could not be read at all.
    """

    place: int
    typed: Mapping[str, str]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`unknown`: columns that nobody reads."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...]


def table_of_file(data: bytes) -> Table:
    """Raises RuleBroken (field file) for what is too large, no text, empty, or no table of tickets."""
    return table_of(text_of_file(data), field="file")


def text_of_file(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, else GB18030. Raises RuleBroken (field file) for anything else."""
    if len(data) > MOST_BYTES:
        raise _refused("too_large", f"文件超过 {MOST_BYTES // 1024 // 1024} MB，没有读。分成几个文件导入。")
    if data.startswith(_BINARY):
        raise _refused("not_text", "这不是文本文件，什么都没有读。在表格里另存为“CSV UTF-8”再导入。")
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
        break
    raise _refused("not_text", "这不是文本文件，或者文件坏了，什么都没有读。在表格里另存为“CSV UTF-8”再导入。")


def table_of(text: str, *, field: str) -> Table:
    """The rows of a text. Raises RuleBroken for nothing, too many rows, or what is no table of tickets."""
    text = text.removeprefix("\ufeff").replace("\x00", "")
    start = text.lstrip()[:1]
    if not start:
        raise _refused("empty", "里面是空的，没有可导入的。", field=field)
    try:
        read = _json_array(text) if start == "[" else _json_lines(text) if start == "{" else _csv_rows(text, field)
        found, unknown = _rows(read)
    except RecursionError:
        raise _refused("not_json", "JSON 套了太多层，没有读。", field=field) from None
    if not found:
        raise _refused("empty", "只有表头，没有一行工单。", field=field)
    return Table(tuple(found), tuple(unknown))


def _rows(read: Iterator[tuple[int, Mapping[str, object] | str]]) -> tuple[list[Row], list[str]]:
    found: list[Row] = []
    unknown: dict[str, None] = {}
    for place, values in read:
        if len(found) >= MOST_ROWS:
            raise _refused("too_many", f"一次最多导入 {MOST_ROWS:,} 行，没有读。分成几个文件导入。")
        if isinstance(values, str):
            found.append(Row(place, {}, wrong=values))
            continue
        typed: dict[str, str] = dict.fromkeys(COLUMNS, "")
        for name, value in values.items():
            known = _FIELD_OF.get(str(name).strip().lower())
            if known is None:
                unknown[str(name).strip()[:40] or "（没有名字）"] = None
            elif text := _cell(value, known):
                typed[known] = text
        if any(len(text) > _MOST_CELL for text in typed.values()):
            found.append(Row(place, {}, wrong="有一格长得不像工单，没有读。原文最多 20,000 字。"))
        elif any(typed.values()):
            found.append(Row(place, typed))
    return found, list(unknown)[:20]


def _cell(value: object, field: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else ""
    if not isinstance(value, str | int | float):
        return json.dumps(value, ensure_ascii=False)[:_MOST_CELL]
    text = str(value).strip("\ufeff")
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    if field == "source_number" and (kept := _KEPT_NOUGHTS.match(text.strip())):
        text = kept[1]
    if field == "received_on" and (day := _WITH_TIME.match(text.strip())):
        text = day[1]
    return text


def _json_array(text: str) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    try:
        items = json.loads(text)
    except ValueError as error:
        raise _refused("not_json", f"JSON 没有写完整，什么都没有读：{_where(error)}。") from None
    for place, item in enumerate(items, 1):
        yield place, item if isinstance(item, dict) else "这一项不是一件工单，没有读。"


def _json_lines(text: str) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    for place, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError:
            yield place, "这一行不是完整的 JSON，没有读。"
            continue
        yield place, item if isinstance(item, dict) else "这一行不是一件工单，没有读。"


def _where(error: ValueError) -> str:
    return f"在第 {error.lineno} 行" if isinstance(error, json.JSONDecodeError) else "数字太长"


def _csv_rows(text: str, field: str) -> Iterator[tuple[int, Mapping[str, object] | str]]:
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max("\t,;，", key=first.count)
    csv.field_size_limit(_MOST_CELL)
    # strict: an open quote would otherwise swallow the rest of the file as one cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        head = next((row for row in reader if any(cell.strip() for cell in row)), [])
        if not any(_FIELD_OF.get(cell.strip().lower()) for cell in head):
            wanted = "来源系统、来源编号、受理日期、原文"
            raise _refused("no_head", f"第一行不是表头，没有读。表头要有：{wanted}；别的列可有可无。", field=field)
        before = reader.line_num
        for cells in reader:
            place, before = before + 1, reader.line_num
            if len(cells) > len(head) and any(cell.strip() for cell in cells[len(head) :]):
                yield (
                    place,
                    f"这一行有 {len(cells)} 格，表头只有 {len(head)} 格，没有读。原文里有逗号的要用引号括起来。",
                )
                continue
            cells += [""] * (len(head) - len(cells))
            yield place, dict(zip(head, cells, strict=False))
    except csv.Error:
        raise _refused(
            "bad_quotes",
            f"第 {reader.line_num} 行附近的引号没有配对，什么都没有读。补上引号，或者另存一次再导入。",
            field=field,
        ) from None


def _refused(code: str, message: str, *, field: str = "file") -> RuleBroken:
    return RuleBroken(message, code=code, field=field)
