"""The door for files: what a file is, its content says, never its name or a header. What is let in is written anew."""

import re
from dataclasses import replace

from caselib.core.errors import RuleBroken

from . import limits, package
from .clean import CleanFile
from .excel import clean_excel
from .pdf import clean_pdf
from .pictures import clean_picture
from .word import clean_word

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ALLOWED = "可以上传 JPEG、PNG、WebP 图片和 PDF、.docx、.xlsx 文件。"
# How refused files begin: code and sentence.
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"GIF8", "gif", "这是 GIF 图片。请另存为 PNG 后再上传。"),
    (b"II*\0", "tiff", "这是 TIFF 图片。请另存为 JPEG 或 PNG 后再上传。"),
    (b"MM\0*", "tiff", "这是 TIFF 图片。请另存为 JPEG 或 PNG 后再上传。"),
    (b"BM", "bmp", "这是 BMP 图片。请另存为 PNG 后再上传。"),
    (b"MZ", "program", f"这是程序文件。{_ALLOWED}"),
    (b"\x7fELF", "program", f"这是程序文件。{_ALLOWED}"),
    (b"#!", "program", f"这是程序文件。{_ALLOWED}"),
    (b"Rar!", "archive", "这是压缩包。请解压后上传其中的文件。"),
    (b"7z\xbc\xaf", "archive", "这是压缩包。请解压后上传其中的文件。"),
    (b"\x1f\x8b", "archive", "这是压缩包。请解压后上传其中的文件。"),
    (b"{\\rtf", "rtf", "这是 RTF 文件。请用 Word 或 WPS 另存为 .docx 后再上传。"),
)
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!|\?xml|svg|html|head|body|script|[a-z]{1,10}[\s>])", re.IGNORECASE)
_SAME = {".jpeg": ".jpg", ".jpe": ".jpg"}
_SAID = {
    ".jpg": "JPEG 图片",
    ".png": "PNG 图片",
    ".webp": "WebP 图片",
    ".pdf": "PDF 文件",
    ".docx": "Word 文件",
    ".xlsx": "Excel 文件",
}
_LONGEST_NAME = 80
_NOT_IN_NAMES = re.compile('[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff<>:"|?*]')


def received(data: bytes, *, name: str) -> CleanFile:
    """The file without what it tells beside its content, and all text in it for the privacy gate to read.

    `name`: as the browser sent it; only told of when it does not fit. Raises RuleBroken(field="file") with a sentence for
    everything that is not let in. Writes nothing, neither to the database nor to a disk. Takes up to some seconds for the largest.
    """
    if not data:
        raise limits.refused("empty", "文件是空的。请检查选的是不是这个文件。")
    if len(data) > limits.MOST_BYTES:
        raise limits.refused("too_large", "文件超过 20 MB。请压缩，或只留下需要的部分再上传。")
    clean = _clean(data)
    stem, extension = _parted(name)
    warnings = clean.warnings
    if _SAME.get(extension, extension) != clean.extension:
        ending = f"文件名以 {extension} 结尾" if extension else "文件名没有后缀"
        warnings = (f"{ending}，内容其实是{_SAID[clean.extension]}，已按内容保存。", *warnings)
    return replace(clean, name=stem + clean.extension, warnings=warnings)


def _clean(data: bytes) -> CleanFile:
    if data.startswith(b"\xff\xd8\xff"):
        return clean_picture(data, form="JPEG")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return clean_picture(data, form="PNG")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return clean_picture(data, form="WEBP")
    if data.startswith(b"%PDF-"):
        return clean_pdf(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _clean_office(data)
    raise _refusal(data)


def _clean_office(data: bytes) -> CleanFile:
    if len(data) > limits.MOST_OFFICE_BYTES:
        raise limits.refused("too_large", "文件超过 10 MB。请去掉大图片，或分成几个文件上传。")
    parts = package.unpacked(data)
    if package.TYPES in parts and "word/document.xml" in parts:
        return clean_word(parts)
    if package.TYPES in parts and "xl/workbook.xml" in parts:
        return clean_excel(parts)
    if any(name.endswith("OFD.xml") for name in parts):
        raise limits.refused("ofd", "这是 OFD 文件。请用阅读器另存为 PDF 后再上传。")
    if "content.xml" in parts or any(name.startswith(("ppt/", "xl/")) for name in parts):
        raise limits.refused(
            "other_office", "这种办公文件不能上传。文字请另存为 .docx，表格另存为 .xlsx，幻灯片另存为 PDF。"
        )
    raise limits.refused("archive", "这是压缩包。请解压后上传其中的文件。")


def _refusal(data: bytes) -> RuleBroken:
    for start, code, message in _REFUSED:
        if data.startswith(start):
            return limits.refused(code, message)
    if data[4:8] == b"ftyp":
        if data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"):
            return limits.refused(
                "heic", "这是 HEIC 或 AVIF 图片，多半是手机拍的。请在手机上另存为 JPEG，或截图后再上传。"
            )
        return limits.refused("video", f"这是视频或音频。{_ALLOWED}")
    if data.startswith(_OLD_OFFICE):
        if _ENCRYPTED in data:
            return package.encrypted()
        return limits.refused("old_office", "这是旧版的 Word、Excel 或 WPS 文件。请另存为 .docx 或 .xlsx 后再上传。")
    if b"<svg" in data[:4096].lower():
        return limits.refused("svg", "这是 SVG 图片，里面可以藏程序。请截图存为 PNG 后再上传。")
    if _MARKUP.match(data[:256]):
        return limits.refused("markup", f"这是网页或 XML 文件。{_ALLOWED}")
    return limits.refused("unknown", f"认不出这是什么文件。{_ALLOWED}")


def _parted(name: str) -> tuple[str, str]:
    """(name without folders and without what cannot be seen, extension in lower case)."""
    last = _NOT_IN_NAMES.sub("", re.split(r"[/\\]", name)[-1]).strip(" .")
    stem, dot, extension = last.rpartition(".")
    if not dot or not re.fullmatch("[A-Za-z0-9]{1,8}", extension):
        return last[:_LONGEST_NAME] or "附件", ""
    return stem.strip(" .")[:_LONGEST_NAME] or "附件", f".{extension.lower()}"
