"""Workbooks in and out: what is hostile is refused in clear words, and nothing is evaluated, guessed or lost."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from caselib.core.errors import RuleBroken
from caselib.exchange import sheets, staging, workbooks
from caselib.exchange.sheet_writing import Table, workbook_write
from caselib.exchange.sheets import Column, Sheet, day_of, sheet_read

COLUMNS = (Column("名称", ("事项",), needed=True), Column("编码"), Column("日期"))


def book(*rows, merge: str = "", **formats: str) -> bytes:
    made = Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    for place, number_format in formats.items():
        sheet[place].number_format = number_format
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def changed(data: bytes, name: str, content: bytes | None, *, also: dict[str, bytes] | None = None) -> bytes:
    """The workbook with one part replaced, or taken out; and further parts."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        if content is not None:
            new.writestr(name, content)
        for part, text in (also or {}).items():
            new.writestr(part, text)
    return stream.getvalue()


def part_of(data: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as parts:
        return parts.read(name)


def read(data: bytes, **values) -> Sheet:
    return sheet_read(data, columns=COLUMNS, **values)


def refused(data: bytes, **values) -> RuleBroken:
    with pytest.raises(RuleBroken) as error:
        read(data, **values)
    assert error.value.field == "file"
    assert error.value.message.endswith("什么都没有写。")
    return error.value


def names(sheet: Sheet) -> list[str]:
    return [row.values["名称"] for row in sheet.rows]


def test_rows_come_by_heading_and_empty_ones_not_at_all():
    sheet = read(
        book(["备注", "名称*", "编码"], ["随便", " 企业设立\u200b登记 ", "1"], [], [None, "", None], ["", "注销", ""])
    )
    assert names(sheet) == ["企业设立登记", "注销"]
    assert [row.number for row in sheet.rows] == [2, 5]
    assert (sheet.columns, sheet.unknown) == (("名称", "编码"), ("备注",))


def test_headings_may_stand_below_a_merged_title_and_be_called_otherwise():
    sheet = read(book(["事项清单（2026 年）"], [], ["事 项（必填）", "编码"], ["注销", "1"], merge="A1:C1"))
    assert names(sheet) == ["注销"]


@pytest.mark.parametrize("rows", [[["姓名", "电话"], ["甲", "1"]], [], [["编码", "日期"], ["1", "2"]]])
def test_wrong_headings_are_named_with_those_that_stand_there(rows):
    error = refused(book(*rows))
    assert error.code == "wrong_headings"
    assert "名称" in error.message
    assert not rows or rows[0][0] in error.message


def test_a_heading_that_stands_there_twice_is_refused():
    assert refused(book(["名称", "编码", "编码"], ["甲", "1", "2"])).code == "column_twice"


def test_dates_figures_and_truths_are_what_they_say():
    rows = [
        ["名称", "编码", "日期"],
        [True, 310109, dt.datetime(2024, 3, 5)],
        ["乙", 12.5, dt.datetime(2024, 3, 5, 9, 30)],
        ["丙", "000131002000", "2024年3月5日"],
    ]
    assert [tuple(row.values.values()) for row in read(book(*rows)).rows] == [
        ("是", "310109", "2024-03-05"),
        ("乙", "12.5", "2024-03-05 09:30"),
        ("丙", "000131002000", "2024年3月5日"),
    ]
    assert day_of("2024年3月5日") == day_of("2024/3/5") == day_of("2024-03-05") == dt.date(2024, 3, 5)
    assert day_of("2024-02-30") is None
    assert day_of("下周") is None


def test_figures_that_excel_has_cut_short_are_a_trouble_of_their_row():
    row = read(book(["名称", "编码"], ["甲", 11310109000000000000000000000000.0])).rows[0]
    assert "位数已经丢了" in row.troubles[0]


def test_a_formula_is_its_own_text_and_an_error_a_trouble():
    sheet = read(book(["名称", "编码"], ['=HYPERLINK("http://x","甲")', "=1+1"], ["乙", "#REF!"]))
    assert sheet.rows[0].values == {"名称": '=HYPERLINK("http://x","甲")', "编码": "=1+1"}
    assert len(sheet.rows[0].notes) == 2
    assert "#REF!" in sheet.rows[1].troubles[0]


def test_rows_with_merged_cells_are_a_trouble_and_the_others_are_read():
    sheet = read(book(["名称", "编码"], ["甲"], ["乙", "1"], [None, "2"], ["丙"], merge="A3:A4"))
    assert [(row.number, bool(row.troubles)) for row in sheet.rows] == [(2, False), (3, True), (4, True), (5, False)]


def test_more_rows_than_allowed_are_refused_whole():
    rows = [["名称"], *([f"第{n}件"] for n in range(6))]
    assert len(read(book(*rows), most_rows=6).rows) == 6
    assert refused(book(*rows), most_rows=5).code == "too_many_rows"


def test_a_row_at_the_end_of_the_sheet_costs_no_million_rows():
    data = book(["名称"], ["甲"])
    sheet = part_of(data).replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="A2"', b'r="A1048576"')
    assert refused(changed(data, "xl/worksheets/sheet1.xml", sheet)).code == "too_many_rows"


def test_a_cell_far_to_the_right_costs_no_16_thousand_columns():
    data = book(["名称"], ["甲", "乙"])
    sheet = part_of(data).replace(b'r="B2"', b'r="XFD2"')
    assert names(read(changed(data, "xl/worksheets/sheet1.xml", sheet))) == ["甲"]


def test_what_a_file_says_of_its_own_size_is_not_believed():
    data = book(["名称"], ["甲"], ["乙"])
    sheet = part_of(data).replace(b'ref="A1:A3"', b'ref="A1:A1"')
    assert names(read(changed(data, "xl/worksheets/sheet1.xml", sheet))) == ["甲", "乙"]


def test_only_a_sheet_that_people_see_is_read():
    made = Workbook()
    made.active.sheet_state = "hidden"
    made.create_sheet("看得见").append(["名称"])
    made["看得见"].append(["甲"])
    stream = BytesIO()
    made.save(stream)
    assert names(read(stream.getvalue())) == ["甲"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"MZ\x90\x00 this is no workbook", "no_workbook"),
        (b"", "no_workbook"),
        ("名称,编码\n甲,1".encode(), "no_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
        (b"PK\x03\x04" + b"\xff" * 400, "damaged"),
        (b"<html><table></table></html>", "no_workbook"),
    ],
)
def test_another_kind_of_file_is_refused_whatever_its_name(data, code):
    assert refused(data).code == code


@pytest.mark.parametrize("cut", [30, 200, 1000, -40])
def test_a_file_that_was_cut_off_is_refused(cut):
    assert refused(book(["名称"], ["甲"])[:cut]).code == "damaged"


def test_a_package_of_another_program_is_refused():
    assert refused(changed(book(["名称"], ["甲"]), "xl/workbook.xml", None)).code == "no_workbook"


def test_macros_are_refused_by_what_is_inside():
    data = book(["名称"], ["甲"])
    assert refused(changed(data, "", None, also={"xl/vbaProject.bin": b"x"})).code == "macros"
    types = part_of(data, "[Content_Types].xml").replace(
        b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )
    assert refused(changed(data, "[Content_Types].xml", types)).code == "macros"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    data = changed(
        book(["名称"], ["甲"]), "", None, also={"xl/media/bomb.xml": b"\0" * (workbooks.LARGEST_UNPACKED + 1)}
    )
    assert len(data) < 1024 * 1024
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    assert refused(data).code == "too_large_unpacked"


def test_many_parts_are_refused():
    parts = {f"xl/media/{number}.txt": b"x" for number in range(1001)}
    assert refused(changed(book(["名称"], ["甲"]), "", None, also=parts)).code == "too_large_unpacked"


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "LARGEST_FILE", 100)
    assert refused(book(["名称"], ["甲"])).code == "too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding):
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'.encode(encoding)
    for name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        assert refused(changed(book(["名称"], ["甲"]), name, bomb)).code == "entities"


@pytest.mark.parametrize(
    "name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize("content", [b"", b"<a", b"\xff\xfe\x00", None])
def test_a_broken_part_is_a_message_and_no_error_of_the_program(name, content):
    data = changed(book(["名称"], ["甲"]), name, content)
    try:
        sheet = read(data)
    except RuleBroken as error:
        assert error.code in {"damaged", "no_workbook", "no_sheet", "wrong_headings"}
    else:
        assert name == "xl/styles.xml" or not sheet.rows or names(sheet) == ["甲"]


def test_what_is_written_is_text_in_excel_and_comes_back_as_it_was():
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "000131002000", "甲\n乙", "\x00坏\ufffe", "长" * 40_000]
    data = workbook_write([Table("事项/表", ("名称", "编码"), [[text, "1"] for text in texts], widths=(20,))])
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert [cell.quotePrefix for cell in cells[:6]] == [True] * 6
    assert not cells[6].quotePrefix
    back = [row.values["名称"] for row in read(data).rows]
    assert back[:4] == texts[:4]
    assert back[6:8] == ["000131002000", "甲\n乙"]
    assert (back[8], len(back[9])) == ("坏", 32_767)


def test_a_staged_file_is_of_one_account_and_one_kind(settings, tmp_path):
    settings.CASELIB_DATA_DIR = tmp_path
    token = staging.stage(b"x", kind="matters", user_id=1)
    assert staging.staged(token, kind="matters", user_id=1) == b"x"
    for values in ({"kind": "matters", "user_id": 2}, {"kind": "precedents", "user_id": 1}):
        with pytest.raises(RuleBroken):
            staging.staged(token, **values)
    for wrong in ("", "../../etc/passwd", "0" * 32, token + "/x"):
        with pytest.raises(RuleBroken):
            staging.staged(wrong, kind="matters", user_id=1)
    staging.drop(token, kind="matters", user_id=1)
    assert list((tmp_path / "staged").iterdir()) == []
    for _ in range(9):
        staging.stage(b"x", kind="matters", user_id=1)
    assert len(list((tmp_path / "staged").iterdir())) == 5


def test_columns_know_their_headings():
    assert sheets.names_of(COLUMNS) == ("名称", "编码", "日期")
