"""Is this file a plain Excel workbook that is safe to open? Looked at before anything reads it, in memory alone.

Refused with what to do: another kind of file under the name of a workbook, an old or locked one, one with macros, one that
would unpack to more than is good, one with entities in its XML.
"""

import re
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from io import BytesIO

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken

LARGEST_FILE = 20 * 1024 * 1024
# What 20,000 rows unpack to is a fifth of it.
LARGEST_UNPACKED = 100 * 1024 * 1024
_MOST_PARTS = 1_000
_CHUNK = 1024 * 1024
_HEAD = 4096
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
_MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']\$?[A-Z]{1,3}\$?(\d{1,7})(?::\$?[A-Z]{1,3}\$?(\d{1,7}))?["']"""
)
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]{0,300}?hidden\s*=\s*["'](?:1|true)["']""")
_HIDDEN_COLUMN = re.compile(rb"""<(?:\w+:)?col\s[^>]{0,300}?hidden\s*=\s*["'](?:1|true)["']""")
# A tag is shorter than this; it may lie across two chunks.
_OVERLAP = 400


def refused(message: str, code: str) -> RuleBroken:
    """The error of a file that is not read: nothing was written, the file is to be sent again."""
    return RuleBroken(gettext("{message}什么都没有写。").format(message=message), code=code, field="file")


def workbook_checked(data: bytes) -> zipfile.ZipFile:
    """The parts of the workbook. Raises RuleBroken, field `file`, for what is no plain workbook or too large."""
    if len(data) > LARGEST_FILE:
        raise refused("文件超过 20 MB，没有读。删掉图片和用不着的表再传。", "too_large")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise refused("这是旧版的 .xls，或者设了打开密码。在 Excel 里另存为 .xlsx、不设密码，再传。", "old_workbook")
    if data[:4] != b"PK\x03\x04":
        raise refused("这不是 Excel 文件，只是名字像。在 Excel 里另存为 .xlsx 再传。", "no_workbook")
    try:
        parts = zipfile.ZipFile(BytesIO(data))
        _check(parts)
    except _BROKEN as error:
        raise refused("这个文件打不开，可能没传完或者坏了。在 Excel 里打开看看，另存一份再传。", "damaged") from error
    return parts


def _check(parts: zipfile.ZipFile) -> None:
    listed = parts.infolist()
    names = {part.filename for part in listed}
    if len(listed) > _MOST_PARTS or sum(part.file_size for part in listed) > LARGEST_UNPACKED:
        raise refused("这个文件解开后太大，没有读。把要导入的数据复制到一个新的工作簿再传。", "too_large_unpacked")
    if any(part.flag_bits & 1 for part in listed):
        raise refused("文件设了密码。去掉密码再传。", "locked")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise refused("这不是 Excel 工作簿（.xlsx）。在 Excel 里另存为 .xlsx 再传。", "no_workbook")
    types = parts.read("[Content_Types].xml")
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused("文件带宏，没有读。在 Excel 里另存为不带宏的 .xlsx 再传。", "macros")
    for part in listed:
        if part.filename.lower().endswith((".xml", ".rels")) and _declares(parts, part):
            raise refused("文件里有不该有的定义（DOCTYPE），没有读。在 Excel 里另存一份再传。", "entities")


def _declares(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether it begins with a DOCTYPE, in whatever encoding; Excel never writes one."""
    with parts.open(part) as stream:
        head = stream.read(_HEAD).replace(b"\x00", b"").upper()
    return b"<!DOCTYPE" in head or b"<!ENTITY" in head


class MergedRows:
    """The rows of a sheet that a merged cell reaches into."""

    def __init__(self, spans: Iterator[tuple[int, int]]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted(spans):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, row: int) -> bool:
        at = bisect_right(self._firsts, row) - 1
        return at >= 0 and row <= self._lasts[at]


def merged_rows(parts: zipfile.ZipFile, name: str) -> MergedRows:
    """What is merged in the sheet of that name. Reads it once, a part at a time."""
    return MergedRows(_spans(parts, name))


def _spans(parts: zipfile.ZipFile, name: str) -> Iterator[tuple[int, int]]:
    kept = b""
    with parts.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            text = kept + chunk
            for match in _MERGED.finditer(text):
                first = int(match[1])
                yield first, max(first, int(match[2] or first))
            # Found twice is as good as once.
            kept = text[-_OVERLAP:]


def hidden_in(parts: zipfile.ZipFile, name: str) -> tuple[int, bool]:
    """(how many rows of the sheet are hidden, whether a column is). Reads it once, a part at a time."""
    rows, has_columns, kept = 0, False, b""
    with parts.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            text = kept + chunk
            # The end is looked at together with what follows, so that nothing is counted twice.
            end = max(text.rfind(b"<"), len(text) - _OVERLAP, 0)
            rows += len(_HIDDEN_ROW.findall(text, 0, end))
            has_columns = has_columns or _HIDDEN_COLUMN.search(text, 0, end) is not None
            kept = text[end:]
    return rows + len(_HIDDEN_ROW.findall(kept)), has_columns
