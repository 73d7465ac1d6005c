"""The command that makes the first accounts of a real site."""

import io

import pytest
from django.core.management import CommandError, call_command

from caselib.orgs.models import Role, User
from tests import factories

pytestmark = pytest.mark.django_db


def create(monkeypatch: pytest.MonkeyPatch, *roles: Role, password: str = "a-long-enough-password") -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    out = io.StringIO()
    arguments = [argument for role in roles for argument in ("--role", role.value)]
    call_command(
        "create_account",
        "chuangkou1",
        "--name",
        "窗口人员",
        "--region",
        "上海市虹口区",
        "--department",
        "D03",
        *arguments,
        stdout=out,
    )
    return out.getvalue()


@pytest.fixture(autouse=True)
def market_office():
    return factories.department("区市场监督管理局", code="D03")


def test_account_has_its_roles_and_can_sign_in(monkeypatch, client):
    assert "已建账号" in create(monkeypatch, Role.WINDOW, Role.EDITOR)
    account = User.objects.get(username="chuangkou1")
    assert set(account.memberships.values_list("role", flat=True)) == {Role.WINDOW, Role.EDITOR}
    assert client.login(username="chuangkou1", password="a-long-enough-password")


@pytest.mark.parametrize(
    ("roles", "password"),
    [((Role.WINDOW,), "short"), ((Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN), "a-long-enough-password")],
    ids=["weak password", "two administrators in one"],
)
def test_nothing_is_left_of_an_account_that_may_not_be(monkeypatch, roles, password):
    with pytest.raises(CommandError, match="什么都没改"):
        create(monkeypatch, *roles, password=password)
    assert not User.objects.exists()


def test_unknown_department_is_answered_with_the_known_ones(monkeypatch):
    with pytest.raises(CommandError, match="区市场监督管理局"):
        call_command(
            "create_account",
            "chuangkou1",
            "--name",
            "窗口人员",
            "--region",
            "上海市虹口区",
            "--department",
            "D99",
            "--role",
            "window",
        )
