"""The training packs of the starter library: what they say stands in the precedents and policies, and how they come in."""

import itertools
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events
from caselib.core.markdown import to_html
from caselib.core.personal_data import Severity, find
from caselib.exchange.starter.files import Library, read_library
from caselib.exchange.starter.pack_files import LessonLine, PackFile, QuestionLine
from caselib.exchange.starter.reading import BrokenFile
from caselib.orgs.models import Role, User
from caselib.orgs.scope import scope_of
from caselib.precedents.models import Revision
from caselib.training.access import may_check_pack, may_edit_pack
from caselib.training.checking.contents import digest_of
from caselib.training.choices import LessonKind, PackStatus, QuestionKind, VersionState
from caselib.training.models import Lesson, LessonQuestion, Module, Pack, PackVersion, Question, QuestionText
from caselib.training.pins import PinState, pins_of
from caselib.training.questions.kinds import body_checked, marked
from caselib.training.visibility import visible_pack

from .small_library import case, found, load, small_library, write

FOLDER = settings.BASE_DIR / "fixtures" / "starter"
CLAUSE = re.compile(r"(P\d\d)/([^/]+)/(.+)")
NAMED = re.compile(r"(?:([SPN]-\d\d)\.)?([a-z_]+)")


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(FOLDER)


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    return {path.stem: yaml.load(path.read_text(), yaml.CSafeLoader) for path in (FOLDER / "precedents").glob("*")}


@pytest.fixture(scope="module")
def clauses(library: Library) -> dict[tuple[str, str, str], str]:
    """How each clause was verified, by policy, version and article; one without an article by its label."""
    return {
        (policy.key, version.facts.label, name): str(clause.facts.verified)
        for policy in library.policies
        for version in policy.versions
        for clause in version.clauses
        for name in {clause.facts.ref or clause.facts.label, clause.facts.label}
        if clause.facts.gist
    }


def lessons(library: Library) -> list[LessonLine]:
    return [lesson for pack in library.packs for lesson in pack.lessons]


def questions(library: Library) -> list[QuestionLine]:
    return [question for pack in library.packs for question in pack.questions]


def texts_of(pack: PackFile) -> list[str]:
    """Everything that somebody reads."""
    read = [pack.values["title"], pack.values["goal"], pack.values["intro"]]
    read += [text for lesson in pack.lessons for text in (lesson.title, lesson.note)]
    for question in pack.questions:
        read += [question.stem, question.explanation, question.body.get("sample", "")]
        read += list(itertools.chain.from_iterable(parts_of(question)))
    return [text for text in read if text]


def parts_of(question: QuestionLine) -> list[tuple[str, str, str]]:
    lists = [value for value in question.body.values() if isinstance(value, list) and isinstance(value[0], dict)]
    return [(part["text"], part.get("why", ""), part.get("when", "")) for parts in lists for part in parts]


# --- how much, and of what form ---


def test_three_packs_teach_with_questions_of_every_kind(library: Library) -> None:
    assert [pack.values["title"] for pack in library.packs] == ["新员工第一周", "容缺受理专题", "企业注销专题"]
    assert all(len(pack.questions) >= 12 for pack in library.packs)
    assert len(questions(library)) == 63
    assert {question.kind for question in questions(library)} == set(QuestionKind.values)


def test_every_question_has_an_answer_that_is_wholly_right(library: Library) -> None:
    for question in questions(library):
        body = body_checked(question.kind, question.body)
        assert body == question.body, question.key
        if question.kind == QuestionKind.SHORT:
            assert 3 <= len(body["points"]) <= 4 and body["sample"], question.key
            continue
        right = {"chosen": body.get("right"), "order": [item["key"] for item in body.get("items", [])]}
        assert marked(question.kind, body, right | {"pairs": body.get("pairs")}).score == 100, question.key


def test_wrong_options_say_why_and_right_ones_do_not_stand_in_one_place(library: Library) -> None:
    places: Counter[int] = Counter()
    for question in questions(library):
        options = question.body.get("options", [])
        assert all(option.get("why", "").endswith("。") for option in options), question.key
        if question.kind == QuestionKind.MULTIPLE:
            assert 2 <= len(question.body["right"]) < len(options), question.key
        elif options:
            places[[option["key"] for option in options].index(question.body["right"][0])] += 1
    assert max(places.values()) <= sum(places.values()) / 2


def test_keys_do_not_give_the_order_away(library: Library) -> None:
    orders = [
        [item["key"] for item in question.body["items"]] for question in questions(library) if question.kind == "order"
    ]
    assert any(keys != sorted(keys) for keys in orders)
    options = [question.body for question in questions(library) if question.kind == QuestionKind.SINGLE]
    assert len({body["right"][0] for body in options}) >= 3


def test_notes_teach_in_few_words_and_with_a_list(library: Library) -> None:
    notes = [lesson.note for lesson in lessons(library) if lesson.kind == LessonKind.NOTE]
    assert len(notes) >= 9
    for note in notes:
        assert 150 <= len(note) <= 400, note
        html = to_html(note)
        assert "<li>" in html, note
        assert "<strong>" in html, note


def test_every_question_has_an_explanation_of_one_to_three_sentences(library: Library) -> None:
    for question in questions(library):
        assert question.explanation.endswith("。"), question.key
        assert 1 <= len(re.findall("[。；]", question.explanation)) <= 4, question.key


# --- true to the precedents and the policies ---


def test_every_pinned_precedent_is_published(library: Library) -> None:
    published = {file.key for file in library.precedents if not file.draft}
    named = {lesson.precedent for lesson in lessons(library) if lesson.precedent}
    assert named <= published
    assert len(named) == 22


def test_every_fact_names_where_it_stands(
    library: Library, cases: dict[str, Any], clauses: dict[tuple[str, str, str], str]
) -> None:
    for question in questions(library):
        assert question.sources, question.key
        for source in question.sources:
            if clause := CLAUSE.fullmatch(source):
                assert clause.groups() in clauses, (question.key, source)
            else:
                assert stated(source, question, cases), (question.key, source)


def stated(source: str, question: QuestionLine, cases: dict[str, Any]) -> Any:
    """What the field of the precedent says; `doubts` are those of its citations, too."""
    key, name = NAMED.fullmatch(source).groups()
    file = cases[key or question.precedent]
    if name == "doubts":
        return [*file.get("doubts", []), *[line["doubt"] for line in file.get("citations", []) if "doubt" in line]]
    return file.get(name)


def test_what_nobody_verified_is_said_to_be_open(
    library: Library, cases: dict[str, Any], clauses: dict[tuple[str, str, str], str]
) -> None:
    """A field that no source states, and a clause that nobody read in full."""
    for question in questions(library):
        is_open = False
        for source in question.sources:
            if clause := CLAUSE.fullmatch(source):
                is_open |= clauses[clause.groups()] != "text"
            else:
                key, name = NAMED.fullmatch(source).groups()
                is_open |= name in cases[key or question.precedent]["unverified"]
        if is_open:
            assert "待核" in question.explanation, question.key


def test_every_cited_clause_is_in_the_library_and_is_named_in_the_explanation(
    library: Library, clauses: dict[tuple[str, str, str], str]
) -> None:
    titles = {policy.key: (policy.values["title"], *policy.values["short_titles"]) for policy in library.policies}
    cited = 0
    for question in questions(library):
        if question.clause:
            assert question.clause in clauses, question.key
            assert clauses[question.clause] == "text", question.key
            cited += 1
        elif question.locator:
            title = re.match("《(.+)》", question.locator)[1]
            assert any(title in names for names in titles.values()), question.key
            assert "待核" in question.explanation, question.key
            cited += 1
    assert cited >= 45


def test_citation_of_a_precedent_that_is_not_verified_is_said_to_be_open(
    library: Library, cases: dict[str, Any]
) -> None:
    for question in questions(library):
        if "案例引这一条" not in question.explanation:
            continue
        policy, version, article = question.clause
        lines = [line for line in cases[question.precedent]["citations"] if line["policy"] == policy]
        assert any((line["version"], str(line.get("article", ""))) == (version, article) for line in lines), (
            question.key
        )


def test_conditions_of_two_near_ones_are_theirs_word_for_word(library: Library, cases: dict[str, Any]) -> None:
    which = [question for question in questions(library) if question.kind == QuestionKind.WHICH]
    assert len(which) >= 5
    for question in which:
        pair = [option["precedent"] for option in question.body["options"]]
        assert question.precedent in pair, question.key
        for option in question.body["options"]:
            file = cases[option["precedent"]]
            # Learners see it beside the option before they decide.
            assert option["when"] in file["applies_when"], (question.key, option["when"])
        named = [*cases[pair[0]]["not_when"], *cases[pair[1]]["not_when"]]
        # One of the two sends to the other.
        assert any(re.search(rf"看[^）]*{key}|或 {key}", line) for key in pair for line in named), question.key


def test_titles_of_lessons_that_hide_do_not_tell_the_answer(library: Library, cases: dict[str, Any]) -> None:
    hiding = [lesson for lesson in lessons(library) if lesson.hides]
    assert len(hiding) == 22
    for lesson in hiding:
        file = cases[lesson.precedent]
        told = [
            file["title"],
            file["gist"],
            file["resolution"],
            file["script"],
            *file["applies_when"],
            *file["not_when"],
        ]
        runs = {lesson.title[at : at + 6] for at in range(len(lesson.title) - 5)}
        assert not [run for run in runs for text in told if run in text], lesson.title


def test_commonest_causes_are_those_that_the_note_names(library: Library) -> None:
    counted = Counter(cause for file in library.precedents if not file.draft for cause in file.causes)
    (note,) = [lesson.note for lesson in lessons(library) if lesson.title == "先认出是哪一种堵点"]
    assert set(re.findall(r"\*\*(.+?)\*\*", note)) == {cause for cause, _ in counted.most_common(4)}
    for question in questions(library):
        assert not question.cause or question.cause in library.causes


def test_texts_hold_no_personal_data(library: Library) -> None:
    for pack in library.packs:
        for text in texts_of(pack):
            assert [hit for hit in find(text) if hit.severity == Severity.BLOCK] == [], text


# --- how they come in ---


def pack_file(key: str = "T-01", **values: Any) -> dict[str, Any]:
    return {
        "key": key,
        "owner_department": "D02",
        "title": "前租户没有注销",
        "goal": "会先看条件。",
        "intro": "看 S-01。",
        "modules": [{"title": "第一单元", "lessons": [lesson_file()]}, {"title": "第二单元", "lessons": [note_file()]}],
        **values,
    }


def note_file(**values: Any) -> dict[str, Any]:
    return {"title": "条件怎么看", "note": "看 S-01 的**适用条件**。", "minutes": 3, **values}


def lesson_file(**values: Any) -> dict[str, Any]:
    return {"case": "S-01", "hides": True, "title": "地址被占", "questions": [question_file(), which_file()], **values}


def question_file(**values: Any) -> dict[str, Any]:
    return {
        "key": "first",
        "kind": "single",
        "aspect": "steps",
        "from": ["resolution"],
        "stem": "先做什么？",
        "options": [{"text": "等着", "why": "等不来。"}, {"text": "帮前租户注销", "right": True, "why": "看 S-01。"}],
        "explanation": "第三十三条。",
        "clause": {"policy": "P05", "version": "2021", "article": 33},
        **values,
    }


def which_file() -> dict[str, Any]:
    options = [
        {"text": "帮前租户注销", "precedent": "S-01", "when": "前租户联系得上", "right": True},
        {"text": "依职权注销", "precedent": "S-02", "when": "前租户失联"},
    ]
    return question_file(key="which", kind="which", options=options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_library(tmp_path)
    write(tmp_path, "precedents/S-02.yaml", case("S-02"))
    write(tmp_path, "precedents/S-03.yaml", case("S-03", draft="来源没有写结果。"))
    write(tmp_path, "packs/T-01.yaml", pack_file())
    return tmp_path


def rows() -> list[Any]:
    kinds = [Pack, PackVersion, Module, Lesson, LessonQuestion, Question, QuestionText, AuditEvent]
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]


def the_pack() -> Pack:
    return Pack.objects.select_related("live_version", "owner_department").get(external_id="starter:T-01")


@pytest.mark.django_db
def test_pack_is_published_as_a_template_and_read_by_two(folder: Path) -> None:
    trainer = {"username": "trainer", "display_name": "培训老师", "role": "trainer", "departments": ["D02"]}
    accounts = yaml.safe_load((folder / "accounts.yaml").read_text())
    write(folder, "accounts.yaml", [*accounts, trainer | {"region": accounts[0]["region"]}])
    tally = load(folder)
    assert (tally.packs, tally.new_packs, tally.questions) == (1, 1, 2)
    pack, version = the_pack(), the_pack().live_version
    assert (pack.status, pack.is_template, version.state) == (PackStatus.PUBLISHED, True, VersionState.PUBLISHED)
    assert (version.author.username, version.approved_by.username) == ("trainer", "reviewer")
    (decision,) = version.decisions.all()
    assert (decision.by, decision.digest_seen) == (version.approved_by, version.content_digest)
    assert version.content_digest == digest_of(version)
    events = AuditEvent.objects.filter(action__in=[Action.PACK_CREATED, Action.QUESTION_SAVED, Action.PACK_PUBLISHED])
    assert Counter(events.values_list("action", "actor__username")) == {
        (Action.PACK_CREATED, "trainer"): 1,
        (Action.QUESTION_SAVED, "trainer"): 2,
        (Action.PACK_PUBLISHED, "reviewer"): 1,
    }
    assert list(broken_events()) == []
    scope = scope_of(User.objects.get(username="trainer"))
    seen = visible_pack(scope, pack.code)
    assert may_edit_pack(scope, seen)
    assert not may_check_pack(scope, version)


@pytest.mark.django_db
def test_lesson_pins_the_text_and_its_questions_stand_in_it(folder: Path) -> None:
    load(folder)
    first, note = Lesson.objects.order_by("module__position")
    assert (first.precedent, first.revision, first.hides) == (found(), found().live_revision, True)
    assert (note.kind, note.note) == (LessonKind.NOTE, f"看 {found().number} 的**适用条件**。")
    single, which = [row.text for row in first.asked.select_related("text__question", "text__clause__version")]
    assert (single.clause.ref, single.revision, single.question.latest) == ("33", first.revision, single)
    assert single.question.cause.name == "材料缺失"
    assert single.question.matter == first.revision.matter
    (right,) = [option for option in single.body["options"] if option["key"] in single.body["right"]]
    assert (right["text"], right["why"]) == ("帮前租户注销", f"看 {found().number}。")
    assert [(option["precedent"], option["revision"]) for option in which.body["options"]] == [
        (found().code, 1),
        (found("S-02").code, 1),
    ]
    assert pins_of([first], scope_of(User.objects.get(username="window")), on=first.revision.saved_at.date())[
        first.pk
    ].state in (PinState.CURRENT, PinState.CARE)


@pytest.mark.django_db
def test_second_load_adds_nothing_and_leaves_what_people_changed(folder: Path) -> None:
    load(folder)
    PackVersion.objects.update(title="改过的标题")
    Pack.objects.update(status=PackStatus.ARCHIVED, archived_at=the_pack().created_at)
    Lesson.objects.filter(kind=LessonKind.NOTE).delete()
    before = rows()
    write(folder, "packs/T-01.yaml", pack_file(title="新版文件里的标题"))
    assert load(folder).new_packs == 0
    assert rows() == before


@pytest.mark.django_db
def test_pack_that_is_new_in_a_later_release_is_added(folder: Path) -> None:
    load(folder)
    before = the_pack()
    write(folder, "packs/T-02.yaml", pack_file("T-02", title="另一个"))
    tally = load(folder)
    assert (tally.packs, tally.new_packs, tally.questions) == (2, 1, 4)
    assert the_pack() == before
    assert set(Question.objects.values_list("external_id", flat=True)) == {
        f"starter:{pack}/{key}" for pack in ("T-01", "T-02") for key in ("first", "which")
    }


@pytest.mark.django_db
def test_question_that_people_reworded_is_asked_in_their_words(folder: Path) -> None:
    load(folder)
    question = Question.objects.get(external_id="starter:T-01/first")
    old = question.latest
    old.pk, old.number, old.stem = None, 2, "改过的题"
    old.save()
    Question.objects.filter(pk=question.pk).update(latest=old)
    Pack.objects.update(status=PackStatus.DRAFT, live_version=None)
    Lesson.objects.all().delete()
    PackVersion.objects.all().delete()
    Pack.objects.all().delete()
    load(folder)
    assert Question.objects.count() == 2
    assert "改过的题" in LessonQuestion.objects.values_list("text__stem", flat=True)


@pytest.mark.django_db
def test_lesson_keeps_the_text_that_came_with_the_library(folder: Path) -> None:
    (folder / "packs" / "T-01.yaml").unlink()
    load(folder)
    mine = found().live_revision
    newer = Revision.objects.get(pk=mine.pk)
    newer.pk, newer.number = None, 2
    Revision.objects.filter(pk=mine.pk).update(state="superseded")
    newer.save()
    type(found()).objects.filter(pk=found().pk).update(live_revision=newer)
    write(folder, "packs/T-01.yaml", pack_file())
    load(folder)
    assert Lesson.objects.get(kind=LessonKind.CASE).revision == mine


@pytest.mark.django_db
def test_site_without_a_demo_trainer_has_the_editor_write(folder: Path) -> None:
    load(folder)
    assert the_pack().created_by.username == "editor"
    assert not User.objects.filter(memberships__role=Role.TRAINER).exists()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"titel": "拼错"}, "字段“titel”：不认识这个字段"),
        ({"title": "长" * 61}, "字段“title”：最多 60 个字，现在 61 个"),
        ({"modules": []}, "字段“modules”：一课也没有"),
        ({"settings": {"pass_mark": 101}}, "字段“settings.pass_mark”：只能从 0 到 100"),
        ({"lesson": {"case": "S-09"}}, "字段“modules[1].lessons[1].case”：没有案例“S-09”"),
        ({"lesson": {"case": "S-03"}}, "案例“S-03”还是草稿，没有发布，不能拿来上课"),
        ({"lesson": note_file(hides=True)}, "字段“modules[1].lessons[1].hides”：讲解没有案例可以盖住"),
        ({"lesson": note_file(note="")}, "字段“modules[1].lessons[1].note”：还没有写"),
        ({"question": {"kind": "essay"}}, "questions[1].kind”：“essay”不是可选的值"),
        ({"question": {"options": [{"text": "一"}, {"text": "二"}]}}, "questions[1].right”：还没有标哪个是对的"),
        ({"question": {"options": [{"text": "一", "right": True}]}}, "questions[1].options”：选项至少 2 项"),
        ({"question": {"kind": "order", "items": ["一", "二"]}}, "questions[1].items”：要排的步骤至少 3 项，现在 2 项"),
        ({"question": {"clause": {"policy": "P05", "version": "2021"}}}, "questions[1].clause.article”：还没有写"),
        ({"question": {"key": "which"}}, "questions[1].key”：“which”用了两次"),
    ],
)
def test_file_that_does_not_hold_is_named_with_its_field(folder: Path, values: dict[str, Any], told: str) -> None:
    lesson = lesson_file(questions=[question_file(**values.pop("question", {})), which_file()])
    lesson = lesson | values.pop("lesson", {})
    if "case" in lesson and "note" in lesson:
        lesson = {name: value for name, value in lesson.items() if name not in ("case", "questions")}
    values.setdefault("modules", [{"title": "第一单元", "lessons": [lesson]}])
    write(folder, "packs/T-01.yaml", pack_file(**values))
    with pytest.raises(BrokenFile) as caught:
        read_library(folder)
    assert caught.value.file == "packs/T-01.yaml"
    assert told in caught.value.message
    assert caught.value.message.endswith("什么都没有写入，改好再运行一次。")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"cause": "没有这个原因"}, "没有原因“没有这个原因”"),
        ({"clause": {"policy": "P05", "version": "2021", "article": 34}}, "没有录入第 34 条"),
    ],
)
def test_name_that_leads_nowhere_leaves_nothing_written(folder: Path, values: dict[str, Any], told: str) -> None:
    lesson = lesson_file(questions=[question_file(**values), which_file()])
    write(folder, "packs/T-01.yaml", pack_file(modules=[{"title": "第一单元", "lessons": [lesson]}]))
    with pytest.raises(BrokenFile, match=told):
        load(folder)
    assert not Pack.objects.exists()
    assert not User.objects.exists()
