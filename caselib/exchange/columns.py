"""Precedents as a table: which columns there are, what each means, a row read into a `Row`, a text written as cells."""

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from caselib.precedents.content import CHOICES, LABELS, Material, RevisionContent, Source
from caselib.precedents.sections import sections_of

from .jsonlines import ID_LENGTH, KEYS, LIST_KEYS, TAG_LENGTH, Row, split_list
from .matching import key_of
from .sheets import Column, SheetRow, day_of

_FIRST_DAY = dt.date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_YEAR = re.compile(r"(\d{4})\s*年?")
_MARK = re.compile(r"[；;]")


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `key`: of the import form, or else the field of the text; `meaning`: for the sheet 说明."""

    key: str
    heading: str
    meaning: str
    also: tuple[str, ...] = ()
    width: int = 20
    example: str = ""


_LINES = "几条的，一行一条（单元格里按 Alt+Enter 换行）。"
FIELDS = (
    Field("id", "编号", "必填，最多 128 个字，一件一个。再次导入同一编号就是改那一件。先把这一列设成文本。", ("案例编号",), 18, "YS-0001"),
    Field("title", "标题", "必填，最多 100 个字。一句话说清是什么办不成。", ("案例标题", "题目"), 36, "前租户没注销，新商户办不了营业执照"),
    Field("gist", "办理要旨", "最多 200 个字，一句话说清怎么办成的。", ("要旨",), 36),
    Field("matter", "事项", "写事项目录里的名称或别名。目录里没有的记在事项说明。", ("事项名称",), 20),
    Field("category", "原因和分类", "原因，或“方案：分类”。几个之间用顿号。不在库里的作标签。", ("原因", "分类"), 20),
    Field("district", "地区", "写区划全称，例如 上海市虹口区。", ("区域", "区划"), 16),
    Field("admin_level", "层级", "在哪一级办：市、区、街镇。", ("适用层级",), 8, "区级"),
    Field("department", "牵头单位", "牵头办成的单位。案例归谁管，由导入时选的部门定。", ("部门", "主办单位"), 18),
    Field("partner_orgs", "协同部门", "几个之间用顿号或换行。", ("协办单位",), 18),
    Field("requester_type", "诉求人类型", "例如 个体工商户。不写姓名。", (), 12),
    Field("occurred", "发生时间", "写成 2023、2023-02 或 2023-02-13。", ("时间",), 12, "2024-03"),
    Field("requester_wording", "群众原话", "群众怎么说的。" + _LINES, (), 30),
    Field("problem", "问题描述", "遇到什么，已经跑了哪里。不写能认出人的内容。", ("问题", "案情"), 44,
          "同一铺位上前一家的登记没有注销，新商户的执照受理不了。"),
    Field("blocker", "卡点", "卡在哪一条、哪一步。", ("堵点", "难点"), 28),
    Field("resolution", "解决办法", "怎么办成的。", ("怎么办", "办法", "处理结果"), 44,
          "帮前租户走简易注销，同步预审新商户的材料。"),
    Field("applicable", "适用条件", "全部符合才能照办。" + _LINES, (), 32, "前租户联系得上"),
    Field("not_applicable", "不适用情形", "有一条就不能照办。" + _LINES, (), 32, "前租户在经营异常名录"),
    Field("materials", "材料", "一行一样。名称后面可以用分号接：非必需；可容缺；正确样例：……；常见错误：……", (), 36),
    Field("script", "口径", "对群众怎么说。", ("答复口径",), 30),
    Field("who_can_decide", "谁能定", "哪一级、哪个岗位能定。不写姓名。", (), 18),
    Field("decision_level", "协调层级", "最低到哪一级就能定。从单元格的下拉里选。", (), 14),
    Field("policies", "依据", "政策的名称或文号，后面写第几条。一行一条。", ("依据条款", "政策依据"), 36),
    Field("result_type", "结果类型", "从单元格的下拉里选。", ("结果",), 14, "办成了"),
    Field("measure", "措施性质", "从单元格的下拉里选。", (), 12),
    Field("manner", "处理方式", "从单元格的下拉里选。空着是照常办。", (), 12),
    Field("force", "效力", "从单元格的下拉里选。空着是参考；“必须按此”要有正式文件。", (), 12),
    Field("failed_stage", "失败阶段", "在有人解决之前卡在哪一步。从单元格的下拉里选。", (), 14),
    Field("visits", "跑动次数", "群众白跑了几次。没有数过就空着。", (), 10),
    Field("assessment", "研判理由", "为什么这样办可以。", (), 28),
    Field("evaluation", "成效", "办完以后怎么样。", (), 24),
    Field("lasting_rule", "长效机制", "以后怎么不再发生。", (), 24),
    Field("tags", "标签", f"几个之间用顿号，每个最多 {TAG_LENGTH} 个字。", (), 18),
    Field("sources", "来源", "从哪里来：通报、台账、文章。" + _LINES, ("出处",), 28),
)  # fmt: skip
BY_KEY = {field.key: field for field in FIELDS}
COLUMNS = tuple(
    Column(field.heading, (field.key, *field.also), needed=field.key in ("id", "title"), is_code=field.key == "id")
    for field in FIELDS
)
# Which field of a text each key of the import form is; the rest are called alike.
CONTENT_NAMES = {"category": "causes", "district": "region", "department": "lead_org", "applicable": "applies_when",
                 "not_applicable": "not_when", "policies": "citations"}  # fmt: skip
HEADING_OF = {CONTENT_NAMES.get(field.key, field.key): field.heading for field in FIELDS}
_LISTS = ("requester_wording",)
CLOSED = {key: [str(label) for label in CHOICES[key].labels] for key in BY_KEY if key in CHOICES}


def read_row(row: SheetRow) -> tuple[Row | None, list[tuple[str, str]], list[str]]:
    """(the row, its problems as (heading, sentence), remarks). There is no row where it cannot be known what it says."""
    given = {field.key: row.values.get(field.heading, "") for field in FIELDS}
    problems = [("", trouble) for trouble in row.troubles]
    remarks = list(row.notes)
    found: dict[str, Any] = {"id": _code(given["id"], remarks)}
    for key in KEYS[1:]:
        found[key] = split_list(key, given[key]) if key in LIST_KEYS else given[key]
    problems += _shape(found)
    more: dict[str, Any] = {}
    for key in (field.key for field in FIELDS if field.key not in KEYS):
        if given[key]:
            try:
                more[key] = _extra(key, given[key], remarks)
            except ValueError as error:
                problems.append((BY_KEY[key].heading, str(error)))
    if not found["id"] or not found["title"]:
        return None, problems, remarks
    return Row(line=row.number, more=more, **found), problems, remarks


def _shape(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not found["id"]:
        yield "编号", "没有编号。每一行都要有自己的编号。"
    if len(found["id"]) > ID_LENGTH:
        yield "编号", f"有 {len(found['id'])} 个字，最多 {ID_LENGTH} 个。"
    if not found["title"]:
        yield "标题", "没有标题。写一句话说清是什么办不成。"
    for tag in found["tags"]:
        if len(tag) > TAG_LENGTH:
            yield "标签", f"“{tag[:TAG_LENGTH]}……”太长，最多 {TAG_LENGTH} 个字。"


def _code(text: str, remarks: list[str]) -> str:
    plain = "".join(unicodedata.normalize("NFKC", mark) if mark.isdigit() else mark for mark in text)
    if plain != text:
        remarks.append("“编号”里的全角数字换成了半角。")
    return plain


def _extra(key: str, text: str, remarks: list[str]) -> Any:
    """One further field of a text. Raises ValueError with a sentence."""
    if key in CHOICES:
        return _choice(key, text)
    if key == "occurred":
        return _occurred(text, remarks)
    if key == "visits":
        return _visits(text)
    if key == "partner_orgs":
        return tuple(dict.fromkeys(filter(None, (part.strip() for part in re.split(r"[、,，;；\n]", text)))))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if key in _LISTS:
        return tuple(lines)
    if key == "materials":
        return tuple(_material(line) for line in lines)
    if key == "sources":
        return tuple(Source(name=line) for line in lines)
    return text


def _choice(key: str, text: str) -> str:
    for value, label in CHOICES[key].choices:
        if key_of(text) in (key_of(label), key_of(value)):
            return value
    raise ValueError(f"“{text[:20]}”不在可选的值里：{'、'.join(CLOSED[key])}。")


def _occurred(text: str, remarks: list[str]) -> str:
    plain = unicodedata.normalize("NFKC", text)
    if plain.isdigit() and int(plain[:9]) in _SERIALS:
        day = _FIRST_DAY + dt.timedelta(days=int(plain))
        remarks.append(f"“发生时间”是 Excel 的日期序号 {plain}，读作 {day.isoformat()}。")
        return day.isoformat()
    if (day := day_of(plain)) is not None:
        return day.isoformat()
    if (month := _MONTH.fullmatch(plain)) and 1 <= int(month[2]) <= 12:
        return f"{month[1]}-{int(month[2]):02d}"
    if year := _YEAR.fullmatch(plain):
        return year[1]
    raise ValueError(f"“{text[:20]}”读不成时间。写成 2023、2023-02 或 2023-02-13。")


def _visits(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).removesuffix("次").strip()
    if not plain.isascii() or not plain.isdigit() or len(plain) > 4:
        raise ValueError(f"“{text[:20]}”不是次数。写 0 到 999 的数字。")
    return int(plain)


def _material(line: str) -> Material:
    name, *notes = [part.strip() for part in _MARK.split(line)]
    made = Material(name=name or line)
    for note in notes:
        label, _, words = note.replace(":", "：").partition("：")
        changes: dict[str, Any] = {"common_mistake": note}
        if note in ("非必需", "可容缺"):
            changes = {"required": False} if note == "非必需" else {"deferrable": True}
        elif label == "正确样例":
            changes = {"correct_sample": words}
        elif label == "常见错误":
            changes = {"common_mistake": words}
        made = dataclasses.replace(made, **changes)
    return made


def cells_of(content: RevisionContent) -> dict[str, str]:
    """What the columns say of a text, by key, without id; the same that `read_row` takes. No query where rows are loaded."""
    lines = {section.field: section.lines for section in sections_of(content)}
    cells: dict[str, str] = {}
    for field in FIELDS[1:]:
        name = CONTENT_NAMES.get(field.key, field.key)
        cells[field.key] = _WRITERS.get(field.key, _joined)(content, lines.get(name, ()))
    return cells


def _joined(content: RevisionContent, lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _policies(content: RevisionContent, lines: Iterable[str]) -> str:
    return "\n".join(
        f"《{spec.version.title or spec.version.policy.title}》{spec.clause.label if spec.clause else ''}{spec.locator}"
        for spec in content.citations
    )


def _matter_cell(content: RevisionContent, lines: Iterable[str]) -> str:
    return content.matter.name if content.matter else content.matter_note


def _classes(content: RevisionContent, lines: Iterable[str]) -> str:
    return "、".join([*(row.name for row in content.causes), *(str(row) for row in content.categories)])


def _region(content: RevisionContent, lines: Iterable[str]) -> str:
    return content.region.full_name if content.region else ""


_WRITERS: dict[str, Callable[[RevisionContent, Iterable[str]], str]] = {
    "policies": _policies, "matter": _matter_cell, "category": _classes, "district": _region,
}  # fmt: skip


def meanings() -> list[tuple[str, str]]:
    """(heading, what it means) of every column that is read, closed values named."""
    return [
        (field.heading, field.meaning + (f"可选：{'、'.join(CLOSED[field.key])}。" if field.key in CLOSED else ""))
        for field in FIELDS
    ]


def heading_of(name: str) -> str:
    """How a field of a text is called in the table."""
    return HEADING_OF.get(name) or LABELS.get(name, name)
