"""A file becomes plain text by what it holds, not by its name; what cannot be read whole is refused with a sentence."""

import io
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from caselib.core.errors import RuleBroken
from caselib.policies.texts import package, reading
from caselib.policies.texts.reading import read_file, read_pasted
from caselib.policies.texts.splitting import split

LAW = "第一条　为了规范市场主体登记管理行为，制定本条例。\n第二条　本条例自2022年3月1日起施行。"


def docx(*, change=None) -> bytes:
    document = Document()
    if change:
        change(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The package with parts exchanged; a part is named by the end of its path, without the suffix."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            stem = name.rpartition("/")[2].partition(".")[0]
            new.writestr(name, parts.pop(stem, None) or old.read(name))
        for stem, data in parts.items():
            new.writestr(f"word/{stem}.xml", data)
    return file.getvalue()


def refusal(content: bytes, name: str = "") -> RuleBroken:
    with pytest.raises(RuleBroken) as told:
        read_file(content, name=name)
    assert told.value.field == "file"
    assert "没有读取" in told.value.message
    return told.value


def add_xml(document, xml: str) -> None:
    document.element.body.insert(
        len(document.element.body) - 1, parse_xml(xml.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1))
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_the_encodings_that_offices_use(encoding):
    assert read_file(LAW.encode(encoding), name="条例.txt").text == LAW


def test_a_guessed_encoding_is_told():
    assert read_file(LAW.encode("gb18030")).warnings
    assert not read_file(LAW.encode()).warnings


@pytest.mark.parametrize("encoding", ["shift_jis", "utf-16-le", "big5"])
def test_another_encoding_is_refused_instead_of_guessed(encoding):
    text = {
        "shift_jis": "これはテストのぶんしょうです。ひらがなとカタカナ",
        "big5": "營業執照遺失怎麼補辦這是測試",
    }.get(encoding, LAW)
    assert refusal(text.encode(encoding), "条例.txt").code in ("no_encoding", "no_text")


def test_markdown_loses_its_marks_and_keeps_its_text():
    text = "# 某条例\n\n**第一条**　为了[规范](https://example.org)登记。\n\n- （一）甲；\n1. 乙\n> 注\n\n"
    text += "| 项目 | 期限 |\n|---|---|\n| 注销 | 20日 |\n"
    plain = read_file(text.encode(), name="条例.md").text
    assert plain.split("\n") == [
        "某条例", "", "第一条　为了规范登记。", "", "（一）甲；", "1. 乙", "注", "", "项目\t期限", "", "注销\t20日", "",
    ]  # fmt: skip


def test_marks_stay_in_a_text_that_is_not_markdown():
    assert read_file(b"# 1", name="a.txt").text == "# 1"


@pytest.mark.parametrize(
    "line", ["*" * 100_000, "[" * 100_000, "[](" * 50_000, "**a" * 50_000, "> " * 50_000, "`" * 99_999, "- " * 50_000]
)
def test_hostile_markdown_is_read(line):
    assert read_file(f"x\n{line}\n第一条".encode(), name="a.md").text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\x00\x03" + b"\0" * 100, "program"),
        (b"\x7fELF\x02\x01", "program"),
        (b"%PDF-1.7\n", "pdf"),
        (b"{\\rtf1 x}", "rtf"),
        (b"\x89PNG\r\n", "image"),
        (reading._OLD_OFFICE + b"\0" * 600, "old_word"),
        (reading._OLD_OFFICE + b"\0" * 600 + reading._ENCRYPTED, "encrypted"),
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"PK\x03\x04broken", "broken"),
        (b"a\0b", "no_text"),
        (b"\xff\xfe\x00", "no_encoding"),
    ],
)
@pytest.mark.parametrize("name", ["条例.docx", "条例.txt"])
def test_what_is_no_text_is_refused_whatever_its_name(content, code, name):
    assert refusal(content, name).code == code


def test_a_text_that_begins_like_a_program_is_a_text():
    assert read_file("MZ 区的办法".encode()).text == "MZ 区的办法"


def test_a_docx_is_read_under_any_name():
    content = docx(change=lambda document: document.add_paragraph("第一条　甲。"))
    assert read_file(content, name="条例.txt").text == "第一条　甲。"


def test_too_large_a_file_and_too_long_a_text_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    assert refusal(b"x" * 11).code == "too_large"
    monkeypatch.setattr(reading, "MOST_CHARACTERS", 5)
    assert refusal(b"xxxxxx").code == "too_long"
    with pytest.raises(RuleBroken, match="没有读取"):
        read_pasted("六个字的文本")


def test_paragraphs_and_tables_come_in_the_order_of_the_document():
    def change(document):
        document.add_paragraph("前")
        table = document.add_table(rows=2, cols=2)
        for cell, text in zip(
            [cell for row in table.rows for cell in row.cells], ["项目", "期限", "注销", "20日"], strict=True
        ):
            cell.text = text
        document.add_paragraph("后")

    assert read_file(docx(change=change)).text == "前\n项目\t期限\n注销\t20日\n后"


def test_insertions_stay_deletions_go_and_both_are_told():
    def change(document):
        add_xml(
            document,
            '<w:p><w:r><w:t>公示期</w:t></w:r><w:del w:id="1" w:author="x"><w:r><w:delText>20</w:delText></w:r></w:del>'
            '<w:ins w:id="2" w:author="x"><w:r><w:t>10</w:t></w:r></w:ins><w:r><w:t>日</w:t></w:r></w:p>',
        )

    found = read_file(docx(change=change))
    assert found.text == "公示期10日"
    assert "1 处插入已保留，1 处删除已去掉" in found.warnings[0]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next():
    def change(document):
        add_xml(
            document,
            '<w:p><w:pPr><w:rPr><w:del w:id="1" w:author="x"/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>',
        )
        document.add_paragraph("后半")

    assert read_file(docx(change=change)).text == "前半后半"


def test_headers_are_left_out_and_notes_and_boxes_are_told():
    def change(document):
        document.sections[0].header.paragraphs[0].text = "页眉"
        add_xml(
            document,
            '<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r><w:r><w:pict><w:txbxContent>'
            "<w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>",
        )

    found = read_file(docx(change=change))
    assert found.text == "正文"
    assert ["文本框" in found.warnings[0], "脚注" in found.warnings[1]] == [True, True]


LEVEL = '<w:lvl w:ilvl="{}"><w:start w:val="{}"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'


def numbered(document, levels: list[tuple[int, str, str]], paragraphs: list[tuple[int, str]]) -> None:
    """Paragraphs (level, text) of one list whose levels are (start, form, pattern)."""
    part = document.part.numbering_part.element
    for child in list(part):
        part.remove(child)
    rows = "".join(LEVEL.format(at, *level) for at, level in enumerate(levels))
    part.append(parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="1">{rows}</w:abstractNum>'))
    part.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="1"><w:abstractNumId w:val="1"/></w:num>'))
    for level, text in paragraphs:
        add_xml(
            document,
            f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>',
        )


def test_automatic_numbers_are_written_out():
    levels = [(1, "chineseCountingThousand", "第%1条"), (1, "chineseCounting", "（%2）"), (1, "decimal", "%3.")]
    rows = [(0, "甲："), (1, "乙；"), (1, "丙："), (2, "丁；"), (0, "戊："), (1, "己。")]
    content = docx(change=lambda document: numbered(document, levels, rows))
    text = read_file(content).text
    assert text == "第一条　甲：\n（一）乙；\n（二）丙：\n1.丁；\n第二条　戊：\n（一）己。"
    assert [piece.ref for piece in split(text).pieces] == ["1", "1/1/1", "1/1/2", "1/1/2/1", "2", "2/1/1"]


def test_a_bullet_is_no_number():
    content = docx(change=lambda document: numbered(document, [(1, "bullet", "•")], [(0, "甲")]))
    assert read_file(content) == reading.PolicyText("甲")


def test_a_number_that_cannot_be_written_is_told():
    content = docx(change=lambda document: numbered(document, [(1, "cardinalText", "%1")], [(0, "甲")]))
    found = read_file(content)
    assert found.text == "甲"
    assert "自动编号" in found.warnings[0]


def test_a_docx_with_2000_articles_is_read_and_split():
    def change(document):
        numbered(document, [(1, "chineseCountingThousand", "第%1条")], [(0, "字" * 100)] * 2000)

    pieces = split(read_file(docx(change=change)).text).pieces
    assert (len(pieces), pieces[-1].ref, pieces[-1].label) == (2000, "2000", "第二千条")


def test_a_package_that_bursts_is_refused_before_it_is_parsed(monkeypatch):
    bomb = repacked(docx(), document=b"<w:document>" + b" " * 30_000_000)
    assert len(bomb) < 100_000
    assert refusal(bomb).code == "bursts"
    monkeypatch.setattr(package, "_RATIO_FROM", 1 << 40)
    monkeypatch.setattr(package, "_MOST_XML", 1 << 20)
    assert refusal(bomb).code == "bursts"


def test_a_package_that_lies_about_its_sizes_is_refused():
    bomb = bytearray(repacked(docx(), document=b"<w:document>" + b" " * 30_000_000))
    with zipfile.ZipFile(io.BytesIO(bomb)) as opened:
        size = next(each.file_size for each in opened.infolist() if each.filename == "word/document.xml")
    lie = bytes(bomb).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert refusal(lie).code in ("bursts", "broken")


def test_xml_that_declares_entities_is_refused():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(12))
    for encoding in ("utf-8", "utf-16"):
        xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE w [{entities}]><w>&e11;</w>'.encode(encoding)
        assert refusal(repacked(docx(), document=xml)).code == "entities"


@pytest.mark.parametrize(
    "xml",
    [b"<w:document", b"", b"<a/>", b"\xff\xfe", b"<a>" * 10_000, b"<w:document xmlns:w='x'><w:body/></w:document>"],
)
def test_broken_xml_is_refused(xml):
    assert refusal(repacked(docx(), document=xml or b" ")).code in ("broken", "empty")


def test_deeply_nested_tables_are_refused_or_read():
    nested = "<w:tbl><w:tr><w:tc>" * 70 + "<w:p><w:r><w:t>深</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 70
    xml = f"<w:document {nsdecls('w')}><w:body>{nested}</w:body></w:document>".encode()
    assert read_file(repacked(docx(), document=xml)).text.strip() == "深"


def test_other_packages_are_told_apart():
    for name, code in (("xl/workbook.xml", "excel"), ("content.xml", "other_office"), ("a.txt", "archive")):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as new:
            new.writestr(name, "x")
        assert refusal(file.getvalue(), "条例.docx").code == code


def test_an_encrypted_package_is_refused():
    content = bytearray(docx())
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        at = 0
        while (at := content.find(start, at)) >= 0:
            content[at + (6 if start == b"PK\x03\x04" else 8)] |= 1
            at += 4
    assert refusal(bytes(content)).code == "encrypted"


def test_a_picture_of_a_page_has_no_text():
    assert refusal(docx()).code == "empty"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.binary(max_size=100).map(lambda tail: b"PK\x03\x04" + tail)))
def test_any_bytes_are_read_or_refused(content):
    try:
        assert isinstance(read_file(content).text, str)
    except RuleBroken as refused:
        assert refused.message.endswith("。")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 255))
def test_a_damaged_docx_is_read_or_refused(place, value):
    content = bytearray(DAMAGED)
    content[place % len(content)] = value
    try:
        assert read_file(bytes(content)).text
    except RuleBroken as refused:
        assert refused.message.endswith("。")


DAMAGED = docx(change=lambda document: numbered(document, [(1, "decimal", "%1.")], [(0, "甲乙丙")] * 3))
