"""The panel in a frame of another system: who sees it, what stands in it, and who may hold it."""

import datetime as dt

import pytest
import time_machine
from django.core import signing
from django.urls import reverse

from caselib.connect.clients.calling import caller_of
from caselib.connect.clients.models import Deed
from caselib.connect.clients.services import client_save, client_switch, token_revoke
from caselib.connect.embed.tickets import embed_ticket
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from tests import factories

PANEL = reverse("embed:search")


@pytest.fixture
def hall(index):
    return factories.department()


@pytest.fixture
def system(hall):
    return factories.system(within=hall)


@pytest.fixture
def keeper(hall):
    return scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=hall))


@pytest.fixture
def ticket(system) -> str:
    return embed_ticket(caller_of(system[1], deed=Deed.EMBED))


@pytest.fixture
def library(index):
    factories.published(
        title="前租户没有注销", gist="先帮前租户注销。", script="住所还被占着，今天先帮您问。", not_when=("在异常名录",)
    )
    index.refresh()


def test_a_ticket_shows_results_with_signal_conditions_and_what_to_say(client, ticket, library):
    answer = client.get(PANEL, {"q": "前租户没注销", "t": ticket})
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("signal--ok", "先帮", "在异常名录", "住所还被占着，今天先帮您问。", "data-copy"):
        assert words in page, words


def test_who_is_signed_in_needs_no_ticket(client, library):
    client.force_login(factories.user(Role.WINDOW))
    page = client.get(PANEL, {"q": "前租户没注销"})
    assert "今天先帮您问" in page.content.decode()


def test_nobody_sees_nothing_and_learns_what_to_do(client, library):
    answer = client.get(PANEL, {"q": "前租户没注销"})
    page = answer.content.decode()
    assert (answer.status_code, "先帮" in page) == (403, False)
    assert "到案例库登录" in page
    assert "前租户没注销" in page


def test_an_account_that_only_administers_sees_nothing(client, library):
    client.force_login(factories.user(Role.SECURITY_ADMIN))
    answer = client.get(PANEL, {"q": "前租户没注销"})
    assert (answer.status_code, "先帮" in answer.content.decode()) == (403, False)


def test_the_ticket_leaks_to_no_page_and_no_cookie_is_set(client, ticket, library):
    answer = client.get(PANEL, {"q": "前租户没注销", "t": ticket})
    page = answer.content.decode()
    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    assert [link for link in links if ticket in link or "t=" in link] == []
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies


def test_links_to_pages_open_a_window_of_their_own(client, ticket, library):
    page = client.get(PANEL, {"q": "前租户没注销", "t": ticket}).content.decode()
    opened = [part.split(">")[0] for part in page.split('<a href="/')[1:]]
    assert opened
    assert all('target="_blank" rel="noopener"' in link for link in opened)


def test_a_ticket_is_good_for_eight_hours(client, system, library):
    with time_machine.travel(dt.datetime(2026, 9, 1, 1, tzinfo=dt.UTC), tick=False) as clock:
        ticket = embed_ticket(caller_of(factories.system()[1], deed=Deed.EMBED))
        clock.shift(dt.timedelta(hours=7, minutes=59))
        assert client.get(PANEL, {"t": ticket}).status_code == 200
        clock.shift(dt.timedelta(minutes=2))
        answer = client.get(PANEL, {"t": ticket, "q": "没打完的话"})
    assert answer.status_code == 403
    assert "满 8 小时" in answer.content.decode()
    assert "没打完的话" in answer.content.decode()


def test_a_ticket_ends_with_its_token_and_its_system(client, system, ticket, keeper, library):
    owner = system[0]
    client_switch(owner, scope=keeper, active=False)
    assert client.get(PANEL, {"t": ticket}).status_code == 403
    client_switch(owner, scope=keeper, active=True)
    assert client.get(PANEL, {"t": ticket}).status_code == 200
    token_revoke(owner.tokens.get(), scope=keeper)
    answer = client.get(PANEL, {"t": ticket, "q": "前租户没注销"})
    assert (answer.status_code, "先帮" in answer.content.decode()) == (403, False)


def test_without_the_deed_a_ticket_opens_nothing(client, system, ticket, keeper, library):
    client_save(system[0], scope=keeper, deeds=["read"], per_minute=60, note="", lock_version=0)
    assert client.get(PANEL, {"t": ticket}).status_code == 403


@pytest.mark.parametrize("wrong", ["x", "a:b:c", "\x00", "票", "a" * 5000, "other", "cut"])
def test_a_ticket_that_is_none_is_refused(client, ticket, library, wrong):
    wrong = {"cut": ticket[:-3], "other": signing.dumps([1, ""], salt="another")}.get(wrong, wrong)
    answer = client.get(PANEL, {"t": wrong, "q": "前租户没注销"})
    assert (answer.status_code, "先帮" in answer.content.decode()) == (403, False)


def test_a_bad_ticket_is_not_helped_by_a_session(client, library):
    client.force_login(factories.user(Role.WINDOW))
    assert client.get(PANEL, {"t": "x"}).status_code == 403


def test_it_sees_what_its_department_sees(client, system, ticket, hall, index):
    factories.published(owner=hall, audience=Audience.DEPARTMENT, title="自己部门的营业执照")
    factories.published(audience=Audience.DEPARTMENT, title="别人部门的营业执照")
    factories.draft(owner=hall, title="草稿里的营业执照")
    retired = factories.published(title="出库了的营业执照")
    precedent_retire(retired, reason="旧了", actor=factories.user(Role.REVIEWER))
    index.refresh()
    page = (
        client.get(PANEL, {"q": "营业执照", "t": ticket}).content.decode().replace("<mark>", "").replace("</mark>", "")
    )
    assert [word for word in ("自己部门", "别人部门", "草稿里", "出库了") if word + "的营业执照" in page] == [
        "自己部门"
    ]


def test_at_most_five_and_where_the_rest_is(client, ticket, index):
    for number in range(7):
        factories.published(title=f"补办营业执照{number}")
    index.refresh()
    page = client.get(PANEL, {"q": "营业执照", "t": ticket}).content.decode()
    assert page.count('class="ehit"') == 5
    assert "还有 2 件" in page


def test_a_matter_narrows_by_code_and_can_be_taken_off(client, ticket, index):
    matter = factories.matter("企业设立登记", basic_code="000131002000")
    factories.published(title="设立时住所被占用", matter=matter)
    factories.published(title="别的住所")
    index.refresh()
    page = client.get(PANEL, {"q": "住所", "matter": "000131002000", "t": ticket}).content.decode()
    assert ("被占用" in page, "别的" in page, "查全部事项" in page) == (True, False, True)
    unknown = client.get(PANEL, {"q": "住所", "matter": "999", "t": ticket}).content.decode()
    assert "没有名称或编码是“999”的事项" in unknown


def test_a_ticket_for_one_matter_stays_with_it(client, system, index):
    matter, other = factories.matter("企业设立登记"), factories.matter("食品经营许可")
    factories.published(title="设立时住所被占用", matter=matter)
    factories.published(title="别的住所", matter=other)
    index.refresh()
    ticket = embed_ticket(caller_of(system[1], deed=Deed.EMBED), matter=matter)
    page = client.get(PANEL, {"q": "住所", "matter": "食品经营许可", "t": ticket}).content.decode()
    assert ("被占用" in page, "别的" in page, "查全部事项" in page) == (True, False, False)


def test_a_foreign_site_may_not_frame_it(client, ticket, library):
    for query in ({"t": ticket}, {"t": "x"}, {}):
        answer = client.get(PANEL, query)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


def test_a_site_on_the_list_may_frame_it_and_nothing_else(client, ticket, library, settings):
    settings.CASELIB_EMBED_ANCESTORS = ("https://window.example",)
    for query in ({"t": ticket}, {"t": "x"}, {}):
        answer = client.get(PANEL, query)
        assert "frame-ancestors https://window.example;" in answer["Content-Security-Policy"] + ";"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer
    page = client.get(reverse("orgs:sign_in"))
    assert ("frame-ancestors 'none'" in page["Content-Security-Policy"], page["X-Frame-Options"]) == (True, "DENY")


def test_who_searches_too_often_is_told_and_keeps_the_question(client, system, ticket, keeper, library):
    client_save(system[0], scope=keeper, deeds=["embed"], per_minute=1, note="", lock_version=0)
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False):
        client.get(PANEL, {"t": ticket})
        answer = client.get(PANEL, {"t": ticket, "q": "没打完的话"})
    assert (answer.status_code, "没打完的话" in answer.content.decode()) == (429, True)


@pytest.mark.parametrize(
    "typed", ["", "\x00", "<script>alert(1)</script>", "a" * 20_000, "\U0001f600", "ＡＢＣ１２３", "\ud800"]
)
def test_whatever_is_typed_is_answered(client, ticket, library, typed):
    answer = client.get(PANEL, {"q": typed.encode("utf-8", "surrogatepass"), "t": ticket})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_nothing_found_says_so_and_leads_on(client, ticket, library):
    page = client.get(PANEL, {"q": "无人机飞行许可", "t": ticket}).content.decode()
    assert "没有" in page
    assert "到案例库里" in page


def test_only_reading(client, ticket):
    assert client.post(PANEL, {"t": ticket}).status_code == 405
