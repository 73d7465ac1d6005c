"""A .docx written anew from its body, styles and pictures. Authors, comments, properties, links to outside and old text stay behind."""

import re
from collections.abc import Iterator

from lxml import etree

from . import limits, package
from .clean import CleanFile
from .inside import picture_inside

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BODY = "word/document.xml"
_KEPT = re.compile(
    r"word/(?:document|styles|numbering|fontTable|footnotes|endnotes|settings|(?:header|footer)\d*)\.xml|word/theme/theme\d*\.xml"
)
_PICTURE = re.compile(r"word/media/[^/]+")
_TEXTS = re.compile(r"word/(?:document|footnotes|endnotes|(?:header|footer)\d*)\.xml")
_OBJECTS = re.compile(r"word/(?:embeddings|activeX|charts|diagrams|ink)/")
_TRACKED = frozenset({"ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge", "delText", "delInstrText"})
_REMOVED = frozenset({
    "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef", "proofErr", "permStart", "permEnd", "dataBinding",
    "altChunk", "subDoc", "alias", "tag", "ffData", "hlinkClick", "hlinkHover", "embedRegular", "embedBold", "embedItalic",
    "embedBoldItalic", "Fallback", "OLEObject", "control", "docVars", "lastRenderedPageBreak", "moveFromRangeStart",
    "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "numberingChange", "rsid", "rsids",
})  # fmt: skip
_SETTINGS = frozenset({
    "zoom", "mirrorMargins", "evenAndOddHeaders", "defaultTabStop", "characterSpacingControl", "footnotePr", "endnotePr",
    "compat", "themeFontLang", "clrSchemeMapping", "decimalSymbol", "listSeparator", "autoHyphenation", "drawingGridVerticalSpacing",
})  # fmt: skip
# Elements that keep their words in an attribute: bookmarks, word art, choices of a list.
_WORDS_IN = {"bookmarkStart": "name", "textpath": "string", "listItem": "displayText"}
_PERSONAL = re.compile(r"(?:rsid\w*|author|initials|userId|date|dateUtc|tooltip)\Z")
_FIELDS = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|TOC|PAGEREF|REF|SEQ|NOTEREF)\b", re.IGNORECASE)


def clean_word(parts: package.Parts) -> CleanFile:
    """Raises RuleBroken for macros, embedded objects, tracked changes (a person has to say what holds) and odd pictures."""
    types = package.types_of(parts)
    _check(parts, types)
    contents: package.Parts = {}
    texts: list[str] = []
    warnings = list(_told(parts))
    pictures = [name for name in parts if _PICTURE.fullmatch(name)]
    kept = {name for name in parts if _KEPT.fullmatch(name)} | set(pictures)
    for name in sorted(kept - set(pictures), key=lambda each: (each != _BODY, each)):
        root = package.tree_of(parts[name])
        warnings += _cleaned(
            root, lost={each.id for each in package.relations_of(parts, name) if each.target not in kept}
        )
        if name == "word/settings.xml":
            _only(root, _SETTINGS)
        if _TEXTS.fullmatch(name):
            texts.append("".join(_words(root)))
        contents[name] = package.bytes_of(root)
    contents |= picture_inside(parts, pictures)
    if pictures:
        warnings.append("文件里有图片，图片里的字机器不读。请看一遍有没有姓名、证件、号码和人脸。")
    return CleanFile(
        media_type=MEDIA_TYPE,
        extension=".docx",
        data=package.written(contents, of=parts, types=types),
        text=limits.limited_text("\n".join(texts)),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _check(parts: package.Parts, types: dict[str, str]) -> None:
    if "macro" in types.get(_BODY, "").lower() or any("vba" in name.lower() for name in parts):
        raise limits.refused("macros", "这个 Word 文件带有宏。请另存为不带宏的 .docx 后再上传。")
    if any(_OBJECTS.match(name) for name in parts):
        raise limits.refused(
            "embedded",
            "这个 Word 文件里嵌入了图表、表格或其他对象，里面可能藏着整份数据。请把它们粘贴为图片，另存后再上传。",
        )


def _told(parts: package.Parts) -> Iterator[str]:
    names = " ".join(parts)
    if "word/comments" in names:
        yield "批注已全部去掉。"
    if re.search(r"docProps/|customXml/|word/people", names):
        yield "作者、单位等文件属性已去掉。"


def _cleaned(root: etree._Element, *, lost: set[str]) -> Iterator[str]:
    """Cleans the tree at once and gives what to tell about it."""
    told: list[str] = []
    for element in list(root.iter(etree.Element)):
        kind = etree.QName(element).localname
        if kind in _TRACKED:
            raise limits.refused(
                "tracked", "这个 Word 文件里有没有接受的修订，删掉的字还在里面。请接受或拒绝全部修订，另存后再上传。"
            )
        if kind in _REMOVED or kind.endswith("PrChange"):
            _remove(element)
            continue
        if kind == "vanish" and element.get(f"{{{etree.QName(element).namespace}}}val") not in ("0", "false"):
            told.append("文件里有隐藏的文字，也查了一遍。请确认要不要留。")
        _without_traces(element, kind)
    package.without_lost_links(root, lost=lost)
    return iter(told)


def _without_traces(element: etree._Element, kind: str) -> None:
    for attribute in list(element.attrib):
        if _PERSONAL.match(etree.QName(attribute).localname):
            del element.attrib[attribute]
    if kind in ("docPr", "cNvPr"):
        # Word fills these with the path of the picture on the author's machine.
        for attribute in ("descr", "title"):
            element.attrib.pop(attribute, None)
        element.set("name", "")
    elif kind in ("shape", "imagedata"):
        for attribute in [each for each in element.attrib if etree.QName(each).localname in ("alt", "title", "href")]:
            del element.attrib[attribute]
    elif kind == "instrText" and not _FIELDS.match(element.text or ""):
        element.text = ""
    elif kind == "fldSimple":
        for attribute in [each for each in element.attrib if etree.QName(each).localname == "instr"]:
            if not _FIELDS.match(element.attrib[attribute]):
                element.attrib[attribute] = ""


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _only(root: etree._Element, kept: frozenset[str]) -> None:
    for child in list(root):
        if etree.QName(child).localname not in kept:
            root.remove(child)


def _words(element: etree._Element) -> Iterator[str]:
    """All text in the order of the document, hidden or shown, and the words that stand in attributes."""
    for child in element.iterchildren(etree.Element):
        kind = etree.QName(child).localname
        if kind == "t":
            yield child.text or ""
        elif kind in ("tab", "ptab"):
            yield "\t"
        elif kind in ("br", "cr"):
            yield "\n"
        elif kind == "noBreakHyphen":
            yield "-"
        elif kind in _WORDS_IN:
            told = next(
                (value for key, value in child.attrib.items() if etree.QName(key).localname == _WORDS_IN[kind]), ""
            )
            yield "" if told.startswith("_") else f"[{told}]"
        elif kind == "tbl":
            yield "\n" + package.rows_as_text(_rows(child)) + "\n"
        else:
            yield from _words(child)
            yield "\n" if kind == "p" else ""


def _rows(table: etree._Element) -> Iterator[list[str]]:
    for row in table.iterchildren("{*}tr"):
        # Also cells inside of content controls, but not those of tables in cells.
        own = [cell for cell in row.iter("{*}tc") if next(cell.iterancestors("{*}tr"), None) is row]
        yield [" ".join("".join(_words(cell)).split()) for cell in own]
