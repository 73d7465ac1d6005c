"""The line on the home page that tells the administrator whether searching by meaning works."""

import datetime as dt

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.search.semantic import live
from caselib.search.semantic.live import SemanticState, Status
from tests import factories

pytestmark = pytest.mark.django_db
SINCE = dt.datetime(2026, 11, 22, 10, 5, tzinfo=dt.UTC)


def home_of(role: Role) -> str:
    client = Client()
    client.force_login(factories.user(role))
    return client.get("/").content.decode()


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (SemanticState(Status.WORKING, "m", objects=87), "语义检索：正常，87 件案例可以按意思查找。"),
        (SemanticState(Status.NOT_INSTALLED), "语义检索：未装，按字词查找。"),
        (SemanticState(Status.PREPARING, "m", pending=3), "语义检索：正在准备，还有 3 件没有处理，先按字词查找。"),
        (SemanticState(Status.PREPARING, "m"), "语义检索：正在准备，先按字词查找。"),
        (
            SemanticState(Status.FAILING, "m", error="<b>服务</b>没有回答。", since=SINCE),
            "语义检索：出错，从 11月22日 18:05 起。&lt;b&gt;服务&lt;/b&gt;没有回答。",
        ),
    ],
)
def test_the_administrator_reads_how_it_is(monkeypatch, state, line):
    monkeypatch.setattr(live, "state", lambda: state)
    assert line in home_of(Role.SYSTEM_ADMIN)


def test_where_it_is_switched_off_it_says_so():
    assert "语义检索：已关闭，按字词查找。" in home_of(Role.SYSTEM_ADMIN)


@pytest.mark.parametrize("role", [Role.WINDOW, Role.EDITOR, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_nobody_else_reads_it(role):
    assert "语义检索" not in home_of(role)
