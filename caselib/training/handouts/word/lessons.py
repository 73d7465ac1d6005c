"""One lesson in Word: the words of the citizen, the questions, and then how it was done."""

from django.utils.translation import gettext
from docx.shared import Pt

from caselib.precedents.content import LABELS

from ...choices import QuestionKind
from ..shapes import Asked, Case, Cited, LessonSheet, Material
from .layout import COLOURS, coloured
from .writing import Writer

# What is said in one line, in its order, and what is a list.
_FACTS = ("result_type", "matter", "region", "lead_org", "partner_orgs", "manner")
_LISTS = ("detours", "alternatives", "entrances", "flexibility")
_ASKS_FOR_ROOM = 3


def lesson_written(writer: Writer, lesson: LessonSheet, material: Material) -> None:
    """Title, number, signal, note, case and questions. Questions before the resolution, on a page before it, where it hides."""
    writer.heading(f"第 {lesson.number} 课　{lesson.title}", 2, mark=lesson_mark(lesson))
    if lesson.is_hidden:
        return
    if lesson.standing is not None:
        _standing(writer, lesson)
    if lesson.note:
        writer.markdown(lesson.note)
    if lesson.case is None:
        _questions(writer, lesson)
        return
    _told(writer, lesson.case, lesson)
    if lesson.keeps_back:
        _questions(writer, lesson)
        writer.heading(gettext("再对照：案例里怎么办的"), 3, new_page=True)
        if lesson.standing is not None:
            _reasons(writer, lesson)
    _done(writer, lesson.case)
    if material.for_trainers:
        _for_trainers(writer, lesson.case)
    if not lesson.keeps_back:
        _questions(writer, lesson)


def lesson_mark(lesson: LessonSheet) -> str:
    """The mark that the contents lead to, in the form that Word gives its own."""
    return f"_Toc{900_000 + lesson.number}"


def _standing(writer: Writer, lesson: LessonSheet) -> None:
    standing = lesson.standing
    head = writer.paragraph(f"编号 {standing.number}　第 {standing.revision} 版　{standing.department}", size=10.5)
    head.paragraph_format.keep_with_next = True
    if lesson.minutes:
        head.add_run(f"　约 {lesson.minutes} 分钟").font.size = Pt(10.5)
    if lesson.keeps_back:
        later = (gettext("先定；为什么，写在后面“再对照”里。"),) if standing.reasons else ()
        writer.signal(f"信号：{standing.signal}", standing.word, later)
    else:
        writer.signal(f"信号：{standing.signal}", standing.word, standing.reasons)
        _title(writer, lesson)


def _reasons(writer: Writer, lesson: LessonSheet) -> None:
    """What was kept back until it was decided: the title of the precedent, and why its signal is not the best."""
    if lesson.standing.reasons:
        writer.signal(f"信号：{lesson.standing.signal}", lesson.standing.word, lesson.standing.reasons)
    _title(writer, lesson)


def _title(writer: Writer, lesson: LessonSheet) -> None:
    if lesson.case is not None and lesson.case.title != lesson.title:
        writer.labelled("案例", lesson.case.title)


def _told(writer: Writer, case: Case, lesson: LessonSheet) -> None:
    """What somebody came with, and where it was stuck."""
    if case.wording:
        writer.heading(gettext("群众怎么说"), 3)
        writer.quote(case.wording)
    if case.problem:
        writer.heading(_name(case, "problem", "怎么回事"), 3)
        writer.markdown(case.problem)
    for name in ("matter", "region"):
        if words := case.one(name):
            writer.labelled(gettext(LABELS[name]), words)
    if blocker := case.one("blocker"):
        writer.labelled(_name(case, "blocker", "卡在哪儿"), blocker)


def _done(writer: Writer, case: Case) -> None:
    if gist := case.one("gist"):
        writer.labelled(gettext("办理要旨"), gist)
    if case.resolution:
        writer.heading(_name(case, "resolution", "怎么办"), 3)
        writer.markdown(case.resolution)
    for name, label, sign in (("applies_when", "能用吗：都要符合", "□"), ("not_when", "有一条就不能用", "×")):
        if lines := case.of(name):
            writer.heading(_name(case, name, label), 3)
            writer.boxes(lines, sign)
    if steps := case.of("handling_steps"):
        writer.heading(_name(case, "handling_steps", "一步一步"), 3)
        writer.numbered(steps)
    for name, label in (("materials", "要什么材料"), ("deferred_material", "哪些可以后补")):
        if lines := case.of(name):
            writer.heading(_name(case, name, label), 3)
            writer.boxes(lines)
    if case.of("script"):
        writer.heading(_name(case, "script", "怎么说（口径）"), 3)
        writer.quote(case.of("script"))
    for name in _FACTS[:1] + _FACTS[3:]:
        if words := case.one(name):
            writer.labelled(gettext(LABELS[name]), words)
    _who(writer, case)
    for name in _LISTS:
        if lines := case.of(name):
            writer.heading(_name(case, name, LABELS[name]), 3)
            writer.bullets(lines)
    _basis(writer, case.basis)


def _who(writer: Writer, case: Case) -> None:
    if case.who:
        writer.labelled(_name(case, "who_can_decide", "谁能定"), case.who)


def _basis(writer: Writer, basis: tuple[Cited, ...]) -> None:
    if not basis:
        return
    writer.heading(gettext("依据条款和时效"), 3)
    rows = [[gettext("关系"), gettext("条款"), gettext("时效")]]
    for each in basis:
        note = f"\n{each.note}" if each.note else ""
        rows.append([each.relation, f"{each.text}{note}", each.validity])
    writer.table(rows, shares=(14, 62, 24))


def _for_trainers(writer: Writer, case: Case) -> None:
    for name, label, text in (("assessment", "研判理由", case.assessment), ("lasting_rule", "长效机制", case.lasting)):
        if text:
            writer.heading(gettext("给老师：{label}").format(label=_name(case, name, label)), 3)
            writer.markdown(text)


def _name(case: Case, field: str, label: str) -> str:
    told = gettext(label)
    return gettext("{told}（待核）").format(told=told) if field in case.unsure else told


# --- questions ---


def _questions(writer: Writer, lesson: LessonSheet) -> None:
    if not lesson.questions:
        return
    writer.heading(gettext("想一想，先定"), 3)
    for each in lesson.questions:
        if each.is_hidden:
            writer.paragraph(f"{each.number}. {each.untold}")
        else:
            _question(writer, each)


def _question(writer: Writer, each: Asked) -> None:
    first, *more = each.stem.split("\n")
    made = writer.paragraph(f"{each.number}.（{each.label}）{first}", bold=True)
    made.paragraph_format.space_before, made.paragraph_format.keep_with_next = Pt(8), True
    for line in filter(str.strip, more):
        writer.paragraph(line, bold=True).paragraph_format.keep_with_next = True
    if each.left:
        pairs = [
            [f"{part.letter}. {part.text}" for part in each.left],
            [f"{part.letter}. {part.text}" for part in each.parts],
        ]
        rows = [[*pair] for pair in _side_by_side(*pairs)]
        writer.table(rows, shares=(50, 50), has_head=False)
        writer.paragraph("　".join(f"{part.letter} —（　　）" for part in each.left))
        return
    for part in each.parts:
        when = gettext("（适用：{when}）").format(when=part.when) if part.when else ""
        option = writer.paragraph(f"{part.letter}. {part.text}{when}")
        option.paragraph_format.left_indent, option.paragraph_format.first_line_indent = Pt(40), Pt(-20)
        option.paragraph_format.keep_with_next = part is not each.parts[-1]
    if each.kind == QuestionKind.ORDER:
        writer.paragraph(" → ".join("（　　）" for _ in each.parts)).paragraph_format.left_indent = Pt(20)
    elif each.kind == QuestionKind.SHORT:
        writer.lines_to_write(_ASKS_FOR_ROOM)


def _side_by_side(left: list[str], right: list[str]) -> list[tuple[str, str]]:
    length = max(len(left), len(right))
    return list(zip(left + [""] * (length - len(left)), right + [""] * (length - len(right)), strict=True))


def answers_written(writer: Writer, material: Material) -> None:
    """The appendix: what is right, why, and by which clause."""
    for lesson in material.lessons:
        if not lesson.asked:
            continue
        writer.heading(f"第 {lesson.number} 课　{lesson.title}", 3)
        for each in lesson.asked:
            _answer(writer, each)


def _answer(writer: Writer, each: Asked) -> None:
    stem = writer.paragraph(f"{each.number}. {each.stem}", bold=True)
    stem.paragraph_format.space_before, stem.paragraph_format.keep_with_next = Pt(6), True
    for line in each.answer:
        made = writer.paragraph(f"√ {line}")
        coloured(made.runs[0], COLOURS["ok"][0])
        made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Pt(40), Pt(-20)
        made.paragraph_format.keep_with_next = True
    for part in each.parts:
        if part.why:
            made = writer.paragraph(f"{part.letter}：{part.why}", size=11)
            made.paragraph_format.left_indent = Pt(20)
    if each.explanation:
        writer.markdown(each.explanation)
    if each.cited:
        cited_written(writer, each.cited)


def cited_written(writer: Writer, cited: Cited) -> None:
    validity = f"【{cited.validity}】" if cited.validity else ""
    writer.labelled(gettext("依据"), f"{cited.text}{validity}")
    if cited.words:
        gist = gettext("（条文大意）") if cited.is_gist else ""
        made = writer.paragraph(f"{cited.words}{gist}", size=11)
        made.paragraph_format.left_indent = Pt(24)
