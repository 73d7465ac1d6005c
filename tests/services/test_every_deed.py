"""Every registered kind of deed is written by a service, into a chain that holds, and without personal data."""

import json

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events, masked, record
from tests import factories

from .deeds import DEEDS, PHONE, planted
from .deeds_of_asking import ASKING
from .deeds_of_folders import FOLDERS
from .deeds_of_hooks import HOOKS
from .deeds_of_keeping import KEEPING
from .deeds_of_systems import SYSTEMS
from .deeds_of_training_bank import TRAINING_BANK
from .deeds_of_training_building import BUILDING
from .deeds_of_training_checking import CHECKING
from .deeds_of_training_handouts import HANDOUTS
from .deeds_of_training_learning import LEARNING
from .deeds_of_training_people import PEOPLE
from .deeds_of_training_scorm import TRAINING_SCORM

pytestmark = pytest.mark.django_db


def text_of(event: AuditEvent) -> str:
    return json.dumps([event.object_label, event.before, event.after], ensure_ascii=False)


EVERY = {
    **DEEDS,
    **KEEPING,
    **SYSTEMS,
    **HOOKS,
    **ASKING,
    **FOLDERS,
    **BUILDING,
    **CHECKING,
    **TRAINING_SCORM,
    **TRAINING_BANK,
}
EVERY = {**DEEDS, **KEEPING, **SYSTEMS, **HOOKS, **ASKING, **FOLDERS, **HANDOUTS, **PEOPLE, **LEARNING}


@pytest.mark.parametrize("action", EVERY)
def test_the_service_leaves_its_event_and_no_personal_data_in_any(action):
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    EVERY[action]()
    events = list(AuditEvent.objects.exclude(pk__in=before))
    assert action in {event.action for event in events}
    for event in events:
        assert PHONE not in text_of(event), event.action
    assert list(broken_events()) == []


def test_what_an_object_is_called_is_masked_and_the_name_of_an_account_is_not():
    thing = factories.region()
    thing.full_name = planted("某地")
    assert PHONE not in record(Action.REGION_SAVED, thing).object_label
    account = factories.user()
    account.display_name = "王芳女士"
    assert record(Action.SIGNED_IN, account, actor=account).object_label == "王芳女士"


def test_texts_are_masked_at_any_depth_and_all_else_stays():
    told = {"a": [planted(), {"b": (planted(), 1, None, True)}], "c": 2.5, "code": "310109-2026-D02-0004"}
    kept = masked(told)
    assert PHONE not in json.dumps(kept)
    assert kept["a"][1]["b"][1:] == [1, None, True]
    assert (kept["c"], kept["code"]) == (2.5, "310109-2026-D02-0004")
