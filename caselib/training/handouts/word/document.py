"""The Word hand-out as a whole: cover, contents, a section for each lesson, answers."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext
from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from caselib.core.word_out import HEAD, TITLE, field_add, link_add, made_anonymous, run_add

from ..shapes import NOT_BASIS, UNSEEN, LessonSheet, Material, ModuleSheet, shortened
from .layout import ACCENT, COLOURS, coloured, laid_out, ruled, section_end, section_last
from .lessons import answers_written, lesson_mark, lesson_written
from .writing import Writer

_ANSWERS = "_Toc990000"
_SMALL = 9
_HEADER_LENGTH = 48


def document_of(material: Material, *, hall: str) -> bytes:
    """The document. A lesson begins on a page of its own and has its number, revision and signal on top of each."""
    document = Document()
    laid_out(document)
    writer = Writer(document)
    footer_add(document, material)
    _cover(writer, material, hall=hall)
    section_end(document, writer.last, header_add(document, material, ""))
    _contents(writer, material)
    header = header_add(document, material, gettext("目录"))
    for module in material.modules:
        for place, lesson in enumerate(module.lessons):
            section_end(document, writer.last, header)
            if place == 0:
                writer.heading(module.title, 1, mark=_module_mark(module))
            lesson_written(writer, lesson, material)
            header = header_add(document, material, _standing_of(lesson))
    if material.answers and material.questions:
        section_end(document, writer.last, header)
        writer.heading(gettext("附：答案和理由"), 1, mark=_ANSWERS)
        answers_written(writer, material)
        header = header_add(document, material, gettext("附：答案和理由"))
    section_last(document, header)
    _without_picture(document)
    made_anonymous(document, on=material.on)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _standing_of(lesson: LessonSheet) -> str:
    told = gettext("第 {number} 课").format(number=lesson.number)
    if lesson.is_hidden:
        return f"{told}　{gettext(UNSEEN)}"
    if lesson.standing is None:
        return told
    shows = lesson.standing.reasons and not lesson.keeps_back
    reason = f"（{lesson.standing.reasons[0]}）" if shows else ""
    return shortened(f"{told}　{lesson.standing.line}{reason}", _HEADER_LENGTH)


# --- cover and contents ---


def _cover(writer: Writer, material: Material, *, hall: str) -> None:
    top = writer.paragraph(hall, font=HEAD, size=14)
    top.paragraph_format.space_before = Pt(90)
    coloured(top.runs[0], ACCENT)
    if material.is_draft:
        draft = writer.paragraph(gettext("草稿，还没有审核发布"), font=HEAD, size=14)
        coloured(draft.runs[0], COLOURS["stop"][0])
    title = writer.paragraph("", "")
    title.paragraph_format.line_spacing = Pt(44)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(12), Pt(18)
    run_add(title, material.title, size=30, bold=True, font=TITLE)
    ruled(writer.paragraph())
    if material.goal:
        writer.labelled(gettext("目标"), material.goal)
    for name, words in _facts(material):
        writer.labelled(name, words)
    if material.intro:
        writer.paragraph().paragraph_format.line_spacing = Pt(10)
        writer.markdown(material.intro)
    last = writer.paragraph(NOT_BASIS, font=HEAD, size=14)
    last.paragraph_format.space_before = Pt(40)
    if material.hidden:
        told = gettext("有 {count} 课的案例现在不能看，只留了位置。").format(count=len(material.hidden))
        writer.paragraph(told)


def _facts(material: Material) -> list[tuple[str, str]]:
    _, signal = material.worst
    told = gettext("{lessons} 课，{questions} 道题").format(lessons=len(material.lessons), questions=material.questions)
    answers = gettext("附在最后") if material.answers else gettext("没有附")
    edition = gettext("老师用") if material.for_trainers else gettext("学员用")
    facts = [
        ("给谁学", material.readers),
        ("编写", material.department),
        ("编号", f"{material.code}　{material.version_words}"),
        ("日期", material.day_words),
        ("信号", f"{signal}（{material.on.isoformat()} 查看）" if signal else ""),
        ("内容", f"{material.only}：{told}" if material.only else told),
        ("答案", f"{answers}（{edition}）" if material.questions else ""),
    ]
    return [(gettext(name), words) for name, words in facts if words]


def _contents(writer: Writer, material: Material) -> None:
    """A list with links, and with fields for the pages: within a TOC field not every program works them out."""
    title = writer.paragraph(gettext("目录"), font=TITLE, size=20, bold=True)
    title.paragraph_format.line_spacing, title.paragraph_format.space_after = Pt(30), Pt(8)
    entries: list[tuple[str, str, str]] = []
    for module in material.modules:
        if module.lessons:
            entries.append((module.title, _module_mark(module), "TOC1"))
        entries += [
            (f"第 {lesson.number} 课　{lesson.title}", lesson_mark(lesson), "TOC2") for lesson in module.lessons
        ]
    if material.answers and material.questions:
        entries.append((gettext("附：答案和理由"), _ANSWERS, "TOC1"))
    for text, mark, style in entries:
        line = writer.paragraph("", style)
        link_add(line, text, to=mark)
        line.add_run().add_tab()
        field_add(line, f"PAGEREF {mark} \\h", size=0, shown=" ", is_dirty=True)


def _module_mark(module: ModuleSheet) -> str:
    return f"_Toc{module.lessons[0].number + 800_000}"


# --- what stands on every page ---


def header_add(document: Any, material: Material, words: str) -> str:
    """A header with the title of the pack and `words`; the name of its relation, for `section_end`."""
    header, relation = document.part.add_header_part()
    body = header.element
    first = Paragraph(body[0], None)
    draft = gettext("【草稿】") if material.is_draft else ""
    for paragraph, text in ((first, f"{draft}{material.title}"), (Paragraph(OxmlElement("w:p"), None), words)):
        if paragraph is not first:
            body.append(paragraph._p)
        run_add(paragraph, text, size=_SMALL)
        paragraph.paragraph_format.line_spacing = Pt(12)
        last = paragraph
    ruled(last)
    return relation


def footer_add(document: Any, material: Material) -> None:
    """Number, version, day and signal, with the page. All sections have it."""
    first = document.sections[0].footer.paragraphs[0]
    first.paragraph_format.tab_stops.add_tab_stop(Mm(162), alignment=WD_TAB_ALIGNMENT.RIGHT)
    run_add(first, material.foot, size=_SMALL)
    first.add_run().add_tab()
    run_add(first, "第 ", size=_SMALL)
    field_add(first, "PAGE", size=_SMALL)
    run_add(first, " 页，共 ", size=_SMALL)
    field_add(first, "NUMPAGES", size=_SMALL)
    run_add(first, " 页", size=_SMALL)
    second = document.sections[0].footer.add_paragraph()
    run_add(second, NOT_BASIS, size=_SMALL)
    ruled(first, "top")
    for paragraph in (first, second):
        paragraph.paragraph_format.line_spacing = Pt(12)


def _without_picture(document: Any) -> None:
    """The template that all documents begin with brings a picture of itself along."""
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            package.rels.pop(key)
