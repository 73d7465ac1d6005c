"""A version of a pack is opened as a copy, handed in, checked by a second person, and follows what becomes of its precedents."""

import pytest
from django.db import IntegrityError, transaction

from caselib.audit.models import AuditEvent
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience, PrecedentStatus
from caselib.training.audiences import audience_problems
from caselib.training.checking.adopting import lessons_adopt
from caselib.training.checking.contents import contents_of, digest_of
from caselib.training.checking.deciding import version_publish, version_return
from caselib.training.checking.differences import _moved
from caselib.training.checking.opening import version_discard, version_revise
from caselib.training.checking.submitting import version_submit, version_withdraw
from caselib.training.choices import PackStatus, VersionState
from caselib.training.models import LessonQuestion, Pack, PackDecision, PackEditor, PackVersion, QuestionText
from caselib.training.waiting import lessons_waiting
from caselib.training.warnings import stopped_in
from caselib.waiting import counts_waiting
from tests import factories, training_rows

pytestmark = pytest.mark.django_db


class House:
    """A department with a trainer who writes, and another who checks."""

    def __init__(self) -> None:
        self.owner = factories.department()
        self.author = factories.user(Role.TRAINER, within=self.owner)
        self.checker = factories.user(Role.TRAINER, within=self.owner)
        self.writes, self.checks = scope_of(self.author), scope_of(self.checker)

    def precedent(self, **values) -> Precedent:
        return training_rows.shelved(owner=self.owner, **values)

    def draft(self, *, lessons: int = 1, **values) -> PackVersion:
        """A first version that could be handed in."""
        version = training_rows.open_version(training_rows.pack(owner=self.owner, author=self.author, **values))
        for _ in range(lessons):
            precedent = self.precedent()
            training_rows.asked(training_rows.case(version, precedent), training_rows.question(precedent=precedent))
        return version

    def live(self, **values) -> Pack:
        return training_rows.publish(self.draft(**values).pack)

    def submit(self, version: PackVersion, **values) -> PackVersion:
        return version_submit(version, lock_version=version.lock_version, scope=self.writes, **values)

    def publish(self, version: PackVersion, **values) -> PackVersion:
        read = {"lock_version": version.lock_version, "digest_seen": version.content_digest, "scope": self.checks}
        return version_publish(version, **{**read, **values})

    def send_back(self, version: PackVersion, **values) -> PackVersion:
        read = {"lock_version": version.lock_version, "digest_seen": version.content_digest, "scope": self.checks}
        return version_return(version, **{**read, "comment": "第一题说清期限", **values})


@pytest.fixture
def house() -> House:
    return House()


def said_of(version: PackVersion) -> list:
    return [
        (each.module.key, each.lesson.key, each.lesson.revision_id, [text.pk for text in each.asked])
        for each in contents_of(version).lessons
    ]


# --- the digest ---


def test_the_digest_follows_everything_that_learners_get_and_nothing_else(house):
    version = house.draft(lessons=2)
    first, second = (each.lesson for each in contents_of(version).lessons)
    seen = {digest_of(version)}

    def changed(row, **values) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        digest = digest_of(version)
        assert digest not in seen, values
        seen.add(digest)

    for values in (
        {"title": "换了"},
        {"goal": "会办"},
        {"pass_mark": 60},
        {"most_attempts": 2},
        {"answers_shown": "passed"},
    ):
        changed(version, **values)
    for values in ({"note": "先看"}, {"hides": False}, {"minutes": 5}, {"position": 9}):
        changed(first, **values)
    changed(second, revision=training_rows.newer(second.precedent).live_revision)
    changed(first.module, title="第二单元")
    asked = first.asked.get()
    changed(asked, text=training_rows.question(stem="换一道").latest)
    version.change_note, version.last_editor_name = "为了清楚", "别人"
    version.save()
    assert digest_of(version) in seen


# --- opening ---


def test_the_next_version_is_a_copy_and_the_live_one_stays_as_it_is(house):
    pack = house.live(lessons=2, goal="会办", pass_mark=70)
    before = said_of(pack.live_version)
    made = version_revise(pack, scope=house.checks)
    assert (made.number, made.state, made.goal, made.pass_mark) == (2, VersionState.DRAFT, "会办", 70)
    assert said_of(made) == before == said_of(pack.live_version)
    keys = [set(each.lessons.values_list("pk", flat=True)) for each in (made, pack.live_version)]
    assert len(keys[0]) == 2 and not keys[0] & keys[1]
    assert made.author == house.checker
    assert version_revise(pack, scope=house.writes).pk == made.pk
    assert AuditEvent.objects.filter(action="pack.revised").count() == 1


def test_a_question_that_was_mended_meanwhile_comes_with_its_new_text(house):
    pack = house.live()
    asked = LessonQuestion.objects.get(lesson__version=pack.live_version)
    question, old = asked.text.question, asked.text
    new = QuestionText.objects.create(
        question=question, number=2, kind=old.kind, stem="说清了", body=old.body, at=old.at
    )
    question.latest = new
    question.save()
    made = version_revise(pack, scope=house.writes)
    assert LessonQuestion.objects.get(lesson__version=made).text == new
    asked.refresh_from_db()
    assert asked.text == old


def test_an_archived_pack_is_neither_revised_nor_handed_in_nor_published(house):
    pack, waiting = house.live(), house.submit(house.draft())
    Pack.objects.filter(pk__in=[pack.pk, waiting.pack_id]).update(
        status=PackStatus.ARCHIVED, archived_at=pack.published_at
    )
    for deed in (lambda: version_revise(pack, scope=house.writes), lambda: house.publish(waiting)):
        with pytest.raises(RuleBroken) as error:
            deed()
        assert error.value.code == "archived"


def test_who_may_only_read_the_pack_opens_nothing(house):
    pack = house.live()
    with pytest.raises(NotAllowed):
        version_revise(pack, scope=scope_of(factories.user(Role.TRAINER)))
    Pack.objects.filter(pk=pack.pk).update(audience=Audience.DEPARTMENT)
    with pytest.raises(NotVisible):
        version_revise(pack, scope=scope_of(factories.user(Role.TRAINER)))


def test_an_open_version_is_given_up_once_and_the_first_never(house):
    first = house.draft()
    with pytest.raises(RuleBroken, match="归档"):
        version_discard(first, lock_version=0, scope=house.writes)
    pack = training_rows.publish(first.pack)
    made = version_revise(pack, scope=house.writes)
    for _ in range(2):
        assert version_discard(made, lock_version=0, scope=house.writes).state == VersionState.DISCARDED
    assert AuditEvent.objects.filter(action="pack.discarded").count() == 1
    # The number is not used again: what was said of it stays true.
    assert version_revise(pack, scope=house.writes).number == 3
    with pytest.raises(RuleBroken, match="撤回"):
        version_discard(house.submit(training_rows.open_version(pack)), lock_version=1, scope=house.writes)


# --- handing in ---


def test_handing_in_freezes_and_the_second_click_changes_nothing(house):
    version = house.draft()
    done = house.submit(version, change_note="换了案例，问 13800138000")
    assert (done.state, done.content_digest) == (VersionState.SUBMITTED, digest_of(version))
    assert "13800138000" not in done.change_note and "换了案例" in done.change_note
    assert house.submit(version).lock_version == done.lock_version
    assert AuditEvent.objects.filter(action="pack.submitted").count() == 1


def test_who_read_an_older_state_hands_nothing_in(house):
    version = house.draft()
    PackVersion.objects.filter(pk=version.pk).update(lock_version=4)
    with pytest.raises(StaleState):
        house.submit(version)


def refused(house, version, **values) -> RuleBroken:
    with pytest.raises(RuleBroken) as error:
        house.submit(version, **values)
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    return error.value


def test_what_is_missing_is_named_with_its_place(house):
    version = training_rows.open_version(training_rows.pack(owner=house.owner, author=house.author))
    assert refused(house, version).code == "no_lesson"
    lesson = training_rows.case(version, house.precedent(), title="先定，再对照")
    error = refused(house, version)
    assert (error.code, error.field) == ("no_question", lesson.key) and "第 1 课“先定，再对照”" in error.message
    question = training_rows.question(precedent=lesson.precedent)
    training_rows.asked(lesson, question)
    QuestionText.objects.filter(question=question).update(body={**training_rows.SINGLE, "right": []})
    error = refused(house, version)
    assert error.code == "no_right_answer" and "第 1 题：没有标对的答案" in error.message
    QuestionText.objects.filter(question=question).update(body=training_rows.SINGLE)
    training_rows.note(version, note=" ")
    assert refused(house, version).code == "empty_note"


def test_a_stopped_and_a_hidden_precedent_keep_the_version_back(house):
    version = house.draft(lessons=3)
    stopped, withheld, fine = (each.lesson for each in contents_of(version).lessons)
    precedent_retire(stopped.precedent, reason="政策变了", actor=None)
    Precedent.objects.filter(pk=withheld.precedent_id).update(
        status=PrecedentStatus.WITHHELD, withheld_at=version.created_at, withheld_reason="有人名"
    )
    error = refused(house, version, anyway=True)
    assert stopped.title in error.message and withheld.title in error.message and fine.title not in error.message
    assert "停用" in error.message and "下架" in error.message


def test_what_is_only_to_be_looked_at_is_let_through_by_who_looked(house):
    version = house.draft(lessons=2)
    newer, doubted = (each.lesson for each in contents_of(version).lessons)
    training_rows.newer(newer.precedent)
    precedent_doubt(doubted.precedent, reason="表格改了", actor=None)
    error = refused(house, version)
    assert (error.code, error.field) == ("unseen", "anyway")
    assert "第 2 版" in error.message and "表格改了" in error.message
    assert house.submit(version, anyway=True).state == VersionState.SUBMITTED


def test_personal_data_is_refused_by_place_and_kind_and_never_repeated(house):
    version = house.draft()
    lesson = version.lessons.get()
    lesson.title, lesson.note = "打 13900139000 问", "找身份证 11010519491231002X 的人"
    lesson.save()
    QuestionText.objects.update(explanation="他的电话 13800138000")
    version.intro = "问 13800138001"
    version.save()
    error = refused(house, version)
    assert error.code == "personal_data"
    for place in ("整个包", "标题里", "讲解里", "第 1 题：讲解里", "手机号", "身份证号"):
        assert place in error.message
    for words in ("13900139000", "13800138000", "13800138001", "11010519491231002X"):
        assert words not in error.message


def test_a_precedent_for_fewer_people_than_the_pack_is_refused(house):
    version = house.draft()
    own = version.lessons.get().precedent
    Precedent.objects.filter(pk=own.pk).update(audience=Audience.DEPARTMENT)
    assert [each.pk for each in audience_problems(version)] == [own.pk]
    assert refused(house, version).code == "audience"
    Pack.objects.filter(pk=version.pack_id).update(audience=Audience.DEPARTMENT)
    assert house.submit(version).state == VersionState.SUBMITTED


@pytest.mark.parametrize(
    ("pack", "precedent", "place", "is_fine"),
    [
        (Audience.REGION, Audience.REGION, "above", True),
        (Audience.REGION, Audience.REGION, "same", True),
        (Audience.REGION, Audience.REGION, "below", False),
        (Audience.LIBRARY, Audience.REGION, "above", False),
        (Audience.DEPARTMENT, Audience.REGION, "above", True),
        (Audience.DEPARTMENT, Audience.DEPARTMENT, "same", False),
    ],
)
def test_whom_a_precedent_reaches_follows_the_regions(pack, precedent, place, is_fine, django_assert_num_queries):
    city = factories.region("上海市")
    district = factories.region("上海市虹口区", parent=city)
    street = factories.region("上海市虹口区川北街道", parent=district)
    home = factories.department(within=district)
    other = factories.department(within={"above": city, "same": district, "below": street}[place])
    version = training_rows.open_version(training_rows.pack(owner=home, audience=pack))
    training_rows.case(version, training_rows.shelved(owner=other, audience=precedent))
    version = PackVersion.objects.select_related("pack__owner_department__region").get(pk=version.pk)
    with django_assert_num_queries(1):
        assert (audience_problems(version) == ()) is is_fine


def test_taking_it_back_brings_what_was_mended_in_the_bank(house):
    version = house.submit(house.draft())
    asked = LessonQuestion.objects.get(lesson__version=version)
    old = asked.text
    new = QuestionText.objects.create(
        question=old.question, number=2, kind=old.kind, stem="说清了", body=old.body, at=old.at
    )
    type(old.question).objects.filter(pk=old.question_id).update(latest=new)
    for _ in range(2):
        done = version_withdraw(version, lock_version=version.lock_version, scope=house.writes)
        assert done.state == VersionState.DRAFT
    asked.refresh_from_db()
    assert asked.text == new
    assert AuditEvent.objects.filter(action="pack.withdrawn").count() == 1


# --- the decision ---


def test_publishing_replaces_what_learners_take(house):
    pack = house.live()
    old = pack.live_version
    version = house.submit(version_revise(pack, scope=house.writes))
    done = house.publish(version, comment="核过")
    pack.refresh_from_db()
    old.refresh_from_db()
    assert (pack.live_version, pack.status, old.state) == (done, PackStatus.PUBLISHED, VersionState.SUPERSEDED)
    assert (done.approved_by, done.state) == (house.checker, VersionState.PUBLISHED)
    decision = done.decisions.get()
    assert (decision.verdict, decision.digest_seen, decision.by) == ("published", version.content_digest, house.checker)
    again = house.publish(version, comment="又点了一下")
    assert again.pk == done.pk and PackDecision.objects.count() == 1
    with pytest.raises(StaleState, match=f"{house.checker} .*已经定了：通过并发布"):
        house.send_back(version)


def test_neither_who_began_it_nor_who_wrote_last_publishes(house):
    version = house.submit(house.draft())
    editor = factories.user(Role.REVIEWER, within=house.owner)
    PackEditor.objects.create(pack=version.pack, user=editor, added_at=version.created_at, added_by_name="甲")
    PackVersion.objects.filter(pk=version.pk).update(last_editor=editor)
    stranger = factories.user(Role.REVIEWER)
    for person, error in ((house.author, NotAllowed), (editor, NotAllowed), (stranger, NotVisible)):
        for decide in (house.publish, house.send_back):
            with pytest.raises(error):
                decide(version, scope=scope_of(person))
    for column in ("author", "last_editor"):
        person = {"author": house.author, "last_editor": editor}[column]
        with pytest.raises(IntegrityError), transaction.atomic():
            PackVersion.objects.filter(pk=version.pk).update(approved_by=person)
    assert house.publish(version).state == VersionState.PUBLISHED


def test_only_what_was_read_is_decided_about(house):
    version = house.submit(house.draft())
    with pytest.raises(StaleState, match="不是最新"):
        house.publish(version, digest_seen="0" * 64)
    # Written past the services: what is frozen is compared with what was read all the same.
    version.lessons.update(note="别的话")
    with pytest.raises(StaleState, match="不是最新"):
        house.publish(version)
    version_withdraw(version, lock_version=version.lock_version, scope=house.writes)
    with pytest.raises(StaleState, match="撤回去了"):
        house.publish(version)


def test_what_was_stopped_since_it_was_handed_in_is_not_published(house):
    version = house.submit(house.draft())
    precedent_retire(version.lessons.get().precedent, reason="政策变了", actor=None)
    with pytest.raises(RuleBroken) as error:
        house.publish(version)
    assert error.value.code == "stopped"
    version.refresh_from_db()
    assert version.state == VersionState.SUBMITTED and not PackDecision.objects.exists()


def test_sending_back_says_why_and_the_same_click_once(house):
    version = house.submit(house.draft())
    with pytest.raises(RuleBroken, match="写一句"):
        house.send_back(version, comment=" \n")
    with pytest.raises(RuleBroken, match="最多"):
        house.send_back(version, comment="长" * 20_000)
    done = house.send_back(version, comment="打 13800138000 核一下")
    assert done.state == VersionState.CHANGES_REQUESTED
    assert "13800138000" not in done.decisions.get().comment
    assert house.send_back(version, comment="打 13800138000 核一下").pk == done.pk
    assert PackDecision.objects.count() == 1
    # Handed in again it is another text, and another decision.
    again = house.submit(done)
    with pytest.raises(StaleState, match="又提交了一次"):
        house.send_back(version)
    assert house.publish(again).state == VersionState.PUBLISHED


# --- staying true ---


def test_one_click_takes_the_newest_text_into_the_open_version(house):
    pack = house.live(lessons=2)
    first, second = pack.live_version.lessons.order_by("position")
    old = first.revision
    training_rows.newer(first.precedent, title="换了标题的案例")
    training_rows.newer(second.precedent)
    done = lessons_adopt(pack, scope=house.writes, keys=[first.key])
    assert (done.count, done.has_opened, done.version.number) == (1, True, 2)
    adopted = done.version.lessons.get(key=first.key)
    first.precedent.refresh_from_db()
    assert adopted.revision_id == first.precedent.live_revision_id and adopted.title == "换了标题的案例"
    first.refresh_from_db()
    assert first.revision == old
    assert lessons_adopt(pack, scope=house.writes, keys=[first.key]).count == 0
    done = lessons_adopt(pack, scope=house.writes)
    assert (done.count, done.has_opened) == (1, False)
    version = done.version
    assert version.last_editor == house.author and version.lock_version == 2
    assert AuditEvent.objects.filter(action="pack.adopted").count() == 2


def test_a_title_of_ones_own_stays_and_what_is_stopped_or_hidden_is_not_taken(house):
    pack = house.live(lessons=3)
    own, stopped, foreign = pack.live_version.lessons.order_by("position")
    for lesson in (own, stopped, foreign):
        training_rows.newer(lesson.precedent)
    type(own).objects.filter(pk=own.pk).update(title="我起的名字")
    precedent_retire(Precedent.objects.get(pk=stopped.precedent_id), reason="不用了", actor=None)
    Precedent.objects.filter(pk=foreign.precedent_id).update(
        audience=Audience.DEPARTMENT, owner_department=factories.department()
    )
    done = lessons_adopt(pack, scope=house.writes)
    assert done.count == 1
    assert done.version.lessons.get(key=own.key).title == "我起的名字"
    for lesson in (stopped, foreign):
        assert done.version.lessons.get(key=lesson.key).revision_id == lesson.revision_id


def test_what_waits_for_its_check_is_not_touched_and_says_what_to_do(house):
    pack = house.live()
    lesson = pack.live_version.lessons.get()
    version = house.submit(version_revise(pack, scope=house.writes))
    training_rows.newer(lesson.precedent)
    with pytest.raises(RuleBroken, match="先撤回提交") as error:
        lessons_adopt(pack, scope=house.writes)
    assert error.value.code == "submitted"
    assert version.lessons.get().revision_id == lesson.revision_id


def waits(user) -> dict[str, int]:
    counts = counts_waiting(scope_of(user))
    return {name: counts[name] for name in ("packs_returned", "packs_to_check", "lessons_changed") if counts.get(name)}


def test_what_waits_for_whom(house):
    pack = house.live()
    lesson = pack.live_version.lessons.get()
    stranger = factories.user(Role.TRAINER)
    assert waits(house.author) == {}
    training_rows.newer(lesson.precedent)
    for person in (house.author, house.checker):
        assert waits(person) == {"lessons_changed": 1}
    assert waits(stranger) == {}
    editor = factories.user(Role.EDITOR)
    PackEditor.objects.create(pack=pack, user=editor, added_at=pack.created_at, added_by_name="甲")
    assert waits(editor) == {"lessons_changed": 1}
    version = lessons_adopt(pack, scope=house.writes).version
    assert waits(house.author) == waits(editor) == {}
    # The question was written against the text before.
    version = house.submit(version, anyway=True)
    assert waits(house.author) == {} and waits(house.checker) == {"packs_to_check": 1}
    version = house.send_back(version)
    assert waits(house.author) == {"packs_returned": 1} and waits(house.checker) == {}
    house.publish(house.submit(version, anyway=True))
    assert waits(house.author) == waits(house.checker) == {}


@pytest.mark.parametrize("what", ["retired", "doubted", "past"])
def test_a_lesson_waits_until_it_is_dealt_with(house, what):
    pack = house.live()
    lesson = pack.live_version.lessons.get()
    if what == "retired":
        precedent_retire(lesson.precedent, reason="不用了", actor=None)
    elif what == "doubted":
        precedent_doubt(lesson.precedent, reason="表格改了", actor=None)
    else:
        Precedent.objects.filter(pk=lesson.precedent_id).update(applies_until="2020-01-01")
    assert waits(house.author) == {"lessons_changed": 1}
    version = version_revise(pack, scope=house.writes)
    # A copy of it is no answer.
    assert waits(house.author) == {"lessons_changed": 1}
    version.lessons.all().delete()
    assert waits(house.author) == {}


def test_learners_are_warned_of_what_is_stopped_by_the_number(house, django_assert_num_queries):
    packs = [house.live(lessons=2), house.live()]
    precedent_retire(packs[0].live_version.lessons.first().precedent, reason="不用了", actor=None)
    Precedent.objects.filter(pk=packs[0].live_version.lessons.last().precedent_id).update(
        status=PrecedentStatus.WITHHELD, withheld_at=packs[0].created_at, withheld_reason="有人名"
    )
    with django_assert_num_queries(1):
        assert stopped_in([pack.pk for pack in packs]) == {packs[0].pk: 2}


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [("abcd", "abcd", ""), ("abcd", "dabc", "d"), ("abcd", "bacd", "ab"), ("abc", "cba", "abc"), ("", "", "")],
)
def test_the_fewest_lessons_are_said_to_have_moved(before, after, moved):
    found = _moved(list(before), list(after))
    assert found <= set(moved) and len(found) == max(len(moved) - 1, 0) if moved != "d" else found == {"d"}


def test_what_the_check_let_through_waits_for_nobody_until_a_new_point_comes_up():
    pack = training_rows.pack()
    lesson = training_rows.case(training_rows.open_version(pack), training_rows.shelved(owner=pack.owner_department))
    precedent_doubt(lesson.precedent, reason="表格改了", actor=None)
    trainer = scope_of(factories.user(Role.TRAINER, within=pack.owner_department))
    training_rows.publish(pack)
    assert not lessons_waiting(trainer).exists()
    precedent_doubt(lesson.precedent, reason="窗口搬了", actor=None)
    assert lessons_waiting(trainer).get().pk == lesson.pk
