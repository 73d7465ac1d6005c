"""The pages of who is to learn what: what is typed stands in the form again, and what was done is told."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from caselib.core import clock, workdays
from caselib.following.digest import digests_send
from caselib.following.models import Reading
from caselib.orgs.models import Role
from caselib.training.choices import AttemptState, QuestionKind
from caselib.training.models import Assignment, Attempt, Lesson, Response
from tests import factories, training_rows

pytestmark = pytest.mark.django_db


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def pack():
    return training_rows.published_pack(title="容缺受理专题")


@pytest.fixture
def trainer(pack) -> Client:
    return client_of(factories.user(Role.TRAINER, within=pack.owner_department))


def sent(client, pack, **posted):
    return client.post(f"/training/people/{pack.code}/assign/", posted)


def text(response) -> str:
    return response.content.decode()


def test_the_form_assigns_and_tells_who_has_it(trainer, pack):
    home = pack.owner_department
    response = sent(trainer, pack, department=home.pk, when="5", note="周会上讲")
    assert response.url == f"/training/people/{pack.code}/"
    assignment = Assignment.objects.get()
    assert assignment.due_on == workdays.after_working_days(clock.today(), 5)
    page = text(trainer.get(response.url))
    assert f"布置给了“{home.name}”。" in page and "周会上讲" in page
    sent(trainer, pack, department=home.pk, when="none")
    assert "早就布置过，改成了这次的期限" in text(trainer.get(response.url))
    assert Assignment.objects.get().due_on is None
    listed = text(trainer.get("/training/people/"))
    assert "容缺受理专题" in listed and home.name in listed


@pytest.mark.parametrize(
    "typed", ["2026-12-09", "２０２６年１２月９日", " 2026.12.9 ", "20261209", "二〇二六年十二月九日"]
)
def test_a_day_is_read_as_people_type_it(trainer, pack, typed):
    with time_machine.travel(dt.datetime(2026, 11, 30, 2, tzinfo=dt.UTC)):
        assert sent(trainer, pack, department=pack.owner_department_id, when="day", day=typed).status_code == 302
    assert Assignment.objects.get().due_on == dt.date(2026, 12, 9)


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"when": "day", "day": ""}, "day"),
        ({"when": "day", "day": "下周三"}, "day"),
        ({"when": "day", "day": "2026-02-30"}, "day"),
        ({"when": "day", "day": "2001-01-01"}, "day"),
        ({"when": "day", "day": "９" * 20_000}, "day"),
        ({"note": "留" * 201}, "note"),
        ({"note": "😀" * 20_000}, "note"),
        ({"department": ["zz", "9" * 30]}, "departments"),
        ({"department": [], "who": "-1"}, "who"),
    ],
)
def test_what_is_refused_stands_in_the_form_again(trainer, pack, posted, field):
    given = {"department": [str(pack.owner_department_id)], "when": "3", "note": "周会\x00讲", "q": "<b>张"} | posted
    response = sent(trainer, pack, **given)
    page = text(response)
    assert response.status_code == 422 and "没有布置" in page and f'href="#f-{field}"' in page
    assert "&lt;b&gt;张" in page and "<b>张" not in page
    if given["department"] == [str(pack.owner_department_id)]:
        assert f'value="{pack.owner_department_id}" checked' in page
    if field == "day":
        assert "周会" in page and 'value="day" checked' in page
    assert not Assignment.objects.exists()


def test_looking_for_people_assigns_nothing_and_keeps_what_was_chosen(trainer, pack):
    people = [factories.user(Role.WINDOW, within=pack.owner_department) for _ in range(3)]
    for number, person in enumerate(people):
        person.display_name = f"张敏{number}"
        person.save()
    home = str(pack.owner_department_id)
    page = text(
        sent(trainer, pack, do="find", q="张敏", who=str(people[0].pk), department=home, when="10", note="留言")
    )
    assert all(f'name="who" value="{person.pk}"' in page for person in people)
    assert f'name="who" value="{people[0].pk}" checked' in page and f'value="{people[1].pk}" checked' not in page
    assert f'value="{home}" checked' in page and 'value="10" checked' in page and "留言" in page
    by_account = text(sent(trainer, pack, do="find", q=people[2].username.upper()))
    assert f'name="who" value="{people[2].pk}"' in by_account
    assert "没有找到“没这人”" in text(sent(trainer, pack, do="find", q="没这人"))
    assert not Assignment.objects.exists()
    assert sent(trainer, pack, do="assign", who=[str(each.pk) for each in people[:2]], when="3").status_code == 302
    assert set(Assignment.objects.values_list("user", flat=True)) == {each.pk for each in people[:2]}


def test_more_people_than_fit_ask_for_more_words(trainer, pack):
    for _ in range(22):
        factories.user(Role.WINDOW, within=pack.owner_department)
    page = text(sent(trainer, pack, do="find", q="人员"))
    assert page.count('name="who"') == 20 and "不止这些" in page


def test_taking_back_twice_is_told_and_harmless(trainer, pack):
    assignment = training_rows.assigned(pack, to=pack.owner_department)
    for told in ("撤回了", "早已撤回"):
        response = trainer.post(f"/training/people/{pack.code}/withdraw/", {"code": assignment.code})
        assert told in text(trainer.get(response.url))
    assert trainer.post(f"/training/people/{pack.code}/withdraw/", {"code": "zz"}).status_code == 404


def test_an_empty_start_says_what_will_stand_there():
    page = text(client_of(factories.user(Role.TRAINER)).get("/training/people/"))
    assert "还没有布置过" in page and "没有人卡住" in page


def test_looking_writes_nothing(trainer, pack):
    training_rows.assigned(pack, to=pack.owner_department)
    training_rows.enrolled(pack)
    before = [list(model.objects.values()) for model in (Assignment, Attempt, Response)]
    for part in ("", f"{pack.code}/", f"{pack.code}/assign/", f"{pack.code}/hard/", "marking/"):
        assert trainer.get(f"/training/people/{part}").status_code == 200
    assert [list(model.objects.values()) for model in (Assignment, Attempt, Response)] == before


@pytest.mark.parametrize(
    "asked", ["?state=zz&department=zz&page=zz", "?page=999999999999", "?department=-1&state=late"]
)
def test_an_address_that_nobody_offered_shows_the_table(trainer, pack, asked):
    training_rows.assigned(pack, to=pack.owner_department)
    assert trainer.get(f"/training/people/{pack.code}/{asked}").status_code == 200


def test_who_is_stuck_and_on_what(trainer, pack):
    lesson = pack.live_version.lessons.get()
    enrolment = training_rows.enrolled(pack)
    for _ in range(2):
        training_rows.answered(enrolment, lesson, 0, given={"chosen": ["c"]})
    right = training_rows.enrolled(pack)
    training_rows.answered(right, lesson, 100, given={"chosen": ["a"]})
    home = text(trainer.get("/training/people/"))
    assert str(enrolment.user) in home and "同一课考了 2 次没有过" in home
    hard = text(trainer.get(f"/training/people/{pack.code}/hard/"))
    # By first answers: one of two, however often it was tried.
    assert "50% 答错" in hard and "2 人答，1 人没全对" in hard and "错得最多的是“直接不予受理”，1 人" in hard
    page = text(trainer.get(f"/training/people/learner/{enrolment.code}/"))
    assert page.count("直接不予受理") == 2 and "第 2 次" in page


# --- marking ---


@pytest.fixture
def waiting(pack):
    body = {**training_rows.SHORT, "marking": "trainer"}
    other = training_rows.pack(owner=pack.owner_department)
    lesson = training_rows.note(training_rows.open_version(other))
    training_rows.asked(lesson, training_rows.question(QuestionKind.SHORT, body, owner=pack.owner_department))
    training_rows.publish(other)
    attempt = training_rows.answered(training_rows.enrolled(other), lesson, None, given={"text": "<b>三天内寄来</b>"})
    return attempt.responses.get()


def test_marking_tells_the_learner_and_a_second_press_changes_nothing(trainer, waiting):
    page = text(trainer.get("/training/people/marking/"))
    assert "&lt;b&gt;三天内寄来&lt;/b&gt;" in page and "说了期限" in page
    assert "等评分的答案" in text(trainer.get("/desk/"))
    address = f"/training/people/marking/{waiting.pk}/"
    assert trainer.post(address, {"met": ["a", "zz"], "comment": "逾期怎样没说 13800138000"}).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.score, waiting.points) == (50, ["a"])
    assert "13800138000" not in waiting.comment
    assert waiting.attempt.__class__.objects.get(pk=waiting.attempt_id).state == AttemptState.MARKED
    again = trainer.post(address, {"met": ["a", "b"], "comment": "再评"})
    assert again.status_code == 409 and "您写的：再评" in text(again)
    waiting.refresh_from_db()
    assert waiting.score == 50
    learner = waiting.attempt.enrolment.user
    learner.refresh_from_db()
    assert learner.has_asked
    notices = text(client_of(learner).get("/notices/"))
    assert "评了分" in notices and waiting.attempt.code in notices


def test_a_comment_that_is_too_long_stands_in_the_form_again(trainer, waiting):
    response = trainer.post(f"/training/people/marking/{waiting.pk}/", {"met": "b", "comment": "长" * 501})
    page = text(response)
    assert response.status_code == 422 and "长" * 501 in page and 'value="b" checked' in page
    waiting.refresh_from_db()
    assert waiting.score is None


# --- the sheet ---


def test_the_sheet_says_who_passed_what_and_when(pack):
    enrolment = training_rows.passed(training_rows.enrolled(pack), at=dt.datetime(2026, 11, 29, 17, tzinfo=dt.UTC))
    page = text(client_of(enrolment.user).get(f"/training/people/certificate/{enrolment.code}/"))
    for words in (str(enrolment.user), "容缺受理专题", enrolment.code, "100 分", "2026-11-30", "由案例库生成"):
        assert words in page
    # The day is that of the hall: after midnight there it is the thirtieth.
    assert timezone.localtime(enrolment.passed_at).day == 30


def test_many_lessons_are_named_by_their_modules():
    pack = training_rows.pack()
    version = training_rows.open_version(pack)
    module = version.modules.get()
    Lesson.objects.bulk_create(
        Lesson(version=version, module=module, kind="note", title=f"第{number}讲", position=number)
        for number in range(300)
    )
    training_rows.publish(pack)
    enrolment = training_rows.enrolled(pack)
    enrolment.passed_at, enrolment.version = clock.now(), version
    enrolment.save()
    page = text(client_of(enrolment.user).get(f"/training/people/certificate/{enrolment.code}/"))
    assert "第一单元（300 课）" in page and "第7讲" not in page


# --- the daily mail ---


def test_the_mail_of_the_day_tells_what_was_assigned_once(pack, settings):
    settings.CASELIB_SITE_URL = "https://hall.example"
    reader = factories.user(Role.WINDOW)
    Reading.objects.create(user=reader, mailed_at=clock.now() - dt.timedelta(days=1))
    reader.email = "reader@example.com"
    reader.save()
    training_rows.assigned(pack, to=reader.memberships.get().department, due_on=clock.today() + dt.timedelta(days=30))
    assert len(list(digests_send())) == 1
    (message,) = mail.outbox
    assert message.subject == "案例库：培训有 1 条提醒"
    assert "新布置：容缺受理专题" in message.body and f"/training/p/{pack.code}/" in message.body
    assert list(digests_send()) == []
