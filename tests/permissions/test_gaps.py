"""Who files a gap and who closes it: every role, one table."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.gaps.services import gap_file
from tests import factories

pytestmark = pytest.mark.django_db
TEND = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
FILE = TEND | {Role.WINDOW, Role.REVIEWER, Role.TRAINER}


@pytest.mark.parametrize("role", Role)
def test_who_files_and_who_closes(role):
    gap = gap_file("没有答案的事", scope=scope_of(factories.user(Role.WINDOW))).gap
    client = Client()
    client.force_login(factories.user(role))
    desk = client.get("/search/gaps/")
    filed = client.post("/search/gaps/file/", {"q": "另一件没有答案的事"})
    closed = client.post(f"/search/gaps/{gap.pk}/close/", {"how": "decline", "reason": "不收"})
    assert desk.status_code == (200 if role in TEND else 403)
    assert filed.status_code == (302 if role in FILE else 403)
    assert closed.status_code == (302 if role in TEND else 403)
    if role not in TEND:
        assert "没有答案的事" not in desk.content.decode()
        assert "编辑和部门管理员处理" in desk.content.decode()


@pytest.mark.parametrize("address", ["/search/gaps/", "/search/gaps/file/", "/search/gaps/1/close/"])
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(address), Client().post(address, {"q": "x"})):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")


DEEDS = ("take", "release", "sort", "part")


@pytest.mark.parametrize("role", Role)
def test_who_works_on_a_gap_and_who_asks_for_one(role):
    clerk = scope_of(factories.user(Role.WINDOW))
    gap, other = (gap_file(text, scope=clerk).gap for text in ("没有答案的事", "别的没有答案的事"))
    client = Client()
    client.force_login(factories.user(role))
    for address in (f"/search/gaps/{gap.pk}/", "/search/gaps/missed/", f"/desk/write/from-gap/{gap.pk}/"):
        assert client.get(address).status_code == (200 if role in TEND else 403), address
    for name in DEEDS:
        told = client.post(f"/search/gaps/{gap.pk}/{name}/", {}).status_code
        # Nothing was joined that could be parted.
        assert told == (403 if role not in TEND else 409 if name == "part" else 302), name
    joined = client.post(f"/search/gaps/{gap.pk}/join/", {"from": other.pk})
    assert joined.status_code == (302 if role in TEND else 403)
    words = client.post(f"/search/gaps/{gap.pk}/close/", {"how": "words", "answer": "可以", "basis": "无明文"})
    assert words.status_code == (302 if role in TEND else 403)
    assert client.get("/search/gaps/mine/").status_code == (200 if role in FILE else 403)
    assert client.get("/search/gaps/new/").status_code == (200 if role in FILE else 403)
    assert client.post("/search/gaps/new/", {"q": "第三件事"}).status_code == (302 if role in FILE else 403)


def test_what_somebody_filed_is_for_that_person_alone():
    clerk = factories.user(Role.WINDOW)
    gap_file("没有答案的事", scope=scope_of(clerk))
    told = {}
    for user in (clerk, factories.user(Role.WINDOW)):
        client = Client()
        client.force_login(user)
        told[user.pk] = "没有答案的事" in client.get("/search/gaps/mine/").content.decode()
    assert list(told.values()) == [True, False]


@pytest.mark.parametrize("name", ["gap", "take", "close"])
def test_a_gap_that_is_not_there_is_not_found(name):
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    for key in ("999999", "9" * 30):
        address = f"/search/gaps/{key}/" + ("" if name == "gap" else f"{name}/")
        ask = client.get if name == "gap" else client.post
        assert ask(address).status_code == 404
