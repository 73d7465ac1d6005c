"""The pages of the trail ask the database a fixed number of times, however much there is."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.audit.services import record_many
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


def filled(count: int) -> None:
    people, thing = [factories.user() for _ in range(3)], factories.region("某地")
    for person in people:
        things = [thing] * (count // 3 + 1)
        record_many(Action.REGION_SAVED, things, actor=person, after=[{"name": "某地"}] * len(things))


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.fixture
def auditor() -> Client:
    client = Client()
    client.force_login(factories.user(Role.AUDIT_ADMIN))
    return client


def test_the_list_takes_the_same_for_two_and_for_two_hundred(auditor):
    filled(2)
    address = "/desk/trail/?type=orgs.Region"
    few = queries(auditor, address)
    filled(200)
    # A list of more than one part counts what there is.
    assert queries(auditor, address) == few + 1
    assert few <= 8


def test_every_part_of_the_list_takes_the_same(auditor):
    filled(300)
    keys = list(AuditEvent.objects.order_by("-pk").values_list("pk", flat=True))
    counts = {queries(auditor, f"/desk/trail/?older={keys[at]}") for at in (60, 120, 180)}
    assert len(counts) == 1


def test_the_page_of_an_event_takes_the_same_for_two_and_for_two_hundred(auditor):
    filled(2)
    few = queries(auditor, f"/desk/trail/{AuditEvent.objects.order_by('-pk')[1].pk}/")
    filled(200)
    assert queries(auditor, f"/desk/trail/{AuditEvent.objects.order_by('-pk')[1].pk}/") == few
    assert few <= 11
