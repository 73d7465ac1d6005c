"""Files as they are sent in, good and hostile, made by hand. SECRET is what no cleaned file may hold."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

import openpyxl
from docx import Document
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

SECRET = "13800138000"
HIDDEN = "Wang Xiaoming"


def picture(form: str = "JPEG", *, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 0).save(out, form, **options)
    return out.getvalue()


def with_place() -> Image.Exif:
    """Camera, author, orientation and a place in EXIF."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x0112] = HIDDEN, HIDDEN, 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 12.34)
    exif.get_ifd(0x9286)[0x9286] = SECRET
    return exif


def png_with_notes() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", HIDDEN)
    notes.add_itxt("Comment", SECRET, zip=True)
    return picture("PNG", pnginfo=notes, exif=with_place())


def png_of(width: int, height: int) -> bytes:
    """A few bytes that promise a picture of any size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def packed(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def changed(data: bytes, **changes: tuple[str, str]) -> bytes:
    """An office file with words in one part replaced; `changes`: any key, (name of the part, new content)."""
    return packed(unpacked(data) | dict(changes.values()))


def word(*paragraphs: str, table: list[list[str]] | None = None, image: bytes = b"") -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    if image:
        document.add_picture(io.BytesIO(image))
    document.core_properties.author = HIDDEN
    document.core_properties.comments = SECRET
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_with_body(xml: str, *, relations: str = "", more: dict[str, str] | None = None) -> bytes:
    """`xml` goes in front of the body's last part, `relations` into those of the document."""
    parts = unpacked(word("正文"))
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:sectPr", xml.encode() + b"<w:sectPr", 1)
    name = "word/_rels/document.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", relations.encode() + b"</Relationships>")
    return packed(parts | (more or {}))


def excel(rows: list[list[object]], *, hidden: str = "", change=None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "办理情况"
    for row in rows:
        sheet.append(row)
    if hidden:
        book.create_sheet(hidden).append([SECRET])
        book[hidden].sheet_state = "hidden"
    book.properties.creator = HIDDEN
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf(*drawings: str, change=None) -> bytes:
    """One page for each drawing, in the language of pages; F1 is Helvetica."""
    writer = PdfWriter()
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    })  # fmt: skip
    for drawing in drawings:
        page = writer.add_blank_page(595, 842)
        content = DecodedStreamObject()
        content.set_data(drawing.encode())
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject({
            NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        })  # fmt: skip
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def saying(text: str) -> str:
    return f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET"


def add_form(
    writer: PdfWriter, name: str, drawing: str, *, to: DictionaryObject, resources: DictionaryObject | None = None
) -> DecodedStreamObject:
    """A drawing that `to` (a page or another form) holds ready under a name."""
    form = DecodedStreamObject()
    form.set_data(drawing.encode())
    form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    form[NameObject("/BBox")] = ArrayObject([NumberObject(each) for each in (0, 0, 595, 842)])
    form[NameObject("/Resources")] = resources if resources is not None else DictionaryObject()
    drawables = to["/Resources"].setdefault(NameObject("/XObject"), DictionaryObject())
    drawables[NameObject(name)] = writer._add_object(form)
    return form


def note(text: str) -> DictionaryObject:
    return DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Text"),
        NameObject("/Contents"): TextStringObject(text),
        NameObject("/Rect"): ArrayObject([NumberObject(each) for each in (0, 0, 10, 10)]), NameObject("/T"): TextStringObject(HIDDEN),
    })  # fmt: skip


def everything_in_pdf(data: bytes) -> str:
    """All objects of a PDF as words, streams decoded where they can be."""
    return data.decode("latin-1") + "\n".join(_objects(PdfReader(io.BytesIO(data))))


def _objects(reader: PdfReader) -> Iterator[str]:
    for number in range(1, reader.trailer["/Size"]):
        found = reader.get_object(number)
        yield repr(found)
        if hasattr(found, "get_data"):
            yield found.get_data().decode("latin-1")


def everything_in_package(data: bytes) -> str:
    parts = unpacked(data)
    return "\n".join(parts) + "\n".join(content.decode("utf-8", errors="replace") for content in parts.values())
