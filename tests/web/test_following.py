"""关注 on the pages of a policy and a matter, 我的关注, and the number in the header."""

import datetime as dt

import pytest
from django.test import Client

from caselib.following.models import Follow, Reading
from caselib.following.trail import newest_event
from caselib.orgs.models import Role, User
from caselib.policies.models import PolicyStatus
from caselib.policies.standing import StatusFacts, status_fact_confirm
from caselib.precedents.keeping import precedent_retire
from tests import factories

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'><img src=x>"


@pytest.fixture
def reader() -> User:
    return factories.user(Role.WINDOW)


@pytest.fixture
def client(reader) -> Client:
    client = Client()
    client.force_login(reader)
    return client


@pytest.fixture
def policy():
    return factories.clause(effective_from=dt.date(2020, 1, 1)).version.policy


def page(client: Client, address: str = "/notices/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def change(policy, status: PolicyStatus = PolicyStatus.AMENDED) -> None:
    status_fact_confirm(policy, StatusFacts(status=status), actor=None)


def test_one_click_follows_a_policy_and_another_ends_it(policy, reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    address = f"/policies/{policy.code}/"
    shown = client.get(address)
    form = f'action="/notices/policy/{policy.code}/"'
    assert form in shown.content.decode()
    assert client.post(f"/notices/policy/{policy.code}/", {"on": "1"}).status_code == 403, "without the token"
    token = str(shown.context["csrf_token"])
    for on, told, button in (("1", "关注了：", "取消关注"), ("0", "不再关注：", 'value="1"')):
        posted = {"on": on, "csrfmiddlewaretoken": token}
        response = client.post(f"/notices/policy/{policy.code}/", posted, follow=True)
        assert response.redirect_chain == [(address, 302)]
        assert f"{told}{policy.title}" in response.content.decode()
        assert button in response.content.decode()
        assert Follow.objects.filter(user=reader, policy=policy).exists() is (on == "1")


def test_one_click_follows_a_matter(client, reader):
    matter = factories.matter()
    response = client.post(f"/notices/matter/{matter.code}/", {"on": "1"}, follow=True)
    assert response.redirect_chain == [(f"/matters/{matter.code}/", 302)]
    assert "已关注" in response.content.decode()
    assert Follow.objects.get().matter == matter


@pytest.mark.parametrize("on", ["1", "0"])
def test_a_double_click_has_no_second_effect(client, policy, on):
    for _ in range(2):
        client.post(f"/notices/policy/{policy.code}/", {"on": on})
    assert Follow.objects.count() == int(on)


def test_the_click_leads_back_to_the_version_that_was_open(client, policy):
    assert 'name="v" value="1"' in page(client, f"/policies/{policy.code}/?v=1")
    response = client.post(f"/notices/policy/{policy.code}/", {"on": "1", "v": "1"})
    assert response["Location"] == f"/policies/{policy.code}/?v=1"


@pytest.mark.parametrize("version", ["", "x", "1\r\nX: y", "//evil.example/", "99999", "²"])
def test_the_click_leads_nowhere_but_to_the_page(client, policy, version):
    response = client.post(f"/notices/policy/{policy.code}/", {"on": "1", "v": version})
    assert response["Location"] == f"/policies/{policy.code}/"


@pytest.mark.parametrize("address", ["policy/nothing234", "matter/nothing234", "precedent/x", "user/1"])
def test_what_is_not_there_cannot_be_followed(client, address):
    assert client.post(f"/notices/{address}/", {"on": "1"}).status_code == 404
    assert not Follow.objects.exists()


def test_reading_never_writes(client, policy, reader):
    client.post(f"/notices/policy/{policy.code}/", {"on": "1"})
    mark = Reading.objects.get().seen_event
    change(policy)
    for address in (f"/notices/policy/{policy.code}/", "/notices/read/", "/notices/mail/"):
        assert client.get(address).status_code == 405
    page(client)
    assert Reading.objects.get().seen_event == mark


def test_the_empty_page_says_how_to_begin(client):
    text = page(client)
    assert "点标题旁边的“关注”" in text
    assert 'class="count"' not in text


def test_the_page_says_what_changed_when_and_leads_there(client, policy):
    client.post(f"/notices/policy/{policy.code}/", {"on": "1"})
    assert "关注之后发生的才记在这里" in page(client)
    change(policy)
    text = page(client)
    assert "时效：已被修改" in text
    assert f'href="/policies/{policy.code}/"' in text
    assert "1 条未读" in text


def test_the_header_of_every_page_shows_the_number_until_it_is_read(client, policy):
    client.post(f"/notices/policy/{policy.code}/", {"on": "1"})
    change(policy)
    number = '关注<span class="count">1<span class="vh"> 条未读</span></span>'
    for address in ("/", "/policies/", f"/policies/{policy.code}/", "/matters/", "/search/?q=执照", "/notices/"):
        assert number in page(client, address), address
    client.post("/notices/read/", {"until": newest_event()})
    assert 'class="count"' not in page(client)
    assert "都读过了" in page(client)


def test_what_came_after_the_page_was_drawn_stays_unread(client, policy):
    client.post(f"/notices/policy/{policy.code}/", {"on": "1"})
    change(policy)
    shown = newest_event()
    assert f'name="until" value="{shown}"' in page(client)
    change(policy, PolicyStatus.REPEALED)
    client.post("/notices/read/", {"until": shown})
    assert "1 条未读" in page(client)


@pytest.mark.parametrize("until", ["", "x", "-1", "9" * 40, "²", "1.5"])
def test_reading_up_to_nonsense_marks_nothing(client, policy, until):
    client.post(f"/notices/policy/{policy.code}/", {"on": "1"})
    change(policy)
    assert client.post("/notices/read/", {"until": until}).status_code == 302
    assert "1 条未读" in page(client)


def test_ending_a_follow_on_the_page_leads_back_to_it(client, policy):
    client.post(f"/notices/policy/{policy.code}/", {"on": "1"})
    change(policy)
    response = client.post(f"/notices/policy/{policy.code}/", {"on": "0", "back": "notices"}, follow=True)
    assert response.redirect_chain == [("/notices/", 302)]
    assert "时效：已被修改" not in response.content.decode()


def test_markup_in_titles_and_reasons_is_shown_and_not_run(client):
    clause = factories.clause(title=HOSTILE, label=HOSTILE)
    matter = factories.matter(HOSTILE)
    for kind, thing in (("policy", clause.version.policy), ("matter", matter)):
        assert "<img" not in client.post(f"/notices/{kind}/{thing.code}/", {"on": "1"}, follow=True).content.decode()
    precedent = factories.published(title=HOSTILE, matter=matter, citations=(factories.citation(clause, note=HOSTILE),))
    precedent_retire(precedent, reason=HOSTILE, actor=None)
    change(clause.version.policy)
    text = page(client)
    assert text.count("&lt;script&gt;alert(1)") >= 5
    assert "<script>alert" not in text
    assert "<img" not in text


def test_an_address_for_mail_is_kept_shown_and_taken_back(client, reader):
    response = client.post("/notices/mail/", {"email": "clerk@example.org"}, follow=True)
    assert "有新变化的日子发一封到 clerk@example.org" in response.content.decode()
    assert 'value="clerk@example.org"' in page(client)
    assert "不再发邮件提醒" in client.post("/notices/mail/", {"email": ""}, follow=True).content.decode()
    reader.refresh_from_db()
    assert reader.email == ""


def test_a_wrong_address_is_said_beside_the_field_with_what_was_typed(client, reader):
    response = client.post("/notices/mail/", {"email": 'no"address>'})
    text = response.content.decode()
    assert response.status_code == 422
    assert "这不是一个邮箱地址" in text
    assert 'value="no&quot;address&gt;"' in text
    assert 'aria-invalid="true"' in text


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30])
def test_any_page_that_is_asked_for_is_answered(client, policy, number):
    client.post(f"/notices/policy/{policy.code}/", {"on": "1"})
    change(policy)
    assert "时效：已被修改" in page(client, f"/notices/?page={number}")


def test_many_notices_come_page_by_page(client, policy):
    client.post(f"/notices/policy/{policy.code}/", {"on": "1"})
    for day in range(1, 26):
        facts = StatusFacts(status=PolicyStatus.AMENDED, from_on=dt.date(2026, 1, day))
        status_fact_confirm(policy, facts, actor=None)
    first, second = page(client), page(client, "/notices/?page=2")
    assert first.count("notice--new") == 20
    assert second.count("notice--new") == 5
    assert "共 2 页 · 25 条" in first
