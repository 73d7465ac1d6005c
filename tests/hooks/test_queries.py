"""Panel, feed and sending ask the database a fixed number of times, whatever there is to show or to read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caselib.audit.models import AuditEvent
from caselib.connect.clients.calling import caller_of
from caselib.connect.clients.models import Deed
from caselib.connect.embed.tickets import embed_ticket
from caselib.connect.feeds.services import feed_issue
from caselib.connect.hooks.gathering import hook_gather
from caselib.connect.hooks.models import Hook
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]
pytestmark = pytest.mark.django_db


def counted(ask) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def test_the_panel_asks_the_same_for_one_and_for_five_results(index, client, hall):
    _, secret = factories.system(within=hall)
    asked = {"q": "营业执照", "t": embed_ticket(caller_of(secret, deed=Deed.EMBED)), "matter": "企业设立登记"}
    matter, counts = factories.matter(), []
    for more in (1, 6):
        for _ in range(more):
            factories.published(title="补办营业执照", matter=matter)
        index.refresh()
        client.get(reverse("embed:search"), asked)
        counts.append(counted(lambda: client.get(reverse("embed:search"), asked)))
    assert counts[0] == counts[1] <= 8


def test_a_feed_asks_the_same_for_two_and_for_twenty(client, system, keeper):
    address = f"/feeds/{feed_issue(system, scope=keeper)[1]}/precedents.atom"
    counts = []
    for more in (2, 18):
        for _ in range(more):
            factories.published()
        precedent_retire(factories.published(), reason="旧了", actor=factories.user(Role.REVIEWER))
        client.get(address)
        counts.append(counted(lambda: client.get(address)))
    assert counts[0] == counts[1] <= 8


def test_the_trail_is_read_in_the_same_number_of_queries_for_two_and_for_twenty_events(hooked, receiver):
    hook = hooked()
    counts = []
    for more in (2, 18):
        for _ in range(more):
            factories.published()
        counts.append(counted(lambda: hook_gather(Hook.objects.get(pk=hook.pk), now=clock.now())))
    # The rows of the messages are one statement, the rest is the same.
    assert counts[0] == counts[1] <= 12
    assert Hook.objects.get().read_event == AuditEvent.objects.latest("pk").pk
