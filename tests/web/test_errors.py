"""Error pages: each says what happened, what is kept and what to do, and none needs what may be broken."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from caselib.core.errors import NotAllowed, RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.pages.views.errors import forbidden, server_error
from tests import factories


def test_the_page_for_a_fault_needs_neither_database_nor_session():
    request = RequestFactory().get("/")
    request.request_id = "8c41"
    response = server_error(request)
    page = response.content.decode()
    assert response.status_code == 500
    assert "编号 8c41" in page
    assert "系统出了问题，不是您的操作" in page


@pytest.mark.django_db
def test_a_fault_in_a_view_ends_on_that_page(monkeypatch):
    def breaks(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("caselib.pages.views.catalog.matters_screen", breaks)
    client = Client(raise_request_exception=False)
    client.force_login(factories.user(Role.WINDOW))
    response = client.get("/matters/")
    assert response.status_code == 500
    assert response["X-Request-ID"] in response.content.decode()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StaleState("有人先改了这一版。"), "没有被覆盖"),
        (NotAllowed("只能撤销自己登记的。"), "什么都没有改"),
        (RuleBroken("没有这个结果。", code="x"), "什么都没有存"),
    ],
)
def test_a_broken_rule_is_told_with_what_was_kept(rf, error, words):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/")
    request.user = AnonymousUser()
    page = render_to_string("errors/domain.html", {"error": error}, request=request)
    assert error.message in page
    assert words in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("declared", "status"),
    [
        ("text/plain", 200),
        ("text/plain; charset=utf-8", 200),
        ('text/plain; charset="UTF8"', 200),
        ("text/plain; charset=raw_unicode_escape", 400),
        ("text/plain; charset=gbk", 400),
        ("text/plain; charset=", 400),
        ("text/plain; charset=nonsense", 400),
    ],
)
@pytest.mark.parametrize("address", ["synonyms/", "tuning/questions/", "tuning/questions/add/", "tuning/trial/"])
def test_what_is_not_sent_as_utf8_is_refused_with_a_page(address, declared, status):
    client = Client(raise_request_exception=False)
    client.force_login(factories.user(Role.EDITOR))
    asked = "q=%5Cud800&text=%5Cud800&words=%5Cud800"
    response = client.get(f"/search/{address}?{asked}", headers={"content-type": declared})
    assert response.status_code == status
    assert ("只收 UTF-8" in response.content.decode()) == (status == 400)


@pytest.mark.django_db
def test_a_form_that_is_not_sent_as_utf8_is_refused_before_it_is_read():
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    body = b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\n\\ud800\r\n--x--\r\n'
    declared = "multipart/form-data; boundary=x; charset=raw_unicode_escape"
    response = client.post("/search/tuning/trial/words/", body, content_type=declared)
    assert response.status_code == 400
    assert "只收 UTF-8" in response.content.decode()


@pytest.mark.django_db
def test_any_other_bad_request_has_the_same_page(settings):
    settings.ALLOWED_HOSTS = ["here.example"]
    response = Client(raise_request_exception=False).get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "读不懂发来的内容" in response.content.decode()


@pytest.mark.django_db
def test_an_unknown_address_has_a_page_for_who_is_not_signed_in_too():
    response = Client().get("/nowhere/")
    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()


@pytest.mark.django_db
def test_no_permission_has_a_page(rf):
    request = rf.get("/")
    request.user = factories.user(Role.WINDOW)
    response = forbidden(request, PermissionError())
    assert response.status_code == 403
    assert "没有这个权限" in response.content.decode()


@pytest.mark.django_db
def test_a_form_that_waited_too_long_is_explained():
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user(Role.WINDOW))
    response = client.post("/account/contrast/", {"high": "1"})
    assert response.status_code == 403
    assert "页面放得太久" in response.content.decode()


@pytest.mark.django_db
def test_sign_in_names_what_is_wrong_and_keeps_the_name():
    response = Client().post("/account/sign-in/", {"username": "window", "password": "wrong"})
    page = response.content.decode()
    assert "账号或密码不对" in page
    assert 'value="window"' in page


@pytest.mark.django_db
def test_an_account_with_too_many_wrong_passwords_is_locked_and_told_until_when(settings):
    settings.AXES_ENABLED = True
    factories.user(Role.WINDOW, username="window")
    client = Client()
    responses = [client.post("/account/sign-in/", {"username": "window", "password": "wrong"}) for _ in range(6)]
    assert responses[-1].status_code == 429
    assert "锁 30 分钟" in responses[-1].content.decode()
