"""A question that has to be decided between two precedents tells of both: nothing of it may show anywhere while one of them is off view,
not for this viewer, or not there any more."""

import io
import zipfile

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from caselib.core import clock
from caselib.orgs.models import Membership, Role, User
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience
from caselib.training.choices import QuestionKind
from caselib.training.models import QuestionText
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
WORD = "qzbetaword"
STAYS = "qzalphaword"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Hall:
    """A pack whose lesson pins `here`; one of its questions is to be decided between `here` and `there`, whose words are secret."""

    def __init__(self) -> None:
        self.home, self.elsewhere = factories.department(), factories.department()
        self.here = training_rows.shelved(owner=self.home)
        self.there = training_rows.shelved(owner=self.elsewhere)
        self.pack = training_rows.pack(owner=self.home, answers_shown="each")
        version = training_rows.open_version(self.pack)
        self.lesson = training_rows.case(version, self.here, title=STAYS)
        self.which = training_rows.question(
            QuestionKind.WHICH,
            {
                "options": [
                    {"key": "a", "text": f"这件 {WORD}", "why": WORD, "when": WORD, "precedent": self.here.code},
                    {"key": "b", "text": f"那件 {WORD}", "why": WORD, "when": WORD, "precedent": self.there.code},
                ],
                "right": ["a"],
            },
            precedent=self.here,
            stem=f"照哪一件？{WORD}",
            explanation=WORD,
        )
        training_rows.asked(self.lesson, training_rows.question(precedent=self.here, stem=STAYS), self.which)
        training_rows.publish(self.pack)
        self.learners = [factories.user(Role.WINDOW, within=self.home) for _ in range(6)]
        self.enrolments = [training_rows.enrolled(self.pack, each) for each in self.learners]
        self.attempts = [training_rows.answered(each, self.lesson, 0, 0) for each in self.enrolments]
        self.card = training_rows.review_card(self.learners[0], self.which)
        self.all_hats = factories.user(Role.TRAINER, within=self.home)
        for role in (Role.DEPARTMENT_ADMIN, Role.REVIEWER, Role.EDITOR):
            Membership.objects.create(user=self.all_hats, department=self.home, role=role)

    def away(self, how: str) -> None:
        rows = Precedent.objects.filter(pk=self.there.pk)
        if how == "withheld":
            rows.update(status="withheld", withheld_at=clock.now())
            # Who mends it sees it at its address, and not through training.
            for role in (Role.TRAINER, Role.DEPARTMENT_ADMIN):
                Membership.objects.create(user=self.all_hats, department=self.elsewhere, role=role)
        elif how == "narrowed":
            rows.update(audience=Audience.DEPARTMENT)
        else:
            text = self.which.latest
            options = [
                {**each, "precedent": each["precedent"].replace(self.there.code, "gone")} for each in _options(text)
            ]
            QuestionText.objects.filter(pk=text.pk).update(body={**text.body, "options": options})


def _options(text: QuestionText) -> list[dict[str, str]]:
    return text.body["options"]


@pytest.fixture
def hall() -> Hall:
    return Hall()


def words_of(response: HttpResponse) -> str:
    """What an answer says, what stands in the parts of a file among it."""
    if response.streaming or response.headers["Content-Type"].startswith("application/"):
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if content[:2] == b"PK":
            folder = zipfile.ZipFile(io.BytesIO(content))
            return "".join(folder.read(name).decode(errors="replace") for name in folder.namelist())
        return content.decode(errors="replace")
    return response.content.decode()


def for_learner(hall: Hall) -> list[str]:
    code, key = hall.pack.code, hall.lesson.key
    return [
        "/training/",
        f"/training/p/{code}/",
        f"/training/p/{code}/{key}/",
        f"/training/p/{code}/{key}/?again=1",
        f"/training/a/{hall.attempts[0].code}/",
        "/training/again/",
        "/notices/",
    ]


def for_trainer(hall: Hall) -> list[str]:
    code, key = hall.pack.code, hall.lesson.key
    learning = reverse("training:learning:lesson", args=[code, key])
    named = {
        "training:learning:pack": [code],
        "training:building:list": [],
        "training:building:pack": [code],
        "training:building:add": [code],
        "training:building:lesson": [code, key],
        "training:bank:list": [],
        "training:bank:question": [hall.which.code],
        "training:bank:proposals": [hall.here.code],
        "training:checking:queue": [],
        "training:checking:changes": [],
        "training:checking:version": [code],
        "training:checking:history": [code],
        "training:checking:past": [code, 1],
        "training:people:home": [],
        "training:people:pack": [code],
        "training:people:hard": [code],
        "training:people:learner": [hall.enrolments[0].code],
        "training:people:marking": [],
        "training:handouts:pack": [code],
        "training:handouts:print": [code],
        "training:scorm:pack": [code],
        "pages:precedent": [hall.here.code],
    }
    return [
        *(reverse(name, args=args) for name, args in named.items()),
        "/desk/",
        f"{learning}?preview=1",
        f"{reverse('training:learning:pack', args=[code])}?preview=1",
        f"{reverse('training:handouts:print', args=[code])}?edition=trainers&answers=1&form=print",
        f"{reverse('training:insight:map')}?of=hard",
        f"{reverse('training:bank:list')}?q=照哪一件",
        f"{reverse('training:bank:list')}?pack={code}&lesson={key}",
    ]


def files_of(hall: Hall, client: Client) -> list[HttpResponse]:
    sent = [
        client.post(
            reverse("training:handouts:send", args=[hall.pack.code]),
            {"form": form, "edition": "trainers", "answers": "1"},
        )
        for form in ("docx", "pptx")
    ]
    return [*sent, client.post(reverse("training:scorm:pack", args=[hall.pack.code]))]


def test_the_words_are_there_while_both_are_on_view(hall):
    """Else the other tests would prove nothing."""
    learner, trainer = client_of(hall.learners[0]), client_of(hall.all_hats)
    shown = [a for a in for_learner(hall) if WORD in learner.get(a).content.decode()]
    assert len(shown) == 3, shown
    shown = [a for a in for_trainer(hall) if WORD in trainer.get(a).content.decode()]
    assert len(shown) > 10, shown
    assert all(WORD in words_of(each) for each in files_of(hall, trainer))


@pytest.mark.parametrize("how", ["withheld", "narrowed", "gone"])
def test_nothing_of_it_shows_while_one_of_them_is_hidden(hall, how):
    hall.away(how)
    learner, trainer = client_of(hall.learners[0]), client_of(hall.all_hats)
    told = [address for address in for_learner(hall) if WORD in learner.get(address).content.decode()]
    answered = learner.post(f"/training/again/{hall.card.pk}/", {"times": "0", "chosen": "a"}, follow=True)
    assert WORD not in answered.content.decode()
    for address in for_trainer(hall):
        page = trainer.get(address)
        assert page.status_code in (200, 403, 404), (address, page.status_code)
        if WORD in page.content.decode():
            told.append(address)
    files = files_of(hall, trainer)
    assert all(each.status_code == 200 for each in files)
    told += [each.headers["Content-Type"] for each in files if WORD in words_of(each)]
    assert told == []


@pytest.mark.parametrize("how", ["withheld", "narrowed", "gone"])
def test_it_is_not_even_found_by_its_words(hall, how):
    """The number of hits would say whether a hidden text holds a word."""
    hall.away(how)
    trainer = client_of(hall.all_hats)
    pages = [trainer.get("/training/bank/", {"q": words}) for words in (WORD, "qznothingofthekind")]
    assert [page.context["screen"].page.total for page in pages] == [0, 0]


def test_hand_outs_say_how_many_questions_stay_out(hall):
    hall.away("withheld")
    page = client_of(hall.all_hats).get(f"/training/out/{hall.pack.code}/")
    assert page.context["screen"].unasked == 1
