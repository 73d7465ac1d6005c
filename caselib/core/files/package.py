"""Office files as packages of parts: measured while they are unpacked, read as XML without entities, written anew from a list."""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import zip_longest

from lxml import etree

from . import limits

Parts = dict[str, bytes]
TYPES = "[Content_Types].xml"
_TYPES_SPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS_SPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OF_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# The same words in files that were saved as "strict".
_OF_RELATIONS_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, KeyError)
_STEP = 1 << 20
_RATIO, _RATIO_FROM = 200, 10 * 1024 * 1024
_XML = (".xml", ".rels")
_LONGEST_LABEL = 12
_STAMP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Relation:
    """`target`: name of a part of the package, or empty for what lies outside."""

    id: str
    kind: str
    target: str


def unpacked(data: bytes) -> Parts:
    """Every part. Raises RuleBroken for what is damaged or encrypted, unpacks to too much, or has two parts of one name.

    What the package declares of sizes is not believed: counted is what comes out.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            files = [each for each in package.infolist() if not each.is_dir()]
            _check_list(files, packed=len(data))
            return _read(package, files)
    except _DAMAGED as error:
        raise broken() from error


def _check_list(files: list[zipfile.ZipInfo], *, packed: int) -> None:
    declared = sum(each.file_size for each in files)
    is_burst = declared > limits.MOST_UNPACKED or (declared > _RATIO_FROM and declared > _RATIO * packed)
    if len(files) > limits.MOST_PARTS or is_burst:
        raise _bursts()
    if any(each.flag_bits & 1 for each in files):
        raise encrypted()
    names = [each.filename.lower() for each in files]
    is_odd = any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names)
    if is_odd or len(set(names)) < len(names):
        raise broken()


def _read(package: zipfile.ZipFile, files: Iterable[zipfile.ZipInfo]) -> Parts:
    parts: Parts = {}
    left, left_of_xml = limits.MOST_UNPACKED, limits.MOST_XML
    for each in files:
        is_xml = each.filename.lower().endswith(_XML)
        most = min(left, left_of_xml) if is_xml else left
        with package.open(each) as file:
            content = b""
            while chunk := file.read(_STEP):
                content += chunk
                if len(content) > most:
                    raise _bursts()
        left -= len(content)
        left_of_xml -= len(content) * is_xml
        parts[each.filename] = content
    return parts


def tree_of(content: bytes) -> etree._Element:
    """The root of a part, without comments and instructions. Raises RuleBroken for bad XML or declared entities."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise broken() from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise limits.refused(
            "entities", "文件里有不该有的内容（实体声明）。请用 Word、Excel 或 WPS 打开后另存一份再上传。"
        )
    return root


def bytes_of(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def relations_of(parts: Parts, name: str) -> list[Relation]:
    """Where a part leads to; of the package itself for an empty name."""
    content = parts.get(_relations_name(name))
    if content is None:
        return []
    found = []
    for each in tree_of(content).iter(f"{{{_RELATIONS_SPACE}}}Relationship"):
        is_outside = each.get("TargetMode") == "External"
        target = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), each.get("Target", ""))).lstrip("/")
        kind = each.get("Type", "").rpartition("/")[2]
        found.append(Relation(each.get("Id", ""), kind, "" if is_outside else target))
    return found


def _relations_name(name: str) -> str:
    folder, _, base = name.rpartition("/")
    return f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"


def without_lost_links(root: etree._Element, *, lost: Collection[str]) -> None:
    """Takes the signs of relations that no longer exist out of the tree."""
    for element in root.iter(etree.Element):
        for attribute, value in list(element.attrib.items()):
            if value in lost and attribute.startswith((f"{{{_OF_RELATIONS}}}", f"{{{_OF_RELATIONS_STRICT}}}")):
                del element.attrib[attribute]


def written(contents: Parts, *, of: Parts, types: dict[str, str]) -> bytes:
    """A new package of these parts alone, with relations among them and no others. `of`: the package that they are from."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        _put(package, TYPES, _types(contents, types))
        for name in ("", *contents):
            kept = [each for each in relations_of(of, name) if each.target in contents]
            if kept:
                _put(package, _relations_name(name), _relations(of, name, kept))
        for name, content in contents.items():
            _put(package, name, content)
    return out.getvalue()


def _put(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    package.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)


def _relations(of: Parts, name: str, kept: list[Relation]) -> bytes:
    full = {each.get("Id"): each.get("Type", "") for each in tree_of(of[_relations_name(name)])}
    root = etree.Element("Relationships", nsmap={None: _RELATIONS_SPACE})
    for each in kept:
        etree.SubElement(root, "Relationship", Id=each.id, Type=full[each.id], Target=f"/{each.target}")
    return bytes_of(root)


def types_of(parts: Parts) -> dict[str, str]:
    """The media type of each part as the package declares it, in lower case."""
    by_extension: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for each in tree_of(parts[TYPES]):
        if each.get("PartName"):
            by_name[each.get("PartName", "").lstrip("/")] = each.get("ContentType", "")
        elif each.get("Extension"):
            by_extension[each.get("Extension", "").lower()] = each.get("ContentType", "")
    return {name: by_name.get(name) or by_extension.get(name.rpartition(".")[2].lower(), "") for name in parts}


def _types(contents: Parts, types: dict[str, str]) -> bytes:
    root = etree.Element("Types", nsmap={None: _TYPES_SPACE})
    etree.SubElement(
        root, "Default", Extension="rels", ContentType="application/vnd.openxmlformats-package.relationships+xml"
    )
    for name in contents:
        etree.SubElement(root, "Override", PartName=f"/{name}", ContentType=types[name])
    return bytes_of(root)


def rows_as_text(rows: Iterable[list[str]]) -> str:
    """A table as lines that say what each value is: 姓名：王某, from the label beside it or the head of its column.

    So the rules that look for words before a number find them. Rows are used one by one.
    """
    filled = (row for row in rows if any(row))
    head = next(filled, [])
    is_head = len(head) > 2 and all(len(cell) <= _LONGEST_LABEL and not re.search(r"\d", cell) for cell in head)
    lines = ["：".join(cell for cell in head if cell)]
    for row in filled:
        if is_head:
            named = zip_longest(head[: len(row)], row, fillvalue="")
            lines.append("；".join(f"{label}：{cell}" if label else cell for label, cell in named if cell))
        else:
            lines.append("：".join(cell for cell in row if cell))
    return "\n".join(lines)


def broken() -> Exception:
    return limits.refused("broken", "文件已损坏，打不开。请用 Word、Excel 或 WPS 打开后另存一份再上传。")


def encrypted() -> Exception:
    return limits.refused("encrypted", "文件加了密码，打不开。请去掉密码另存后再上传。")


def _bursts() -> Exception:
    return limits.refused("bursts", "文件解开后过大。请去掉图片和附带的内容，另存后再上传。")
