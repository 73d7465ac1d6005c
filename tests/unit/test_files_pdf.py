"""A PDF keeps what its pages draw; all text that is drawn is read, covered or not."""

import io
import logging
import struct
import time
import zlib

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from caselib.core.errors import RuleBroken
from caselib.core.files import MOST_PAGES, received
from caselib.core.files.markers import jpeg_without_notes, jpx_without_notes
from caselib.core.files.pdf import _is_readable
from caselib.core.personal_data import Kind, find

from .made_files import HIDDEN, SECRET, add_form, everything_in_pdf, note, pdf, picture, saying, with_place


def _code(data):
    with pytest.raises(RuleBroken) as refused:
        received(data, name="a.pdf")
    assert refused.value.field == "file"
    return refused.value.code


def _received(data):
    return received(data, name="说明.pdf")


def test_pages_come_out_with_their_text():
    clean = _received(pdf(saying("Page one"), saying("Page two")))
    assert (clean.media_type, clean.extension, clean.pages) == ("application/pdf", ".pdf", 2)
    assert [page.extract_text() for page in PdfReader(io.BytesIO(clean.data)).pages] == ["Page one", "Page two"]
    assert "Page one" in clean.text and "Page two" in clean.text
    assert clean.warnings == ()


def test_properties_scripts_attachments_and_notes_are_gone():
    def change(writer):
        writer.add_metadata({"/Author": HIDDEN, "/Title": SECRET})
        writer.xmp_metadata = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
        script = DictionaryObject({
            NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(f"app.alert('{SECRET}')")
        })  # fmt: skip
        writer.root_object[NameObject("/AA")] = DictionaryObject({NameObject("/WC"): script})
        writer.add_attachment("list.txt", SECRET.encode() * 10)
        writer.add_outline_item(title=SECRET, page_number=0)
        page = writer.pages[0]
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(note(SECRET))])
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): TextStringObject(SECRET)})
        page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): TextStringObject(HIDDEN)})
        writer.root_object[NameObject("/OpenAction")] = script
        writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/V"): TextStringObject(SECRET)})

    sent = pdf(saying("Plain"), change=change)
    assert SECRET in everything_in_pdf(sent) and HIDDEN in everything_in_pdf(sent)
    clean = _received(sent)
    left = everything_in_pdf(clean.data)
    for trace in (
        SECRET,
        HIDDEN,
        "/JavaScript",
        "/EmbeddedFile",
        "/Annots",
        "/OpenAction",
        "/AcroForm",
        "/Metadata",
        "/Author",
    ):
        assert trace not in left, trace
    assert "Plain" in clean.text
    assert any("批注" in each for each in clean.warnings) and any("附在 PDF" in each for each in clean.warnings)


def test_text_under_a_black_box_is_read():
    clean = _received(pdf(saying(SECRET) + " 0 0 0 rg 60 690 300 40 re f"))
    assert [found.kind for found in find(clean.text)] == [Kind.MOBILE]


def test_text_that_is_drawn_invisible_or_spoken_only_is_read():
    assert SECRET in _received(pdf(f"BT 3 Tr /F1 24 Tf 72 700 Td ({SECRET}) Tj ET")).text
    assert SECRET in _received(pdf(f"/Span <</ActualText ({SECRET})>> BDC {saying('x')} EMC")).text


def test_text_in_a_drawing_within_the_page_is_read_and_what_is_not_drawn_is_gone():
    def change(writer):
        page = writer.pages[0]
        add_form(
            writer,
            "/Shown",
            saying(SECRET),
            to=page,
            resources=DictionaryObject({NameObject("/Font"): page["/Resources"]["/Font"]}),
        )
        add_form(writer, "/Unused", saying(HIDDEN), to=page)

    clean = _received(pdf(saying("x") + " /Shown Do", change=change))
    assert SECRET in clean.text
    assert HIDDEN not in everything_in_pdf(clean.data)


def test_what_a_drawing_within_the_page_says_unseen_is_read():
    def change(writer):
        add_form(writer, "/Shown", f"/Span <</ActualText ({SECRET})>> BDC EMC", to=writer.pages[0])

    assert SECRET in _received(pdf("/Shown Do", change=change)).text


def test_pages_that_share_what_they_draw_keep_each_their_own():
    def change(writer):
        first, second = writer.pages
        add_form(writer, "/A", "0 0 10 10 re f % of the first", to=first)
        add_form(writer, "/B", "0 0 20 20 re f % of the second", to=first)
        second[NameObject("/Resources")] = first["/Resources"]

    clean = _received(pdf(saying("1") + " /A Do", saying("2") + " /B Do", change=change))
    left = everything_in_pdf(clean.data)
    assert "of the first" in left and "of the second" in left


def _photo(writer, data):
    image = StreamObject()
    image._data = data
    image.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"),
        NameObject("/Filter"): NameObject("/DCTDecode"),
        NameObject("/Width"): NumberObject(60), NameObject("/Height"): NumberObject(40), NameObject("/BitsPerComponent"): NumberObject(8),
        NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
    })  # fmt: skip
    writer.pages[0]["/Resources"][NameObject("/XObject")] = DictionaryObject(
        {NameObject("/Im"): writer._add_object(image)}
    )


def test_a_photograph_inside_loses_what_its_camera_wrote_and_keeps_its_pixels():
    sent = pdf("/Im Do", change=lambda writer: _photo(writer, picture(exif=with_place(), comment=SECRET)))
    assert HIDDEN in everything_in_pdf(sent)
    clean = _received(sent)
    assert HIDDEN not in everything_in_pdf(clean.data) and SECRET not in everything_in_pdf(clean.data)
    (image,) = PdfReader(io.BytesIO(clean.data)).pages[0].images
    assert image.image.size == (60, 40)
    assert any("没有能读的文字层" in each for each in clean.warnings) and any("图片" in each for each in clean.warnings)


def test_a_photograph_in_another_wrapping_loses_its_notes_too():
    def change(writer):
        _photo(writer, zlib.compress(picture(exif=with_place(), comment=SECRET)))
        image = writer.pages[0]["/Resources"]["/XObject"]["/Im"]
        image[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode"), NameObject("/DCTDecode")])

    clean = _received(pdf("/Im Do", change=change))
    assert HIDDEN.encode() not in clean.data
    (image,) = PdfReader(io.BytesIO(clean.data)).pages[0].images
    assert image.image.size == (60, 40)


def test_jpeg_2000_loses_its_boxes_of_text():
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG2000")
    box = struct.pack(">I", 8 + len(SECRET)) + b"xml " + SECRET.encode()
    cut = jpx_without_notes(out.getvalue() + box)
    assert cut == out.getvalue() and Image.open(io.BytesIO(cut)).size == (8, 8)
    assert jpx_without_notes(out.getvalue() + b"\0\0\0\7abcd") == b""


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"\xff\xd8\xff\xda\0\4ab"])
def test_what_is_no_whole_jpeg_is_no_jpeg(data):
    assert jpeg_without_notes(data) == b""


def test_an_older_version_under_the_newest_is_gone():
    first = pdf(saying(SECRET))
    writer = PdfWriter(io.BytesIO(first), incremental=True)
    writer.pages[0][NameObject("/Contents")].set_data(saying("New").encode())
    out = io.BytesIO()
    writer.write(out)
    assert SECRET.encode() in out.getvalue()
    clean = _received(out.getvalue() + SECRET.encode())
    assert SECRET not in everything_in_pdf(clean.data) and "New" in clean.text


def test_encrypted_damaged_and_long_ones_are_refused():
    assert _code(pdf(saying("x"), change=lambda writer: writer.encrypt("secret"))) == "encrypted"
    assert _code(b"%PDF-1.7\n" + b"nonsense " * 50) == "broken"
    assert _code(pdf(saying("x"))[:150]) == "broken"
    assert _code(pdf(*["q Q"] * (MOST_PAGES + 1))) == "too_many_pages"


def test_a_tree_of_pages_without_end_is_refused_at_once():
    def change(writer):
        kids = writer.root_object["/Pages"]
        for _ in range(6):
            branch = DictionaryObject(
                {NameObject("/Type"): NameObject("/Pages"), NameObject("/Count"): NumberObject(1)}
            )
            branch[NameObject("/Kids")] = kids["/Kids"]
            kids[NameObject("/Kids")] = ArrayObject([writer._add_object(branch)] * 50)

    sent = pdf(saying("x"), change=change)
    begun = time.process_time()
    assert _code(sent) == "too_many_pages"
    assert time.process_time() - begun < 5


def test_drawings_that_draw_each_other_a_thousandfold_are_refused():
    def change(writer):
        page = writer.pages[0]
        inner = page
        for level in range(8):
            resources = DictionaryObject()
            form = add_form(writer, f"/F{level}", f"/F{level + 1} Do " * 40, to=inner, resources=resources)
            inner = form
        add_form(writer, "/F8", saying("x"), to=inner)

    assert _code(pdf("/F0 Do", change=change)) == "bursts"


def test_a_drawing_that_draws_itself_is_refused():
    def change(writer):
        form = add_form(writer, "/Self", "/Self Do", to=writer.pages[0])
        form[NameObject("/Resources")] = writer.pages[0]["/Resources"]

    assert _code(pdf("/Self Do", change=change)) == "bursts"


def test_a_page_that_unpacks_to_too_much_is_refused():
    def change(writer):
        page = writer.pages[0]
        page[NameObject("/Contents")] = writer._add_object(page["/Contents"].flate_encode())

    assert _code(pdf("0 0 m " * 2_000_000, change=change)) == "bursts"


def test_what_a_damaged_file_holds_is_never_logged_and_a_person_is_told_that_something_was_not_read():
    heard = []
    listener = logging.Handler()
    listener.emit = lambda record: heard.append(record.getMessage())
    logging.getLogger().addHandler(listener)
    try:
        clean = _received(pdf(saying(SECRET), saying("x")).replace(b"startxref\n", b"startxref\n9", 1))
    finally:
        logging.getLogger().removeHandler(listener)
    assert heard == []
    assert SECRET in clean.text and any("没有读懂" in each for each in clean.warnings)
    assert _received(pdf(saying("x"))).warnings == ()


def test_a_page_whose_font_keeps_its_letters_to_itself_counts_as_unread():
    assert not _is_readable("\ue001\ue002 \ue003")
    assert not _is_readable(" \n")
    assert _is_readable("沪府规〔2022〕5号，—— ok")
