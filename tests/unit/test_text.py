import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselib.core.text import (
    article_refs,
    chinese_int,
    chinese_numeral,
    clean,
    document_numbers,
    library_numbers,
    normalise,
    normalised_with_places,
)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("國務院令第７２２號", "国务院令第722号"),
        ("ＡＢＣ", "abc"),
        ("沪府规〔2023〕5号", "沪府规[2023]5号"),
        ("沪府规【2023】5号", "沪府规[2023]5号"),
        ("辦不成事", "办不成事"),
        ("营\u200b业\ufeff执照", "营业执照"),
    ],
)
def test_width_script_and_brackets_do_not_matter(written, normal):
    assert normalise(written) == normal


@given(st.text())
def test_normal_form_is_stable(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet=st.characters()))
def test_cleaned_text_can_be_stored_as_utf8_and_keeps_no_control_characters(text):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert "\r" not in cleaned


def test_line_breaks_survive_cleaning():
    assert clean("一\r\n二\r三\n四") == "一\n二\n三\n四"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三十三", 33),
        ("十", 10),
        ("二十", 20),
        ("一百零五", 105),
        ("一千二百三十四", 1234),
        ("33", 33),
        ("二〇二三", 2023),
    ],
)
def test_chinese_numerals_are_read(text, value):
    assert chinese_int(text) == value


@pytest.mark.parametrize("text", ["", "三x", "号", "-1", "１"])
def test_what_is_no_number_is_none(text):
    assert chinese_int(text) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("国办发〔2022〕5号", ["国办发|2022|5"]),
        ("国办发[2022]5号", ["国办发|2022|5"]),
        ("国办发（2022）第5号", ["国办发|2022|5"]),
        ("國辦發〔２０２２〕５號", ["国办发|2022|5"]),
        ("按国办发〔2022〕5号和国令第722号", ["国办发|2022|5", "国务院令||722"]),
        ("国务院令第722号", ["国务院令||722"]),
        ("沪市监规范 2023 5 号", []),
        ("国办发2022 5号", ["国办发|2022|5"]),
        ("国办发2022年5号", ["国办发|2022|5"]),
        ("我2023年12号去过", []),
        ("公告2019年第9号", ["公告|2019|9"]),
        ("GB/T 39554.1-2020", ["gb/t|2020|39554.1"]),
        ("按GB/T 39554.1-2020和DB31/T 1234—2020办", ["gb/t|2020|39554.1", "db31/t|2020|1234"]),
        ("gb 2260-2007", ["gb|2007|2260"]),
        ("中华人民共和国国务院令第746号", ["国务院令||746"]),
        ("依据国办发〔2022〕5号和国办发〔2022〕05号", ["国办发|2022|5"]),
        ("没有文号", []),
    ],
)
def test_document_number_is_the_same_in_any_spelling(text, numbers):
    assert document_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("第三十三条第二款（三）项", ["33/2/3"]),
        ("第33条第2款第3项", ["33/2/3"]),
        ("第三十三条", ["33"]),
        ("33条", ["33"]),
        ("三十三条", ["33"]),
        ("一条路", []),
        ("第三十三条，另见第40条第一款", ["33", "40/1"]),
        ("有三条意见", []),
        ("第零条", []),
        ("第三十三条之一", ["33-1"]),
        ("第一百二十条之二第二款第（三）项", ["120-2/2/3"]),
        ("第33条之1，第三十三条", ["33-1", "33"]),
        ("第三条之规定", ["3"]),
        ("第三条之一般规定", ["3"]),
    ],
)
def test_article_reference_is_the_same_in_any_spelling(text, refs):
    assert article_refs(text) == refs


def test_library_number_is_found_in_lower_case_and_full_width():
    assert library_numbers("见310109-2026-d03-0001和３１０１０９-2026-D03-0002。") == [
        "310109-2026-D03-0001",
        "310109-2026-D03-0002",
    ]


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text):
    for read in (document_numbers, article_refs, library_numbers):
        assert len(read(text)) == len(set(read(text)))


def test_twenty_thousand_characters_are_read_in_time():
    text = "依照中华人民共和国和国务院的规定" * 1250
    began = time.perf_counter()
    document_numbers(text)
    article_refs(text)
    assert time.perf_counter() - began < 2


def test_marks_piled_on_one_letter_do_not_take_the_square_of_their_number():
    began = time.perf_counter()
    assert len(normalise("案" + "\u0301\u0316" * 100_000 + "例")) < 100
    assert len(normalise("案" + "\u0301\U0001d165" * 100_000 + "例")) < 100
    assert time.perf_counter() - began < 5


def test_marks_as_writing_needs_them_are_kept():
    vietnamese = "Đ" + "e\u0302\u0301" * 200
    assert clean(vietnamese) == vietnamese


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (101, "一百零一"), (110, "一百一十"), (1005, "一千零五"), (1260, "一千二百六十")],
)  # fmt: skip
def test_a_figure_is_written_in_chinese(number, written):
    assert chinese_numeral(number) == written


def test_a_figure_written_in_chinese_is_read_back():
    assert [chinese_int(chinese_numeral(number)) for number in range(1, 10_000)] == list(range(1, 10_000))


def test_the_normal_form_knows_where_each_character_came_from():
    text = "見\u200b〔２０２２〕㍿e\u0301"
    plain, places = normalised_with_places(text)
    assert plain == normalise(text)
    assert [text[place] for place in places[:-1]] == ["見", "〔", "２", "０", "２", "２", "〕", *"㍿㍿㍿㍿", "e"]
    assert places[-1] == len(text)
