"""Packs are built by services that keep order, refuse what does not fit with the reason, and may be called twice."""

import pytest

from caselib.audit.models import AuditEvent
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.core.ids import new_code
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience
from caselib.precedents.withholding import precedent_withhold
from caselib.training.building.digests import facts_digest, lesson_digest
from caselib.training.building.limits import MOST_LESSONS, MOST_MODULES
from caselib.training.building.outline import builder_for_page, pack_to_build
from caselib.training.building.services.copying import pack_copy
from caselib.training.building.services.lessons import LessonFacts, lesson_add_cases, lesson_add_note, lesson_save
from caselib.training.building.services.modules import module_add, module_delete, module_move, module_rename
from caselib.training.building.services.ordering import (
    Place,
    lesson_move,
    lesson_question_move,
    lesson_question_remove,
)
from caselib.training.building.services.packs import PackFacts, pack_create, pack_settings_save
from caselib.training.building.services.people import pack_editor_add, pack_editor_remove, pack_hand_over
from caselib.training.building.services.removing import lesson_remove, lesson_restore
from caselib.training.building.services.standing import pack_archive, pack_restore
from caselib.training.choices import PackStatus, VersionState
from caselib.training.models import Lesson, Module, Pack, PackVersion, Question
from caselib.training.visibility import visible_pack
from tests import factories, training_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer():
    return factories.user(Role.TRAINER)


@pytest.fixture
def scope(trainer):
    return scope_of(trainer)


@pytest.fixture
def home(trainer):
    return trainer.memberships.get().department


@pytest.fixture
def pack(trainer, home):
    return training_rows.pack(owner=home, author=trainer)


@pytest.fixture
def version(pack):
    return training_rows.open_version(pack)


def notes(version: PackVersion, *titles: str, module: Module | None = None) -> list[str]:
    """Lessons without precedents, by their keys."""
    more = {"module": module} if module else {}
    return [training_rows.note(version, title=title, **more).key for title in titles]


def order(version: PackVersion) -> list[list[str]]:
    """The titles in their modules, by the positions that are stored, which have no gaps."""
    found = []
    for module in version.modules.order_by("position"):
        lessons = list(module.lessons.order_by("position"))
        assert [lesson.position for lesson in lessons] == list(range(len(lessons)))
        found.append([lesson.title for lesson in lessons])
    return found


def withheld(precedent: Precedent) -> None:
    editor = factories.user(Role.EDITOR, within=precedent.owner_department)
    precedent_withhold(precedent, reason="有人的手机号", actor=editor)


def test_a_form_that_is_sent_twice_makes_one_pack(scope, home):
    code = new_code()
    made = [pack_create(PackFacts(title="新员工第一周"), code=code, scope=scope) for _ in range(2)]
    assert made[0] == made[1] and Pack.objects.count() == 1
    assert made[0].owner_department == home and made[0].code == code
    assert [module.title for module in made[0].versions.get().modules.all()] == ["第一单元"]


def test_the_code_of_somebody_elses_form_is_not_there(scope, pack):
    with pytest.raises(NotVisible):
        pack_create(PackFacts(title="一"), code=pack.code, scope=scope_of(factories.user(Role.TRAINER)))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": " \u200b\x00 "}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"goal": "长" * 301}, "goal"),
        ({"intro": "长" * 20_000}, "intro"),
        ({"pass_mark": "101"}, "pass_mark"),
        ({"pass_mark": "八十"}, "pass_mark"),
        ({"pass_mark": "9" * 30}, "pass_mark"),
        ({"most_attempts": "-1"}, "most_attempts"),
        ({"readers": "everybody"}, "readers"),
        ({"audience": "world"}, "audience"),
    ],
)
def test_what_breaks_a_rule_is_named_and_makes_nothing(scope, typed, field):
    with pytest.raises(RuleBroken) as refused:
        pack_create(PackFacts(**{"title": "容缺", **typed}), code=new_code(), scope=scope)
    assert refused.value.field == field
    assert not Pack.objects.exists()


def test_digits_of_any_width_are_read_and_personal_data_is_masked(scope):
    facts = PackFacts(title="😀 找 13800138000 学", goal="一\x00\u200b二", pass_mark="８０ ")
    version = pack_create(facts, code=new_code(), scope=scope).versions.get()
    assert version.pass_mark == 80 and version.goal == "一二"
    assert "13800138000" not in version.title and "😀" in version.title


def test_who_trains_for_several_departments_says_which(trainer):
    from caselib.orgs.services import membership_grant

    other = factories.department()
    membership_grant(user=trainer, department=other, role=Role.TRAINER, actor=None)
    scope = scope_of(trainer)
    with pytest.raises(RuleBroken):
        pack_create(PackFacts(title="一"), code=new_code(), scope=scope)
    assert (
        pack_create(PackFacts(title="一", department=other.pk), code=new_code(), scope=scope).owner_department == other
    )


def test_settings_are_kept_by_who_read_them_and_by_nobody_else(pack, version, scope, trainer):
    was = facts_digest(version)
    # A lesson that came meanwhile is no matter of the settings.
    lesson_add_note(pack, "一", module="", key=new_code(), scope=scope)
    saved = pack_settings_save(pack, PackFacts(title="新名", audience="department"), was=was, scope=scope)
    assert (saved.title, saved.pack.audience, saved.lock_version) == ("新名", "department", 2)
    assert saved.last_editor == trainer
    # The same once more, by who did not see the answer.
    pack_settings_save(pack, PackFacts(title="新名", audience="department"), was=was, scope=scope)
    with pytest.raises(StaleState):
        pack_settings_save(pack, PackFacts(title="别的"), was=was, scope=scope)
    assert PackVersion.objects.get().lock_version == 2


def test_who_sees_a_published_pack_is_not_changed_without_a_check(scope, home):
    pack = training_rows.published_pack(owner=home, audience="department")
    now = training_rows.open_version(pack)
    PackVersion.objects.create(
        pack=pack, number=2, title="二", created_at=now.created_at, saved_at=now.saved_at, author_name="甲"
    )
    version = training_rows.open_version(pack)
    with pytest.raises(RuleBroken) as refused:
        pack_settings_save(pack, PackFacts(title="二"), was=facts_digest(version), scope=scope)
    assert refused.value.code == "audience_fixed"


def test_cases_go_to_the_end_once_and_pin_the_live_text(pack, version, scope):
    known, new = factories.published(), factories.published()
    training_rows.case(version, known)
    codes = [known.code, new.number.lower(), new.code]
    added = lesson_add_cases(pack, codes, module="", hides=True, scope=scope)
    assert [lesson.precedent for lesson in added.lessons] == [new]
    assert (added.already, added.refused) == (1, ())
    lesson = Lesson.objects.get(precedent=new)
    assert lesson.revision == new.live_revision and lesson.hides and lesson.position == 1
    assert lesson.title == new.live_revision.title
    again = lesson_add_cases(pack, codes, module="", hides=True, scope=scope)
    assert (again.lessons, again.already) == ((), 2)


def test_what_may_not_be_put_in_says_why_and_what_is_hidden_is_not_there(pack, scope):
    retired, hidden = factories.published(), factories.published(audience=Audience.DEPARTMENT)
    admin = factories.user(Role.DEPARTMENT_ADMIN, within=retired.owner_department)
    precedent_retire(retired, reason="规定变了", actor=admin)
    draft = factories.draft().precedent
    fine = factories.published()
    codes = [retired.code, hidden.code, draft.code, "nothing", fine.code]
    added = lesson_add_cases(pack, codes, module="", hides=False, scope=scope)
    assert [lesson.precedent for lesson in added.lessons] == [fine]
    reasons = [each.reason for each in added.refused]
    assert "停用" in reasons[0] and len(set(reasons[1:])) == 1
    assert [each.label for each in added.refused[1:]] == [hidden.code, draft.code, "nothing"]


def test_a_pack_holds_no_more_than_it_may(pack, version, scope, monkeypatch):
    from caselib.training.building.services import lessons, modules

    monkeypatch.setattr(modules, "MOST_MODULES", 2)
    module_add(pack, "二", key=new_code(), scope=scope)
    with pytest.raises(RuleBroken, match="最多 2 个单元"):
        module_add(pack, "三", key=new_code(), scope=scope)
    monkeypatch.setattr(lessons, "MOST_LESSONS", 1)
    lesson_add_note(pack, "一", module="", key=new_code(), scope=scope)
    with pytest.raises(RuleBroken, match="最多 1 课"):
        lesson_add_cases(pack, [factories.published().code], module="", hides=True, scope=scope)
    assert (MOST_MODULES, MOST_LESSONS) == (40, 400)


def test_a_note_and_a_module_come_once_for_one_form(pack, version, scope):
    key, other = new_code(), new_code()
    for _ in range(2):
        lesson_add_note(pack, "什么能缺", module="", key=key, scope=scope)
        module_add(pack, "第二单元", key=other, scope=scope)
    assert order(version) == [["什么能缺"], []]


def test_a_module_that_is_gone_takes_no_lesson(pack, scope):
    with pytest.raises(StaleState):
        lesson_add_note(pack, "一", module=new_code(), key=new_code(), scope=scope)


def test_modules_are_renamed_moved_and_taken_away(pack, version, scope):
    first = version.modules.get()
    second = module_add(pack, "二", key=new_code(), scope=scope)
    third = module_add(pack, "三", key=new_code(), scope=scope)
    for _ in range(2):
        module_move(pack, third.key, before=first.key, scope=scope)
    titles = list(version.modules.order_by("position").values_list("title", flat=True))
    assert titles == ["三", "第一单元", "二"]
    module_rename(pack, second.key, "第二", was="二", scope=scope)
    with pytest.raises(StaleState, match="第二"):
        module_rename(pack, second.key, "别的", was="二", scope=scope)
    notes(version, "一", module=first)
    with pytest.raises(RuleBroken, match="1 课"):
        module_delete(pack, first.key, scope=scope)
    assert module_delete(pack, second.key, scope=scope) and not module_delete(pack, second.key, scope=scope)
    module_delete(pack, third.key, scope=scope)
    with pytest.raises(RuleBroken, match="至少留一个单元"):
        lesson_remove(pack, first.lessons.get().key, scope=scope)
        module_delete(pack, first.key, scope=scope)


def test_a_lesson_stands_where_it_was_put(pack, version, scope):
    one, _, three = notes(version, "一", "二", "三")
    other = module_add(pack, "别的", key=new_code(), scope=scope)
    moves = [
        (three, Place(before=one), [["三", "一", "二"], []]),
        (three, Place(before=one), [["三", "一", "二"], []]),
        (three, Place(end=other.key), [["一", "二"], ["三"]]),
        (one, Place(before=three), [["二"], ["一", "三"]]),
        (one, Place(before=one), [["二"], ["一", "三"]]),
        (one, Place(end=other.key), [["二"], ["三", "一"]]),
    ]
    for key, to, told in moves:
        lesson_move(pack, key, to=to, read=0, scope=scope)
        assert order(version) == told
    # What stood there already was not written again.
    assert PackVersion.objects.get().lock_version == 1 + 4


def test_what_is_gone_is_told_and_nothing_moves(pack, version, scope):
    one, two = notes(version, "一", "二")
    lesson_remove(pack, two, scope=scope)
    for key, to in ((two, Place(before=one)), (one, Place(before=two)), (one, Place(end="nowhere"))):
        with pytest.raises(StaleState, match="刚刚被删掉了"):
            lesson_move(pack, key, to=to, read=0, scope=scope)
    assert order(version) == [["一"]]


def test_who_ordered_meanwhile_is_named_and_oneself_is_not(pack, version, scope, home):
    one, two = notes(version, "一", "二")
    colleague = factories.user(Role.TRAINER, within=home)
    lesson_move(pack, two, to=Place(before=one), read=0, scope=scope_of(colleague))
    assert lesson_move(pack, one, to=Place(before=two), read=0, scope=scope).met == str(colleague)
    assert lesson_move(pack, two, to=Place(before=one), read=0, scope=scope).met == ""
    assert order(version) == [["二", "一"]]


def test_a_removed_lesson_comes_back_as_it_was(pack, version, scope, home):
    lesson = training_rows.case(version, factories.published(owner=home), note="先读。", minutes=7)
    asked = [training_rows.question(precedent=lesson.precedent) for _ in range(2)]
    training_rows.asked(lesson, *asked)
    notes(version, "后")
    removed = lesson_remove(pack, lesson.key, scope=scope)
    assert lesson_remove(pack, lesson.key, scope=scope) is None
    assert order(version) == [["后"]] and Question.objects.count() == 2
    kept = type(removed).from_values(removed.as_values())
    back = [lesson_restore(pack, kept, scope=scope) for _ in range(2)]
    assert back[0] == back[1] and order(version) == [[lesson.title, "后"]]
    made = Lesson.objects.get(key=lesson.key)
    assert (made.note, made.minutes, made.hides, made.revision) == ("先读。", 7, True, lesson.revision)
    assert [each.text.question for each in made.asked.all()] == asked


def test_a_lesson_whose_precedent_went_off_view_does_not_come_back(pack, version, scope, home):
    lesson = training_rows.case(version, factories.published(owner=home))
    removed = lesson_remove(pack, lesson.key, scope=scope)
    withheld(lesson.precedent)
    with pytest.raises(RuleBroken, match="看不到"):
        lesson_restore(pack, removed, scope=scope)


def test_a_lost_save_of_a_lesson_is_told_and_a_repeated_one_is_not(pack, version, scope):
    lesson = training_rows.note(version)
    was = lesson_digest(lesson)
    facts = LessonFacts("题目", "- 一\n  - 二\n\n电话 13800138000", "５", hides=True)
    for _ in range(2):
        saved = lesson_save(pack, lesson.key, facts, was=was, scope=scope)
    assert saved.note.startswith("- 一\n  - 二\n") and "13800138000" not in saved.note
    # A note hides nothing.
    assert (saved.minutes, saved.hides) == (5, False)
    with pytest.raises(StaleState):
        lesson_save(pack, lesson.key, LessonFacts("别的"), was=was, scope=scope)
    assert PackVersion.objects.get().lock_version == 1


def test_questions_of_a_lesson_are_ordered_and_taken_out(pack, version, scope, home):
    lesson = training_rows.case(version, factories.published(owner=home))
    one, two, three = (training_rows.question(precedent=lesson.precedent) for _ in range(3))
    training_rows.asked(lesson, one, two, three)

    def codes() -> list[str]:
        return list(lesson.asked.order_by("position").values_list("text__question__code", flat=True))

    for _ in range(2):
        lesson_question_move(pack, lesson.key, three.code, before=one.code, scope=scope)
    lesson_question_move(pack, lesson.key, one.code, before="", scope=scope)
    assert codes() == [three.code, two.code, one.code]
    assert lesson_question_remove(pack, lesson.key, two.code, scope=scope)
    assert not lesson_question_remove(pack, lesson.key, two.code, scope=scope)
    with pytest.raises(StaleState):
        lesson_question_move(pack, lesson.key, one.code, before=two.code, scope=scope)
    assert codes() == [three.code, one.code] and Question.objects.filter(pk=two.pk).exists()


def test_a_copy_holds_what_its_maker_may_see_at_the_texts_of_today(home):
    source = training_rows.published_pack(owner=home, lessons=1, goal="会判断")
    version = training_rows.open_version(source)
    hidden = training_rows.case(version, factories.published(owner=home, audience=Audience.DEPARTMENT))
    kept = Lesson.objects.exclude(pk=hidden.pk).get()
    off = training_rows.question(precedent=kept.precedent, state="retired")
    training_rows.asked(kept, off)
    note = training_rows.note(version)
    maker = scope_of(factories.user(Role.TRAINER))
    seen = visible_pack(maker, source.code)
    code = new_code()
    copied = pack_copy(seen, PackFacts(title="我的"), code=code, scope=maker)
    assert (copied.left_out, copied.questions_left) == (("",), 1)
    made = copied.pack.versions.get()
    assert order(made) == [[kept.title, note.title]]
    lessons = list(made.lessons.order_by("position"))
    assert lessons[0].key != kept.key and lessons[0].asked.get().text == kept.asked.order_by("position").first().text
    assert copied.pack.copied_from == source and made.state == VersionState.DRAFT and made.author_id == maker.user_id
    assert pack_copy(seen, PackFacts(title="我的"), code=code, scope=maker).pack == copied.pack
    assert Pack.objects.count() == 2


def test_a_draft_is_copied_by_who_writes_it_alone(pack, home, scope):
    reviewer = scope_of(factories.user(Role.REVIEWER, within=home))
    assert pack_copy(visible_pack(scope, pack.code), PackFacts(title="二"), code=new_code(), scope=scope).pack != pack
    with pytest.raises(NotAllowed):
        pack_copy(visible_pack(reviewer, pack.code), PackFacts(title="三"), code=new_code(), scope=reviewer)


def test_who_is_invited_writes_along_until_it_is_taken_back(pack, scope):
    editor, window = factories.user(Role.EDITOR), factories.user(Role.WINDOW)
    for name in (window.username, "nobody", ""):
        with pytest.raises(RuleBroken) as refused:
            pack_editor_add(pack, name, scope=scope)
        assert refused.value.code == "no_such_account"
    for _ in range(2):
        pack_editor_add(pack, f" {editor.username} ", scope=scope)
    theirs = scope_of(editor)
    lesson_add_note(pack, "一", module="", key=new_code(), scope=theirs)
    with pytest.raises(NotAllowed):
        pack_editor_add(pack, editor.username, scope=theirs)
    assert pack_editor_remove(pack, editor.username, scope=scope)
    assert not pack_editor_remove(pack, editor.username, scope=scope)
    with pytest.raises(NotVisible):
        lesson_add_note(pack, "二", module="", key=new_code(), scope=theirs)


def test_a_pack_is_handed_to_who_trains_there(pack, scope, trainer):
    nobody, there = factories.department(), factories.user(Role.TRAINER)
    department = there.memberships.get().department
    with pytest.raises(RuleBroken):
        pack_hand_over(pack, nobody.pk, stays=True, scope=scope)
    pack_hand_over(pack, department.pk, stays=True, scope=scope)
    assert pack_to_build(scope_of(there), pack.code).owner_department == department
    # Who gave it away writes along, and keeps it no more.
    lesson_add_note(pack, "一", module="", key=new_code(), scope=scope)
    with pytest.raises(NotAllowed):
        pack_archive(pack, "不用了", scope=scope)


def test_an_archived_pack_says_why_and_is_not_written_until_it_is_back(scope, home):
    pack = training_rows.published_pack(owner=home)
    with pytest.raises(RuleBroken):
        pack_archive(pack, "  ", scope=scope)
    for _ in range(2):
        archived = pack_archive(pack, "规定变了，找 13800138000", scope=scope)
    assert archived.status == PackStatus.ARCHIVED and archived.archived_reason.startswith("规定变了")
    assert "13800138000" not in archived.archived_reason
    for _ in range(2):
        restored = pack_restore(pack, scope=scope)
    assert (restored.status, restored.archived_reason) == (PackStatus.PUBLISHED, "")
    assert AuditEvent.objects.filter(action="pack.archived").count() == 1


def test_what_waits_for_its_check_is_not_written(pack, version, scope):
    PackVersion.objects.filter(pk=version.pk).update(state=VersionState.SUBMITTED)
    with pytest.raises(NotAllowed, match="等审核"):
        lesson_add_note(pack, "一", module="", key=new_code(), scope=scope)
    with pytest.raises(RuleBroken, match="等审核"):
        pack_archive(pack, "不用了", scope=scope)
    PackVersion.objects.filter(pk=version.pk).update(state=VersionState.DISCARDED)
    with pytest.raises(StaleState):
        lesson_add_note(pack, "一", module="", key=new_code(), scope=scope)


def test_what_a_lesson_lacks_is_told_the_worst_first(pack, version, scope, home):
    from caselib.core import clock

    def lacks() -> list[str]:
        found = builder_for_page(pack_to_build(scope, pack.code), scope, on=clock.today())
        return [lack.told.partition("：")[2] or lack.told for lack in found.lacks]

    assert lacks() == ["还没有课。"]
    narrow = training_rows.case(version, factories.published(owner=home, audience=Audience.DEPARTMENT))
    empty = training_rows.case(version, factories.published(owner=home))
    training_rows.note(version, note="")
    off = training_rows.case(version, factories.published(owner=home))
    stopped = training_rows.case(version, factories.published(owner=home))
    withheld(off.precedent)
    precedent_retire(stopped.precedent, reason="规定变了", actor=factories.user(Role.DEPARTMENT_ADMIN, within=home))
    told = lacks()
    assert ["比培训包窄" in told[0], "还没有题" in told[1], "还没有写" in told[2]] == [True] * 3
    assert "看不到了" in told[3] and "已停用" in told[4]
    for lesson in (narrow, off, stopped):
        lesson.delete()
    training_rows.asked(empty, training_rows.question(precedent=empty.precedent))
    Lesson.objects.filter(kind="note").delete()
    assert lacks() == []
