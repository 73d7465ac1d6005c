"""Assigning: who reaches whom, with which day, and who is reached."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from caselib.audit.models import AuditEvent
from caselib.core.errors import NotAllowed, RuleBroken
from caselib.following.answers import answers_of, answers_unread
from caselib.orgs.models import Department, Membership, Role, User
from caselib.orgs.scope import scope_of
from caselib.orgs.services import membership_grant
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.training.models import Assignment
from caselib.training.people.assigning import NewAssignment, training_assign, training_unassign
from caselib.training.people.reach import departments_offered
from caselib.training.people.results import results_for_page
from caselib.training.people.told import reminders
from caselib.training.visibility import visible_pack
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
# A Monday; the next Sunday is the 6th.
ON = dt.date(2026, 11, 30)
NOW = dt.datetime(2026, 11, 30, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def pack():
    return training_rows.published_pack()


def trainer_of(pack):
    return scope_of(factories.user(Role.TRAINER, within=pack.owner_department))


def given(pack, *departments, people=(), due_on=None, note="", scope=None, now=None):
    asked = NewAssignment([each.pk for each in departments], [each.pk for each in people], due_on, note)
    return training_assign(pack, asked, scope=scope or trainer_of(pack), now=now)


def test_many_departments_and_people_at_once(pack):
    first, second = factories.department(), factories.department()
    person = factories.user(Role.WINDOW)
    done = given(pack, first, second, people=(person,), due_on=ON, now=NOW)
    assert done.new == (first.name, second.name, str(person))
    assert Assignment.objects.filter(withdrawn_at=None, due_on=ON).count() == 3
    event = AuditEvent.objects.get(action="training.assigned")
    assert event.after["departments"] == [first.name, second.name]
    assert event.after["people"] == [person.username]


def test_a_second_time_moves_the_day_and_tells_so_and_the_same_again_writes_nothing(pack):
    home, scope = factories.department(), trainer_of(pack)
    given(pack, home, due_on=ON, scope=scope, now=NOW)
    later = ON + dt.timedelta(days=3)
    assert given(pack, home, due_on=later, scope=scope, now=NOW).changed == (home.name,)
    assert given(pack, home, due_on=later, scope=scope, now=NOW).same == (home.name,)
    assert Assignment.objects.get().due_on == later
    assert AuditEvent.objects.filter(action="training.assigned").count() == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "required"),
        ({"departments": [0]}, "not_offered"),
        ({"departments": [2**62]}, "not_offered"),
        ({"people": [0]}, "not_offered"),
        ({"people": list(range(1, 103))}, "too_many"),
        ({"due_on": ON - dt.timedelta(days=1)}, "past"),
        ({"due_on": dt.date(2062, 1, 1)}, "too_far"),
        ({"note": "长" * 201}, "too_long"),
    ],
)
def test_what_nobody_can_mean_is_refused_and_nothing_is_written(pack, values, code):
    wanted = {"departments": [pack.owner_department_id]} if "due_on" in values or "note" in values else {}
    with pytest.raises(RuleBroken) as refused:
        training_assign(pack, NewAssignment(**{**wanted, **values}), scope=trainer_of(pack), now=NOW)
    assert refused.value.code == code
    assert refused.value.message.startswith("没有布置")
    assert not Assignment.objects.exists()


def test_a_switched_off_department_and_a_closed_account_are_not_offered(pack):
    gone, person = factories.department(), factories.user(Role.WINDOW)
    Department.objects.filter(pk=gone.pk).update(is_active=False)
    User.objects.filter(pk=person.pk).update(is_active=False)
    for values in ({"departments": [gone.pk]}, {"people": [person.pk]}):
        with pytest.raises(RuleBroken):
            training_assign(pack, NewAssignment(**values), scope=trainer_of(pack))


def test_a_note_is_masked(pack):
    given(pack, pack.owner_department, note="有事打 13800138000")
    assert "13800138000" not in Assignment.objects.get().note


def test_an_unpublished_pack_is_not_assigned():
    draft = training_rows.pack()
    with pytest.raises(NotAllowed):
        given(draft, draft.owner_department)


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("role", [Role.TRAINER, Role.DEPARTMENT_ADMIN])
@pytest.mark.parametrize("is_own", [True, False])
def test_a_pack_goes_to_whom_it_is_meant_for_and_from_elsewhere_to_the_own_department_alone(audience, role, is_own):
    city = factories.region("上海市")
    here, there = factories.region("上海市虹口区", parent=city), factories.region("上海市静安区", parent=city)
    owner, near, far = (factories.department(within=region) for region in (here, here, there))
    pack = training_rows.published_pack(owner=owner, audience=audience, lessons=0)
    meant = {
        Audience.LIBRARY: {owner.pk, near.pk, far.pk},
        Audience.REGION: {owner.pk, near.pk},
        Audience.DEPARTMENT: {owner.pk},
    }[audience]
    scope = scope_of(factories.user(role, within=owner if is_own else far))
    offered = set(departments_offered(scope, pack).values_list("pk", flat=True))
    assert offered == (meant if is_own else meant & {far.pk})


def test_what_the_owner_assigned_is_not_moved_or_taken_back_from_elsewhere(pack):
    far = factories.department()
    head = scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=far))
    given(pack, far, due_on=ON, now=NOW)
    done = given(pack, far, due_on=ON + dt.timedelta(days=9), scope=head, now=NOW)
    assert done.others == (far.name,)
    assignment = Assignment.objects.get()
    assert assignment.due_on == ON
    with pytest.raises(NotAllowed):
        training_unassign(assignment, scope=head)


def test_a_colleague_takes_back_what_another_one_assigned_to_their_department(pack):
    far = factories.department()
    first, second = (scope_of(factories.user(Role.TRAINER, within=far)) for _ in range(2))
    given(pack, far, scope=first)
    assert training_unassign(Assignment.objects.get(), scope=second)
    assert not training_unassign(Assignment.objects.get(), scope=second)
    assert AuditEvent.objects.filter(action="training.unassigned").count() == 1


def table(pack, scope=None, **asked):
    return results_for_page(scope or trainer_of(pack), pack, on=ON, **asked)


def test_who_moves_keeps_what_was_begun_and_is_shown_as_gone_where_it_was(pack):
    old, new = factories.department("老部门"), factories.department("新部门")
    mover, stayer = (factories.user(Role.WINDOW, within=old) for _ in range(2))
    given(pack, old, due_on=ON, now=NOW)
    training_rows.enrolled(pack, mover)
    Membership.objects.filter(user=mover).update(department=new)

    row = {each.name: each for each in table(pack, department=str(old.pk)).learners}
    assert set(row) == {str(mover), str(stayer)}
    assert row[str(mover)].left == {old.pk: "老部门"}
    # The old assignment reaches it no more, what it learned is there.
    assert (row[str(mover)].due, row[str(mover)].state) == (None, "going")
    assert row[str(stayer)].due.on == ON
    moved = scope_of(User.objects.get(pk=mover.pk))
    assert visible_pack(moved, pack.code).pk == pack.pk
    assert [each.word for each in answers_of(moved, seen=None)] == []


def test_the_head_of_a_department_sees_who_is_there_today_and_of_others_a_number(pack):
    old, new = factories.department(), factories.department()
    mover, stayer = (factories.user(Role.WINDOW, within=old) for _ in range(2))
    given(pack, old)
    training_rows.enrolled(pack, mover)
    training_rows.enrolled(pack, factories.user(Role.WINDOW))
    Membership.objects.filter(user=mover).update(department=new)
    head = scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=old))
    seen = table(pack, head)
    # The head belongs to the department, too.
    assert {each.name for each in seen.learners} == {str(stayer), str(User.objects.get(pk=head.user_id))}
    assert seen.moved == 1
    there = scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=new))
    assert str(mover) in {each.name for each in table(pack, there).learners}


def test_states_and_lateness_are_counted_and_filtered():
    pack = training_rows.published_pack(lessons=2)
    home = factories.department()
    idle, busy, done = (factories.user(Role.WINDOW, within=home) for _ in range(3))
    training_rows.assigned(pack, to=home, due_on=ON - dt.timedelta(days=7))
    lesson = pack.live_version.lessons.first()
    training_rows.answered(training_rows.enrolled(pack, busy), lesson, 40)
    training_rows.passed(training_rows.enrolled(pack, done))
    page = table(pack)
    assert page.counts == {"none": 1, "going": 1, "passed": 1, "late": 2, "all": 3}
    rows = {each.name: each for each in page.learners}
    assert (rows[str(busy)].done, rows[str(busy)].best) == (0, 40)
    assert (rows[str(done)].done, rows[str(done)].best, rows[str(done)].is_late) == (2, 100, False)
    assert {each.name for each in table(pack, state="late").learners} == {str(busy), str(idle)}


# --- what is told ---


def told(user):
    return [(each.word, each.is_new) for each in answers_of(scope_of(user), seen=None)]


def test_who_joins_later_is_told_from_the_day_of_joining_and_who_left_no_more(pack):
    home, other = factories.department(), factories.department()
    with time_machine.travel(NOW - dt.timedelta(days=20)):
        given(pack, home)
    with time_machine.travel(NOW, tick=False):
        newcomer = factories.user(Role.WINDOW, within=home)
        scope = scope_of(newcomer)
        assert not newcomer.has_asked and scope.has_training
        (answer,) = answers_of(scope, seen=NOW - dt.timedelta(days=1))
        assert (answer.word, answer.is_new, answer.at) == ("新布置", True, NOW)
        assert answers_unread(scope) == 1
    Membership.objects.filter(user=newcomer).update(department=other)
    assert told(newcomer) == []


def test_who_is_of_a_department_without_training_is_asked_nothing(django_assert_num_queries):
    reader = factories.user(Role.WINDOW)
    assert not scope_of(reader).has_training
    membership_grant(user=reader, department=factories.department(), role=Role.WINDOW, actor=None)
    assert not scope_of(reader).has_training


def test_due_soon_is_told_three_working_days_before_and_late_the_day_after(pack):
    home = factories.department()
    reader = factories.user(Role.WINDOW, within=home)
    # A Friday: three working days before it is Tuesday.
    training_rows.assigned(pack, to=home, due_on=dt.date(2026, 12, 4), at=NOW - dt.timedelta(days=9))
    words = {}
    for day in (30, 31, 34, 35, 36):
        with time_machine.travel(NOW + dt.timedelta(days=day - 30), tick=False):
            words[day] = [each.word for each in answers_of(scope_of(reader), seen=None)]
    assert words[30] == ["新布置"]
    assert words[31] == ["快到期", "新布置"]
    assert words[34] == ["快到期", "新布置"]
    assert words[35] == ["已超期", "新布置"]
    with time_machine.travel(NOW + dt.timedelta(days=5), tick=False):
        training_rows.passed(training_rows.enrolled(pack, reader))
        assert told(reader) == []


def test_a_pack_that_reaches_twice_is_due_by_the_first_day_and_said_once(pack):
    home = factories.department()
    reader = factories.user(Role.WINDOW, within=home)
    training_rows.assigned(pack, to=home, due_on=ON + dt.timedelta(days=2))
    training_rows.assigned(pack, to=reader, due_on=ON + dt.timedelta(days=1))
    with time_machine.travel(NOW, tick=False):
        due = [each for each in answers_of(scope_of(reader), seen=None) if each.word == "快到期"]
    assert len(due) == 1 and "12月1日" in due[0].text


def test_reminders_begin_in_the_morning_and_end_after_a_month():
    days = reminders(ON)
    assert max(days) == dt.date(2026, 12, 3)
    assert min(days) == ON - dt.timedelta(days=30)
    begins = {day: timezone.localtime(at) for day, at in days.items()}
    assert {at.hour for at in begins.values()} == {0}
    # Sunday the 29th ends on Monday the 30th: it is not late yet, and was told from Wednesday.
    assert begins[dt.date(2026, 11, 29)].date() == dt.date(2026, 11, 25)
    assert begins[dt.date(2026, 11, 26)].date() == dt.date(2026, 11, 27)


def test_a_precedent_that_goes_out_of_use_is_told_to_who_is_learning_it(pack):
    reader = factories.user(Role.WINDOW)
    enrolment = training_rows.enrolled(pack, reader)
    lesson = pack.live_version.lessons.get()
    assert told(reader) == []
    precedent_retire(lesson.precedent, reason="不用了", actor=None)
    (answer,) = answers_of(scope_of(reader), seen=None)
    assert answer.word == "案例停用" and lesson.key in answer.address
    assert lesson.precedent.live_revision.title not in answer.title + answer.text
    training_rows.passed(enrolment)
    assert told(reader) == []
