"""Reads of staged imports: the own ones in a list, one with a page of its rows, and its refused rows as a sheet to mend."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from caselib.core.errors import NotVisible, RuleBroken
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import Department, Region, Role
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent

from .columns import FIELDS, meanings
from .models import ImportBatch, ImportRow
from .sheet_writing import Table, workbook_write

PER_PAGE = 50
_WHY = "为什么没有导入"
_ORDER = (ImportRow.Kind.REFUSED, ImportRow.Kind.CREATED, ImportRow.Kind.UPDATED, ImportRow.Kind.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Tab:
    """One kind of rows with their number. `kind` is empty for all of them."""

    kind: str
    label: str
    count: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the page. `problems` and `remarks` are sentences, with the cell where it is known; `code`: of its precedent."""

    row: ImportRow
    label: str
    problems: tuple[tuple[str, str], ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class BatchPage:
    batch: ImportBatch
    tabs: tuple[Tab, ...]
    rows: tuple[ShownRow, ...]
    page: PageInfo
    total: int

    @property
    def writes(self) -> int:
        """How many drafts would come of it."""
        return self.created + self.updated

    @property
    def created(self) -> int:
        return self.batch.counts.get("created", 0)

    @property
    def updated(self) -> int:
        return self.batch.counts.get("updated", 0)

    @property
    def refused(self) -> int:
        return self.batch.counts.get("refused", 0)

    @property
    def personal(self) -> int:
        return self.batch.counts.get("personal", 0)

    @property
    def is_staged(self) -> bool:
        return self.batch.state == ImportBatch.State.STAGED


def _visible(scope: ViewerScope) -> Q:
    """Who made it, and the administrators of the department whose drafts it would make."""
    if not scope.reads_content or scope.user_id is None:
        return Q(pk__in=[])
    return Q(maker=scope.user_id) | Q(department__in=scope.departments_with(Role.DEPARTMENT_ADMIN))


def batches_for_home(scope: ViewerScope, *, limit: int = 10) -> tuple[ImportBatch, ...]:
    """The last imports that the viewer may see, the newest first. 1 query."""
    return tuple(ImportBatch.objects.filter(_visible(scope)).select_related("department", "maker")[:limit])


def batch_visible(scope: ViewerScope, *, code: str) -> ImportBatch:
    """Raises NotVisible for what is not there and for what is hidden. 1 query."""
    found = ImportBatch.objects.filter(_visible(scope), code=code).select_related("department", "maker").first()
    if found is None:
        raise NotVisible()
    return found


def batch_page(batch: ImportBatch, scope: ViewerScope, *, kind: str, page: object) -> BatchPage:
    """Fifty rows of a kind, or of all for an unknown one. 2 queries, 3 after the import."""
    counts = {each: batch.counts.get(str(each), 0) for each in _ORDER}
    kind = kind if kind in counts else ""
    total = sum(counts.values()) if batch.state != ImportBatch.State.DISCARDED else 0
    info = page_info(page, total=counts[kind] if kind and total else total, per_page=PER_PAGE)
    rows = batch.rows.filter(kind=kind) if kind else batch.rows.all()
    found = list(rows.defer("raw").order_by("line")[info.offset : info.offset + PER_PAGE])
    codes = _codes(found, scope) if batch.state == ImportBatch.State.DONE else {}
    tabs = [Tab("", "全部", total, not kind)]
    tabs += [Tab(each, each.label, counts[each], each == kind) for each in _ORDER if counts[each]]
    shown = tuple(_shown(row, batch, codes) for row in found)
    return BatchPage(batch, tuple(tabs), shown, info, sum(counts.values()))


def _codes(rows: list[ImportRow], scope: ViewerScope) -> dict[str, str]:
    """The precedents of these rows by id, as far as the viewer may see them."""
    ids = [row.external_id for row in rows if row.kind != ImportRow.Kind.REFUSED]
    there = Precedent.objects.visible_to(scope).filter(Q(external_id__in=ids) | Q(number__in=ids))
    found: dict[str, str] = {}
    for external, number, code in there.values_list("external_id", "number", "code"):
        found |= {key: code for key in (external, number) if key}
    return found


def _shown(row: ImportRow, batch: ImportBatch, codes: dict[str, str]) -> ShownRow:
    placed = tuple((_place(place, row.line, batch), words) for place, words in row.problems)
    code = codes.get(row.external_id, "") if row.kind != ImportRow.Kind.REFUSED else ""
    return ShownRow(row, ImportRow.Kind(row.kind).label, placed, code)


def _place(heading: str, line: int, batch: ImportBatch) -> str:
    """The cell that a problem is about, as in 标题（C12）."""
    letter = batch.letters.get(heading)
    return f"{heading}（{letter}{line}）" if letter else heading


def refused_file(batch: ImportBatch) -> bytes:
    """The refused rows as they stood in the file, the reason in the last column, to be mended and sent again. 1 query."""
    rows = batch.rows.filter(kind=ImportRow.Kind.REFUSED).order_by("line")
    if batch.form == ImportBatch.Form.LINES:
        table = Table("没有导入的", ("第几行", "原文", _WHY), _lines(batch, rows), widths=(8, 90, 50))
        return workbook_write([table])
    headings = (*(field.heading for field in FIELDS), _WHY)
    widths = (*(field.width for field in FIELDS), 50)
    return workbook_write([Table("案例", headings, _cells(batch, rows), widths), how_table()])


def _cells(batch: ImportBatch, rows: QuerySet[ImportRow]) -> Iterator[list[str]]:
    for row in rows.iterator():
        values = row.raw.get("values", {})
        yield [*(values.get(field.heading, "") for field in FIELDS), _reason(row, batch)]


def _lines(batch: ImportBatch, rows: QuerySet[ImportRow]) -> Iterator[list[str]]:
    for row in rows.iterator():
        yield [str(row.line), row.raw.get("text", ""), _reason(row, batch)]


def _reason(row: ImportRow, batch: ImportBatch) -> str:
    placed = ((_place(place, row.line, batch), words) for place, words in row.problems)
    return "\n".join(f"{place}：{words}" if place else words for place, words in placed)


def how_table() -> Table:
    """What to write where."""
    return Table("说明", ("列", "怎么填"), [*meanings(), *_RULES], widths=(16, 90))


_RULES = (
    ("空着的格", "新建的就是空着；已有的案例，空着的格不改原来的内容。"),
    ("编号已在库里", "归您管的，写了的格成为一份修订草稿，由另一个人审核后才换掉现在的文字；不归您管的不能导入。"),
    ("公式", "不计算，按文字读。复制以后用“选择性粘贴－数值”。"),
    ("个人信息", "有身份证号、手机号、住址等的行不导入。先换成认不出人的说法。"),
    ("合并的单元格", "不导入。取消合并，每行都填上。"),
)


def departments_named(keys: Collection[int]) -> tuple[Department, ...]:
    """These departments with their regions, in the order of places. 1 query."""
    rows = Department.objects.filter(pk__in=keys).select_related("region")
    return tuple(rows.order_by("region__path", "name"))


def region_checked(name: str) -> str:
    """The full name of a region as the library has it, empty for none. Raises RuleBroken, field `region`, for an unknown one."""
    wanted = name.strip()
    if not wanted:
        return ""
    found = Region.objects.filter(full_name=wanted[:64]).first()
    if found is None:
        raise RuleBroken(
            gettext("没有这个地区。写区划全称，例如 上海市虹口区，或者空着。"), code="no_region", field="region"
        )
    return found.full_name
