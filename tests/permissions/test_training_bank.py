"""Who reads and writes the bank: every role, in the department of the question and elsewhere; and what nobody is shown."""

import pytest
from django.test import Client

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience, PrecedentStatus
from caselib.training.choices import VersionState
from caselib.training.models import LessonQuestion, PackEditor, PackVersion
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
WORD = "qzsecretword"
TRAIN = {Role.TRAINER, Role.DEPARTMENT_ADMIN}
SINGLE = {"row-0-text": "先查", "row-1-text": "先等", "right": "0", "kind": "single", "aspect": "steps"}


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("place", ["own", "elsewhere"])
@pytest.mark.parametrize("role", Role)
def test_who_reads_and_who_writes(role, place):
    home = factories.department()
    precedent = factories.published(owner=home)
    asked = training_rows.question(precedent=precedent, stem=f"怎么办？{WORD}")
    client = client_of(factories.user(role, within=home if place == "own" else None))
    trains, writes = role in TRAIN, role in TRAIN and place == "own"
    pages = [
        client.get(f"/training/bank/{address}") for address in ("", f"{asked.code}/", f"from/{precedent.code}/", "new/")
    ]
    assert {page.status_code for page in pages} == ({200} if trains else {403} if role in Role else set())
    assert all((WORD in page.content.decode()) is trains for page in pages[:2])
    saved = client.post(f"/training/bank/{asked.code}/", {**SINGLE, "stem": "新的", "number": "1", "do": "save"})
    assert saved.status_code == (302 if writes else 403)
    switched = client.post(f"/training/bank/{asked.code}/", {"do": "retired"})
    assert switched.status_code == (302 if writes else 403)
    asked.refresh_from_db()
    assert (asked.latest.number == 2) is writes and (asked.state == "retired") is writes
    tried = client.post(f"/training/bank/{asked.code}/", {**SINGLE, "stem": "新的", "do": "try", "t-chosen": "a"})
    assert tried.status_code == (200 if trains else 403)


def test_nobody_is_asked_in():
    for address in ("", "new/", "abc/", "from/abc/"):
        assert Client().get(f"/training/bank/{address}").status_code == 302


def test_a_question_about_what_the_viewer_may_not_read_is_not_there():
    hidden = factories.published(audience=Audience.DEPARTMENT)
    asked = training_rows.question(precedent=hidden, stem=f"怎么办？{WORD}")
    client = client_of(factories.user(Role.TRAINER))
    assert WORD not in client.get("/training/bank/", {"q": WORD[:8]}).content.decode()
    for address in (f"{asked.code}/", f"from/{hidden.code}/", f"new/?precedent={hidden.code}"):
        assert client.get(f"/training/bank/{address}").status_code == 404
        assert client.post(f"/training/bank/{address}", {"do": "save"}).status_code == 404
    own = client_of(factories.user(Role.TRAINER, within=hidden.owner_department))
    assert own.get(f"/training/bank/{asked.code}/").status_code == 200


def test_nothing_of_a_question_is_shown_while_its_precedent_is_off_view():
    home = factories.department()
    precedent = factories.published(owner=home)
    asked = training_rows.question(precedent=precedent, stem=f"怎么办？{WORD}", explanation=WORD)
    which = {
        "options": [
            {"key": "a", "text": f"这件 {WORD}", "precedent": precedent.code, "revision": 1},
            {"key": "b", "text": "那件"},
        ],
        "right": ["a"],
    }
    other = training_rows.question("which", which, owner=home, stem=f"照哪一件？{WORD}")
    Precedent.objects.filter(pk=precedent.pk).update(status=PrecedentStatus.WITHHELD, withheld_at=clock.now())
    for role in TRAIN:
        client = client_of(factories.user(role, within=home))
        found = client.get("/training/bank/", {"q": WORD[:8]}).content.decode()
        assert WORD not in client.get("/training/bank/").content.decode() + found
        for each in (asked, other):
            page = client.get(f"/training/bank/{each.code}/")
            assert page.status_code in (200, 404) and WORD not in page.content.decode()
            tried = client.post(f"/training/bank/{each.code}/", {"do": "try", "t-chosen": "a"})
            assert WORD not in tried.content.decode()
        assert client.get(f"/training/bank/from/{precedent.code}/").status_code == 404


@pytest.mark.parametrize("who", ["trainer", "coeditor", "stranger", "window"])
def test_who_may_put_questions_into_a_lesson(who):
    home = factories.department()
    pack = training_rows.pack(owner=home)
    lesson = training_rows.note(training_rows.open_version(pack))
    asked = training_rows.question(owner=home)
    role = Role.WINDOW if who == "window" else Role.TRAINER
    user = factories.user(role, within=home if who in ("trainer", "window") else None)
    if who == "coeditor":
        PackEditor.objects.create(pack=pack, user=user, added_at=clock.now(), added_by_name="某人")
    client, address = client_of(user), f"/training/bank/?pack={pack.code}&lesson={lesson.key}"
    writes = who in ("trainer", "coeditor")
    assert client.get(address).status_code == (200 if writes else 404)
    assert client.post(address, {"question": asked.code}).status_code == (302 if writes else 404)
    assert LessonQuestion.objects.filter(lesson=lesson).exists() is writes


def test_a_version_that_waits_for_its_check_takes_no_questions():
    home = factories.department()
    pack = training_rows.pack(owner=home)
    lesson = training_rows.note(training_rows.open_version(pack))
    PackVersion.objects.filter(pack=pack).update(state=VersionState.SUBMITTED)
    client = client_of(factories.user(Role.TRAINER, within=home))
    address = f"/training/bank/?pack={pack.code}&lesson={lesson.key}"
    assert client.get(address).status_code == 403
    assert client.post(address, {"question": training_rows.question(owner=home).code}).status_code == 403


def test_proposals_lend_nothing_of_what_fewer_people_may_read():
    home = factories.department()
    matter = factories.matter("企业设立登记")
    shown = factories.published(owner=home, matter=matter)
    factories.published(
        owner=home,
        matter=matter,
        audience=Audience.DEPARTMENT,
        title=f"另一件 {WORD}",
        not_when=(f"不是这样 {WORD}",),
        causes=(factories.cause(f"原因{WORD}"[:32]),),
    )
    page = client_of(factories.user(Role.TRAINER, within=home)).get(f"/training/bank/from/{shown.code}/")
    told = page.content.decode().replace(f"原因{WORD}", "")
    assert page.status_code == 200 and WORD not in told
