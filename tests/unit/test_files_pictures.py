"""Pictures keep their pixels and lose everything else."""

import io

import pytest
from PIL import Image

from caselib.core.errors import RuleBroken
from caselib.core.files import LONGEST_SIDE, received

from .made_files import HIDDEN, SECRET, packed, picture, png_of, png_with_notes, with_place


def _opened(clean):
    return Image.open(io.BytesIO(clean.data))


def _code(data, name="图.jpg"):
    with pytest.raises(RuleBroken) as refused:
        received(data, name=name)
    assert refused.value.field == "file"
    assert "没有保存" in refused.value.message and "已填的内容都在" in refused.value.message
    return refused.value.code


@pytest.mark.parametrize(
    ("form", "media_type", "extension"),
    [("JPEG", "image/jpeg", ".jpg"), ("PNG", "image/png", ".png"), ("WEBP", "image/webp", ".webp")],
)
def test_notes_of_the_camera_are_gone_and_the_picture_stands_upright(form, media_type, extension):
    sent = picture(
        form, exif=with_place(), comment=SECRET, xmp=f"<x>{SECRET}</x>".encode(), icc_profile=SECRET.encode()
    )
    assert HIDDEN.encode() in sent
    clean = received(sent, name=f"现场{extension}")
    assert (clean.media_type, clean.extension, clean.name) == (media_type, extension, f"现场{extension}")
    assert (clean.width, clean.height) == (40, 60)
    opened = _opened(clean)
    assert opened.size == (40, 60) and not opened.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(opened.info)
    assert SECRET.encode() not in clean.data and HIDDEN.encode() not in clean.data


def test_text_chunks_of_a_png_are_gone():
    clean = received(png_with_notes(), name="a.png")
    assert HIDDEN.encode() not in clean.data
    assert not _opened(clean).text


def test_an_archive_behind_a_picture_is_cut_off():
    sent = picture() + packed({"cases.txt": SECRET * 50})
    clean = received(sent, name="a.jpg")
    assert b"PK\x03\x04" not in clean.data and b"cases.txt" not in clean.data


def test_what_lies_under_full_transparency_does_not_come_out():
    hidden = Image.new("RGBA", (10, 10), (1, 2, 3, 0))
    out = io.BytesIO()
    hidden.save(out, "PNG")
    shown = _opened(received(out.getvalue(), name="a.png")).convert("RGB")
    assert shown.getcolors() == [(100, (255, 255, 255))]


def test_large_pictures_shrink_and_of_moving_ones_the_first_frame_stays():
    clean = received(picture(size=(5000, 1000)), name="a.jpg")
    assert (clean.width, clean.height) == (LONGEST_SIDE, 400)
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    clean = received(out.getvalue(), name="a.webp")
    assert getattr(_opened(clean), "n_frames", 1) == 1
    assert any("第一帧" in warning for warning in clean.warnings)


def test_of_a_telephones_several_pictures_in_one_file_the_first_stays():
    out = io.BytesIO()
    first, second = (Image.new("RGB", (20, 20), colour) for colour in ("red", "blue"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    clean = received(out.getvalue(), name="a.jpg")
    assert clean.media_type == "image/jpeg" and clean.data.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_comes_out(mode):
    assert received(picture("PNG", mode=mode), name="a.png").width == 60


def test_cmyk_comes_out_as_colours_of_the_screen():
    assert _opened(received(picture(mode="CMYK"), name="a.jpg")).mode == "RGB"


def test_a_person_is_told_to_look_since_nobody_reads_pictures():
    assert any("看一遍" in warning for warning in received(picture(), name="a.jpg").warnings)


def test_a_bomb_of_pixels_is_refused_before_it_is_decoded():
    assert _code(png_of(30_000, 30_000)) == "too_many_pixels"
    assert _code(png_of(9_000, 9_000)) == "too_many_pixels"


@pytest.mark.parametrize("cut", [20, 100, 400])
def test_damaged_pictures_are_refused(cut):
    assert _code(picture()[:cut]) == "broken"
    assert _code(png_of(100, 100)) == "broken"


@pytest.mark.parametrize("form", ["GIF", "TIFF", "BMP"])
def test_other_formats_are_refused_with_what_to_do(form):
    assert _code(picture(form)) == form.lower()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "svg"),
        (b"<?xml version='1.0'?><!DOCTYPE svg><svg/>", "svg"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "heic"),
        (b"MZ" + b"\x00" * 200, "program"),
        (b"\x7fELF" + b"\x00" * 200, "program"),
        (b"<!DOCTYPE html><html></html>", "markup"),
        (b"  <html><script>1</script></html>", "markup"),
        (b"{\\rtf1 hello}", "rtf"),
        (b"Rar!\x1a\x07", "archive"),
        (packed({"a.txt": "x"}), "archive"),
        (packed({"OFD.xml": "<a/>"}), "ofd"),
        (packed({"mimetype": "x", "content.xml": "<a/>"}), "other_office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"just words", "unknown"),
        (b"x" * (20 * 1024 * 1024 + 1), "too_large"),
        (b"\xff\xd8\xff" + b"x" * (10 * 1024 * 1024), "too_large"),
    ],
)
def test_everything_else_is_refused_whatever_it_is_called(data, code):
    assert _code(data, name="photo.jpg") == code


@pytest.mark.parametrize(
    ("name", "kept", "is_told"),
    [
        ("a.JPG", "a.jpg", False),
        ("a.jpeg", "a.jpg", False),
        ("a.png", "a.jpg", True),
        ("a", "a.jpg", True),
        ("../../etc/passwd.jpg", "passwd.jpg", False),
        ("C:\\Users\\x\\b.jpg", "b.jpg", False),
        ("gpj.\u202eexe.jpg", "gpj.exe.jpg", False),
        ("", "附件.jpg", True),
        ("x" * 300 + ".jpg", "x" * 80 + ".jpg", False),
        ('a"\r\nb<>.jpg', "ab.jpg", False),
    ],
)
def test_the_name_decides_nothing_and_is_told_of_when_it_does_not_fit(name, kept, is_told):
    clean = received(picture(), name=name)
    assert clean.name == kept
    assert any("内容其实是" in warning for warning in clean.warnings) == is_told
