"""An .xlsx written anew from its cells and formats: values stay, formulas, comments, links, drawings and cached data do not."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from lxml import etree

from . import limits, package
from .clean import CleanFile

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOOK, _STRINGS = "xl/workbook.xml", "xl/sharedStrings.xml"
_KEPT = re.compile(r"xl/(?:workbook|styles|sharedStrings)\.xml|xl/theme/theme\d*\.xml|xl/worksheets/[^/]+\.xml")
_OBJECTS = re.compile(r"xl/(?:embeddings|activeX|macrosheets|dialogsheets|chartsheets|ctrlProps)/")
_OF_BOOK = frozenset({"workbookPr", "bookViews", "sheets"})
_OF_SHEET = frozenset({
    "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "mergeCells", "printOptions", "pageMargins", "pageSetup", "rowBreaks",
})  # fmt: skip
_OF_CELL = frozenset({"r", "s", "t"})
_OF_ROW = frozenset({"r", "spans", "s", "customFormat", "ht", "customHeight"})
_TOLD = (
    (r"xl/(?:comments|threadedComments|persons)", "批注已全部去掉。"),
    (r"docProps/|customXml/", "作者、单位等文件属性已去掉。"),
    (r"xl/(?:drawings|charts|media)/", "图片、图表和图形没有保留，只留下单元格。需要的请另外上传图片。"),
    (r"xl/(?:pivotCache|pivotTables|externalLinks|connections|queryTables)", "透视表和外部链接带的数据已去掉，单元格里的结果还在。"),
)  # fmt: skip


def clean_excel(parts: package.Parts) -> CleanFile:
    """Raises RuleBroken for hidden sheets, with their names, for macros and for embedded objects."""
    types = package.types_of(parts)
    book = package.tree_of(parts[_BOOK])
    _check(parts, types, book)
    # Excel saves a name to what a sheet is called and where it lies.
    targets = {each.id: each.target for each in package.relations_of(parts, _BOOK)}
    sheets = [(each.get("name", ""), targets.get(_relation(each), "")) for each in book.iter("{*}sheet")]
    if not sheets or not all(name in parts and _KEPT.fullmatch(name) for _, name in sheets):
        raise package.broken()
    warnings = list(_told(parts))
    contents, strings = _shared(parts)
    contents |= {name: parts[name] for name in parts if re.fullmatch(r"xl/(?:styles|theme/theme\d*)\.xml", name)}
    contents = {name: package.bytes_of(package.tree_of(content)) for name, content in contents.items()}
    _only(book, _OF_BOOK)
    contents[_BOOK] = package.bytes_of(book)
    texts = []
    used: set[int] = set()
    for title, name in sheets:
        root = package.tree_of(parts[name])
        warnings += _cleaned(root)
        texts.append(title + "\n" + package.rows_as_text(_rows(root, strings, used)))
        contents[name] = package.bytes_of(root)
    if _STRINGS in contents:
        contents[_STRINGS] = _without_unused(contents[_STRINGS], used)
    return CleanFile(
        media_type=MEDIA_TYPE,
        extension=".xlsx",
        data=package.written(contents, of=parts, types=types),
        pages=len(sheets),
        text=limits.limited_text("\n\n".join(texts)),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _check(parts: package.Parts, types: dict[str, str], book: etree._Element) -> None:
    if "macro" in types.get(_BOOK, "").lower() or any("vba" in name.lower() for name in parts):
        raise limits.refused("macros", "这个 Excel 文件带有宏。请另存为不带宏的 .xlsx 后再上传。")
    if any(_OBJECTS.match(name) for name in parts):
        raise limits.refused("embedded", "这个 Excel 文件里有嵌入的文件、控件或单独成页的图表。请去掉后另存，再上传。")
    hidden = [each.get("name", "") for each in book.iter("{*}sheet") if each.get("state", "visible") != "visible"]
    if hidden:
        names = "、".join(f"“{name}”" for name in hidden[:5]) + ("等" if len(hidden) > 5 else "")
        raise limits.refused(
            "hidden_sheets", f"这个 Excel 文件里有隐藏的工作表：{names}。请取消隐藏，看过后留下或删掉，再上传。"
        )


def _told(parts: package.Parts) -> Iterator[str]:
    names = "\n".join(parts)
    return (sentence for pattern, sentence in _TOLD if re.search(f"^(?:{pattern})", names, re.MULTILINE))


def _relation(sheet: etree._Element) -> str:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")


def _only(root: etree._Element, kept: frozenset[str]) -> None:
    for child in list(root):
        if etree.QName(child).localname not in kept:
            root.remove(child)
    for child in root.iter("{*}workbookPr"):
        child.attrib.pop("codeName", None)
    for child in root.iter("{*}pageSetup"):
        for attribute in [each for each in child.attrib if each.endswith("}id")]:
            del child.attrib[attribute]


def _cleaned(root: etree._Element) -> Iterator[str]:
    """Leaves values and formats; what was hidden shows, since it is scanned and published like the rest."""
    _only(root, _OF_SHEET)
    told: list[str] = []
    for column in root.iter("{*}col"):
        if column.attrib.pop("hidden", "0") not in ("0", "false"):
            told.append("隐藏的行和列已显示出来，请看一遍。")
    for row in root.iter("{*}row"):
        if row.get("hidden", "0") not in ("0", "false"):
            told.append("隐藏的行和列已显示出来，请看一遍。")
        _attributes(row, _OF_ROW)
    for cell in root.iter("{*}c"):
        _attributes(cell, _OF_CELL)
        for child in list(cell):
            kind = etree.QName(child).localname
            if kind == "f":
                told.append("公式已换成算出来的结果。")
            if kind not in ("v", "is"):
                cell.remove(child)
            else:
                _without_readings(child)
    return iter(dict.fromkeys(told))


def _attributes(element: etree._Element, kept: frozenset[str]) -> None:
    for attribute in set(element.attrib) - kept:
        del element.attrib[attribute]


def _without_readings(element: etree._Element) -> None:
    """How words are pronounced is typed text that no sheet shows."""
    for reading in [*element.iter("{*}rPh"), *element.iter("{*}phoneticPr")]:
        reading.getparent().remove(reading)


def _shared(parts: package.Parts) -> tuple[package.Parts, list[str]]:
    if _STRINGS not in parts:
        return {}, []
    root = package.tree_of(parts[_STRINGS])
    _without_readings(root)
    strings = ["".join(text.text or "" for text in each.iter("{*}t")) for each in root.iterchildren("{*}si")]
    return {_STRINGS: package.bytes_of(root)}, strings


def _without_unused(content: bytes, used: set[int]) -> bytes:
    """Texts of deleted cells stay in the table of strings; they are emptied, so that the numbers of the others hold."""
    root = package.tree_of(content)
    for number, each in enumerate(root.iterchildren("{*}si")):
        if number not in used:
            for child in list(each):
                each.remove(child)
            etree.SubElement(each, f"{{{etree.QName(each).namespace}}}t")
    return package.bytes_of(root)


def _rows(root: etree._Element, strings: list[str], used: set[int]) -> Iterator[list[str]]:
    for row in root.iter("{*}row"):
        cells: list[str] = []
        for cell in row.iterchildren("{*}c"):
            at = _column(cell.get("r", ""), len(cells))
            cells += [""] * (at - len(cells))
            cells.append(_value(cell, strings, used))
        yield cells


def _column(place: str, following: int) -> int:
    """Counted from 0; not beyond the 200th, so that one far cell makes no long row."""
    letters = re.match("[A-Z]{1,3}", place)
    if not letters:
        return following
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return max(following, min(number - 1, 200))


def _value(cell: etree._Element, strings: list[str], used: set[int]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(text.text or "" for text in cell.iter("{*}t"))
    value = (cell.findtext("{*}v") or "").strip()
    if kind == "s" and re.fullmatch("[0-9]{1,9}", value) and int(value) < len(strings):
        used.add(int(value))
        return strings[int(value)]
    return _number(value) if kind == "n" else value


def _number(value: str) -> str:
    """1.3800138E10 as 13800138000, as the cell shows it."""
    if not re.fullmatch(r"-?[\d.]{1,40}[Ee]\+?\d{1,2}", value, re.ASCII):
        return value
    try:
        return f"{Decimal(value):f}"
    except InvalidOperation:
        return value
