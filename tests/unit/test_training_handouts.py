"""Text on its way to paper: Markdown as blocks, and slides that hold what is put on them to the last character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.core.downloads import file_name, file_sent
from caselib.training.handouts.blocks import Span, blocks_of, plain_of
from caselib.training.handouts.slides.fitting import Grid, Para, divided, fitted, height_of, lines_of, para

TEXT = """# 要点
先受理，**后*补*验**。
第二行

1. 一
2. 二
    - 甲

> 急是理由

| 材料 | 谁交 |
| --- | --- |
| 决议 | **股东** |

---
见[指引](https://e.cn/a)，写信 <a@b.cn>"""


def test_markdown_is_read_as_blocks_with_their_marks():
    found = blocks_of(TEXT)
    assert [block.kind for block in found] == [
        "heading",
        "text",
        "number",
        "number",
        "bullet",
        "quote",
        "table",
        "rule",
        "text",
    ]
    assert found[1].spans == (
        Span("先受理，"), Span("后", bold=True), Span("补", bold=True, italic=True), Span("验", bold=True), Span("。\n第二行"),
    )  # fmt: skip
    assert [(block.mark, block.level) for block in found[2:5]] == [("1.", 0), ("2.", 0), ("", 1)]
    assert [["".join(span.text for span in cell) for cell in row] for row in found[6].rows] == [
        ["材料", "谁交"],
        ["决议", "股东"],
    ]
    assert "见指引（https://e.cn/a）" in found[8].words


def test_what_somebody_typed_as_html_stays_what_was_typed():
    assert plain_of("x<y 而 <b>y</b>\n\n<script>alert(1)</script>") == "x<y 而 <b>y</b>\n<script>alert(1)</script>"


@pytest.mark.parametrize(
    "text", ["", "\x00", "\ufffe\ud800", "   \n\n ", "|||\n|-|\n", ">" * 390 + " 深", "[" * 500, "* " * 300 + "深"]
)
def test_odd_text_is_no_trouble(text):
    assert isinstance(plain_of(text), str)


WORDS = st.text(alphabet="办照Abc 。；，1“”…\n😀é", min_size=1, max_size=700)


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), st.sampled_from([16.0, 22.0, 28.0]))
def test_nothing_is_lost_and_nothing_stands_out_of_a_slide(texts, size):
    pieces = [
        para(text, before=0.4 if place else 0.0, mark="•" if place % 2 else "") for place, text in enumerate(texts)
    ]
    slides = divided(pieces, base=size, width=400.0, height=240.0)
    told = "".join(piece.words for slide in slides for piece in slide)
    assert "".join(told.split()) == "".join("".join(texts).split())
    for slide in slides:
        assert sum(height_of(piece, size, 400.0) for piece in slide) <= 240.0 + 1e-6


@given(WORDS)
@settings(max_examples=40, deadline=None)
def test_lines_are_the_text_and_none_is_wider_than_its_place(text):
    lines = lines_of(text, size=10.0, width=120.0)
    assert "".join(lines) == text.replace("\n", "")
    assert max(len(line) for line in lines) <= 12 / 0.36


def test_a_heading_goes_along_with_what_it_heads():
    filling = [para("字" * 40 * 8)]
    pieces = [*filling, Para((Span("一步一步"),), stays=True), para("收件")]
    slides = divided(pieces, base=10.0, width=400.0, height=10 * 1.42 * 9.5)
    assert [piece.words for piece in slides[1]] == ["一步一步", "收件"]


def test_a_long_table_goes_on_under_its_head():
    rows = (("材料", "谁交"), *((f"第{number}样", "股东") for number in range(30)))
    slides = divided([Grid(rows, (0.5, 0.5))], base=18.0, width=400.0, height=240.0)
    assert len(slides) > 2
    assert all(grid.rows[0] == ("材料", "谁交") for (grid,) in slides)
    assert [row for (grid,) in slides for row in grid.rows[1:]] == list(rows[1:])


def test_letters_are_as_large_as_the_number_of_slides_allows():
    size, slides = fitted([para("短")], width=400.0, height=200.0, sizes=(28.0, 22.0, 16.0))
    assert (size, len(slides)) == (28.0, 1)
    size, slides = fitted([para("字" * 210)], width=400.0, height=200.0, sizes=(28.0, 22.0, 16.0))
    assert len(slides) == 2 and size == 22.0


def test_a_file_has_a_name_that_every_system_takes():
    assert file_name('容缺/承诺："一"\n\x00*第2版') == "容缺_承诺：_一_第2版"
    assert file_name("../..") == "_" and len(file_name("长" * 300)) == 80
    sent = file_sent(b"", name="a/b c", ending="docx", kind="x/y", plain="handout")
    assert sent["Content-Disposition"] == "attachment; filename=\"handout.docx\"; filename*=UTF-8''a_b_c.docx"
