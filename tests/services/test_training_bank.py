"""Questions of the bank: texts that never change, lessons that follow, and what is refused with everything typed kept."""

import pytest

from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.core.ids import new_code
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience, PrecedentStatus
from caselib.training.bank.facts import QuestionFacts
from caselib.training.bank.placing import lesson_questions_add, question_create_into
from caselib.training.bank.services import question_create, question_save, question_switch
from caselib.training.choices import Aspect, VersionState
from caselib.training.models import LessonQuestion, PackVersion, Question, QuestionText
from caselib.training.selectors import questions_of
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
PHONE = "13800138000"


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def trainer(home):
    return factories.user(Role.TRAINER, within=home)


def facts(**values) -> QuestionFacts:
    return QuestionFacts(**{"kind": "single", "stem": "先做什么？", "body": training_rows.SINGLE, **values})


def test_a_new_question_has_a_first_text_and_an_event(home, trainer):
    precedent = factories.published(owner=home)
    cause = factories.cause()
    made = question_create(
        facts(
            revision=precedent.live_revision,
            aspect=Aspect.TYPE,
            cause=cause,
            explanation="**因为**",
            locator="指南第 3 页",
        ),
        scope=scope_of(trainer),
        owner=home,
        precedent=precedent,
    )
    text = made.texts.get()
    assert (made.latest, text.number, text.revision, text.author) == (text, 1, precedent.live_revision, trainer)
    assert (text.explanation, text.locator, made.cause, made.aspect) == ("**因为**", "指南第 3 页", cause, "type")
    assert AuditEvent.objects.filter(action="question.saved").count() == 1


def test_pressing_twice_makes_one_question(home, trainer):
    code, scope = new_code(), scope_of(trainer)
    first, second = (question_create(facts(), scope=scope, owner=home, code=code) for _ in range(2))
    assert first == second and Question.objects.count() == QuestionText.objects.count() == 1
    with pytest.raises(StaleState):
        question_create(facts(stem="另一道"), scope=scope, owner=home, code=code)
    with pytest.raises(NotVisible):
        question_create(facts(), scope=scope_of(factories.user(Role.TRAINER, within=home)), owner=home, code=code)


def test_another_text_is_the_next_and_the_first_stays(home, trainer):
    asked = training_rows.question(owner=home)
    saved = question_save(asked, facts(stem="后做什么？"), scope=scope_of(trainer), number=1)
    assert [text.stem for text in saved.texts.order_by("number")] == [asked.latest.stem, "后做什么？"]
    assert saved.latest.number == 2


def test_the_same_again_makes_no_text_and_no_event(home, trainer):
    asked, scope = training_rows.question(owner=home), scope_of(trainer)
    changed = facts(stem="后做什么？")
    question_save(asked, changed, scope=scope, number=1)
    again = question_save(asked, changed, scope=scope, number=1)
    assert again.latest.number == 2
    assert AuditEvent.objects.filter(action="question.saved").count() == 1


def test_sorting_it_elsewhere_makes_no_text(home, trainer):
    asked, cause = training_rows.question(owner=home, stem="先做什么？"), factories.cause()
    saved = question_save(asked, facts(cause=cause, aspect=Aspect.SAY), scope=scope_of(trainer), number=1)
    assert (saved.latest.number, saved.cause, saved.aspect) == (1, cause, "say")


def test_who_was_overtaken_is_told_and_changes_nothing(home, trainer):
    asked, scope = training_rows.question(owner=home), scope_of(trainer)
    question_save(asked, facts(stem="甲的"), scope=scope, number=1)
    with pytest.raises(StaleState, match="第 2 版"):
        question_save(asked, facts(stem="乙的"), scope=scope, number=1)
    assert question_save(asked, facts(stem="乙的"), scope=scope, number=2).latest.number == 3


def test_lessons_that_may_still_be_written_follow_and_frozen_ones_keep_theirs(home, trainer):
    asked = training_rows.question(owner=home)
    packs = {state: training_rows.pack(owner=home) for state in VersionState.values}
    for state, pack in packs.items():
        version = training_rows.open_version(pack)
        training_rows.asked(training_rows.note(version), asked)
        PackVersion.objects.filter(pk=version.pk).update(state=state)
    saved = question_save(asked, facts(stem="新的"), scope=scope_of(trainer), number=1)
    for state, pack in packs.items():
        version = training_rows.open_version(pack)
        follows = state in (VersionState.DRAFT, VersionState.CHANGES_REQUESTED)
        pinned = LessonQuestion.objects.get(lesson__version=version)
        assert pinned.text == (saved.latest if follows else asked.latest), state
        assert version.lock_version == follows
        # Who changed a question of it may not check it.
        assert (version.last_editor == trainer) is follows


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"stem": " \x00 "}, "stem"),
        ({"stem": "长" * 20_000}, "stem"),
        ({"explanation": "长" * 20_000}, "explanation"),
        ({"locator": "长" * 20_000}, "locator"),
        ({"kind": "riddle"}, "kind"),
        ({"aspect": "weather"}, "kind"),
        ({"body": {"options": [{"text": "长" * 20_000}, {"text": "短"}], "right": []}}, "options"),
        ({"body": "no body"}, "options"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_stored(home, trainer, values, field):
    with pytest.raises(RuleBroken) as refused:
        question_create(facts(**values), scope=scope_of(trainer), owner=home)
    assert refused.value.field == field and "写的都在" in refused.value.message
    assert not Question.objects.exists()


def test_personal_data_is_masked_wherever_it_was_typed(home, trainer):
    body = {
        "options": [
            {"key": "a", "text": f"打 {PHONE}", "why": f"他是 {PHONE}"},
            {"key": "b", "text": "等", "when": f"留了 {PHONE}"},
        ],
        "right": ["a"],
    }
    made = question_create(
        facts(stem=f"打 {PHONE} 吗？", body=body, explanation=f"找 {PHONE}", locator=f"电话 {PHONE}"),
        scope=scope_of(trainer),
        owner=home,
    )
    text = made.latest
    assert PHONE not in f"{text.stem}{text.body}{text.explanation}{text.locator}"
    assert text.body["right"] == ["a"]


def test_emoji_stay_and_control_characters_go(home, trainer):
    made = question_create(facts(stem="😀\x00怎么\u200b办\x07？"), scope=scope_of(trainer), owner=home)
    assert made.latest.stem == "😀怎么办？"


def test_a_library_number_in_the_basis_is_no_personal_data(home, trainer):
    precedent = factories.published(owner=home)
    locator = f"案例 {precedent.number}“处理过程”"
    made = question_create(facts(locator=locator), scope=scope_of(trainer), owner=home)
    assert made.latest.locator == locator


def test_a_question_is_written_against_a_published_text_of_its_own_precedent(home, trainer):
    one, other = (factories.published(owner=home) for _ in range(2))
    draft = factories.draft(owner=home)
    scope = scope_of(trainer)
    for precedent, revision in (
        (one, other.live_revision),
        (one, None),
        (None, one.live_revision),
        (draft.precedent, draft),
    ):
        with pytest.raises((RuleBroken, NotVisible)):
            question_create(facts(revision=revision), scope=scope, owner=home, precedent=precedent)
    assert not Question.objects.exists()


def test_a_precedent_off_view_takes_no_questions(home, trainer):
    precedent = factories.published(owner=home)
    asked = training_rows.question(precedent=precedent)
    Precedent.objects.filter(pk=precedent.pk).update(status=PrecedentStatus.WITHHELD, withheld_at=clock.now())
    admin = scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=home))
    with pytest.raises((RuleBroken, NotVisible)):
        question_save(asked, facts(revision=precedent.live_revision), scope=admin, number=1)
    assert asked.texts.count() == 1


def test_only_trainers_of_the_department_write_its_questions(home, trainer):
    asked = training_rows.question(owner=home)
    for stranger in (factories.user(Role.TRAINER), factories.user(Role.EDITOR, within=home)):
        with pytest.raises((NotAllowed, NotVisible)):
            question_save(asked, facts(), scope=scope_of(stranger), number=1)
        with pytest.raises(NotAllowed):
            question_switch(asked, state="retired", scope=scope_of(stranger))
    with pytest.raises(NotAllowed):
        question_create(facts(), scope=scope_of(factories.user(Role.EDITOR, within=home)), owner=home)
    with pytest.raises(RuleBroken):
        question_create(facts(), scope=scope_of(trainer), owner=factories.department())


def test_one_out_of_use_stays_where_it_is_asked_and_is_offered_no_more(home, trainer):
    scope, pack = scope_of(trainer), training_rows.pack(owner=home)
    first, second = (training_rows.note(training_rows.open_version(pack)) for _ in range(2))
    asked = training_rows.question(owner=home)
    training_rows.asked(first, asked)
    for _ in range(2):
        assert question_switch(asked, state="retired", scope=scope).state == "retired"
    assert AuditEvent.objects.filter(action="question.switched").count() == 1
    assert [each.text for each in questions_of([first])[first.pk]] == [asked.latest]
    with pytest.raises(RuleBroken, match="停用"):
        lesson_questions_add(second, [asked], scope=scope)
    question_switch(asked, state="active", scope=scope)
    assert lesson_questions_add(second, [asked], scope=scope) == 1
    with pytest.raises(RuleBroken):
        question_switch(asked, state="elsewhere", scope=scope)


def test_questions_go_to_the_end_of_a_lesson_once(home, trainer):
    scope, pack = scope_of(trainer), training_rows.pack(owner=home)
    version = training_rows.open_version(pack)
    lesson = training_rows.note(version)
    one, two, three = (training_rows.question(owner=home, stem=stem) for stem in ("一？", "二？", "三？"))
    training_rows.asked(lesson, one)
    assert lesson_questions_add(lesson, [two, one, three, two], scope=scope) == 2
    assert lesson_questions_add(lesson, [two], scope=scope) == 0
    stems = [each.text.stem for each in questions_of([lesson])[lesson.pk]]
    assert stems == ["一？", "二？", "三？"]
    version.refresh_from_db()
    assert (version.lock_version, version.last_editor) == (1, trainer)
    event = AuditEvent.objects.get(action="pack.arranged")
    assert event.after == {"lesson": lesson.key, "questions": [two.code, three.code]}


def test_a_lesson_asks_thirty_at_most(home, trainer):
    lesson = training_rows.note(training_rows.open_version(training_rows.pack(owner=home)))
    many = [training_rows.question(owner=home) for _ in range(31)]
    with pytest.raises(RuleBroken, match="最多 30 道"):
        lesson_questions_add(lesson, many, scope=scope_of(trainer))
    assert lesson_questions_add(lesson, many[:30], scope=scope_of(trainer)) == 30


def test_a_frozen_version_and_a_lesson_that_is_gone_take_none(home, trainer):
    scope, asked = scope_of(trainer), training_rows.question(owner=home)
    pack = training_rows.pack(owner=home)
    lesson = training_rows.note(training_rows.open_version(pack))
    PackVersion.objects.filter(pack=pack).update(state=VersionState.SUBMITTED)
    with pytest.raises(NotAllowed):
        lesson_questions_add(lesson, [asked], scope=scope)
    PackVersion.objects.filter(pack=pack).update(state=VersionState.DRAFT)
    key = lesson.pk
    lesson.delete()
    lesson.pk = key
    with pytest.raises(StaleState):
        lesson_questions_add(lesson, [asked], scope=scope)


def test_what_the_viewer_may_not_read_is_not_put_into_a_lesson(home, trainer):
    hidden = factories.published(audience=Audience.DEPARTMENT)
    lesson = training_rows.note(training_rows.open_version(training_rows.pack(owner=home)))
    with pytest.raises(NotVisible):
        lesson_questions_add(lesson, [training_rows.question(precedent=hidden)], scope=scope_of(trainer))
    with pytest.raises(NotVisible):
        question_create(facts(revision=hidden.live_revision), scope=scope_of(trainer), owner=home, precedent=hidden)


def test_a_question_that_cannot_be_placed_is_not_made_either(home, trainer):
    scope, pack = scope_of(trainer), training_rows.pack(owner=home)
    lesson = training_rows.note(training_rows.open_version(pack))
    for _ in range(30):
        training_rows.asked(lesson, training_rows.question(owner=home))
    with pytest.raises(RuleBroken):
        question_create_into(facts(), lesson=lesson, scope=scope, owner=home)
    assert Question.objects.count() == 30


def test_questions_of_lessons_come_in_their_order_by_one_query(home, django_assert_num_queries):
    version = training_rows.open_version(training_rows.pack(owner=home))
    lessons = [training_rows.note(version) for _ in range(3)]
    for lesson in lessons[:2]:
        training_rows.asked(lesson, *(training_rows.question(owner=home) for _ in range(3)))
    with django_assert_num_queries(1):
        found = questions_of(lessons)
        assert all(each.text.question.code for rows in found.values() for each in rows)
    assert {key: len(rows) for key, rows in found.items()} == {lessons[0].pk: 3, lessons[1].pk: 3}
    with django_assert_num_queries(0):
        assert questions_of([]) == {}
