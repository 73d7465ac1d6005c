"""Feeds: what a reader of feeds gets by an address with a secret in it."""

import datetime as dt
import xml.etree.ElementTree as ElementTree

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.audit.models import AuditEvent
from caselib.connect.clients.services import client_save, client_switch
from caselib.connect.feeds.services import MOST_ADDRESSES, feed_issue, feed_revoke
from caselib.connect.hooks.models import FeedAddress
from caselib.core.errors import NotVisible, RuleBroken
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.visibility import Audience
from caselib.precedents.withholding import precedent_withhold
from tests import factories

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def hall():
    return factories.department()


@pytest.fixture
def system(hall):
    return factories.system(within=hall)[0]


@pytest.fixture
def keeper(hall):
    return scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=hall))


@pytest.fixture
def feed(system, keeper):
    """(row, address) of a feed in Atom."""
    row, secret = feed_issue(system, scope=keeper)
    return row, f"/feeds/{secret}/precedents.atom"


def entries(answer) -> list[dict[str, str]]:
    root = ElementTree.fromstring(answer.content)  # noqa: S314 (our own answer)
    return [{child.tag.removeprefix(ATOM): child.text for child in entry} for entry in root.iter(f"{ATOM}entry")]


def test_new_precedents_stand_there_with_number_gist_signal_and_a_lasting_id(feed, client, settings):
    settings.CASELIB_SITE_URL = "https://library.example"
    precedent = factories.published(title="前租户没有注销", gist="先帮前租户注销。")
    answer = client.get(feed[1])
    (entry,) = entries(answer)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert (entry["title"], entry["id"]) == (
        "前租户没有注销",
        f"tag:library.example,2026:precedent/{precedent.code}",
    )
    assert {precedent.number, "可用", "先帮前租户注销。"} <= {
        part for line in entry["summary"].splitlines() for part in line.split("\u3000")
    }
    assert f'href="https://library.example/p/{precedent.code}/"' in answer.content.decode()


def test_what_went_stands_there_without_any_text(feed, client):
    retired, withheld = factories.published(title="甲的题目"), factories.published(title="乙的题目")
    precedent_retire(retired, reason="政策变了", actor=factories.user(Role.REVIEWER))
    precedent_withhold(withheld, reason="有人的名字", actor=factories.user(Role.EDITOR))
    answer = client.get(feed[1])
    assert [entry["title"] for entry in entries(answer)] == [f"已下架：{withheld.number}", f"已出库：{retired.number}"]
    assert not [word for word in ("题目", "政策变了", "名字", "注销") if word in answer.content.decode()]


def test_of_other_departments_nothing_stands_there(feed, client, hall):
    factories.published(audience=Audience.DEPARTMENT, title="别人的")
    gone = factories.published(audience=Audience.DEPARTMENT, title="别人的")
    precedent_withhold(gone, reason="有人的名字", actor=factories.user(Role.EDITOR))
    factories.draft(owner=hall, title="草稿")
    factories.published(owner=hall, audience=Audience.DEPARTMENT, title="自己的")
    assert [entry["title"] for entry in entries(client.get(feed[1]))] == ["自己的"]


def test_a_feed_of_one_matter_by_code(feed, client):
    matter = factories.matter("企业设立登记", basic_code="000131002000")
    factories.published(matter=matter, title="设立")
    factories.published(matter=factories.matter("食品经营许可"), more_matters=(matter,), title="连带")
    factories.published(title="别的")
    answer = client.get(feed[1], {"matter": "000131002000"})
    assert sorted(entry["title"] for entry in entries(answer)) == ["设立", "连带"]
    assert client.get(feed[1], {"matter": "999"}).status_code == 404


def test_at_most_fifty_the_newest_first(feed, client):
    with time_machine.travel(dt.datetime(2026, 9, 1, tzinfo=dt.UTC), tick=False) as clock:
        for number in range(52):
            factories.published(title=f"第{number}")
            clock.shift(60)
    titles = [entry["title"] for entry in entries(client.get(feed[1]))]
    assert (len(titles), titles[0], titles[-1]) == (50, "第51", "第2")


def test_the_same_feed_costs_nothing_until_something_changes(feed, client):
    precedent = factories.published()
    first = client.get(feed[1])
    again = client.get(feed[1], headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert "Last-Modified" in first
    # A signal changes at no date of an entry.
    precedent_doubt(precedent, reason="条例改了", actor=None)
    assert client.get(feed[1], headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_empty_feed_is_the_same_tomorrow(feed, client):
    with time_machine.travel(dt.datetime(2026, 9, 1, tzinfo=dt.UTC), tick=False):
        first = client.get(feed[1])
    with time_machine.travel(dt.datetime(2026, 9, 2, tzinfo=dt.UTC), tick=False):
        assert client.get(feed[1])["ETag"] == first["ETag"]


def test_rss_for_who_reads_that(feed, client):
    factories.published(title="前租户没有注销")
    answer = client.get(feed[1].replace(".atom", ".rss"))
    assert answer["Content-Type"].startswith("application/rss+xml")
    assert "前租户没有注销" in ElementTree.fromstring(answer.content).findtext("channel/item/title")  # noqa: S314


def test_what_xml_cannot_hold_is_left_out_and_markup_is_text(feed, client):
    precedent = factories.published()
    precedent.live_revision.title = "甲\x0b乙\ufffe<script>&丙\U0001f600"
    precedent.live_revision.gist = "电话13800138000"
    precedent.live_revision.save(update_fields=["title", "gist"])
    answer = client.get(feed[1])
    (entry,) = entries(answer)
    assert entry["title"] == "甲乙<script>&丙\U0001f600"
    assert "13800138000" not in answer.content.decode()


def test_the_address_goes_on_to_nobody(feed, client):
    answer = client.get(feed[1])
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "private, no-cache")
    assert feed[1].split("/")[2] not in answer.content.decode()
    assert not answer.cookies


def test_the_secret_is_kept_nowhere(feed):
    secret = feed[1].split("/")[2]
    assert secret not in str(list(FeedAddress.objects.values()))
    assert secret not in str(list(AuditEvent.objects.values()))


def test_a_revoked_address_is_gone_for_good(feed, client, keeper):
    feed_revoke(feed[0], scope=keeper)
    feed_revoke(feed[0], scope=keeper)
    factories.published(title="新的")
    answer = client.get(feed[1])
    assert (answer.status_code, "新的" in answer.content.decode()) == (410, False)
    assert AuditEvent.objects.filter(action="feed.revoked").count() == 1


def test_switched_off_or_without_the_deed_it_tells_nothing(feed, client, system, keeper):
    factories.published(title="新的")
    client_save(system, scope=keeper, deeds=["read"], per_minute=60, note="", lock_version=system.lock_version)
    assert client.get(feed[1]).status_code == 403
    client_save(system, scope=keeper, deeds=["feed"], per_minute=60, note="", lock_version=1)
    client_switch(system, scope=keeper, active=False)
    answer = client.get(feed[1])
    assert (answer.status_code, "新的" in answer.content.decode()) == (403, False)


def test_the_token_of_the_interface_opens_no_feed_and_a_feed_no_interface(system, client, hall, feed):
    _, token = factories.system(within=hall)
    assert client.get(f"/feeds/{token}/precedents.atom").status_code == 404
    secret = feed[1].split("/")[2]
    assert client.get("/api/v1/matters", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize(
    "secret", ["x", "feed_", "feed_" + "a" * 43, "feed_" + "a" * 500, "feed_%00", "feed_\U0001f600"]
)
def test_an_address_that_nobody_was_given_is_not_there(client, secret):
    assert client.get(f"/feeds/{secret}/precedents.atom").status_code == 404


def test_another_form_is_not_there(feed, client):
    assert client.get(feed[1].replace(".atom", ".json")).status_code == 404
    assert client.post(feed[1]).status_code == 405


def test_who_asks_too_often_waits(feed, client, system, keeper):
    client_save(system, scope=keeper, deeds=["feed"], per_minute=2, note="", lock_version=system.lock_version)
    with time_machine.travel(dt.datetime(2026, 9, 1, tzinfo=dt.UTC), tick=False):
        statuses = [client.get(feed[1]).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert client.get(feed[1])["Retry-After"] == "30"


def test_reading_needs_no_account_and_writes_the_day_alone(feed):
    Client().get(feed[1])
    with CaptureQueriesContext(
        connection,
    ) as second:
        Client().get(feed[1])
    assert FeedAddress.objects.get().last_used_on is not None
    assert not [query for query in second.captured_queries if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_only_who_looks_after_the_system_gives_out_and_takes_away(feed, system, hall):
    for stranger in (factories.user(Role.DEPARTMENT_ADMIN), factories.user(Role.EDITOR, within=hall)):
        with pytest.raises(NotVisible):
            feed_issue(system, scope=scope_of(stranger))
        with pytest.raises(NotVisible):
            feed_revoke(feed[0], scope=scope_of(stranger))
    assert feed_revoke(feed[0], scope=scope_of(factories.user(Role.SECURITY_ADMIN))).revoked_at is not None


def test_twenty_addresses_are_the_most(feed, system, keeper):
    for _ in range(MOST_ADDRESSES - 1):
        feed_issue(system, scope=keeper)
    with pytest.raises(RuleBroken):
        feed_issue(system, scope=keeper)
    assert FeedAddress.objects.count() == MOST_ADDRESSES
