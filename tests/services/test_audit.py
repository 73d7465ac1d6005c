import datetime as dt

import pytest

from caselib.audit.actions import LABELS, Action
from caselib.audit.chain import digest
from caselib.audit.models import AuditEvent, AuditHead
from caselib.audit.services import broken_events, record
from caselib.core.clock import now
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail():
    """Five events in a chain, made by people and by the system."""
    person = factories.user()
    thing = factories.region()
    for actor in (None, person, person, None):
        record(Action.REGION_SAVED, thing, actor=actor, before={"on": dt.date(2024, 2, 29)}, after={"at": now()})
    return list(AuditEvent.objects.order_by("pk"))


def test_untouched_trail_holds(trail):
    assert list(broken_events()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"actor_name": "别人"},
        {"action": "region.other"},
        {"after": {"at": "never"}},
        {"before": {}},
        {"object_label": "别的"},
        {"object_id": "0"},
        {"request_id": "0"},
        {"ip": "192.0.2.1"},
        {"at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_changed_event_shows(trail, change):
    AuditEvent.objects.filter(pk=trail[2].pk).update(**change)

    assert [event.pk for event in broken_events()] == [trail[2].pk]


def test_missing_event_shows_at_the_one_after_it(trail):
    AuditEvent.objects.filter(pk=trail[1].pk).delete()

    assert [event.pk for event in broken_events()] == [trail[2].pk]


def test_event_that_was_recomputed_shows_at_the_one_after_it(trail):
    forged = trail[2]
    forged.actor_name = "别人"
    AuditEvent.objects.filter(pk=forged.pk).update(actor_name="别人", hash=digest(forged))

    assert [event.pk for event in broken_events()] == [trail[3].pk]


def test_head_is_the_hash_of_the_last_event(trail):
    assert AuditHead.objects.get().hash == trail[-1].hash


def test_deleting_an_account_keeps_its_events_and_the_chain(trail):
    person = trail[2].actor
    person.delete()

    event = AuditEvent.objects.get(pk=trail[2].pk)
    assert (event.actor, event.actor_name) == (None, person.display_name)
    assert list(broken_events()) == []


def test_every_action_has_a_chinese_label():
    assert set(LABELS) == set(Action)


def test_action_that_is_not_registered_is_refused():
    with pytest.raises(ValueError, match="made_up"):
        record("made_up", factories.region())


def test_event_outside_a_request_names_the_system():
    event = record(Action.REGION_SAVED, factories.region())
    assert (event.actor, event.actor_name, event.request_id, event.ip) == (None, "系统", "", "")
