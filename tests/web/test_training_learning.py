"""The pages of a learner: what was given, a pack, a lesson that hides its precedent, an attempt beside it, and an autosave."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.policies.models import Verified
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.withholding import precedent_withhold
from caselib.training.choices import AttemptState, PackStatus, QuestionKind
from caselib.training.learning.stamps import hidden_key
from caselib.training.models import Assignment, Attempt, Enrolment, Lesson, LessonProgress, Pack, PackVersion, Response
from tests import factories
from tests import training_rows as rows
from tests.training_rows import BROKEN, RIGHT, WRONG, handed_in

pytestmark = pytest.mark.django_db
# Words of the precedent that tell what was decided, and those that a citizen brings.
TELLS = {
    "title": "要旨标题qzt",
    "gist": "要旨qzg",
    "resolution": "办法qzr",
    "script": "口径qzs",
    "who_can_decide": "谁定qzw",
    "assessment": "研判qza",
    "applies_when": ("条件qzc",),
    "not_when": ("不适用qzn",),
}
ASKS = {"problem": "遇到的事qzp", "blocker": "卡点qzb", "requester_wording": ("群众的话qzv",)}


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def learner(home):
    return factories.user(Role.WINDOW, within=home)


@pytest.fixture
def client(learner):
    return signed_in(learner)


@pytest.fixture
def precedent(home):
    return factories.published(owner=home, **TELLS, **ASKS)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response) -> str:
    return response.content.decode()


def told(words) -> str:
    """Each telling word once, without tuples."""
    return "".join(words) if isinstance(words, tuple) else words


class Taught:
    """A published pack of one lesson; `questions` in their order."""

    def __init__(self, home, precedent, *makers, hides=True, title="先定，再对照", **values):
        self.pack = rows.pack(owner=home, **values)
        version = rows.open_version(self.pack)
        self.lesson = rows.case(version, precedent, hides=hides, title=title)
        self.questions = [make(precedent=precedent) for make in makers]
        rows.asked(self.lesson, *self.questions)
        rows.publish(self.pack)
        self.address = reverse("training:learning:lesson", args=[self.pack.code, self.lesson.key])
        self.save = reverse("training:learning:save", args=[self.pack.code, self.lesson.key])

    def form(self, client, **given) -> dict:
        """What the form of the page holds, with answers by question: keys as kinds hold them, or words."""
        page = text(client.get(given.pop("address", self.address)))
        names = ("stamp", "lock", "into", "account")
        held = {name: re.search(f'name="{name}" value="([^"]*)"', page)[1] for name in names}
        return held | self.answers(client, held["stamp"], **given)

    def answers(self, client, stamp, **given) -> dict:
        from caselib.training.learning.stamps import stamp_of

        code = stamp_of(stamp, user=int(client.session["_auth_user_id"])).code
        return {
            f"q{self.questions[int(name[1:])].latest.pk}": (
                value["text"] if "text" in value else [hidden_key(code, key) for key in value["chosen"]]
            )
            for name, value in given.items()
        }


def short(**values):
    return rows.question(QuestionKind.SHORT, **values)


def broken(**values):
    return rows.question(body=BROKEN, **values)


@pytest.fixture
def taught(home, precedent):
    return Taught(home, precedent, rows.question, short)


# --- what a hiding lesson gives away ---


def test_before_the_answers_nothing_of_the_precedent_is_in_the_page(taught, client, precedent):
    page = text(client.get(taught.address))
    for words in ASKS.values():
        assert told(words) in page
    for name, words in TELLS.items():
        assert told(words) not in page, name
    assert precedent.code not in page
    assert precedent.number not in page
    # Nor what is right, or why.
    assert "案例就是这样办成的" not in page
    assert "说了期限" not in page
    assert 'value="a"' not in page


def test_after_the_answers_the_precedent_stands_beside_them(taught, client, precedent):
    form = taught.form(client, q0=RIGHT, q1={"text": "三天内补"})
    response = client.post(taught.address, form, follow=True)
    page = text(response)
    assert response.redirect_chain[-1][0] == reverse("training:learning:attempt", args=[Attempt.objects.get().code])
    for name, words in TELLS.items():
        assert told(words) in page, name
    assert f'href="/p/{precedent.code}/"' in page
    assert "案例就是这样办成的" in page
    assert "说了期限" in page
    # Answering again, it is folded away once more.
    client.post(reverse("training:learning:attempt", args=[Attempt.objects.get().code]), mark("none"))
    again = text(client.get(taught.address, {"again": "1"}))
    assert told(TELLS["gist"]) not in again
    assert precedent.code not in again


def mark(how, *met):
    return {"response": str(Response.objects.get(text__kind="short").pk), "how": how, "met": list(met)}


def test_answers_that_are_shown_to_who_passed_are_not_shown_before(home, precedent, client):
    made = Taught(home, precedent, rows.question, answers_shown="passed")
    page = text(client.post(made.address, made.form(client, q0=WRONG), follow=True))
    assert "合格了或者次数用完才看得到" in page
    for words in (told(TELLS["gist"]), "案例就是这样办成的", "应选这个", precedent.code):
        assert words not in page
    assert told(TELLS["gist"]) not in text(client.get(made.address))
    address = f"{made.address}?again=1"
    passed = text(client.post(made.address, made.form(client, address=address, q0=RIGHT), follow=True))
    assert told(TELLS["gist"]) in passed


def test_a_lesson_that_hides_nothing_shows_the_precedent_and_asks(home, precedent, client):
    made = Taught(home, precedent, rows.question, hides=False)
    page = text(client.get(made.address))
    for words in (*TELLS.values(), *ASKS.values()):
        assert told(words) in page
    assert "交卷" in page


# --- answering without script ---


def test_what_is_saved_stands_in_the_form_again(taught, client):
    form = taught.form(client, q0=RIGHT, q1={"text": "写了一半"})
    assert client.post(taught.address, form | {"deed": "save"}).status_code == 302
    page = text(client.get(taught.address))
    assert "写了一半" in page
    assert page.count(" checked") == 1
    assert "上次存到" in page


def test_what_is_missing_is_asked_about_and_stays_in_the_form(taught, client):
    response = client.post(taught.address, taught.form(client, q1={"text": "只答了这一题"}))
    assert response.status_code == 422
    assert "第 1 题没有答全" in text(response)
    assert "只答了这一题" in text(response)
    assert 'name="anyway"' in text(response)
    assert Attempt.objects.count() == 0


def test_too_long_an_answer_is_refused_and_stays(taught, client):
    response = client.post(taught.address, taught.form(client, q0=RIGHT, q1={"text": "长" * 20_000}))
    assert response.status_code == 422
    assert "20,000" in text(response)
    assert "长" * 20_000 in text(response)


def test_the_second_window_is_told_and_its_words_stand_in_the_form(taught, client):
    one = taught.form(client, q0=RIGHT, q1={"text": "第一个窗口"})
    two = taught.form(client, q0=WRONG, q1={"text": "第二个窗口"})
    client.post(taught.address, one | {"deed": "save"})
    response = client.post(taught.address, two)
    assert response.status_code == 409
    assert "第二个窗口" in text(response)
    # Pressing again is a decision: it goes on into the attempt that is open.
    stamp, lock = (re.search(f'name="{name}" value="([^"]*)"', text(response))[1] for name in ("stamp", "lock"))
    again = taught.answers(client, stamp, q0=WRONG, q1={"text": "第二个窗口"})
    assert client.post(taught.address, {"stamp": stamp, "lock": lock, **again}).status_code == 302
    assert Response.objects.get(attempt=Attempt.objects.get(), text__kind="short").given["text"] == "第二个窗口"


def test_a_form_of_an_attempt_that_was_handed_in_leads_to_its_result(taught, client):
    form = taught.form(client, q0=RIGHT, q1={"text": "三天内补"})
    first = client.post(taught.address, form)
    second = client.post(taught.address, form | {f"q{taught.questions[1].latest.pk}": "改过的"})
    assert first.url == second.url
    assert Response.objects.get(text__kind="short").given["text"] == "三天内补"


def test_a_learner_marks_the_own_words_by_the_points(taught, client):
    client.post(taught.address, taught.form(client, q0=RIGHT, q1={"text": "三天内补"}))
    attempt = Attempt.objects.get()
    address = reverse("training:learning:attempt", args=[attempt.code])
    assert "说全了" in text(client.get(address))
    client.post(address, mark("ticked", "a"))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == (AttemptState.MARKED, 75)
    assert "75 分" in text(client.get(address))
    again = client.post(address, mark("all"))
    assert again.status_code == 409
    attempt.refresh_from_db()
    assert attempt.score == 75


def test_personal_data_is_masked_and_that_is_told(taught, client):
    form = taught.form(client, q0=RIGHT, q1={"text": "先打 13800138000 问"})
    page = text(client.post(taught.address, form, follow=True))
    assert "原文没有保存" in page
    assert "13800138000" not in page


def test_the_explanation_cites_the_clause_with_its_validity(home, precedent, client):
    clause = factories.clause(33, verified=Verified.TEXT, effective_from=dt.date(2021, 1, 1))

    def cited(**values):
        return rows.question(clause=clause, explanation="看**主件**齐不齐。", **values)

    made = Taught(home, precedent, cited)
    page = text(client.post(made.address, made.form(client, q0=WRONG), follow=True))
    assert f"#c-{clause.code}" in page
    assert "<strong>主件</strong>" in page
    assert "现行有效" in page


# --- what went wrong meanwhile ---


def test_a_precedent_withheld_while_answering_is_told_and_nothing_of_it_shows(home, precedent, client):
    made = Taught(home, precedent, rows.question, short, title="标题里有qzt")
    form = made.form(client, q0=RIGHT, q1={"text": "写了一半"})
    client.post(made.address, form | {"deed": "save"})
    precedent_withhold(precedent, reason="说到了一个人", actor=factories.user(Role.REVIEWER))
    page = text(client.get(made.address))
    assert "现在看不到了" in page
    assert "您答过的 2 题都留着" in page
    for words in (*TELLS.values(), *ASKS.values(), "您定：该怎么办", "先帮前租户注销", "标题里有qzt"):
        assert told(words) not in page
    # The form of before is still open in the window: all of it counts.
    result = client.post(made.address, form | {"lock": "1"}, follow=True)
    assert Attempt.objects.get().state == AttemptState.SUBMITTED
    assert Response.objects.get(text=made.questions[0].latest).score == 100
    for words in (*TELLS.values(), *ASKS.values(), "您定：该怎么办", "案例就是这样办成的", "说了期限", "标题里有qzt"):
        assert told(words) not in text(result)
    assert "写了一半" in text(result)
    cover = text(client.get(reverse("training:learning:pack", args=[made.pack.code])))
    assert "标题里有qzt" not in cover


def test_a_precedent_out_of_use_is_told_at_once(home, precedent, learner, client):
    made = Taught(home, precedent, rows.question)
    precedent_retire(precedent, reason="按新规定办了qzreason", actor=factories.user(Role.DEPARTMENT_ADMIN, within=home))
    cover = text(client.get(reverse("training:learning:pack", args=[made.pack.code])))
    assert "已停用，不要照办" in cover
    assert "1 课的案例已停用" in text(client.get("/training/"))
    page = text(client.get(made.address))
    assert "已停用，不要照办" in page
    # Why it is out of use may give the answer away.
    assert "qzreason" not in page


def test_a_question_without_a_right_answer_is_told_to_learner_and_trainer(home, precedent, client):
    made = Taught(home, precedent, rows.question, broken)
    page = text(client.get(made.address))
    assert "第 2 题出了错" in page
    assert made.questions[1].code not in page
    trainer = signed_in(factories.user(Role.TRAINER, within=home))
    cover = text(trainer.get(reverse("training:learning:pack", args=[made.pack.code])))
    assert "1 道题没有对的答案" in cover
    assert made.questions[1].code in cover
    client.post(made.address, made.form(client, q0=RIGHT))
    assert Attempt.objects.get().score == 100


def test_an_attempt_goes_on_in_its_own_version(taught, client):
    client.post(taught.address, taught.form(client, q0=RIGHT) | {"deed": "save"})
    version = PackVersion.objects.create(
        pack=taught.pack, number=2, title="新版", created_at=clock.now(), saved_at=clock.now()
    )
    new = rows.case(
        version,
        taught.lesson.precedent,
        module=version.modules.create(title="一"),
        key=taught.lesson.key,
        title="新的题",
    )
    rows.asked(new, rows.question(stem="新版的题目"))
    rows.publish(taught.pack)
    page = text(client.get(taught.address))
    assert "出了新的一版" in page
    assert "新版的题目" not in page
    client.post(taught.address, taught.form(client, q0=RIGHT, q1={"text": "三天"}))
    assert Attempt.objects.get().lesson == taught.lesson


def test_an_archived_pack_lets_the_open_attempt_be_handed_in(taught, client):
    client.post(taught.address, taught.form(client, q0=RIGHT) | {"deed": "save"})
    Pack.objects.filter(pk=taught.pack.pk).update(
        status=PackStatus.ARCHIVED, archived_at=clock.now(), archived_reason="换成新的一套了"
    )
    assert "归档的原因：换成新的一套了" in text(client.get(taught.address))
    form = taught.form(client, q0=RIGHT, q1={"text": "三天"})
    assert client.post(taught.address, form).status_code == 302
    assert Attempt.objects.get().state == AttemptState.SUBMITTED


# --- autosave ---


def saved(client, taught, form, **more):
    return client.post(taught.save, form | more)


def test_what_is_typed_saves_itself(taught, client):
    form = taught.form(client, q0=RIGHT)
    first = saved(client, taught, form)
    assert (first.json()["state"], first.json()["lock"]) == ("saved", 1)
    assert first["Cache-Control"] == "no-store"
    # The answer was lost: the same again is acknowledged, something else is not.
    assert saved(client, taught, form).json()["state"] == "saved"
    other = form | taught.answers(client, form["stamp"], q0=WRONG)
    stale = saved(client, taught, other)
    assert (stale.status_code, stale.json()["state"]) == (409, "stale")
    assert saved(client, taught, other, lock=stale.json()["lock"], into=stale.json()["into"]).json()["state"] == "saved"


def test_who_is_signed_out_is_told_and_not_sent_away(taught, client):
    form = taught.form(client, q0=RIGHT)
    answer = Client().post(taught.save, form)
    assert (answer.status_code, answer.json()["state"]) == (401, "signed_out")
    colleague = signed_in(factories.user(Role.WINDOW))
    assert colleague.post(taught.save, form).json()["state"] == "other_account"
    assert Attempt.objects.count() == 0


def test_saving_what_was_handed_in_leads_to_the_result(taught, client):
    form = taught.form(client, q0=RIGHT, q1={"text": "三天"})
    client.post(taught.address, form)
    answer = saved(client, taught, form).json()
    assert answer["state"] == "handed_in"
    assert answer["address"].endswith(f"{Attempt.objects.get().code}/")


def test_an_autosave_that_is_too_long_is_told(taught, client):
    answer = saved(client, taught, taught.form(client, q1={"text": "长" * 5_000}))
    assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert "5,000" in answer.json()["words"]


# --- the cover, the list, a lesson without questions ---


def test_a_learner_begins_and_goes_on_to_the_first_lesson(taught, client):
    address = reverse("training:learning:pack", args=[taught.pack.code])
    assert "开始学" in text(client.get(address))
    assert Enrolment.objects.count() == 0
    assert client.post(address).url == taught.address
    assert Enrolment.objects.count() == 1
    assert "接着学第 1 课" in text(client.get(address))


def test_a_lesson_without_questions_is_done_by_saying_so(home, client, learner):
    pack = rows.pack(owner=home)
    note = rows.note(rows.open_version(pack), note="先受理，**后补**。")
    rows.publish(pack)
    address = reverse("training:learning:lesson", args=[pack.code, note.key])
    assert "<strong>后补</strong>" in text(client.get(address))
    assert LessonProgress.objects.count() == 0
    page = text(client.post(address, {"deed": "done"}, follow=True))
    assert "合格" in page
    enrolment = Enrolment.objects.get(user=learner)
    assert reverse("training:people:certificate", args=[enrolment.code]) in page


def test_a_lesson_with_questions_is_not_done_by_saying_so(taught, client):
    response = client.post(taught.address, {"deed": "done"})
    assert response.status_code == 422
    assert "答对才算学完" in text(response)
    assert LessonProgress.objects.count() == 0


def test_what_was_changed_since_is_told_and_stays_done(home, precedent, client, learner):
    made = Taught(home, precedent, rows.question)
    handed_in(made.lesson, learner, {made.questions[0]: RIGHT})
    version = PackVersion.objects.create(
        pack=made.pack, number=2, title="新版", created_at=clock.now(), saved_at=clock.now()
    )
    new = rows.case(version, precedent, module=version.modules.create(title="一"), key=made.lesson.key)
    rows.asked(new, rows.question(precedent=precedent))
    rows.publish(made.pack)
    page = text(client.get(reverse("training:learning:pack", args=[made.pack.code])))
    assert "有更新" in page
    assert "学完以后改了题目" in page
    assert "学完" in page
    assert "有更新" in text(client.get(made.address))


def test_home_tells_what_was_given_begun_and_offered(home, precedent, client, learner):
    given, begun, offered = (rows.published_pack(owner=home, title=f"培训{name}") for name in ("甲", "乙", "丙"))
    Assignment.objects.create(
        pack=given,
        department=home,
        due_on=clock.today() - dt.timedelta(days=10),
        note="先学这个",
        assigned_by_name="老师",
        assigned_at=clock.now(),
    )
    rows.enrolled(begun, learner)
    page = text(client.get("/training/"))
    given_at, begun_at, offered_at = (page.index(f"培训{name}") for name in ("甲", "乙", "丙"))
    assert page.index("布置给我的") < given_at < page.index("学着的") < begun_at < page.index("还可以学") < offered_at
    assert "超期" in page
    assert "先学这个" in page
    found = text(client.get("/training/", {"q": "丙"}))
    assert "培训丙" in found
    assert "没有名称里带这个词的" in text(client.get("/training/", {"q": "<b>丁\x00"}))
    assert offered.code in found


def test_an_empty_home_says_what_will_stand_there(client):
    page = text(client.get("/training/"))
    assert "没有要学的" in page
    assert "没有别的培训包" in page


# --- preview ---


def test_who_writes_the_pack_tries_it_and_nothing_is_stored(home, precedent):
    pack = rows.pack(owner=home)
    lesson = rows.case(rows.open_version(pack), precedent)
    question = rows.question(precedent=precedent)
    rows.asked(lesson, question)
    trainer = signed_in(factories.user(Role.TRAINER, within=home))
    address = reverse("training:learning:lesson", args=[pack.code, lesson.key]) + "?preview=1"
    cover = reverse("training:learning:pack", args=[pack.code])
    assert "预览" in text(trainer.get(f"{cover}?preview=1"))
    page = text(trainer.get(address))
    assert told(TELLS["gist"]) not in page
    stamp = re.search('name="stamp" value="([^"]*)"', page)[1]
    right = page.split("先帮前租户注销</span>")[0].rsplit('value="', 1)[1].split('"')[0]
    result = text(trainer.post(address, {"stamp": stamp, f"q{question.latest.pk}": right}))
    assert "100 分" in result
    assert told(TELLS["gist"]) in result
    assert (Attempt.objects.count(), Enrolment.objects.count()) == (0, 0)
    assert escape("什么都没有存") in result


def test_nobody_takes_a_draft_for_published(home, precedent, client):
    pack = rows.pack(owner=home)
    lesson = rows.case(rows.open_version(pack), precedent)
    for address in (
        reverse("training:learning:pack", args=[pack.code]),
        reverse("training:learning:lesson", args=[pack.code, lesson.key]),
        reverse("training:learning:lesson", args=[pack.code, lesson.key]) + "?preview=1",
    ):
        assert client.get(address).status_code == 404
    trainer = signed_in(factories.user(Role.TRAINER, within=home))
    assert trainer.get(reverse("training:learning:lesson", args=[pack.code, lesson.key])).status_code == 404
    assert Lesson.objects.count() == 1
