"""Ways round the rules of training, each tried: the second pair of eyes, right answers before the time, somebody else's form, files."""

import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, reverse
from lxml import etree

from caselib.core import clock
from caselib.core.errors import NotAllowed
from caselib.orgs.models import CONTENT_ROLES, Membership, Role, User
from caselib.orgs.scope import scope_of
from caselib.training.access import may_check_pack
from caselib.training.bank.facts import QuestionFacts
from caselib.training.bank.placing import lesson_questions_add
from caselib.training.bank.services import question_create, question_save
from caselib.training.building.digests import lesson_digest
from caselib.training.building.services.lessons import LessonFacts, lesson_add_cases, lesson_add_note, lesson_save
from caselib.training.building.services.modules import module_add, module_rename
from caselib.training.building.services.packs import PackFacts, pack_create
from caselib.training.building.services.standing import pack_archive
from caselib.training.checking.adopting import lessons_adopt
from caselib.training.checking.deciding import version_publish, version_return
from caselib.training.checking.opening import version_revise
from caselib.training.checking.submitting import version_submit
from caselib.training.models import (
    LessonProgress,
    Module,
    Pack,
    PackEditor,
    PackVersion,
    QuestionText,
    Response,
    ReviewCard,
)
from caselib.training.people.assigning import NewAssignment, training_assign
from caselib.training.people.marking import answer_mark
from caselib.training.waiting import packs_waiting
from tests import factories, training_rows

from .test_every_surface import names_of_the_site

pytestmark = pytest.mark.django_db
PHONE, CARD = "13912345678", "11010519491231002X"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- four eyes ---


def renames(pack: Pack, scope) -> None:
    module = Module.objects.get(version__pack=pack)
    module_rename(pack, module.key, "改过的单元", was=module.title, scope=scope)


def writes_a_lesson(pack: Pack, scope) -> None:
    lesson = training_rows.open_version(pack).lessons.get()
    lesson_save(pack, lesson.key, LessonFacts(title="改过的一课"), was=lesson_digest(lesson), scope=scope)


def changes_a_question(pack: Pack, scope) -> None:
    text = QuestionText.objects.get()
    facts = QuestionFacts(kind=text.kind, stem="改过的题", body=text.body, revision=text.revision)
    question_save(text.question, facts, scope=scope, number=1)


def adopts(pack: Pack, scope) -> None:
    training_rows.newer(training_rows.open_version(pack).lessons.get().precedent)
    assert lessons_adopt(pack, scope=scope).count == 1


@pytest.mark.parametrize("deed", [renames, writes_a_lesson, changes_a_question, adopts])
def test_who_wrote_in_a_version_once_does_not_check_it_whoever_wrote_after(deed):
    """The one who wrote last is known by the version; those in between as well, or two would check each other's work in turn."""
    home = factories.department()
    author, between, other = (factories.user(Role.TRAINER, within=home) for _ in range(3))
    pack = training_rows.pack(owner=home, author=author)
    version = training_rows.open_version(pack)
    precedent = training_rows.shelved(owner=home)
    training_rows.asked(training_rows.case(version, precedent), training_rows.question(precedent=precedent, owner=home))
    deed(pack, scope_of(between))
    lesson_add_cases(pack, [training_rows.shelved(owner=home).code], module="", hides=False, scope=scope_of(author))
    version = training_rows.submitted(pack)
    assert version.last_editor == author
    said = {"lock_version": version.lock_version, "digest_seen": version.content_digest}
    assert not may_check_pack(scope_of(between), version)
    assert not packs_waiting(scope_of(between)).exists()
    with pytest.raises(NotAllowed):
        version_publish(version, **said, scope=scope_of(between))
    assert packs_waiting(scope_of(other)).get() == version
    assert may_check_pack(scope_of(other), version)


def test_who_wrote_in_an_earlier_version_checks_the_next():
    pack = training_rows.published_pack()
    home = pack.owner_department
    early, author = (factories.user(Role.TRAINER, within=home) for _ in range(2))
    PackVersion.objects.filter(pk=pack.live_version_id).update(author=early)
    version_revise(pack, scope=scope_of(author))
    assert may_check_pack(scope_of(early), training_rows.submitted(pack))


# --- right answers ---


def test_who_writes_along_no_more_takes_no_answers_out():
    """Still on the list of who writes along, and at the counter by now: a learner like any other."""
    pack = training_rows.published_pack()
    clerk = factories.user(Role.WINDOW, within=pack.owner_department)
    PackEditor.objects.create(pack=pack, user=clerk, added_at=clock.now(), added_by_name="老师")
    client = client_of(clerk)
    assert client.get(reverse("training:learning:pack", args=[pack.code])).status_code == 200
    for address in (
        reverse("training:handouts:pack", args=[pack.code]),
        f"{reverse('training:handouts:print', args=[pack.code])}?answers=1",
        reverse("training:scorm:pack", args=[pack.code]),
    ):
        assert client.get(address).status_code == 403
    assert client.post(reverse("training:scorm:pack", args=[pack.code])).status_code == 403
    sent = client.post(reverse("training:handouts:send", args=[pack.code]), {"form": "docx", "answers": "1"})
    assert sent.status_code == 403


class Course:
    """A lesson that asks one question, of which the answer is shown to who passed alone, and a learner who missed it."""

    def __init__(self, **values) -> None:
        self.pack = training_rows.pack(answers_shown="passed", **values)
        precedent = training_rows.shelved(owner=self.pack.owner_department)
        self.lesson = training_rows.case(training_rows.open_version(self.pack), precedent)
        options = [{"key": "a", "text": "qzright", "why": "qzwhy"}, {"key": "b", "text": "qzwrong", "why": "qzwhy"}]
        self.question = training_rows.question(
            body={"options": options, "right": ["a"]}, precedent=precedent, explanation="qzwhy"
        )
        training_rows.asked(self.lesson, self.question)
        training_rows.publish(self.pack)
        self.learner = factories.user(Role.WINDOW, within=self.pack.owner_department)
        self.enrolment = training_rows.enrolled(self.pack, self.learner)
        self.attempt = training_rows.answered(self.enrolment, self.lesson, 0)
        self.card = training_rows.review_card(self.learner, self.question)
        self.client = client_of(self.learner)

    def again(self):
        return self.client.post(f"/training/again/{self.card.pk}/", {"times": "0", "chosen": "b"}, follow=True)


def test_what_is_shown_to_who_passed_alone_does_not_come_out_by_asking_again():
    course = Course()
    pages = [
        f"/training/p/{course.pack.code}/{course.lesson.key}/",
        f"/training/p/{course.pack.code}/{course.lesson.key}/?again=1",
        f"/training/a/{course.attempt.code}/",
        "/training/again/",
    ]
    shown = [course.client.get(page).content.decode() for page in pages] + [course.again().content.decode()]
    assert not any("qzwhy" in page or "choice--right" in page for page in shown)
    assert ReviewCard.objects.get().times == 0
    assert "另有 1 题先不考" in shown[3]


@pytest.mark.parametrize("how", ["passed", "used up", "each", "archived"])
def test_it_is_asked_again_once_the_answer_may_be_seen(how):
    course = Course(most_attempts=1 if how == "used up" else 0)
    if how == "passed":
        LessonProgress.objects.update(best=100, done_at=clock.now())
    if how == "each":
        PackVersion.objects.update(answers_shown="each")
    if how == "archived":
        Pack.objects.update(status="archived", archived_at=clock.now())
    assert "qzright" in course.client.get("/training/again/").content.decode()
    assert "qzwhy" in course.again().content.decode()


def test_nothing_of_the_form_says_what_is_right():
    course = Course()
    for page in (f"/training/p/{course.pack.code}/{course.lesson.key}/?again=1",):
        words = course.client.get(page).content.decode()
        values = re.findall(r'name="q\d+"[^>]*value="([^"]*)"', words)
        assert len(values) == 2 and not {"a", "b"} & set(values)
    saved = course.client.post(
        f"/training/p/{course.pack.code}/{course.lesson.key}/save/",
        {
            **{name: re.search(f'name="{name}" value="([^"]*)"', words)[1] for name in ("stamp", "lock", "account")},
            re.search(r'name="(q\d+)"', words)[1]: values[0],
        },
    )
    assert set(saved.json()) == {"state", "words", "lock", "masked"}


# --- somebody else's results ---


def test_who_heads_a_department_no_more_reads_nothing_of_the_person_that_was_assigned_by_name():
    """The number beside an assignment to one person is that person's result."""
    pack = training_rows.published_pack()
    left, now = factories.department(), factories.department()
    learner = factories.user(Role.WINDOW, within=left)
    head = factories.user(Role.DEPARTMENT_ADMIN, within=left)
    training_rows.assigned(pack, to=learner, by=head)
    training_rows.passed(training_rows.enrolled(pack, learner))
    row = client_of(head).get("/training/people/").context["screen"].packs[0][1][0]
    assert (row.reached, row.begun, row.passed) == (1, 1, 1)
    Membership.objects.filter(user=learner).update(department=now)
    row = client_of(head).get("/training/people/").context["screen"].packs[0][1][0]
    assert (row.reached, row.begun, row.passed) == (1, 0, 0)
    owner = factories.user(Role.TRAINER, within=pack.owner_department)
    row = client_of(owner).get("/training/people/").context["screen"].packs[0][1][0]
    assert row.passed == 1


# --- files ---

TITLE = "=cmd|'/C calc'!A1 </title><script>alert(1)</script> & \"'\x0b\r\nX-Evil: 1"


def test_nothing_that_was_typed_breaks_out_of_a_file_or_its_name():
    pack = training_rows.published_pack()
    version = pack.live_version
    PackVersion.objects.filter(pk=version.pk).update(title=TITLE[:60], goal=TITLE, intro=TITLE)
    Module.objects.filter(version=version).update(title=TITLE[:60])
    lesson = version.lessons.get()
    type(lesson).objects.filter(pk=lesson.pk).update(title=TITLE, note=f"{TITLE}\n\n<img src=x onerror=alert(1)>")
    QuestionText.objects.update(stem=f"{TITLE} <img src=x onerror=alert(1)>", explanation=TITLE)
    client = client_of(factories.user(Role.TRAINER, within=pack.owner_department))
    sent = {
        form: client.post(
            reverse("training:handouts:send", args=[pack.code]), {"form": form, "answers": "1", "edition": "trainers"}
        )
        for form in ("docx", "pptx")
    }
    sent["zip"] = client.post(reverse("training:scorm:pack", args=[pack.code]))
    for ending, response in sent.items():
        named = response["Content-Disposition"]
        assert "X-Evil" not in response.headers and not {"\r", "\n"} & set(named)
        name = unquote(named.rsplit("''", 1)[1])
        assert name.endswith(f".{ending}") and not set('/\\:*?"<>|\r\n') & set(name), name
        folder = zipfile.ZipFile(
            io.BytesIO(b"".join(response.streaming_content) if response.streaming else response.content)
        )
        assert folder.testzip() is None
        for part in folder.namelist():
            assert ".." not in part and not part.startswith("/")
            if part.endswith((".xml", ".rels")):
                etree.fromstring(folder.read(part))
            if part.endswith((".html", ".xml")):
                words = folder.read(part).decode()
                assert "<script>alert" not in words and "<img src=x" not in words, part
    for address in (
        reverse("training:handouts:print", args=[pack.code]),
        reverse("training:learning:lesson", args=[pack.code, lesson.key]),
        reverse("training:building:lesson", args=[pack.code, lesson.key]),
        reverse("training:people:hard", args=[pack.code]),
    ):
        words = client.get(address).content.decode()
        assert "<script>alert" not in words and "<img src=x" not in words, address


# --- personal data ---


def everything_stored() -> str:
    """All rows of training and of the trail as text."""
    stored = [apps.get_model("audit.AuditEvent"), *apps.get_app_config("training").get_models()]
    return "".join(str(list(model.objects.values())) for model in stored)


def test_personal_data_typed_anywhere_is_stored_nowhere():
    typed = f"张三电话 {PHONE}，身份证 {CARD}"
    home = factories.department()
    trainer, learner = factories.user(Role.TRAINER, within=home), factories.user(Role.WINDOW, within=home)
    scope = scope_of(trainer)
    pack = pack_create(PackFacts(title=f"包 {PHONE}", goal=typed, intro=typed), code="", scope=scope)
    module = module_add(pack, f"单元 {PHONE}", key="", scope=scope)
    note = lesson_add_note(pack, f"课 {PHONE}", module=module.key, key="", scope=scope)
    told = LessonFacts(title=f"课 {CARD}", note=typed)
    lesson_save(pack, note.key, told, was=lesson_digest(note), scope=scope)
    body = {
        "options": [{"text": typed, "why": typed, "when": typed}, {"text": f"乙 {PHONE}", "why": typed}],
        "right": ["a"],
    }
    body["options"][0]["key"] = "a"
    made = question_create(
        QuestionFacts(kind="single", stem=typed, body=body, explanation=typed, locator=typed), scope=scope, owner=home
    )
    short = question_create(
        QuestionFacts(
            kind="short", stem=typed, body={"points": [{"text": typed}], "sample": typed, "marking": "trainer"}
        ),
        scope=scope,
        owner=home,
    )
    lesson_questions_add(note, [made, short], scope=scope)
    training_rows.publish(pack)
    training_assign(pack, NewAssignment(people=[learner.pk], note=typed), scope=scope)
    attempt = training_rows.handed_in(note, learner, {short: {"text": typed}, made: {"chosen": ["a"]}})
    answer_mark(attempt.responses.get(text=short.latest), met=[], comment=typed, scope=scope)
    version = version_revise(pack, scope=scope)
    version_submit(version, lock_version=version.lock_version, scope=scope, anyway=True, change_note=typed)
    version.refresh_from_db()
    checker = scope_of(factories.user(Role.TRAINER, within=home))
    said = {"lock_version": version.lock_version, "digest_seen": version.content_digest}
    version_return(version, **said, comment=typed, scope=checker)
    pack_archive(pack, typed, scope=scope)
    stored = everything_stored()
    assert "单元" in stored and PHONE not in stored and CARD not in stored


def test_personal_data_of_a_text_that_was_let_through_does_not_go_into_titles():
    """The gate of then knew less than that of now: what a lesson repeats of a text passes the one of now."""
    pack = training_rows.pack()
    precedent = training_rows.shelved(owner=pack.owner_department, title=f"张三 {PHONE} 的变更")
    trainer = factories.user(Role.TRAINER, within=pack.owner_department)
    lesson_add_cases(pack, [precedent.code], module="", hides=False, scope=scope_of(trainer))
    assert PHONE not in everything_stored()
    page = client_of(trainer).get(reverse("training:building:pack", args=[pack.code])).content.decode()
    assert PHONE not in page


def test_an_older_text_in_which_personal_data_was_found_since_shows_it_nowhere():
    pack = training_rows.pack()
    home = pack.owner_department
    precedent = training_rows.shelved(owner=home, title=f"张三 {PHONE} 的变更", gist=f"打 {PHONE}")
    lesson = training_rows.case(training_rows.open_version(pack), precedent, hides=False, title="一课")
    training_rows.asked(lesson, training_rows.question(precedent=precedent, owner=home))
    training_rows.publish(pack)
    learner = factories.user(Role.WINDOW, within=home)
    enrolment = training_rows.enrolled(pack, learner)
    attempt = training_rows.answered(enrolment, lesson, 0)
    training_rows.passed(enrolment)
    training_rows.newer(precedent, title="变更", gist="预约再来")
    own, trainer = client_of(learner), client_of(factories.user(Role.TRAINER, within=home))
    codes = [pack.code, lesson.key]
    pages = [
        *(
            own.get(address)
            for address in (
                reverse("training:learning:home"),
                reverse("training:learning:pack", args=codes[:1]),
                reverse("training:learning:lesson", args=codes),
                reverse("training:learning:attempt", args=[attempt.code]),
                reverse("training:people:certificate", args=[enrolment.code]),
            )
        ),
        *(
            trainer.get(address)
            for address in (
                reverse("training:building:pack", args=codes[:1]),
                reverse("training:building:lesson", args=codes),
                reverse("training:checking:past", args=[pack.code, 1]),
                reverse("training:checking:changes"),
                reverse("training:people:hard", args=codes[:1]),
                reverse("training:people:learner", args=[enrolment.code]),
                reverse("training:handouts:print", args=codes[:1]),
                reverse("training:bank:question", args=[QuestionText.objects.get().question.code]),
            )
        ),
    ]
    assert all(page.status_code == 200 for page in pages)
    assert [page.request["PATH_INFO"] for page in pages if PHONE in page.content.decode()] == []


def test_a_head_reads_no_answer_of_a_person_out_of_numbers():
    """What somebody chose is for who trains; of the own people a head sees results. One alone in a list of answers is no number."""
    course = Course()
    home = factories.department()
    heads = {"head": client_of(factories.user(Role.DEPARTMENT_ADMIN, within=home))}
    heads["owner"] = client_of(factories.user(Role.TRAINER, within=course.pack.owner_department))
    address = reverse("training:people:hard", args=[course.pack.code])
    for count in (1, 5):
        while Membership.objects.filter(department=home, role=Role.WINDOW).count() < count:
            learner = factories.user(Role.WINDOW, within=home)
            training_rows.answered(training_rows.enrolled(course.pack, learner), course.lesson, 0)
        for who, client in heads.items():
            assert ("qzwrong" in client.get(address).content.decode()) is (who == "owner" or count == 5), (who, count)


@pytest.mark.parametrize("role", [Role.WINDOW, Role.REVIEWER, Role.EDITOR])
def test_who_does_not_write_a_pack_has_no_preview_that_would_mark_and_show(role):
    course = Course()
    client = client_of(factories.user(role, within=course.pack.owner_department))
    address = reverse("training:learning:lesson", args=[course.pack.code, course.lesson.key])
    stamp = re.search(r'name="stamp" value="([^"]*)"', client.get(address).content.decode())[1]
    for answer in (
        client.get(f"{address}?preview=1"),
        client.post(f"{address}?preview=1", {"stamp": stamp, "anyway": "1"}),
        client.get(f"{reverse('training:learning:pack', args=[course.pack.code])}?preview=1"),
    ):
        assert answer.status_code == 403 and "qzwhy" not in answer.content.decode()


# --- every address, and the file for a platform, by role ---


@pytest.mark.parametrize("role", list(Role))
def test_who_takes_the_file_for_a_platform(role):
    """Its script holds what is right, as the platform has to mark by it: for who may hand out answers, and nobody else."""
    pack = training_rows.published_pack()
    for home in (pack.owner_department, factories.department()):
        client = client_of(factories.user(role, within=home))
        answers = [getattr(client, how)(reverse("training:scorm:pack", args=[pack.code])) for how in ("get", "post")]
        takes = 200 if role in (Role.TRAINER, Role.DEPARTMENT_ADMIN) else 403 if role in CONTENT_ROLES else 404
        assert [each.status_code for each in answers] == [takes, takes], role
        assert takes == 200 or not any(b'"right"' in each.content for each in answers)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_administers_the_system_opens_no_page_of_training(role):
    """Each address of training, as the site has it: a new one is asked by itself."""
    course = Course()
    lesson = course.lesson
    known = {
        "learning:attempt": [course.attempt.code],
        "people:certificate": [course.enrolment.code],
        "people:learner": [course.enrolment.code],
        "people:mark": [Response.objects.get().pk],
        "repeating:answer": [course.card.pk],
        "bank:question": [course.question.code],
        "bank:proposals": [lesson.precedent.code],
        "checking:past": [course.pack.code, 1],
        "learning:lesson": [course.pack.code, lesson.key],
        "learning:save": [course.pack.code, lesson.key],
        "building:lesson": [course.pack.code, lesson.key],
    }
    training_rows.passed(course.enrolment)
    viewer = factories.user(role, within=course.pack.owner_department)
    client, asked = client_of(viewer), 0
    for name in names_of_the_site():
        space, _, rest = name.partition(":")
        if space != "training":
            continue
        args = known.get(rest, [course.pack.code])
        try:
            address = reverse(name, args=args)
        except NoReverseMatch:
            address = reverse(name)
        for answer in (client.get(address), client.post(address, {"account": str(viewer.pk)})):
            assert answer.status_code in (403, 404, 405), (name, answer.status_code)
            assert "qzright" not in answer.content.decode() and str(course.learner) not in answer.content.decode()
        asked += 1
    assert asked > 30
