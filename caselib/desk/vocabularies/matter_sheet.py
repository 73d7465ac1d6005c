"""Matters in Excel: which columns there are, the sample, the export, and a file read into lines."""

from collections.abc import Iterable, Iterator

from caselib.catalog.matters_bulk import LABELS, TEXTS, MatterLine, Outcome
from caselib.catalog.models import Matter, MatterTheme
from caselib.exchange.sheet_writing import Table, workbook_write
from caselib.exchange.sheets import Column, SheetRow, names_of, sheet_read

NAME, THEME, CODE = "事项名称", "主题", "编号"
COLUMNS = (
    Column(NAME, ("名称", "事项"), needed=True),
    Column(THEME, ("事项主题", "主题分类")),
    Column("哪类部门办", ("部门", "实施部门", "实施主体")),
    Column("别名", ("俗称", "也叫")),
    Column("服务对象"),
    Column("材料", ("材料清单", "申请材料")),
    Column("基本编码"),
    Column("实施编码"),
    Column("重点事项", ("“一件事”重点事项", "一件事重点事项")),
    Column("批次"),
    Column(CODE),
)
# What parts the entries of a cell. The name of a material may hold a comma.
_BETWEEN = {"aliases": "、，,；;", "materials": "；;"}
_WIDTHS = (28, 14, 20, 30, 12, 36, 16, 36, 10, 10, 16)
SAMPLE_NAME, EXPORT_NAME, REFUSED_NAME = "事项样表.xlsx", "事项.xlsx", "没有读进的行.xlsx"
_HOW = (
    (NAME, "必填，最多 64 个字。已经有的按名称对上（不分全角半角、大小写），没有的新增。"),
    (THEME, "新增的必填，写下面列的主题之一。"),
    ("哪类部门办", "如“市场监督管理局”，不写哪个区的。"),
    ("别名", "几个之间用顿号或换行隔开。"),
    ("服务对象", "个人、法人、个人和法人，或者空着。"),
    ("材料", "一行一样（单元格里用 Alt+Enter 换行），或用分号隔开。"),
    ("基本编码", "12 位。先把这一列设成文本，否则 Excel 会改掉它。没核实就空着。"),
    ("实施编码", "31 位，全库不重复。先把这一列设成文本。没核实就空着。"),
    ("重点事项", "国家、本市，或者空着。"),
    ("批次", "清单上怎么写就怎么写。"),
    (CODE, "导出来的表里才有。要改名称就带着它，新增的空着。"),
    ("空着的格", "不改已有的内容。写了的格整个换掉原来的，别名和材料也一样。"),
    ("文件里没有的事项", "照旧，不删。"),
)


def lines_from(data: bytes) -> tuple[tuple[MatterLine, ...], tuple[str, ...]]:
    """(the lines of the file, headings that mean nothing here). Raises RuleBroken, field `file`, for a file that is not read."""
    sheet = sheet_read(data, columns=COLUMNS)
    return tuple(map(_line, sheet.rows)), sheet.unknown


def _line(row: SheetRow) -> MatterLine:
    value = row.values.get
    return MatterLine(
        number=row.number,
        name=value(NAME, ""),
        theme=value(THEME, ""),
        code=value(CODE, ""),
        texts={name: value(LABELS[name], "") for name in TEXTS},
        lists={name: _parts(value(LABELS[name], ""), marks) for name, marks in _BETWEEN.items()},
        troubles=row.troubles,
        notes=row.notes,
    )


def _parts(text: str, marks: str) -> list[str]:
    """The entries of a cell: its lines, or where it has one line what stands between the marks."""
    if "\n" not in text:
        for mark in marks:
            text = text.replace(mark, "\n")
    return [part.strip() for part in text.splitlines() if part.strip()]


def sample_file() -> bytes:
    """The sample sheet, with what to write where and the themes. 1 query."""
    themes = [
        ("", ""),
        ("主题有这些", ""),
        *((name, "") for name in MatterTheme.objects.values_list("name", flat=True)),
    ]
    how = Table("怎么填", ("列", "怎么填"), [*_HOW, *themes], widths=(20, 80))
    return workbook_write([Table("事项", names_of(COLUMNS), [], widths=_WIDTHS), how])


def export_file() -> bytes:
    """All matters that were not merged, as a file that can be brought back. 1 query."""
    rows = Matter.objects.filter(merged_into=None).select_related("theme").order_by("theme__position", "name")
    return workbook_write([Table("事项", names_of(COLUMNS), _cells(rows), widths=_WIDTHS)])


def _cells(rows: Iterable[Matter]) -> Iterator[list[str]]:
    for row in rows:
        yield [*(_cell(row, name) for name in LABELS), row.code]


def _cell(row: Matter, name: str) -> str:
    value = getattr(row, name)
    return "\n".join(value) if isinstance(value, list) else str(value)


def refused_file(outcomes: Iterable[Outcome], data: bytes) -> bytes:
    """The rows that were not read, as they stood in the file, each with the reason in front."""
    reasons = {outcome.number: outcome.reason for outcome in outcomes}
    rows = (row for row in sheet_read(data, columns=COLUMNS).rows if row.number in reasons)
    headings = ("第几行", "为什么没有读", *names_of(COLUMNS))
    cells = [
        [str(row.number), reasons[row.number], *(row.values.get(name, "") for name in names_of(COLUMNS))]
        for row in rows
    ]
    return workbook_write([Table("没有读的", headings, cells, widths=(8, 40, *_WIDTHS))])
