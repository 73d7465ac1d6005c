"""Reading a table from an Excel workbook: rows as dictionaries by heading, every cell as text, nothing evaluated.

A cell is what it says, not what it looks like: a date is 2024-03-05, a whole number has no point, a formula is its own
text. What cannot be read without loss is a trouble of its row. Bounds hold before memory does.
"""

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.core.words import word_key

from .workbooks import MergedRows, hidden_in, merged_rows, refused, workbook_checked

MOST_ROWS = 20_000
MOST_COLUMNS = 60
# Headings may stand below a title.
_HEADING_WITHIN = 10
# A sheet that was formatted down to its end has a million empty rows.
_MOST_VISITED = 100_000
# A number of Excel has no more figures than these; what was longer has lost some.
_MOST_FIGURES = 15
_DECORATION = re.compile(r"[*＊:：]|[(（]?必填[)）]?")
_RETURNS = re.compile(r"_x000[dD]_")
# Both parsers of XML raise a kind of SyntaxError.
_BROKEN = (zipfile.BadZipFile, zlib.error, InvalidFileException, DefusedXmlException, SyntaxError, KeyError, ValueError,
           TypeError, IndexError, AttributeError, EOFError, OSError, OverflowError, AssertionError,
           NotImplementedError, RuntimeError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column to read. `name`: its heading and its key in the rows; `also`: other headings for it.

    `is_code`: a number there has lost the noughts before it, which its row is told.
    """

    name: str
    also: tuple[str, ...] = ()
    needed: bool = False
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`number`: of the row in Excel. `troubles`: sentences about what could not be read; `notes`: about what was read
    in another way than it looks."""

    number: int
    values: dict[str, str]
    troubles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """`columns`: those that were found; `unknown`: headings that stand there and mean nothing here.

    `letters`: of the columns in Excel, in the order of `columns`; `told`: what is hidden in the workbook, as sentences.
    """

    title: str
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    letters: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def sheet_read(data: bytes, *, columns: Sequence[Column], most_rows: int = MOST_ROWS) -> Sheet:
    """The rows of the first sheet that are not empty, in their order; a column that is not there is in no row.

    Raises RuleBroken, field `file`: for a file that is no plain workbook, for headings that are missing or stand there
    twice, for more rows than `most_rows`. 20,000 rows of ten columns in some 4 s.
    """
    parts = workbook_checked(data)
    try:
        # Neither formulas evaluated nor links followed: the text of a formula is all there is of it.
        book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise refused("工作簿里没有看得见的表。", "no_sheet")
        sheet = sheets[0]
        # What the file says of its own size may be wrong.
        sheet.reset_dimensions()
        merged = merged_rows(parts, sheet._worksheet_path)
        found = _read(sheet, columns, merged, most_rows)
        return replace(found, told=tuple(_told(book, sheet, parts)))
    except _BROKEN as error:
        raise refused("表读到一半读不下去，文件可能坏了。在 Excel 里另存一份再传。", "damaged") from error


def _told(book: Any, sheet: Any, parts: zipfile.ZipFile) -> Iterator[str]:
    """What somebody who looks at the workbook may take for read, or for not there."""
    others = [other for other in book.worksheets if other is not sheet]
    hidden = [other.title for other in others if other.sheet_state != "visible"]
    seen = [other.title for other in others if other.sheet_state == "visible"]
    if hidden:
        yield f"隐藏的表没有读：{'、'.join(hidden)[:100]}。"
    if seen:
        yield f"只读第一张表“{sheet.title}”，没有读：{'、'.join(seen)[:100]}。"
    rows, has_columns = hidden_in(parts, sheet._worksheet_path)
    if rows:
        yield f"有 {rows} 行是隐藏的（可能是筛选），也读了。"
    if has_columns:
        yield "有隐藏的列，也读了。"


def _read(sheet: Any, columns: Sequence[Column], merged: MergedRows, most_rows: int) -> Sheet:
    rows = _visited(sheet)
    places, unknown = _headings(rows, columns)
    codes = frozenset(column.name for column in columns if column.is_code)
    found: list[SheetRow] = []
    for number, cells in rows:
        if not any(cell.value is not None for cell in cells):
            continue
        row = _row(number, cells, places, is_merged=number in merged, codes=codes)
        if not any(row.values.values()) and not row.troubles:
            continue
        if len(found) == most_rows:
            raise refused(f"超过 {most_rows} 行。分成几个文件传。", "too_many_rows")
        found.append(row)
    letters = tuple(get_column_letter(at + 1) for at in places.values())
    return Sheet(sheet.title, tuple(places), tuple(unknown), tuple(found), letters)


def _visited(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        if number > _MOST_VISITED:
            raise refused("表里有十万行以上，多半是空行带着格式。把要导入的行复制到新的表再传。", "too_many_rows")
        yield number, cells


def _headings(rows: Iterator[tuple[int, Sequence[Any]]], columns: Sequence[Column]) -> tuple[dict[str, int], list[str]]:
    """(place of each column, headings that are none of them). Leaves `rows` behind their row."""
    known = {_heading_key(heading): column.name for column in columns for heading in (column.name, *column.also)}
    needed = [column.name for column in columns if column.needed]
    seen: list[str] = []
    for number, cells in rows:
        texts = [_text(cell)[0] for cell in cells]
        named = [(known.get(_heading_key(text)), at) for at, text in enumerate(texts) if text]
        seen = seen or [text for text in texts if text]
        found = [name for name, _ in named if name]
        # A title that happens to be called as one column is no row of headings.
        if found and (set(needed) <= set(found) or len(found) > 1):
            seen = [text for text in texts if text]
            twice = next((name for name in found if found.count(name) > 1), None)
            if twice:
                raise refused(f"“{twice}”这一列有两个，不知道读哪个。留一个再传。", "column_twice")
            missing = [name for name in needed if name not in found]
            if missing:
                raise _missing(missing, seen)
            unknown = [texts[at] for name, at in named if not name]
            return {name: at for name, at in named if name}, unknown
        if number >= _HEADING_WITHIN:
            break
    raise _missing(needed or [columns[0].name], seen)


def _missing(names: Sequence[str], seen: Sequence[str]) -> RuleBroken:
    there = f"表里的列名是：{'、'.join(text[:20] for text in seen[:12])}。" if seen else "表是空的。"
    return refused(f"没有找到“{'”“'.join(names)}”这一列。{there}照样表的列名改了再传。", "wrong_headings")


def _heading_key(text: str) -> str:
    return word_key(_DECORATION.sub("", text))


def _row(
    number: int, cells: Sequence[Any], places: dict[str, int], *, is_merged: bool, codes: frozenset[str]
) -> SheetRow:
    values, troubles, notes = {}, [], []
    if is_merged:
        troubles.append("这一行有合并的单元格，不知道里面的内容算哪一行的。取消合并，每行都填上。")
    for name, at in places.items():
        text, trouble, note = _text(cells[at]) if at < len(cells) else ("", "", "")
        values[name] = text
        if text and name in codes and isinstance(cells[at].value, int | float):
            note = "在表里是数：前面如果有 0，已经丢了。这一列先设成文本。"
        if trouble:
            troubles.append(f"“{name}”{trouble}")
        if note:
            notes.append(f"“{name}”{note}")
    return SheetRow(number, values, tuple(troubles), tuple(notes))


def _text(cell: Any) -> tuple[str, str, str]:
    """(what a cell says, what is wrong with it, what should be known of it)."""
    value = cell.value
    if value is None:
        return "", "", ""
    if cell.data_type == "e":
        return "", f"是出错的公式（{value}）。", ""
    if cell.data_type == "f":
        return _plain(str(getattr(value, "text", value))), "", "是公式，没有计算，按文字读。"
    if isinstance(value, bool):
        return ("是" if value else "否"), "", ""
    if isinstance(value, int | float):
        return _figures(value)
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time()
        return (value.date().isoformat() if is_day else value.isoformat(" ", "minutes")), "", ""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat(), "", ""
    return _plain(str(value)), "", ""


def _figures(value: int | float) -> tuple[str, str, str]:
    if abs(value) >= 10**_MOST_FIGURES or value != value:
        return "", "在表里是数，位数已经丢了。把这一列设成文本，重新填。", ""
    return (str(int(value)) if value == int(value) else format(value, ".15g")), "", ""


def _plain(text: str) -> str:
    return clean(_RETURNS.sub("", text)).strip()


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?")


def day_of(text: str) -> dt.date | None:
    """The day that a cell says, as a date or as text: 2024-03-05, 2024/3/5, 2024年3月5日. None for what is no day."""
    match = _DAY.fullmatch(text.strip())
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def names_of(columns: Iterable[Column]) -> tuple[str, ...]:
    """The headings, for a sample sheet."""
    return tuple(column.name for column in columns)
