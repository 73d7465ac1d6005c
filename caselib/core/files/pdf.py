"""A PDF written anew from what its pages draw. Scripts, forms, notes, links, attached files, properties and old versions stay behind."""

import io
import logging
import re
import struct
import threading
import zlib
from collections.abc import Iterator

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.filters import ASCII85Decode, FlateDecode
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
)

from . import limits
from .clean import CleanFile
from .markers import jpeg_without_notes, jpx_without_notes

MEDIA_TYPE = "application/pdf"
_OF_PAGE = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Contents", "/Resources", "/Group")
_NOT_KEPT = frozenset({
    "/Metadata", "/PieceInfo", "/AA", "/JS", "/JavaScript", "/EF", "/AF", "/Names", "/Annots", "/LastModified", "/OPI", "/Thumb",
    "/StructParent", "/StructParents", "/StructTreeRoot", "/Ref", "/Measure", "/SpiderInfo", "/OpenAction", "/AcroForm", "/Parent",
    "/Alternates", "/Properties", "/Info", "/ID", "/Outlines",
})  # fmt: skip
# What pypdf lets through for damaged files besides its own errors.
_DAMAGED = (
    PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, AssertionError, OverflowError,
    NotImplementedError, EOFError, OSError, struct.error, zlib.error, ZeroDivisionError, StopIteration,
)  # fmt: skip
_DRAWS = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")
_ACTUAL = re.compile(rb"/(?:ActualText|Alt|E)\s*(?:\(((?:\\.|[^\\)]){0,2000})\)|<([0-9A-Fa-f\s]{0,4000})>)", re.DOTALL)
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")

_LOOK = "请看一遍有没有姓名、证件和号码。"


class _Unheard(logging.Handler):
    """Takes what pypdf says of damaged files, since it quotes them, and only remembers that it said something."""

    def __init__(self) -> None:
        super().__init__()
        self.of_thread = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        self.of_thread.said = True

    def said_anything(self) -> bool:
        """Since it was asked last, in this thread."""
        said = getattr(self.of_thread, "said", False)
        self.of_thread.said = False
        return said


_UNHEARD = _Unheard()
_LOGGER = logging.getLogger("pypdf")
_LOGGER.propagate = False
_LOGGER.addHandler(_UNHEARD)


def clean_pdf(data: bytes) -> CleanFile:
    """Raises RuleBroken for encrypted or damaged files, for more than 200 pages and for drawings that are too long to be read.

    Takes some 20 ms for a page of text. Text is read from the pages as written, so what lies under a black box is in it.
    """
    _UNHEARD.said_anything()
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise limits.refused("encrypted", "这个 PDF 加了密码或限制。请去掉后另存，再上传。")
        pages = _counted(reader)
        warnings = list(_told(reader))
        writer = PdfWriter()
        drawn: dict[int, int] = {}
        texts = [_page_over(page, writer, drawn=drawn) for page in pages]
        writer.metadata = None
        has_picture, spoken = _without_traces(writer)
        if has_picture:
            warnings.append(f"文件里有图片，图片里的字机器不读。{_LOOK}")
        out = io.BytesIO()
        writer.write(out)
    except _DAMAGED as error:
        raise limits.refused("broken", "这个 PDF 已损坏，打不开。请重新导出或扫描后再上传。") from error
    warnings += _unread(texts)
    return CleanFile(
        media_type=MEDIA_TYPE,
        extension=".pdf",
        data=out.getvalue(),
        pages=len(pages),
        text=limits.limited_text("\n\n".join([*texts, *spoken])),
        warnings=tuple(warnings),
    )


def _unread(texts: list[str]) -> Iterator[str]:
    silent = [str(number) for number, text in enumerate(texts, start=1) if not _is_readable(text)]
    if silent:
        named = "、".join(silent[:20]) + ("等" if len(silent) > 20 else "")
        yield f"第 {named} 页没有能读的文字层，没有查过。{_LOOK}"
    if _UNHEARD.said_anything():
        yield f"这个 PDF 有几处机器没有读懂，可能没有查全。{_LOOK}"


def _is_readable(text: str) -> bool:
    """Whether it is mostly of signs that texts are made of: a font may keep to itself which sign is which."""
    signs = "".join(text.split())
    known = sum(
        sign.isascii() or "\u2000" <= sign <= "\u33ff" or "\u4e00" <= sign <= "\u9fff" or sign >= "\uff00"
        for sign in signs
    )
    return bool(signs) and known >= 0.7 * len(signs)


def _counted(reader: PdfReader) -> list[PageObject]:
    """All pages. The tree is counted first: one that names its branches a thousand times each has no end."""
    waiting: list[PdfObject | None] = [reader.root_object.raw_get("/Pages")]
    pages = nodes = 0
    while waiting:
        node = _plain(waiting.pop())
        nodes += 1
        kids = _plain(node.get("/Kids")) if isinstance(node, DictionaryObject) else None
        pages += kids is None
        if isinstance(kids, ArrayObject):
            waiting += list(kids)[: limits.MOST_PAGES + 1]
        if pages > limits.MOST_PAGES or nodes > 4 * limits.MOST_PAGES:
            raise limits.refused("too_many_pages", f"这个 PDF 超过 {limits.MOST_PAGES} 页。请只截取需要的几页上传。")
    return list(reader.pages)


def _told(reader: PdfReader) -> Iterator[str]:
    root = reader.root_object
    if "/AcroForm" in root or any("/Annots" in page for page in reader.pages):
        yield "批注、链接和表单已去掉，填在表单格子里的字不再显示。"
    if "/OCProperties" in root:
        yield "文件分了图层，隐藏的图层已显示出来，请看一遍。"
    names = root.get("/Names")
    if isinstance(names, IndirectObject):
        names = names.get_object()
    if isinstance(names, DictionaryObject) and "/EmbeddedFiles" in names:
        yield "附在 PDF 里的文件已去掉。"


def _page_over(page: PageObject, writer: PdfWriter, *, drawn: dict[int, int]) -> str:
    """Puts the page into the new file and gives its text. Only what it draws is taken along."""
    contents = page.get_contents()
    drawing = contents.get_data() if contents is not None else b""
    for key in list(page):
        if key not in (*_OF_PAGE, "/Type"):
            del page[key]
    drawn[0] = drawn.get(0, 0) + _shortened(page, drawing, drawn)
    if drawn[0] > limits.MOST_DRAWN:
        raise _too_long()
    text = page.extract_text() or ""
    writer.add_page(page)
    return "\n".join([text, *_spoken(drawing)])


def _shortened(node: DictionaryObject, drawing: bytes, drawn: dict[int, int]) -> int:
    """Takes out what is held ready and not drawn, since nobody sees it and its text is not read. Returns how many bytes are drawn.

    `drawn`: by form, what is known already; of one that draws itself, more than any file may. Forms that draw forms
    multiply, and so do the bytes that are counted.
    """
    if len(drawing) > limits.MOST_DRAWN:
        raise _too_long()
    resources = _plain(node.get("/Resources"))
    drawables = _plain(resources.get("/XObject")) if isinstance(resources, DictionaryObject) else None
    if not isinstance(drawables, DictionaryObject):
        return len(drawing)
    total = len(drawing)
    kept = DictionaryObject()
    waiting = _names(drawing)
    while waiting and total <= limits.MOST_DRAWN:
        name = waiting.pop()
        form = _plain(drawables.raw_get(name)) if name in drawables else None
        if not isinstance(form, StreamObject):
            continue
        is_new = name not in kept
        kept[NameObject(name)] = drawables.raw_get(name)
        if form.get("/Subtype") == "/Form" and "/Resources" in form:
            total += _length_of(form, drawn)
        elif form.get("/Subtype") == "/Form" and is_new:
            # An old way: such a form uses what its page has.
            inner = form.get_data()
            total += len(inner)
            waiting += _names(inner)
    # New dictionaries: other pages may share the old ones and draw something else.
    node[NameObject("/Resources")] = DictionaryObject({**_raw(resources), NameObject("/XObject"): kept})
    return total


def _length_of(form: StreamObject, drawn: dict[int, int]) -> int:
    if id(form) not in drawn:
        drawn[id(form)] = limits.MOST_DRAWN + 1
        drawn[id(form)] = _shortened(form, form.get_data(), drawn)
    return drawn[id(form)]


def _names(drawing: bytes) -> list[str]:
    """What is drawn, as often as it is."""
    return [_name(raw) for raw in _DRAWS.findall(drawing)]


def _name(raw: bytes) -> str:
    return "/" + _HASH.sub(lambda code: bytes([int(code[1], 16)]), raw).decode("utf-8", errors="replace")


def _raw(dictionary: DictionaryObject) -> dict[PdfObject, PdfObject]:
    return {key: dictionary.raw_get(key) for key in dictionary}


def _plain(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _spoken(drawing: bytes) -> Iterator[str]:
    """What a reading machine is told instead of what is drawn: it may be the text under a picture."""
    for literal, figures in _ACTUAL.findall(drawing):
        raw = (
            bytes.fromhex("".join(figures.decode("ascii").split()).ljust(2, "0")[: len(figures) // 2 * 2])
            if figures
            else literal
        )
        yield raw.decode("utf-16" if raw.startswith((b"\xfe\xff", b"\xff\xfe")) else "latin-1", errors="replace")


def _without_traces(writer: PdfWriter) -> tuple[bool, list[str]]:
    """Walks over everything that the new pages reach: (whether there is a picture among it, what its drawings say unseen)."""
    has_picture, spoken = False, []
    waiting: list[PdfObject | None] = []
    for page in writer.pages:
        waiting += [page.raw_get(key) for key in page if key != "/Parent"]
    seen: set[int] = set()
    while waiting:
        each = _plain(waiting.pop())
        if id(each) in seen or not isinstance(each, DictionaryObject | ArrayObject):
            continue
        seen.add(id(each))
        if isinstance(each, ArrayObject):
            waiting += each
            continue
        for key in _NOT_KEPT & set(each):
            del each[key]
        if isinstance(each, StreamObject):
            # A stream that lies in another file.
            each.pop("/F", None)
            has_picture |= each.get("/Subtype") == "/Image"
            if each.get("/Subtype") == "/Form":
                spoken += _spoken(each.get_data())
        if isinstance(each, EncodedStreamObject):
            _cut(each)
        waiting += [each.raw_get(key) for key in each]
    return has_picture, spoken


def _cut(stream: EncodedStreamObject) -> None:
    filters = _plain(stream.get("/Filter"))
    last = filters[-1] if isinstance(filters, ArrayObject) and filters else filters
    cutting = {"/DCTDecode": jpeg_without_notes, "/JPXDecode": jpx_without_notes}.get(str(last))
    if cutting is None:
        return
    if isinstance(filters, ArrayObject) and len(filters) > 1:
        unpacked = {"/FlateDecode": FlateDecode.decode, "/ASCII85Decode": ASCII85Decode.decode}.get(str(filters[0]))
        if unpacked is None or len(filters) > 2:
            raise _odd_picture()
        stream._data = bytes(unpacked(stream._data))
        stream[NameObject("/Filter")] = NameObject(str(last))
        stream.pop("/DecodeParms", None)
    shorter = cutting(stream._data)
    if not shorter:
        raise _odd_picture()
    stream._data = shorter


def _odd_picture() -> Exception:
    return limits.refused("odd_picture", "这个 PDF 里有去不掉附带信息的图片。请重新打印成 PDF 后再上传。")


def _too_long() -> Exception:
    return limits.refused("bursts", "这个 PDF 的页面内容过大，读不完。请降低清晰度重新导出，或只截取需要的几页。")
