"""Who sees a pack, a lesson and an attempt: every role, in the owning department and elsewhere; and that no page of training
tells of a precedent that its viewer may not read now."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from caselib.core import clock
from caselib.orgs.models import CONTENT_ROLES, Role
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience
from caselib.precedents.withholding import precedent_withhold
from caselib.training.access import CHECKERS, TRAINERS
from caselib.training.choices import PackStatus, QuestionKind
from caselib.training.models import Attempt, Enrolment, Pack, Response
from tests import factories
from tests import training_rows as rows
from tests.training_rows import RIGHT, SINGLE, handed_in

pytestmark = pytest.mark.django_db
WORD = "qztrainingword"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Hall:
    def __init__(self, *, audience=Audience.LIBRARY, status=PackStatus.PUBLISHED):
        self.home = factories.department()
        self.pack = rows.pack(owner=self.home, title=f"培训 {WORD}", audience=audience)
        self.precedent = factories.published(
            owner=self.home, title=f"案例 {WORD}", gist=f"要旨 {WORD}", problem=f"问题 {WORD}"
        )
        self.lesson = rows.case(rows.open_version(self.pack), self.precedent, title=f"课 {WORD}")
        body = {"options": [{**each, "text": f"{each['text']} {WORD}"} for each in SINGLE["options"]], "right": ["a"]}
        self.question = rows.question(
            body=body, precedent=self.precedent, stem=f"题 {WORD}", explanation=f"说明 {WORD}"
        )
        self.short = rows.question(QuestionKind.SHORT, precedent=self.precedent)
        rows.asked(self.lesson, self.question, self.short)
        if status != PackStatus.DRAFT:
            rows.publish(self.pack)
        if status == PackStatus.ARCHIVED:
            Pack.objects.filter(pk=self.pack.pk).update(status=status, archived_at=clock.now())
        codes = [self.pack.code, self.lesson.key]
        self.cover = reverse("training:learning:pack", args=codes[:1])
        self.address = reverse("training:learning:lesson", args=codes)
        self.save = reverse("training:learning:save", args=codes)

    def stamp(self, client) -> dict[str, str]:
        page = client.get(self.address).content.decode()
        return {name: re.search(f'name="{name}" value="([^"]*)"', page)[1] for name in ("stamp", "lock", "account")}


@pytest.mark.parametrize("place", ["own", "elsewhere"])
@pytest.mark.parametrize(
    ("status", "audience"),
    [*((each, Audience.LIBRARY) for each in PackStatus), (PackStatus.PUBLISHED, Audience.DEPARTMENT)],
)
def test_who_sees_a_pack_and_its_lessons(status, audience, place):
    hall = Hall(audience=audience, status=status)
    for role in Role:
        viewer = factories.user(role, within=hall.home if place == "own" else factories.department())
        client, is_own = client_of(viewer), place == "own"
        makes = is_own and role in TRAINERS
        checks = is_own and role in CHECKERS
        takes = status == PackStatus.PUBLISHED and role in CONTENT_ROLES
        sees = checks or (takes and (is_own or audience == Audience.LIBRARY))
        refused = 404 if role in CONTENT_ROLES else 403
        is_told = f"{role} {place}"
        cover = client.get(hall.cover)
        can_open = sees and (status != PackStatus.DRAFT or makes)
        assert cover.status_code == (200 if can_open else refused), is_told
        assert (WORD in cover.content.decode()) is (can_open and status != PackStatus.DRAFT), is_told
        lesson = client.get(hall.address)
        assert lesson.status_code == (200 if sees and status != PackStatus.DRAFT else refused), is_told
        home = client.get("/training/")
        assert home.status_code == (200 if role in CONTENT_ROLES else 403), is_told
        assert (WORD in home.content.decode()) is (sees and takes), is_told
        preview = client.get(f"{hall.cover}?preview=1").status_code
        assert preview == (200 if makes else 403 if sees else refused), is_told
        begun = client.post(hall.cover).status_code
        assert begun == (302 if sees else refused), is_told
        assert Enrolment.objects.filter(user=viewer).exists() is (sees and takes), is_told


def test_nobody_else_sees_or_marks_an_attempt():
    hall = Hall()
    learner = factories.user(Role.WINDOW, within=hall.home)
    attempt = handed_in(hall.lesson, learner, {hall.question: RIGHT, hall.short: {"text": "三天"}})
    address = reverse("training:learning:attempt", args=[attempt.code])
    response = Response.objects.get(text=hall.short.latest)
    for role in Role:
        other = client_of(factories.user(role, within=hall.home))
        refused = 404 if role in CONTENT_ROLES else 403
        assert other.get(address).status_code == refused
        assert other.post(address, {"response": response.pk, "how": "all"}).status_code == refused
    own = client_of(learner)
    assert own.get(address).status_code == 200
    second = handed_in(
        hall.lesson, factories.user(Role.WINDOW, within=hall.home), {hall.question: RIGHT, hall.short: {"text": "五天"}}
    )
    others = second.responses.get(text=hall.short.latest)
    for key in (others.pk, "0", "x", "9" * 30, "１"):
        assert own.post(address, {"response": key, "how": "all"}).status_code == 404
    others.refresh_from_db()
    assert others.score is None


def test_a_forged_form_reaches_nothing():
    hall, other = Hall(), Hall()
    learner = factories.user(Role.WINDOW, within=hall.home)
    client, colleague = client_of(learner), client_of(factories.user(Role.WINDOW, within=hall.home))
    form, foreign = hall.stamp(client), hall.stamp(colleague)
    draft = rows.pack(owner=hall.home)
    unseen = rows.case(rows.open_version(draft), hall.precedent, key=hall.lesson.key)
    ways = [
        {**form, "stamp": ""},
        {**form, "stamp": "x" * 20_000},
        {**form, "stamp": f"{form['stamp']}x"},
        {**form, "stamp": foreign["stamp"]},
        {**form, "stamp": other.stamp(client)["stamp"]},
        {**form, "stamp": rows.sent(unseen, learner, {}).stamp.signed()},
    ]
    for way in ways:
        assert client.post(hall.address, way).status_code == 404
        assert client.post(hall.save, {**way, "account": str(learner.pk)}).status_code == 404
    elsewhere = reverse("training:learning:lesson", args=[other.pack.code, hall.lesson.key])
    assert client.post(elsewhere, form).status_code == 404
    assert Attempt.objects.count() == 0


def test_a_lesson_of_a_draft_is_answered_by_nobody():
    hall = Hall(status=PackStatus.DRAFT)
    trainer = factories.user(Role.TRAINER, within=hall.home)
    form = {"stamp": rows.sent(hall.lesson, trainer, {}).stamp.signed(), "anyway": "1"}
    assert client_of(trainer).post(hall.address, form).status_code == 404
    assert Attempt.objects.count() == 0


GONE = {
    "withheld": lambda hall: precedent_withhold(
        hall.precedent, reason="说到了一个人", actor=factories.user(Role.REVIEWER)
    ),
    "another audience": lambda hall: Precedent.objects.filter(pk=hall.precedent.pk).update(
        audience=Audience.DEPARTMENT
    ),
}


@pytest.mark.parametrize("how", GONE)
def test_what_is_off_view_shows_on_no_page_of_a_learner(how):
    hall = Hall()
    # From another department, so that a smaller audience shuts the viewer out.
    learner = factories.user(Role.WINDOW)
    rows.enrolled(hall.pack, learner)
    attempt = handed_in(hall.lesson, learner, {hall.question: RIGHT, hall.short: {"text": "三天"}})
    client = client_of(learner)
    pages = ("/training/", hall.cover, hall.address, reverse("training:learning:attempt", args=[attempt.code]))
    shown = [client.get(page).content.decode() for page in pages]
    assert all(WORD in page for page in shown)
    Pack.objects.get().live_version.__class__.objects.update(title="培训")
    GONE[how](hall)
    for page in (*pages, f"{hall.address}?again=1"):
        told = client.get(page)
        assert told.status_code == 200
        assert WORD not in told.content.decode(), page
        assert hall.precedent.code not in told.content.decode(), page


def test_the_titles_of_a_trainer_stay_for_who_writes_the_pack():
    hall = Hall()
    GONE["withheld"](hall)
    trainer = client_of(factories.user(Role.TRAINER, within=hall.home))
    assert f"课 {WORD}" in trainer.get(hall.cover).content.decode()
    reviewer = client_of(factories.user(Role.REVIEWER, within=hall.home))
    assert f"课 {WORD}" not in reviewer.get(hall.cover).content.decode()


def test_a_question_about_another_precedent_follows_that_one():
    hall = Hall()
    other = factories.published(owner=hall.home, title="另一件 qzother")
    body = {
        "options": [
            {"key": "a", "text": "这一件"},
            {"key": "b", "text": "另一件 qzother", "precedent": other.code, "revision": 1},
        ],
        "right": ["a"],
    }
    which = rows.question(QuestionKind.WHICH, body, precedent=hall.precedent)
    rows.asked(hall.lesson, which)
    client = client_of(factories.user(Role.WINDOW, within=hall.home))
    assert "qzother" in client.get(hall.address).content.decode()
    precedent_withhold(other, reason="说到了一个人", actor=factories.user(Role.REVIEWER))
    page = client.get(hall.address).content.decode()
    assert "qzother" not in page
    assert "第 3 题讲的案例现在看不到" in page


def test_what_is_out_of_use_is_shown_masked():
    hall = Hall()
    precedent_retire(hall.precedent, reason="按新规定办", actor=factories.user(Role.DEPARTMENT_ADMIN, within=hall.home))
    hall.precedent.live_revision.__class__.objects.update(script="打 13800138000", assessment="问 13800138000")
    learner = factories.user(Role.WINDOW, within=hall.home)
    attempt = handed_in(hall.lesson, learner, {hall.question: RIGHT})
    page = client_of(learner).get(reverse("training:learning:attempt", args=[attempt.code])).content.decode()
    assert "停用" in page
    assert "13800138000" not in page
