"""推送和订阅: what a department sees of its systems, and what it can do there, without script."""

import re

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from caselib.connect.hooks.models import Delivery, FeedAddress, Hook
from caselib.connect.hooks.sending import hooks_send
from caselib.connect.hooks.services import hook_test
from caselib.orgs.models import Role
from caselib.precedents.visibility import Audience
from tests import factories

pytestmark = pytest.mark.django_db
HOME = "/desk/hooks/"


def signed_in(role: Role, within=None) -> Browser:
    browser = Browser()
    browser.force_login(factories.user(role, within=within))
    return browser


@pytest.fixture
def manager(hall) -> Browser:
    return signed_in(Role.DEPARTMENT_ADMIN, hall)


def text(page) -> str:
    return page.content.decode()


def test_an_address_is_registered_and_its_secret_shown_once(manager, system, receiver):
    page = manager.post(
        f"{HOME}new/{system.code}/", {"address": receiver.address, "events": ["published", "withdrawn"]}
    )
    hook = Hook.objects.get()
    (secret,) = re.findall(r"whsec_[\w-]+", text(page))
    assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
    assert hook.events == ["published", "withdrawn"]
    assert secret not in text(manager.get(f"{HOME}{hook.code}/"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"address": "http://a.example/", "events": ["changed"]}, "https://"),
        ({"address": "https://elsewhere.example/\U0001f600", "events": ["changed"]}, "全角"),
        ({"address": "https://elsewhere.example/", "events": ["changed"]}, "CASELIB_HOOK_HOSTS"),
        ({"address": "{ok}", "events": []}, "至少勾一类"),
        ({"address": "{ok}", "events": ["everything"]}, "至少勾一类"),
        ({"address": "{ok}", "events": ["changed"], "matter": "没有的"}, "没有只对得上一个的事项"),
        ({"address": "\x00", "events": ["changed"]}, "接收地址"),
        ({"address": "https://" + "a" * 20_000, "events": ["changed"]}, "500"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(manager, system, receiver, typed, said):
    typed = {**typed, "address": typed["address"].replace("{ok}", receiver.address)}
    page = manager.post(f"{HOME}new/{system.code}/", typed)
    assert (page.status_code, said in text(page), Hook.objects.count()) == (422, True, 0)
    if typed["address"].isprintable():
        assert typed["address"][:100].replace("&", "&amp;") in text(page)


def test_pressed_twice_there_is_one_address_and_the_page_says_what_to_do(manager, system, receiver):
    typed = {"address": receiver.address, "events": ["changed"]}
    manager.post(f"{HOME}new/{system.code}/", typed)
    again = manager.post(f"{HOME}new/{system.code}/", typed)
    assert (again.status_code, Hook.objects.count()) == (422, 1)
    assert "要换密钥，在那一条里换" in text(again)


def test_messages_are_listed_with_what_became_of_them(manager, hooked, receiver, hall):
    hook = hooked()
    receiver.answers = [200, 410]
    first, second = factories.published(), factories.published()
    factories.published(audience=Audience.DEPARTMENT)
    hooks_send()
    page = text(manager.get(f"{HOME}{hook.code}/"))
    assert (first.number in page, second.number in page) == (True, True)
    assert "对方回答 410" in page
    only = text(manager.get(f"{HOME}{hook.code}/?state=failed"))
    assert (first.number in only, second.number in only) == (False, True)


def test_of_a_hidden_precedent_not_even_the_number_shows(manager, hooked, receiver):
    hook = hooked()
    hidden = factories.published(audience=Audience.DEPARTMENT)
    receiver.answer = 500
    hooks_send()
    Delivery.objects.create(hook=hook, event=1, precedent=hidden, made_at=hook.made_at)
    page = text(manager.get(f"{HOME}{hook.code}/"))
    assert hidden.number not in page
    assert "还没送" in page


def test_given_up_is_sent_again(manager, hooked, receiver):
    hook = hooked()
    receiver.answers = [410]
    factories.published()
    hooks_send()
    delivery = hook.deliveries.get()
    manager.post(f"{HOME}{hook.code}/switch/", {"active": "1"})
    assert manager.post(f"{HOME}{hook.code}/replay/{delivery.code}/").status_code == 302
    hooks_send()
    again = manager.post(f"{HOME}{hook.code}/replay/{delivery.code}/")
    delivery.refresh_from_db()
    assert (delivery.state, again.status_code) == ("sent", 409)


def test_stopped_tested_and_let_go_on(manager, hooked, receiver):
    hook = hooked()
    manager.post(f"{HOME}{hook.code}/switch/", {"active": "0"})
    refused = manager.post(f"{HOME}{hook.code}/test/")
    assert (refused.status_code, "先恢复推送" in text(refused)) == (409, True)
    manager.post(f"{HOME}{hook.code}/switch/", {"active": "1"})
    assert manager.post(f"{HOME}{hook.code}/test/").status_code == 302
    hooks_send()
    assert receiver.events == ["test"]


def test_a_new_secret_is_shown_once(manager, hooked, receiver):
    hook = hooked()
    page = manager.post(f"{HOME}{hook.code}/rekey/")
    (secret,) = re.findall(r"whsec_[\w-]+", text(page))
    assert secret != hook.plain
    assert page["Cache-Control"] == "private, no-store"


def test_changed_is_saved_and_wrong_is_told(manager, hooked, receiver):
    hook = hooked()
    wrong = manager.post(f"{HOME}{hook.code}/save/", {"address": "https://elsewhere.example/", "events": ["changed"]})
    assert (wrong.status_code, "https://elsewhere.example/" in text(wrong)) == (422, True)
    read = {"seen": hook.mark, "events": ["changed"]}
    manager.post(f"{HOME}{hook.code}/save/", {"address": f"https://{receiver.host}/new", **read})
    hook.refresh_from_db()
    assert (hook.address, hook.events) == (f"https://{receiver.host}/new", ["changed"])


def test_who_saves_what_somebody_changed_meanwhile_keeps_the_words_and_overwrites_nothing(manager, hooked, receiver):
    hook = hooked()
    read = {"seen": hook.mark, "events": ["changed"]}
    manager.post(f"{HOME}{hook.code}/save/", {"address": f"https://{receiver.host}/first", **read})
    second = manager.post(f"{HOME}{hook.code}/save/", {"address": f"https://{receiver.host}/second", **read})
    assert second.status_code == 409
    assert f"https://{receiver.host}/second" in text(second) and f"https://{receiver.host}/first" in text(second)
    hook.refresh_from_db()
    assert hook.address == f"https://{receiver.host}/first"
    # The page that told so was drawn from what is there now.
    manager.post(f"{HOME}{hook.code}/save/", {**read, "address": f"https://{receiver.host}/second", "seen": hook.mark})
    hook.refresh_from_db()
    assert hook.address == f"https://{receiver.host}/second"


def test_a_feed_is_given_out_once_and_taken_away(manager, system):
    page = manager.post(f"{HOME}feeds/{system.code}/issue/", {"newest": "0"})
    (address,) = re.findall(r"http://testserver(/feeds/feed_[\w-]+/precedents\.atom)", text(page))
    again = manager.post(f"{HOME}feeds/{system.code}/issue/", {"newest": "0"})
    assert (page["Cache-Control"], again.status_code, FeedAddress.objects.count()) == ("private, no-store", 409, 1)
    assert Browser().get(address).status_code == 200
    assert address not in text(manager.get(HOME))
    manager.post(f"{HOME}feeds/{FeedAddress.objects.get().pk}/revoke/")
    assert Browser().get(address).status_code == 410


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("is_own", [True, False])
def test_only_the_department_and_security_come_in(role, is_own, hooked, receiver, system, keeper, hall):
    hook, delivery = hooked(), None
    delivery = hook_test(hook, scope=keeper)
    feed = FeedAddress.objects.create(client=system, prefix="feed_x", digest="0" * 64, made_at=hook.made_at)
    browser = signed_in(role, hall if is_own else None)
    keeps, guards = role == Role.DEPARTMENT_ADMIN and is_own, role == Role.SECURITY_ADMIN
    code = hook.code
    for address in (f"{HOME}{code}/", HOME):
        page = browser.get(address)
        lists = address == HOME and role == Role.DEPARTMENT_ADMIN
        assert page.status_code == (200 if keeps or guards or lists else 404), address
        assert (receiver.host in text(page)) is (keeps or guards)
    # The way behind the host may be a secret of the other system.
    assert ("key=theirs" in text(browser.get(f"{HOME}{code}/"))) is keeps
    ways = [f"new/{system.code}/", f"{code}/save/", f"{code}/test/", f"{code}/rekey/", f"feeds/{system.code}/issue/"]
    ways.append(f"{code}/replay/{delivery.code}/")
    before = Delivery.objects.count(), Hook.objects.get().secret, FeedAddress.objects.count()
    if not keeps:
        for way in ways:
            values = {"address": receiver.address, "events": ["changed"], "newest": str(feed.pk)}
            assert browser.post(HOME + way, values).status_code == (403 if guards else 404), way
        assert (Delivery.objects.count(), Hook.objects.get().secret, FeedAddress.objects.count()) == before
    assert browser.post(f"{HOME}{code}/switch/", {"active": "0"}).status_code == (302 if keeps or guards else 404)
    assert browser.post(f"{HOME}feeds/{feed.pk}/revoke/").status_code == (302 if keeps or guards else 404)
    assert (Hook.objects.get().paused == "by_hand") is (keeps or guards)


def test_who_is_not_signed_in_is_sent_to_sign_in(hooked, receiver):
    assert Browser().get(f"{HOME}{hooked().code}/")["Location"].startswith("/account/sign-in/")


def test_a_get_changes_nothing(manager, hooked, receiver):
    code = hooked().code
    for way in ("save", "switch", "test", "rekey"):
        assert manager.get(f"{HOME}{code}/{way}/").status_code == 405


def test_what_is_not_there_is_404(manager, hooked, receiver):
    code = hooked().code
    for way in ("nothing/", "new/nothing/", f"{code}/replay/nothing/", "feeds/999999/revoke/"):
        assert manager.post(HOME + way).status_code in (404, 405), way
    assert manager.get(f"{HOME}nothing/").status_code == 404


def counted(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_the_list_asks_the_same_for_two_and_for_ten_systems(manager, hall, hooked, receiver):
    counts = []
    for more in (2, 8):
        for _ in range(more):
            other, _ = factories.system(within=hall)
            now = other.made_at
            Hook.objects.create(client=other, address=f"https://a/{other.code}", events=[], secret="x", made_at=now)
            FeedAddress.objects.create(client=other, prefix="feed_", digest=other.code, made_at=now)
        counted(manager, HOME)
        counts.append(counted(manager, HOME))
    assert counts[0] == counts[1] <= 12


def test_an_address_asks_the_same_for_two_and_for_twenty_messages(manager, hooked, receiver):
    hook = hooked()
    counts = []
    for more in (2, 18):
        for _ in range(more):
            factories.published()
        hooks_send()
        counted(manager, f"{HOME}{hook.code}/")
        counts.append(counted(manager, f"{HOME}{hook.code}/"))
    assert counts[0] == counts[1] <= 12
