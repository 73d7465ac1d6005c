"""对接系统: a secret is shown once, pressing twice makes one token, what is typed is kept."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Http
from django.urls import reverse

from caselib.connect.clients.models import Client, Deed, Refusal, Token
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return factories.department("综合局")


@pytest.fixture
def http(home) -> Http:
    made = Http()
    made.force_login(factories.user(Role.DEPARTMENT_ADMIN, within=home))
    return made


def shown(answer) -> str:
    return answer.content.decode()


def address(name: str, client: Client, **more: object) -> str:
    return reverse(f"desk:systems:{name}", kwargs={"code": client.code, **more})


def test_a_system_is_registered_and_gets_a_token_that_works(http):
    posted = {"name": "综窗平台", "deeds": ["read", "gaps"], "per_minute": "６００", "note": "出事找信息科"}
    answer = http.post("/desk/systems/new/", posted, follow=True)
    assert "登记好了" in shown(answer)
    client = Client.objects.get()
    assert (client.deeds, client.per_minute, client.department.name) == (["read", "gaps"], 600, "综合局")
    issued = http.post(address("issue", client), {"days": "365", "newest": "0"})
    secret = issued.context["screen"].secret
    assert f">{secret}<" in shown(issued)
    assert issued["Cache-Control"] == "private, no-store"
    assert Http().get("/api/v1/matters", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_the_secret_stands_on_that_one_answer_and_nowhere_after(http, home):
    client, secret = factories.system(within=home)
    for page in ("/desk/systems/", address("system", client), "/desk/trail/"):
        assert secret not in shown(http.get(page))
    assert f"{secret[:12]}…" in shown(http.get(address("system", client)))


def test_pressing_twice_makes_one_token_and_says_so(http, home):
    client, _ = factories.system(within=home)
    newest = str(client.tokens.get().pk)
    first, second = (http.post(address("issue", client), {"days": "365", "newest": newest}) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 409)
    assert "没有再发" in shown(second)
    assert client.tokens.count() == 2
    rotated = http.post(address("rotate", client, key=newest), {"hours": "24", "newest": newest})
    assert rotated.status_code == 409
    assert client.tokens.count() == 2


def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(http, home):
    factories.system(within=home, name="综窗平台")
    posted = {"name": "综窗平台", "deeds": ["gaps"], "per_minute": "60", "note": "机房三层"}
    answer = http.post("/desk/systems/new/", posted)
    assert answer.status_code == 422
    assert "这个名称已经有了" in shown(answer)
    assert 'value="机房三层"' in shown(answer)
    for change, said in (
        ({"name": "甲" * 65}, "最多 64 个"),
        ({"name": "甲平台", "per_minute": "很多"}, "每分钟次数"),
        ({"name": "甲平台", "per_minute": "9" * 30}, "每分钟次数"),
        ({"name": "甲平台", "deeds": []}, "至少勾一项"),
        ({"name": "找13800138000"}, "手机号"),
        ({"name": "甲平台", "note": "x" * 201}, "最多 200 个"),
    ):
        assert said in shown(http.post("/desk/systems/new/", {**posted, **change}))
    assert Client.objects.count() == 1


def test_settings_are_saved_and_who_comes_second_overwrites_nothing(http, home):
    client, _ = factories.system(Deed.READ, within=home)
    posted = {"deeds": ["read", "reuse"], "per_minute": "60", "note": "甲", "lock_version": "0"}
    assert http.post(address("save", client), posted).status_code == 302
    stale = http.post(address("save", client), {**posted, "per_minute": "70"})
    assert stale.status_code == 409
    assert "有人先改了" in shown(stale)
    wrong = http.post(address("save", client), {**posted, "lock_version": "1", "per_minute": "0", "note": "乙"})
    assert wrong.status_code == 422
    assert 'value="乙"' in shown(wrong)
    client.refresh_from_db()
    assert (client.per_minute, client.note) == (60, "甲")


def test_a_revoked_and_an_ended_token_stay_in_the_list_as_what_they_are(http, home):
    client, secret = factories.system(within=home, days=20)
    assert "快到期" in shown(http.get(address("system", client)))
    http.post(address("revoke", client, key=client.tokens.get().pk))
    assert "已吊销" in shown(http.get(address("system", client)))
    assert Http().get("/api/v1/matters", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    page = shown(http.get(address("system", client)))
    assert "近 30 天被拒的调用" in page
    assert "1 次" in page
    assert "没有有效令牌" in shown(http.get("/desk/systems/"))


def test_a_switched_off_system_says_by_whom_and_takes_no_token(http, home):
    client, _ = factories.system(within=home)
    guard = Http()
    guard.force_login(factories.user(Role.SECURITY_ADMIN))
    guard.post(address("switch", client), {"active": "0"})
    page = shown(http.get(address("system", client)))
    assert "安全管理员停用" in page
    assert "由安全管理员启用" in page
    assert "发令牌</button>" not in page
    assert http.post(address("switch", client), {"active": "1"}).status_code == 403
    assert "拿不到令牌" in shown(guard.get(address("system", client)))
    guard.post(address("switch", client), {"active": "1"})
    assert http.post(address("switch", client), {"active": "0"}).status_code == 302


def test_security_is_told_of_tokens_that_nobody_has(http):
    Refusal.objects.create(reason="unknown_token", day=dt.date(2026, 11, 29), times=1234)
    guard = Http()
    guard.force_login(factories.user(Role.SECURITY_ADMIN))
    with time_machine.travel(dt.datetime(2026, 11, 30, 2, tzinfo=dt.UTC), tick=False):
        guard.force_login(factories.user(Role.SECURITY_ADMIN))
        assert "1234" in shown(guard.get("/desk/systems/"))
    assert Token.objects.count() == 0
