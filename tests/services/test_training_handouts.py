"""A hand-out says all that may leave and nothing else: read back from the files, from every part of them."""

import datetime as dt
import re
import zipfile
from io import BytesIO

import pytest
from docx import Document
from pptx import Presentation

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.content import HandlingStep, Material
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.precedents.visibility import Audience
from caselib.training.choices import QuestionKind
from caselib.training.handouts.choosing import OPEN, PRINT, Ask, choice_for
from caselib.training.handouts.material import material_of
from caselib.training.handouts.services import handout_begin
from caselib.training.handouts.shapes import UNASKED, UNSEEN, Case
from caselib.training.handouts.slides import slides_of
from caselib.training.handouts.word import document_of
from caselib.training.models import Lesson, Module, Pack, PackEditor, QuestionText
from tests import factories
from tests import training_rows as rows

from .deeds import PHONE, planted

pytestmark = pytest.mark.django_db
HALL = "试点大厅"
ORDER = {
    "items": [{"key": key, "text": text} for key, text in zip("abcd", ("收件", "核验", "公示", "发照"), strict=True)]
}
MATCH = {
    "left": [{"key": "a", "text": "容缺"}, {"key": "b", "text": "承诺"}],
    "right": [{"key": "a", "text": "晚交"}, {"key": "b", "text": "不交"}],
    "pairs": {"a": "a", "b": "b"},
}


class Room:
    """A trainer with a pack of the own department."""

    def __init__(self, **values) -> None:
        self.home = factories.department()
        self.trainer = factories.user(Role.TRAINER, within=self.home)
        self.scope = scope_of(self.trainer)
        self.pack = rows.pack(owner=self.home, author=self.trainer, **{"title": "容缺专题", **values})
        self.version = rows.open_version(self.pack)

    def case(self, *questions: dict, **values) -> Lesson:
        lesson = {name: values.pop(name) for name in ("hides", "note") if name in values}
        precedent = factories.published(owner=self.home, **values)
        made = rows.case(self.version, precedent, **lesson)
        rows.asked(made, *(rows.question(precedent=precedent, **each) for each in questions))
        return made

    def material(self, **asked):
        asked = {"answers": True, "for_trainers": True, "on": clock.today(), **asked}
        version = self.pack.versions.select_related("pack__owner_department").get(pk=self.version.pk)
        return material_of(version, self.scope, **asked)


def parts_of(data: bytes) -> dict[str, str]:
    """Every part of a file, as text."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name).decode(errors="replace") for name in package.namelist()}


def all_of(material) -> str:
    """All that both files say, their properties too."""
    files = document_of(material, hall=HALL), slides_of(material, hall=HALL)
    return "\n".join(text for data in files for text in parts_of(data).values())


def words_of_word(material) -> str:
    document = Document(BytesIO(document_of(material, hall=HALL)))
    return "\n".join(text.text for text in document.element.body.iter("{*}t"))


def slides_in(material) -> list[tuple[str, str]]:
    """(what stands on a slide, its notes)."""
    made = Presentation(BytesIO(slides_of(material, hall=HALL)))
    found = []
    for slide in made.slides:
        words = "\n".join(text.text or "" for text in slide._element.iter("{*}t"))
        found.append((words, slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""))
    return found


def test_a_lesson_says_what_the_precedent_says_and_questions_come_before_the_resolution():
    room = Room(goal="学会先受理", intro="**先定**，再对照。")
    room.case(
        {"explanation": "看**主件**齐不齐。", "clause": factories.clause(33, effective_from=dt.date(2021, 1, 1))},
        requester_wording=("前面那家没销，我办不了照",),
        resolution="帮前租户走简易注销。",
        handling_steps=(HandlingStep("核验身份", "窗口", 0),),
        materials=(Material("股东会决议"),),
        script="今天先给您收下。",
        assessment="主件都齐，缺件核得了。",
        citations=(factories.citation(factories.clause(7)),),
    )
    material = room.material()
    text = words_of_word(material)
    for words in ("容缺专题", "学会先受理", "先定", "前面那家没销", "帮前租户走简易注销", "核验身份", "股东会决议", "今天先给您收下",
                  "主件都齐，缺件核得了", "第7条", "第33条", "现行有效", "案例供参考，不是依据", HALL):  # fmt: skip
        assert words in text, words
    assert text.index("您定：该怎么办") < text.index("帮前租户走简易注销")
    slides = slides_in(material)
    on_slides = "\n".join(words for words, _ in slides)
    assert on_slides.index("您定：该怎么办") < on_slides.index("答案和理由") < on_slides.index("帮前租户走简易注销")
    assert [words for words, notes in slides if "主件都齐，缺件核得了" in words] == []
    assert any("研判理由：主件都齐，缺件核得了" in notes for _, notes in slides)
    assert 2 <= len(slides) - 2 <= 4


def test_a_precedent_that_is_off_view_leaves_its_place_and_no_word():
    room = Room()
    elsewhere = factories.department()
    secret = {"title": "qzsecrettitle", "problem": "qzsecretproblem", "script": "qzsecretscript"}
    hidden = factories.published(owner=elsewhere, audience=Audience.DEPARTMENT, **secret)
    lesson = rows.case(room.version, hidden, note="qzsecretnote")
    rows.asked(lesson, rows.question(precedent=hidden, stem="qzsecretstem"))
    note = rows.note(room.version)
    rows.asked(note, rows.question(precedent=hidden, stem="qzsecretstem2"))
    which = {
        "options": [
            {"key": "a", "text": "qzsecretoption", "precedent": hidden.code, "when": "qzsecretwhen"},
            {"key": "b", "text": "另一件"},
        ],
        "right": ["a"],
    }
    rows.asked(note, rows.question(QuestionKind.WHICH, which, stem="qzsecretwhich"))
    material = room.material()
    told = all_of(material)
    assert "qzsecret" not in told
    assert hidden.code not in told and str(hidden.number) not in told
    assert told.count(UNSEEN) >= 3
    assert UNASKED in told
    assert (len(material.hidden), material.unasked, material.questions) == (1, 2, 0)


def test_what_looks_like_personal_data_leaves_from_no_text():
    room = Room(title=planted("专题"), goal=planted("目标"), intro=planted("前言"))
    room.version.modules.update(title=planted("单元"))
    lesson = room.case({"stem": planted("题"), "explanation": planted("理由")}, hides=True)
    Lesson.objects.filter(pk=lesson.pk).update(title=planted("课"), note=planted("留意"))
    # As if it had been found after publication.
    type(lesson.revision).objects.filter(pk=lesson.revision_id).update(
        problem=planted("问题"), script=planted("口径"), requester_wording=[planted("原话")], assessment=planted("研判")
    )
    body = {
        "options": [{"key": "a", "text": planted("选项"), "why": planted("因为")}, {"key": "b", "text": "乙"}],
        "right": ["a"],
    }
    QuestionText.objects.update(body=body)
    told = all_of(room.material())
    assert PHONE not in told
    assert "〔手机号〕" in told


def test_nobody_is_named_as_its_author_and_no_program_either():
    room = Room()
    room.case({})
    material = room.material()
    for made, read in ((document_of, Document), (slides_of, Presentation)):
        data = made(material, hall=HALL)
        about = read(BytesIO(data)).core_properties
        assert (about.author, about.last_modified_by, about.title, about.comments) == ("", "", "", "")
        parts = parts_of(data)
        assert not [name for name in parts if "thumbnail" in name or "printerSettings" in name]
        assert str(room.trainer) not in "".join(parts.values())


def test_number_version_day_and_signal_stand_on_every_slide_and_on_every_sheet():
    room = Room()
    lesson = room.case({})
    rows.note(room.version)
    rows.publish(room.pack)
    material = room.material()
    for words, _ in slides_in(material):
        for mark in (
            "容缺专题",
            f"编号 {room.pack.code}",
            "第 1 版",
            clock.today().isoformat(),
            "案例供参考，不是依据",
        ):
            assert mark in words, (mark, words)
    about = [words for words, _ in slides_in(material) if "第 1 课" in words and "目录" not in words]
    assert len(about) >= 3
    assert all(f"{lesson.precedent.number} 第 1 版" in words and "● 可用" in words for words in about)
    parts = parts_of(document_of(material, hall=HALL))
    headers = [text for name, text in parts.items() if re.match(r"word/header\d", name)]
    assert any(f"{lesson.precedent.number} 第 1 版" in text and "可用" in text for text in headers)
    (footer,) = [text for name, text in parts.items() if re.match(r"word/footer\d", name)]
    assert room.pack.code in footer and clock.today().isoformat() in footer and "信号：都可用" in footer
    sections = Document(BytesIO(document_of(material, hall=HALL))).sections
    assert len(sections) == 5
    assert all("容缺专题" in section.header.paragraphs[0].text for section in sections)


def test_a_newer_text_a_doubt_and_an_end_are_told_with_their_reasons():
    room = Room()
    newer, ended = room.case(), room.case()
    editor = factories.user(Role.EDITOR, within=room.home)
    revision = revision_start(newer.precedent, author=editor)
    revision = revision_save(
        revision, factories.content(title="改过的标题"), lock_version=revision.lock_version, editor=editor
    )
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=factories.user(Role.REVIEWER, within=room.home),
        digest_seen=revision.content_digest,
        comment="核对过",
    )
    keeper = factories.user(Role.DEPARTMENT_ADMIN, within=room.home)
    precedent_retire(ended.precedent, reason="政策变了", actor=keeper)
    material = room.material()
    text = words_of_word(material)
    assert "案例已有第 2 版，这一课用的是第 1 版。" in text
    assert "改过的标题" not in text
    assert "已出库：政策变了" in text
    assert material.worst == ("stop", "1 课停用")
    stopped = [words for words, _ in slides_in(material) if f"{ended.precedent.number} 第 1 版" in words]
    assert len(stopped) >= 2
    assert all("■ 停用" in words and "停用：已出库：政策变了" in words for words in stopped)


def test_where_one_decides_first_title_and_reasons_of_the_signal_come_behind_the_question():
    """Both may tell the answer: a doubt about a citation says what the right clause says."""
    room = Room()
    lesson = room.case({}, hides=True, title="先注销许可后注销执照", requester_wording=("食品证点不进去了",))
    lesson.title = "食品证点不进去"
    lesson.save(update_fields=["title"])
    keeper = factories.user(Role.DEPARTMENT_ADMIN, within=room.home)
    precedent_retire(lesson.precedent, reason="次序改了", actor=keeper)
    material = room.material()
    text = words_of_word(material)
    assert "信号：停用" in text[: text.index("您定：该怎么办")]
    for words in ("先注销许可后注销执照", "已出库：次序改了"):
        assert text.count(words) == 1
        assert text.index("您定：该怎么办") < text.index("再对照：案例里怎么办的") < text.index(words)
    headers = [
        words.text
        for section in Document(BytesIO(document_of(material, hall=HALL))).sections
        for words in section.header.paragraphs
    ]
    assert any("停用" in words for words in headers)
    assert not [words for words in headers if "次序改了" in words]
    slides = [(words, notes) for words, notes in slides_in(material) if "第 1 课" in words and "■ 停用" in words]
    opened = next(place for place, (words, _) in enumerate(slides) if "答案和理由" in words)
    assert opened
    for words, notes in slides[:opened]:
        assert "次序改了" not in words + notes
        assert "停用：先定，理由在后面" in words
    assert all("已出库：次序改了" in words for words, _ in slides[opened:])


def test_who_decides_is_said_once_where_office_and_level_are_the_same():
    same = {"who_can_decide": ("窗口",), "decision_level": ("窗口",)}
    case = Case("", (), same, "", "", "", "", ())
    assert case.who == "窗口"
    assert Case("", (), {**same, "decision_level": ("主管部门",)}, "", "", "", "", ()).who == "窗口，主管部门"


def test_without_answers_nothing_tells_what_is_right():
    room = Room()
    room.case(
        {"explanation": "qzwhyexplained", "clause": factories.clause(44)},
        {"kind": QuestionKind.SHORT, "body": {"points": [{"key": "a", "text": "qzpoint"}], "sample": "qzsample"}},
    )
    told = all_of(room.material(answers=False))
    for words in ("qzwhyexplained", "qzpoint", "qzsample", "第44条", "案例就是这样办成的", "答案和理由", "√"):
        assert words not in told, words
    assert "先帮前租户注销" in told
    assert "qzpoint" in all_of(room.material())


def test_the_edition_for_learners_keeps_the_reasoning_of_the_office():
    room = Room()
    room.case(assessment="qzassessment", lasting_rule="qzlasting")
    assert "qzassessment" not in all_of(room.material(for_trainers=False))
    told = all_of(room.material(for_trainers=True))
    assert "qzassessment" in told and "qzlasting" in told


def test_letters_of_the_answer_are_those_of_the_question_and_no_order_gives_itself_away():
    room = Room()
    room.case(
        {},
        {"kind": QuestionKind.ORDER, "body": ORDER, "stem": "排一排"},
        {"kind": QuestionKind.MATCH, "body": MATCH, "stem": "连一连"},
    )
    single, order, match = room.material().lessons[0].questions
    right = next(part for part in single.parts if part.is_right)
    assert single.answer == (f"{right.letter}. 先帮前租户注销",)
    letters = {part.text: part.letter for part in order.parts}
    assert [part.text for part in order.parts] != ["收件", "核验", "公示", "发照"]
    assert order.answer[0] == " → ".join(letters[text] for text in ("收件", "核验", "公示", "发照"))
    sides = {part.text: part.letter for part in match.parts}
    assert match.answer == (f"1 — {sides['晚交']}　容缺：晚交", f"2 — {sides['不交']}　承诺：不交")
    again = room.material().lessons[0].questions
    assert [each.parts for each in again] == [single.parts, order.parts, match.parts]


def test_the_contents_lead_to_each_lesson_and_ask_for_its_page():
    room = Room()
    room.case()
    rows.note(room.version)
    parts = parts_of(document_of(room.material(), hall=HALL))["word/document.xml"]
    marks = set(re.findall(r'w:bookmarkStart w:id="\d+" w:name="(\w+)"', parts))
    leads = re.findall(r'w:hyperlink w:anchor="(\w+)"', parts)
    assert len(leads) == 3 and set(leads) <= marks
    assert set(re.findall(r"PAGEREF (\w+)", parts)) == set(leads)


def test_markdown_becomes_paragraphs_lists_and_tables_of_word():
    room = Room()
    rows.note(
        room.version,
        note="先**受理**：\n\n1. 甲\n2. 乙\n\n| 材料 | 谁交 |\n| --- | --- |\n| 决议 | 股东 |\n\n[指引](https://e.cn/a)",
    )
    document = Document(BytesIO(document_of(room.material(), hall=HALL)))
    assert any(run.bold and run.text == "受理" for each in document.paragraphs for run in each.runs)
    numbered = [each.text for each in document.paragraphs if each.style.name == "List Number"]
    assert numbered == ["甲", "乙"]
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["材料", "谁交"],
        ["决议", "股东"],
    ]
    assert any("指引（https://e.cn/a）" in each.text for each in document.paragraphs)
    slides = Presentation(BytesIO(slides_of(room.material(), hall=HALL))).slides
    slide = next(each for each in slides if "第 1 课" in each.shapes.title.text)
    assert [shape.table.cell(1, 1).text for shape in slide.shapes if shape.has_table] == ["股东"]


def test_characters_that_no_xml_holds_are_left_out_and_faces_stay():
    room = Room()
    lesson = room.case({}, hides=False)
    odd = "甲\x00\x0b\ud800\ufffe\uffff乙😀<w:p>&\x1f"
    # A database may hold more than a form lets in; the surrogate alone it refuses.
    typed = odd.replace("\ud800", "").replace("\x00", "")
    Lesson.objects.filter(pk=lesson.pk).update(title=typed[:90], note=typed)
    QuestionText.objects.update(stem=typed)
    material = room.material()
    assert "甲乙😀<w:p>&" in words_of_word(material)
    assert any("甲乙😀<w:p>&" in words for words, _ in slides_in(material))


def test_a_draft_says_so_on_every_page_and_only_who_edits_it_takes_it():
    room = Room()
    rows.note(room.version)
    assert choice_for(room.scope, room.pack.code).version == room.version
    material = room.material()
    assert all("【草稿】" in words for words, _ in slides_in(material))
    sections = Document(BytesIO(document_of(material, hall=HALL))).sections
    assert all("【草稿】" in section.header.paragraphs[0].text for section in sections)
    rows.publish(room.pack)
    assert "【草稿】" not in all_of(room.material())
    stranger = scope_of(factories.user(Role.TRAINER))
    assert choice_for(stranger, room.pack.code).version == room.version
    with pytest.raises(NotVisible):
        choice_for(stranger, room.pack.code, which=OPEN)
    clerk = factories.user(Role.WINDOW, within=room.home)
    with pytest.raises(NotAllowed, match="讲义由培训老师和合编人导出"):
        choice_for(scope_of(clerk), room.pack.code)
    for user in (clerk, editor := factories.user(Role.EDITOR)):
        PackEditor.objects.create(pack=room.pack, user=user, added_at=clock.now(), added_by_name="老师")
    assert choice_for(scope_of(editor), room.pack.code).version == room.version
    # On the list alone is not enough: hand-outs hold the answers.
    with pytest.raises(NotAllowed):
        choice_for(scope_of(clerk), room.pack.code)


def test_one_module_alone_keeps_the_numbers_that_its_lessons_have_there():
    room = Room()
    rows.note(room.version, title="第一单元的课")
    second = Module.objects.create(version=room.version, title="第二单元", position=1)
    rows.note(room.version, title="第二单元的课", module=second)
    material = room.material(module=second.key)
    assert material.only == "第二单元"
    assert [lesson.title for lesson in material.lessons] == ["第二单元的课"]
    assert "第一单元的课" not in all_of(material)


def begin(room: Room, ask: Ask, pack: Pack | None = None):
    choice = choice_for(room.scope, (pack or room.pack).code)
    return handout_begin(choice, ask, scope=room.scope, actor=room.trainer, on=dt.date(2026, 11, 30))


def test_what_goes_out_is_written_down_before():
    room = Room()
    room.case()
    begin(room, Ask(form=PRINT, edition="trainers", answers=False))
    event = AuditEvent.objects.get(action=Action.PACK_EXPORTED)
    assert event.actor_id == room.trainer.pk
    assert event.after == {
        "form": "打印页", "title": "容缺专题", "revision": 1, "count": 1, "left_out": False, "module": "", "answers": False,
        "edition": "老师用",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "field"), [(Ask(form="exe"), "form"), (Ask(module="nothere"), "module"), (Ask(), "module")]
)
def test_what_cannot_be_made_says_why_and_leaves_no_event(ask, field):
    room = Room()
    if ask != Ask():
        rows.note(room.version)
    with pytest.raises(RuleBroken) as refused:
        begin(room, ask)
    assert refused.value.field == field
    assert not AuditEvent.objects.filter(action=Action.PACK_EXPORTED).exists()


def test_a_very_long_text_is_divided_and_the_rest_is_in_the_notes_to_the_last_sentence():
    room = Room()
    sentences = [f"第{number}句把一件事说完，前后都有别的事要交代。" for number in range(400)]
    room.case({}, resolution="\n\n".join("".join(sentences[at : at + 8]) for at in range(0, 400, 8)), title="长" * 100)
    slides = slides_in(room.material())
    told = "\n".join(f"{words}\n{notes}" for words, notes in slides).replace("\n", "")
    assert [sentence for sentence in sentences if sentence not in told] == []
    assert sum("怎么办的" in words for words, _ in slides) == 4
    assert any("后面还有，全文在这一页的备注里" in words for words, _ in slides)
