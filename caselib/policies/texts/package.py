"""A .docx as a package of files: measured before anything in it is read as XML."""

import io
import struct
import zipfile
import zlib

from caselib.core.errors import RuleBroken

MOST_UNPACKED = 100 * 1024 * 1024
_MOST_FILES = 5_000
# Text packs to a tenth or twentieth; a hundredth is made to burst.
_MOST_RATIO, _RATIO_FROM = 150, 10 * 1024 * 1024
# A tree of XML takes fifteen times its size in memory. The longest law takes some 10 MB with all its marks.
_MOST_XML = 24 * 1024 * 1024
_DECLARES = tuple(
    f"<!{word}".encode(coding) for word in ("DOCTYPE", "ENTITY") for coding in ("utf-8", "utf-16-le", "utf-16-be")
)
# What zipfile raises for a damaged package.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError)
_STEP = 1 << 20
_BODY = "word/document.xml"


def check_package(content: bytes) -> None:
    """Raises RuleBroken for what is no .docx, is broken or encrypted, bursts, or declares entities in its XML.

    Reads each XML part once, without parsing: what a part declares of its size may be a lie.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _measure(package.infolist(), len(content))
            names = set(package.namelist())
            if _BODY not in names:
                raise _not_word(names)
            left = _MOST_XML
            for name in sorted(names):
                if name.endswith((".xml", ".rels")):
                    left -= _checked_size(package, name, left)
    except DAMAGED as error:
        raise broken() from error


def _measure(files: list[zipfile.ZipInfo], packed: int) -> None:
    declared = sum(each.file_size for each in files)
    is_burst = declared > MOST_UNPACKED or (declared > _RATIO_FROM and declared > _MOST_RATIO * packed)
    if is_burst or len(files) > _MOST_FILES:
        raise _bursts()
    if any(each.flag_bits & 1 for each in files):
        raise _refused("encrypted", "这个文件加了密码，没有读取。请去掉密码另存后上传，或粘贴其中的文字。")


def _checked_size(package: zipfile.ZipFile, name: str, left: int) -> int:
    size, before = 0, b""
    with package.open(name) as file:
        while chunk := file.read(_STEP):
            size += len(chunk)
            if size > left:
                raise _bursts()
            # What stands across the seam of two chunks counts as well.
            if any(mark in before + chunk for mark in _DECLARES):
                raise _refused(
                    "entities", "这个 .docx 文件里有不该有的内容（实体声明），没有读取。请另存一份再上传，或粘贴文字。"
                )
            before = chunk[-64:]
    return size


def _not_word(names: set[str]) -> RuleBroken:
    if any(name.startswith("xl/") for name in names):
        return _refused("excel", "这是 Excel 文件，没有读取。请复制其中的文字粘贴进来。")
    if "content.xml" in names or any(name.startswith("ppt/") for name in names):
        return _refused("other_office", "这不是 Word 的 .docx 文件，没有读取。请另存为 .docx 后上传。")
    return _refused("archive", "这是压缩包，不是 .docx 文件，没有读取。请解压后上传其中的文件。")


def _bursts() -> RuleBroken:
    return _refused("bursts", "这个文件解开后过大，没有读取。请去掉图片和附带的内容另存，或粘贴文字。")


def broken() -> RuleBroken:
    return _refused("broken", "这个 .docx 文件已损坏，没有读取。请用 Word 或 WPS 打开后另存一份再上传。")


def _refused(code: str, message: str) -> RuleBroken:
    return RuleBroken(message, code=code, field="file")
