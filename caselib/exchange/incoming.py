"""A file or what was pasted, read into rows that can be kept: which form it has is told by its content, not by its name."""

import csv
import hashlib
import io
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.core.text import clean

from .columns import COLUMNS, read_row
from .jsonlines import LineError, Row, numbered, row_of
from .models import ImportBatch
from .sheet_writing import Table, workbook_write
from .sheets import MOST_ROWS, SheetRow, sheet_read
from .workbooks import refused

_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NUL = b"\x00"


@dataclass(frozen=True, slots=True)
class Incoming:
    """What was brought. `raws` are plain values, one for each row; `told` are sentences about the file as a whole.

    `letters`: of the columns in Excel, by heading.
    """

    form: str
    digest: str
    raws: tuple[dict[str, Any], ...]
    told: tuple[str, ...] = ()
    letters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """One row read. There is no `row` where it cannot be known what it says; `problems` are (place, sentence)."""

    line: int
    row: Row | None
    problems: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


def read_file(data: bytes) -> Incoming:
    """An Excel workbook or JSON Lines. Raises RuleBroken, field `file`, for any other file, an empty one, too many rows."""
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith((_ZIP, _OLD)):
        return _sheet(data, digest)
    if _NUL in data[:4096]:
        raise refused("这不是 Excel（.xlsx），也不是 JSON Lines。在 Excel 里另存为 .xlsx 再传。", "unknown_file")
    if not data.strip():
        raise refused("文件是空的。", "empty")
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise refused("这不是 Excel（.xlsx），也不是 JSON Lines（一行一个 { }）。用样表填好再传。", "unknown_file")
    return _lines(data, digest)


def read_pasted(text: str) -> Incoming:
    """JSON Lines, or cells copied from Excel with their headings. Raises RuleBroken, field `pasted`."""
    try:
        if not text.strip():
            raise refused("还没有粘贴内容。", "empty")
        data = text.encode("utf-8", "replace")
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return _lines(data, hashlib.sha256(data).hexdigest())
        headings, *rows = csv.reader(io.StringIO(clean(text)), dialect="excel-tab")
        table = Table("粘贴", headings, (row for row in rows))
        return _sheet(workbook_write([table]), hashlib.sha256(data).hexdigest())
    except (csv.Error, ValueError) as error:
        raise RuleBroken(
            gettext("粘贴的内容读不成表格。连列名一起从 Excel 复制，再粘贴。"), code="bad_paste", field="pasted"
        ) from error
    except RuleBroken as error:
        raise RuleBroken(error.message, code=error.code, field="pasted") from error


def _sheet(data: bytes, digest: str) -> Incoming:
    sheet = sheet_read(data, columns=COLUMNS)
    if not sheet.rows:
        raise refused("表里只有列名，没有一行内容。", "empty")
    told = [*sheet.told]
    if sheet.unknown:
        told.append(f"没有用上的列：{'、'.join(name[:20] for name in sheet.unknown)[:300]}。")
    letters = dict(zip(sheet.columns, sheet.letters, strict=True))
    raws = tuple(
        {
            "line": row.number,
            "values": {name: text for name, text in row.values.items() if text},
            "troubles": list(row.troubles),
            "notes": list(row.notes),
        }
        for row in sheet.rows
    )
    return Incoming(ImportBatch.Form.SHEET, digest, raws, tuple(told), letters)


def _lines(data: bytes, digest: str) -> Incoming:
    raws = []
    for number, line in numbered(io.BytesIO(data)):
        if len(raws) == MOST_ROWS:
            raise refused(f"超过 {MOST_ROWS} 行。分成几个文件传。", "too_many_rows")
        raws.append(_line(number, line))
    if not raws:
        raise refused("文件里没有一行内容。", "empty")
    return Incoming(ImportBatch.Form.LINES, digest, tuple(raws))


def _line(number: int, line: bytes) -> dict[str, Any]:
    try:
        return {"line": number, "text": line.decode("utf-8").replace("\x00", "")}
    except UnicodeDecodeError:
        return {"line": number, "text": line.decode("utf-8", "replace").replace("\x00", ""), "broken": True}


def read_raw(raw: dict[str, Any]) -> Read:
    """A kept row read again. Never fails."""
    line = raw.get("line", 0)
    if "values" in raw:
        sheet_row = SheetRow(line, raw["values"], tuple(raw["troubles"]), tuple(raw["notes"]))
        row, problems, remarks = read_row(sheet_row)
        return Read(line, row, tuple(problems), tuple(remarks))
    try:
        if raw.get("broken") or "text" not in raw:
            raise LineError("不是 UTF-8 编码。用 UTF-8 另存一遍再导入。")
        return Read(line, row_of(line, raw["text"].encode("utf-8", "replace")))
    except LineError as error:
        return Read(line, None, (("", str(error)),))
