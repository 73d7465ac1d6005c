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
