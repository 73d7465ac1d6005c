"""Word and Excel files keep what they show; who wrote them, what was deleted and what lies outside does not come along."""

import io
import zipfile

import openpyxl
import pytest
from docx import Document
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as Drawn

from caselib.core.errors import RuleBroken
from caselib.core.files import limits, received
from caselib.core.personal_data import Kind, find

from .made_files import (
    HIDDEN,
    SECRET,
    everything_in_package,
    excel,
    packed,
    picture,
    unpacked,
    with_place,
    word,
    word_with_body,
)

OUTSIDE = 'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" TargetMode="External"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def _refusal(data, name="a.docx"):
    with pytest.raises(RuleBroken) as refused:
        received(data, name=name)
    assert refused.value.field == "file"
    return refused.value


def _left(data, name="a.docx"):
    clean = received(data, name=name)
    return clean, everything_in_package(clean.data)


def test_a_word_file_comes_out_readable_with_its_text():
    clean, _ = _left(word("第一段", "第二段", table=[["事项", "结果"], ["注销", "已办"]]))
    document = Document(io.BytesIO(clean.data))
    assert [each.text for each in document.paragraphs] == ["第一段", "第二段"]
    assert document.tables[0].cell(1, 1).text == "已办"
    assert (clean.extension, clean.pages) == (".docx", None)
    assert "第一段\n第二段" in clean.text and "注销：已办" in clean.text


def test_authors_and_properties_of_a_word_file_are_gone():
    sent = word("正文")
    assert HIDDEN in everything_in_package(sent) and SECRET in everything_in_package(sent)
    clean, left = _left(sent)
    assert HIDDEN not in left and SECRET not in left
    assert "docProps" not in left and "rsid" not in left
    assert "作者、单位等文件属性已去掉。" in clean.warnings


def test_comments_people_and_marks_of_sessions_are_gone():
    body = (
        '<w:p w:rsidR="00AB12CD"><w:commentRangeStart w:id="0"/><w:r><w:t>有批注的字</w:t></w:r><w:commentRangeEnd w:id="0"/>'
        '<w:r><w:commentReference w:id="0"/></w:r></w:p>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    relation = f'<Relationship Id="rIdC" Type="{kind}" Target="comments.xml"/>'
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    words = f"<w:p><w:r><w:t>{SECRET}</w:t></w:r></w:p>"
    comments = f'<w:comments {space}><w:comment w:id="0" w:author="{HIDDEN}">{words}</w:comment></w:comments>'
    sent = word_with_body(
        body, relations=relation, more={"word/comments.xml": comments, "word/people.xml": f"<p>{HIDDEN}</p>"}
    )
    clean, left = _left(sent)
    assert HIDDEN not in left and SECRET not in left and "comment" not in left and "00AB12CD" not in left
    assert "有批注的字" in clean.text and "批注已全部去掉。" in clean.warnings
    assert Document(io.BytesIO(clean.data)).paragraphs[-1].text == "有批注的字"


@pytest.mark.parametrize(
    "change",
    [
        f'<w:p><w:ins w:id="1" w:author="{HIDDEN}"><w:r><w:t>新</w:t></w:r></w:ins></w:p>',
        f'<w:p><w:del w:id="1" w:author="{HIDDEN}"><w:r><w:delText>{SECRET}</w:delText></w:r></w:del></w:p>',
        f'<w:p><w:moveFrom w:id="1" w:author="{HIDDEN}"><w:r><w:t>移</w:t></w:r></w:moveFrom></w:p>',
    ],
)
def test_tracked_changes_are_refused_because_a_person_has_to_say_what_holds(change):
    refused = _refusal(word_with_body(change))
    assert refused.code == "tracked" and "接受或拒绝" in refused.message


def test_marks_of_changed_formats_are_taken_out_with_their_author():
    body = f'<w:p><w:r><w:rPr><w:b/><w:rPrChange w:id="3" w:author="{HIDDEN}"><w:rPr/></w:rPrChange></w:rPr><w:t>粗</w:t></w:r></w:p>'
    clean, left = _left(word_with_body(body))
    assert HIDDEN not in left and "粗" in clean.text


def test_links_to_outside_and_fields_that_fetch_are_gone_and_their_words_stay():
    body = (
        f'<w:p><w:hyperlink {R} r:id="rIdX" w:tooltip="{HIDDEN}"><w:r><w:t>链接文字</w:t></w:r></w:hyperlink>'
        f'<w:r><w:instrText> INCLUDETEXT "C:\\\\{HIDDEN}\\\\a.docx" </w:instrText></w:r>'
        f'<w:fldSimple w:instr=" HYPERLINK &quot;mailto:{SECRET}&quot; "><w:r><w:t>域</w:t></w:r></w:fldSimple></w:p>'
    )
    relation = f'<Relationship Id="rIdX" {OUTSIDE.format("hyperlink")} Target="https://{SECRET}.example.com/"/>'
    clean, left = _left(word_with_body(body, relations=relation))
    assert SECRET not in left and HIDDEN not in left and "External" not in left
    assert "链接文字" in clean.text and "域" in clean.text


def test_a_template_on_another_machine_is_forgotten():
    sent = unpacked(word("正文"))
    sent["word/_rels/settings.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" {OUTSIDE.format("attachedTemplate")} Target="file:///{HIDDEN}/a.dotx"/></Relationships>'
    )
    assert HIDDEN not in _left(packed(sent))[1]


def test_hidden_text_and_text_of_footers_is_read():
    clean, _ = _left(word_with_body(f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{SECRET}</w:t></w:r></w:p>"))
    assert SECRET in clean.text and any("隐藏的文字" in each for each in clean.warnings)
    document = Document()
    document.sections[0].footer.paragraphs[0].text = SECRET
    out = io.BytesIO()
    document.save(out)
    assert SECRET in _left(out.getvalue())[0].text


def test_words_that_stand_in_attributes_are_read():
    shape = f'<v:textpath xmlns:v="urn:schemas-microsoft-com:vml" string="{SECRET}"/>'
    body = f'<w:p><w:bookmarkStart w:id="1" w:name="{HIDDEN}"/><w:r><w:pict>{shape}</w:pict></w:r></w:p>'
    clean, _ = _left(word_with_body(body))
    assert SECRET in clean.text and HIDDEN in clean.text


def test_a_number_parted_into_pieces_is_one_number_for_the_rules():
    body = "".join(f"<w:r><w:t>{piece}</w:t></w:r>" for piece in (SECRET[:3], SECRET[3:7], SECRET[7:]))
    clean, _ = _left(word_with_body(f"<w:p>{body}</w:p>"))
    assert [found.kind for found in find(clean.text)] == [Kind.MOBILE]


def test_pictures_inside_a_word_file_lose_what_their_camera_wrote():
    sent = word("正文", image=picture(exif=with_place(), comment=SECRET))
    assert HIDDEN in everything_in_package(sent)
    clean, left = _left(sent)
    assert HIDDEN not in left and SECRET not in left
    assert any("图片" in each for each in clean.warnings)
    assert len(Document(io.BytesIO(clean.data)).inline_shapes) == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"word/vbaProject.bin": "x"}, "macros"),
        ({"word/embeddings/oleObject1.bin": "x"}, "embedded"),
        ({"word/charts/chart1.xml": "<a/>"}, "embedded"),
        ({"word/media/image1.emf": "x"}, "odd_picture"),
        ({"word/media/image1.png": "x"}, "broken"),
        ({"word/media/a.png": "x", **{f"word/media/{number}.png": "x" for number in range(40)}}, "too_many_pictures"),
        ({"../evil.xml": "<a/>"}, "broken"),
        ({"word/Document.xml": "<a/>"}, "broken"),
        ({"word/styles.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, "entities"),
        ({"word/styles.xml": "<a><b></a>"}, "broken"),
        ({"[Content_Types].xml": "nonsense"}, "broken"),
    ],
)
def test_word_files_with_what_may_hide_anything_are_refused(more, code):
    assert _refusal(packed(unpacked(word("正文")) | more)).code == code


def test_an_entity_that_reads_a_file_is_refused_and_nothing_is_read():
    body = "<!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><w>&x;</w>"
    assert _refusal(packed(unpacked(word("正文")) | {"word/document.xml": body})).code == "entities"


def test_a_zip_bomb_is_refused_also_when_it_lies_about_its_size():
    bomb = packed(unpacked(word("正文")) | {"word/document.xml": b"<a>" + b" " * (limits.MOST_UNPACKED + 1)})
    assert _refusal(bomb).code == "bursts"
    # The size that the list of contents declares, set to 1.
    at = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(b"word/document.xml"))
    assert _refusal(bomb[: at + 24] + b"\1\0\0\0" + bomb[at + 28 :]).code in ("bursts", "broken")
    assert _refusal(packed({f"{number}.xml": "" for number in range(limits.MOST_PARTS + 1)})).code == "bursts"


def test_a_damaged_or_encrypted_package_is_refused():
    sent = word("正文")
    assert _refusal(sent[: len(sent) // 2]).code == "broken"
    at = sent.rindex(b"PK\x01\x02")
    assert _refusal(sent[: at + 8] + b"\1" + sent[at + 9 :]).code == "encrypted"


def test_an_excel_file_comes_out_readable_and_its_rows_say_what_each_value_is():
    clean, left = _left(
        excel([["姓名", "电话", "余额"], ["王小明", 13800138000, 3.5], ["李某", "", None]]), name="a.xlsx"
    )
    sheet = openpyxl.load_workbook(io.BytesIO(clean.data)).active
    assert [cell.value for cell in sheet[2]] == ["王小明", 13800138000, 3.5]
    assert (clean.extension, clean.pages) == (".xlsx", 1)
    assert "办理情况" in clean.text and "姓名：王小明；电话：13800138000" in clean.text
    assert {found.kind for found in find(clean.text)} == {Kind.NAME, Kind.MOBILE}
    assert HIDDEN not in left and "docProps" not in left


def test_hidden_sheets_are_refused_with_their_names():
    refused = _refusal(excel([["a"]], hidden="原始名单"), name="a.xlsx")
    assert refused.code == "hidden_sheets" and "“原始名单”" in refused.message


def test_formulas_comments_links_and_names_of_an_excel_file_are_gone():
    def change(book):
        sheet = book.active
        sheet["A1"] = "=[1]Sheet1!$A$1"
        sheet["A2"] = "=cmd|'/c calc'!A1"
        sheet["B1"] = "链接"
        sheet["B1"].hyperlink = f"https://{SECRET}.example.com/"
        sheet["B1"].comment = Comment(SECRET, HIDDEN)
        book.defined_names["秘密"] = openpyxl.workbook.defined_name.DefinedName("秘密", attr_text=f'"{SECRET}"')
        sheet.oddFooter.center.text = SECRET
        validation = openpyxl.worksheet.datavalidation.DataValidation(type="list", formula1=f'"{SECRET},b"')
        sheet.add_data_validation(validation)
        validation.add("C1")
        sheet.add_image(Drawn(io.BytesIO(picture(exif=with_place()))), "D1")
        book.custom_doc_props.append(openpyxl.packaging.custom.StringProperty(name="who", value=HIDDEN))

    sent = excel([], change=change)
    parts = unpacked(sent)
    parts["xl/externalLinks/externalLink1.xml"] = f"<externalLink>{SECRET}</externalLink>"
    clean, left = _left(packed(parts), name="a.xlsx")
    for trace in (SECRET, HIDDEN, "externalLink", "calc'", "<f>", "hyperlink", "comments", "definedName", "media/"):
        assert trace not in left, trace
    assert openpyxl.load_workbook(io.BytesIO(clean.data)).active["B1"].value == "链接"
    told = "".join(clean.warnings)
    assert all(word in told for word in ("公式", "批注", "图片", "文件属性", "外部链接"))


def test_text_of_deleted_cells_is_gone_and_hidden_rows_show():
    sent = unpacked(excel([["甲", "乙"], ["丙", SECRET]]))
    sheet = sent["xl/worksheets/sheet1.xml"].decode()
    # The last cell goes, its text stays in the table of strings; the first row is hidden.
    sheet = sheet[: sheet.rindex("<c ")] + "</row></sheetData>" + sheet.split("</sheetData>")[1]
    sheet = sheet.replace('<row r="1"', '<row r="1" hidden="1"')
    clean, left = _left(packed(sent | {"xl/worksheets/sheet1.xml": sheet}), name="a.xlsx")
    assert SECRET not in left
    assert "hidden" not in unpacked(clean.data)["xl/worksheets/sheet1.xml"].decode()
    assert "甲：乙" in clean.text and any("隐藏的行" in each for each in clean.warnings)
    assert openpyxl.load_workbook(io.BytesIO(clean.data)).active["A2"].value == "丙"


def test_large_numbers_are_read_as_they_are_shown():
    sent = unpacked(excel([[1]]))
    sheet = sent["xl/worksheets/sheet1.xml"].decode().replace("<v>1</v>", "<v>1.3800138E10</v>")
    assert "13800138000" in _left(packed(sent | {"xl/worksheets/sheet1.xml": sheet}), name="a.xlsx")[0].text


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"xl/vbaProject.bin": "x"}, "macros"),
        ({"xl/embeddings/a.bin": "x"}, "embedded"),
        ({"xl/macrosheets/sheet1.xml": "<a/>"}, "embedded"),
        ({"xl/chartsheets/sheet1.xml": "<a/>"}, "embedded"),
        ({"xl/worksheets/sheet1.xml": "<a"}, "broken"),
        ({"xl/_rels/workbook.xml.rels": "<a/>"}, "broken"),
    ],
)
def test_excel_files_with_what_may_hide_anything_are_refused(more, code):
    assert _refusal(packed(unpacked(excel([["a"]])) | more), name="a.xlsx").code == code


def test_a_cell_far_away_and_a_merge_of_everything_take_no_time():
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1048576">'
        '<c r="XFD1048576"><v>7</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
    )
    assert "7" in _left(packed(unpacked(excel([["a"]])) | {"xl/worksheets/sheet1.xml": sheet}), name="a.xlsx")[0].text


def test_what_comes_out_can_be_sent_in_again_and_stays_the_same():
    for data, name in ((word("正文", image=picture()), "a.docx"), (excel([["甲", 1]]), "a.xlsx")):
        once = received(data, name=name)
        twice = received(once.data, name=name)
        assert twice.text == once.text
        assert set(zipfile.ZipFile(io.BytesIO(twice.data)).namelist()) == set(
            zipfile.ZipFile(io.BytesIO(once.data)).namelist()
        )
