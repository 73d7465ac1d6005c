"""Precedents as an Excel workbook: a row each, and on a second sheet what every column means and how it is counted."""

from collections.abc import Iterator

from caselib.core import clock
from caselib.precedents.models import Tier
from caselib.precedents.sections import sections_of
from caselib.precedents.visibility import PrecedentStatus

from .columns import FIELDS, cells_of, meanings
from .export import Export, Leaving, leaving
from .sheet_writing import Table, workbook_write

NOT_BASIS = "案例不是依据，仅供办理参考；以现行政策原文为准。"
# Columns that are written and never read again.
_MORE = (
    ("入库编号", "本库给的永久编号，不会改，也不会再给别的案例。", 18),
    ("信号", "导出那天能不能照办：可用、慎用、停用。过后会变，用之前到库里看。", 10),
    ("信号原因", "为什么不是“可用”。空着是没有发现问题。", 36),
    ("状态", "已发布、待复核、已出库。已出库的不能再照办。", 10),
    ("等级", "参考案例，或典型案例。", 10),
    ("归口部门", "案例由哪个部门维护。", 18),
    ("第几版", "导出的是第几版文字。", 8),
    ("首次发布", "第一次入库的日期。", 12),
    ("应复核日", "到这一天要重新核对。", 12),
    ("复用登记数", "分母：窗口照这个案例办过、做了登记的次数，撤销的不算。", 10),
    ("其中办成", "分子：登记里“照此办成”和“变通办成”的次数。除以复用登记数就是办成率。", 10),
    ("依据的时效", "每条依据导出那天的时效；带“待核”的还没有人对照过原文。", 36),
    ("容缺材料", "哪些材料可以后补、怎么核、多久补、逾期怎么办。", 30),
    ("替代办法", "原来想办的不行，可以改走哪条路。", 30),
    ("不符合时去哪", "哪一条不符合，改走哪里、看哪一件。", 30),
    ("办理入口", "在哪里办：名称和网址。", 30),
)


def workbook_of(export: Export) -> bytes:
    """The workbook. No cell is a formula, no person is named."""
    headings = [*(name for name, _, _ in _MORE), *(field.heading for field in FIELDS)]
    widths = [*(width for _, _, width in _MORE), *(field.width for field in FIELDS)]
    table = Table("案例", headings, _rows(export), widths)
    about = [
        ("这份表", f"{export.selected.words}，{export.on.isoformat()} 导出。{NOT_BASIS}"),
        ("再导入", "从“编号”起的各列改了可以再导入；前面各列只看不读。空着的格不改已有的内容。"),
        *((name, meaning) for name, meaning, _ in _MORE),
        *meanings(),
    ]
    return workbook_write([table, Table("说明", ("列", "是什么意思"), about, widths=(16, 90))])


def _rows(export: Export) -> Iterator[list[str]]:
    for each in leaving(export):
        cells = cells_of(each.content) | {"id": each.id}
        yield [*_more(each), *(cells[field.key] for field in FIELDS)]


def _more(each: Leaving) -> list[str]:
    precedent = each.precedent
    lines = {section.field: "\n".join(section.lines) for section in sections_of(each.content)}
    published = clock.day_of(precedent.published_at).isoformat() if precedent.published_at else ""
    return [
        precedent.number or "",
        each.signal,
        "\n".join(each.reasons),
        PrecedentStatus(precedent.status).label,
        Tier(precedent.tier).label,
        precedent.owner_department.name,
        str(each.version),
        published,
        precedent.reverify_due_on.isoformat() if precedent.reverify_due_on else "",
        str(each.uses),
        str(each.worked),
        "\n".join(f"{basis.text}：{basis.validity}" for basis in each.basis),
        lines.get("deferred_material", ""),
        lines.get("alternatives", ""),
        lines.get("detours", ""),
        lines.get("entrances", ""),
    ]
