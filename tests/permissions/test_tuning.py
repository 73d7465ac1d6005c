"""Who looks after the search: every role, every page of the desk, reading and writing."""

import pytest
from django.test import Client
from django.utils import timezone

from caselib.orgs.models import Role
from caselib.search.models import RelevanceQuestion, SearchLogEntry
from tests import factories

pytestmark = pytest.mark.django_db
TUNE = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
SECRET = "只有编辑看的问题"
SET = "/search/tuning/questions/"
READ = ["/search/tuning/", SET, f"{SET}add/", f"{SET}queries.jsonl", f"{SET}qrels.jsonl", "/search/tuning/trial/"]


@pytest.fixture
def question(db):
    SearchLogEntry.objects.create(at=timezone.now(), question=SECRET, question_key=SECRET, total=0, fits=False)
    return RelevanceQuestion.objects.create(text=SECRET, text_key=SECRET, changed_at=timezone.now())


def signed_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(factories.user(*roles))
    return client


@pytest.mark.parametrize("role", Role)
def test_who_reads_the_desk(question, role):
    client = signed_in(role)
    for address in (*READ, f"{SET}{question.pk}/"):
        response = client.get(address)
        assert response.status_code == (200 if role in TUNE else 403)
        if role not in TUNE:
            assert SECRET not in response.content.decode()
            assert "检索调优由编辑和部门管理员做" in response.content.decode()


@pytest.mark.parametrize("role", Role)
def test_who_writes_there(question, role):
    client, code = signed_in(role), factories.published().code
    may = role in TUNE
    posts = [
        (f"{SET}add/", {"text": "新的考题", "nothing": "1"}, 302),
        (f"{SET}first/", {"q": "又一个问题", "code": code}, 302),
        (f"{SET}import/", {}, 422),
        (f"{SET}{question.pk}/", {"text": "改过的", "nothing": "1"}, 302),
        ("/search/tuning/trial/words/", {"words": ""}, 422),
        ("/search/tuning/trial/weights/", {}, 422),
        (f"{SET}{question.pk}/delete/", {}, 302),
    ]
    for address, values, status in posts:
        assert client.post(address, values).status_code == (status if may else 403)
    texts = set(RelevanceQuestion.objects.values_list("text", flat=True))
    assert texts == ({"新的考题", "又一个问题"} if may else {SECRET})


@pytest.mark.parametrize("address", [*READ, f"{SET}1/", f"{SET}1/delete/", f"{SET}import/", f"{SET}first/"])
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(address), Client().post(address, {"text": "x"})):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize(
    "address", [f"{SET}add/", f"{SET}1/delete/", f"{SET}first/", f"{SET}import/", "/search/tuning/trial/weights/"]
)
def test_a_form_from_another_site_is_refused(address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user(Role.EDITOR))
    assert client.post(address, {"text": "x"}).status_code == 403


@pytest.mark.parametrize(("role", "shown"), [(Role.EDITOR, True), (Role.WINDOW, False), (Role.SYSTEM_ADMIN, False)])
def test_the_way_to_the_desk_is_shown_to_those_who_may_use_it(role, shown):
    # Over the work desk, which the header of every page leads to.
    assert ("/search/tuning/" in signed_in(role).get("/desk/").content.decode()) is shown
