"""Who sees whose results: every role, in the department that owns the pack, in that of the learner, and in none of them."""

import pytest
from django.test import Client

from caselib.orgs.models import CONTENT_ROLES, Membership, Role
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience
from caselib.training.choices import QuestionKind
from caselib.training.models import Assignment, Pack, Response, ReviewCard
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
TRAIN = {Role.TRAINER, Role.DEPARTMENT_ADMIN}
PLACES = ("owner", "learner", "elsewhere")
NAME, WORD = "qzlearner", "qzanswerword"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Hall:
    """A pack with a learner of another department who passed it, and one answer that waits to be marked."""

    def __init__(self) -> None:
        self.departments = {place: factories.department() for place in PLACES}
        body = {**training_rows.SHORT, "marking": "trainer"}
        self.pack = training_rows.pack(owner=self.departments["owner"])
        version = training_rows.open_version(self.pack)
        self.precedent = factories.published(owner=self.departments["owner"])
        lesson = training_rows.case(version, self.precedent)
        question = training_rows.question(QuestionKind.SHORT, body, precedent=self.precedent, stem="qzstem")
        training_rows.asked(lesson, question)
        training_rows.publish(self.pack)
        self.learner = factories.user(Role.WINDOW, within=self.departments["learner"])
        self.learner.display_name = NAME
        self.learner.save()
        self.assignment = training_rows.assigned(self.pack, to=self.departments["learner"])
        self.enrolment = training_rows.enrolled(self.pack, self.learner)
        given = {"text": WORD}
        self.attempt = training_rows.answered(self.enrolment, lesson, None, given=given)
        training_rows.passed(self.enrolment)
        self.card = training_rows.review_card(self.learner, question)


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", Role)
def test_who_sees_results_and_answers(hall, role, place):
    client = client_of(factories.user(role, within=hall.departments[place]))
    trains, sees_pack = role in TRAIN, role in CONTENT_ROLES
    owns, heads = trains and place == "owner", place == "learner" and role is Role.DEPARTMENT_ADMIN
    pack, learner = f"/training/people/{hall.pack.code}/", f"/training/people/learner/{hall.enrolment.code}/"

    def asked(address: str) -> tuple[int, str]:
        page = client.get(address)
        return page.status_code, page.content.decode()

    expected = 200 if trains else 403 if sees_pack else 404
    status, page = asked(pack)
    assert status == expected
    assert (NAME in page) is (owns or heads)
    status, page = asked(f"{pack}hard/")
    assert status == (expected if owns or role is not Role.TRAINER else 403)
    assert NAME not in page
    status, page = asked("/training/people/")
    assert status == (200 if trains else 403)
    assert NAME not in page
    # What somebody wrote is for the trainers of the pack alone; who heads the learner knows that there is something.
    status, page = asked(learner)
    assert status == (200 if owns else 403 if heads else 404)
    assert (WORD in page) is owns
    status, page = asked("/training/people/marking/")
    assert status == (200 if trains else 403)
    assert (WORD in page) is owns
    status, page = asked(f"/training/people/certificate/{hall.enrolment.code}/")
    assert status == (200 if owns or heads else 404)
    assert (NAME in page) is (owns or heads)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", Role)
def test_who_assigns_takes_back_and_marks(hall, role, place):
    client = client_of(factories.user(role, within=hall.departments[place]))
    trains, sees_pack = role in TRAIN, role in CONTENT_ROLES
    owns = trains and place == "owner"
    pack = f"/training/people/{hall.pack.code}/"
    refused = 403 if sees_pack else 404

    def told(address: str, **posted) -> int:
        return client.post(address, posted).status_code

    other = factories.department()
    assert told(f"{pack}assign/", department=other.pk, when="none") == (302 if owns else 422 if trains else refused)
    assert Assignment.objects.filter(department=other).exists() is owns
    own = hall.departments["elsewhere"]
    may = owns or (trains and place == "elsewhere")
    assert told(f"{pack}assign/", department=own.pk, when="none") == (302 if may else 422 if trains else refused)
    found = client.post(f"{pack}assign/", {"do": "find", "q": NAME})
    assert found.status_code == (200 if trains else refused)
    # Sought is among the people of the departments to which one may assign.
    assert (f"{NAME} " in found.content.decode()) is (trains and (owns or place == "learner"))
    withdrawn = told(f"{pack}withdraw/", code=hall.assignment.code)
    sees_it = owns or (trains and place == "learner")
    assert withdrawn == (302 if owns else 403 if sees_it else 404 if trains else refused)
    hall.assignment.refresh_from_db()
    assert (hall.assignment.withdrawn_at is not None) is owns
    response = Response.objects.get()
    assert told(f"/training/people/marking/{response.pk}/", met="a") == (302 if owns else 404 if trains else 403)
    response.refresh_from_db()
    assert (response.score is not None) is owns


def test_a_learner_sees_the_own_sheet_and_nothing_of_anybody_else(hall):
    client = client_of(hall.learner)
    assert client.get(f"/training/people/certificate/{hall.enrolment.code}/").status_code == 200
    other = training_rows.passed(training_rows.enrolled(hall.pack))
    assert client.get(f"/training/people/certificate/{other.code}/").status_code == 404
    assert client.get(f"/training/people/learner/{hall.enrolment.code}/").status_code == 404
    assert client.get("/training/people/").status_code == 403


def test_there_is_no_sheet_before_it_is_passed(hall):
    begun = training_rows.enrolled(hall.pack)
    for user in (begun.user, factories.user(Role.TRAINER, within=hall.departments["owner"])):
        assert client_of(user).get(f"/training/people/certificate/{begun.code}/").status_code == 404


def test_who_moved_is_seen_by_the_new_head_and_no_more_by_the_old(hall):
    heads = {
        place: client_of(factories.user(Role.DEPARTMENT_ADMIN, within=hall.departments[place])) for place in PLACES
    }
    Membership.objects.filter(user=hall.learner).update(department=hall.departments["elsewhere"])
    addresses = (f"/training/people/{hall.pack.code}/", f"/training/people/certificate/{hall.enrolment.code}/")
    for address in addresses:
        assert NAME in heads["elsewhere"].get(address).content.decode()
        assert NAME not in heads["learner"].get(address).content.decode()


def test_a_pack_of_one_department_is_not_there_elsewhere(hall):
    Pack.objects.filter(pk=hall.pack.pk).update(audience=Audience.DEPARTMENT)
    Assignment.objects.all().delete()
    client = client_of(factories.user(Role.TRAINER, within=hall.departments["elsewhere"]))
    for part in ("", "assign/", "hard/"):
        assert client.get(f"/training/people/{hall.pack.code}/{part}").status_code == 404


@pytest.mark.parametrize("how", ["withheld", "department"])
def test_nothing_of_a_hidden_precedent_is_shown_through_results(hall, how):
    values = {"audience": Audience.DEPARTMENT} if how == "department" else {"status": "withheld"}
    Precedent.objects.filter(pk=hall.precedent.pk).update(**values, withheld_at=hall.enrolment.started_at)
    title = hall.precedent.live_revision.title
    Response.objects.update(score=0)
    viewers = {
        "owner": client_of(factories.user(Role.TRAINER, within=hall.departments["owner"])),
        "head": client_of(factories.user(Role.DEPARTMENT_ADMIN, within=hall.departments["learner"])),
        "learner": client_of(hall.learner),
    }
    addresses = [
        f"/training/people/{hall.pack.code}/hard/",
        f"/training/people/learner/{hall.enrolment.code}/",
        f"/training/people/certificate/{hall.enrolment.code}/",
        "/training/people/marking/",
        "/training/people/",
        "/training/again/",
        "/notices/",
    ]
    # A trainer of the department still reads what is meant for it alone, and knows the titles in the own pack.
    keeps = {"owner"} if how == "department" else set()
    for who, client in viewers.items():
        for address in addresses:
            page = client.get(address).content.decode()
            if who not in keeps:
                assert not any(word in page for word in ("qzstem", WORD, "说了期限")), (who, address)
                assert title not in page or (who == "owner" and address.endswith("hard/")), (who, address)


def test_an_answer_of_a_hidden_precedent_is_not_marked_unseen(hall):
    Precedent.objects.filter(pk=hall.precedent.pk).update(status="withheld", withheld_at=hall.enrolment.started_at)
    client = client_of(factories.user(Role.TRAINER, within=hall.departments["owner"]))
    assert client.post(f"/training/people/marking/{Response.objects.get().pk}/", {"met": "a"}).status_code == 404
    assert "还有 1 份" in client.get("/training/people/marking/").content.decode()


def test_nobody_marks_the_own_answer(hall):
    Membership.objects.create(user=hall.learner, department=hall.departments["owner"], role=Role.TRAINER)
    client = client_of(hall.learner)
    assert WORD not in client.get("/training/people/marking/").content.decode()
    assert client.post(f"/training/people/marking/{Response.objects.get().pk}/", {"met": "a"}).status_code == 404


def test_a_card_is_answered_by_its_learner_alone(hall):
    other = client_of(factories.user(Role.WINDOW))
    address = f"/training/again/{hall.card.pk}/"
    assert other.post(address, {"times": "0", "do": "tick"}).status_code == 302
    assert ReviewCard.objects.get().times == 0
    assert client_of(hall.learner).post(address, {"times": "0", "do": "tick"}).status_code == 200
    assert ReviewCard.objects.get().times == 1
    for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN):
        administrator = client_of(factories.user(role))
        assert administrator.get("/training/again/").status_code == 403
        assert administrator.post(address).status_code == 403


def test_who_is_signed_out_is_led_to_the_sign_in_or_told_nothing(hall):
    for address in (
        "/training/people/",
        f"/training/people/{hall.pack.code}/",
        f"/training/people/certificate/{hall.enrolment.code}/",
        "/training/again/",
    ):
        page = Client().get(address)
        assert page.status_code in (302, 403, 404)
        assert NAME not in page.content.decode()


def test_a_question_between_two_precedents_is_not_shown_while_one_of_them_is_hidden(hall):
    other = factories.published(owner=hall.departments["owner"])
    body = {
        "options": [
            {"key": "a", "text": "qzthis", "precedent": hall.precedent.code},
            {"key": "b", "text": "qzthat", "precedent": other.code},
        ],
        "right": ["a"],
    }
    pack = training_rows.pack(owner=hall.departments["owner"])
    lesson = training_rows.case(training_rows.open_version(pack), hall.precedent)
    training_rows.asked(lesson, training_rows.question("which", body, precedent=hall.precedent))
    training_rows.publish(pack)
    enrolment = training_rows.enrolled(pack)
    training_rows.answered(enrolment, lesson, 0, given={"chosen": ["b"]})
    client = client_of(factories.user(Role.TRAINER, within=hall.departments["owner"]))
    addresses = (f"/training/people/{pack.code}/hard/", f"/training/people/learner/{enrolment.code}/")
    assert all("qzthat" in client.get(address).content.decode() for address in addresses)
    Precedent.objects.filter(pk=other.pk).update(status="withheld", withheld_at=enrolment.started_at)
    assert not any("qzthat" in client.get(address).content.decode() for address in addresses)
