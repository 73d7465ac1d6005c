"""Every service leaves an event of a registered kind, and the rule that says so catches what it is there for."""

import pytest

from caselib.audit.actions import LABELS, Action
from caselib.desk.trail.words import GROUPS, OTHERS, group_of

from . import audit_rules

SERVICES = "from django.db import transaction\n\n\n@transaction.atomic\ndef record(): ...\n\n\ndef record_many(): ...\n"
START = "from django.db import transaction\nfrom caselib.audit.services import record\n\n\n"
BAD = {
    "a decorated function": "@transaction.atomic\ndef thing_save(thing):\n    thing.touch()\n",
    "a block": "def thing_save(thing):\n    with transaction.atomic():\n        thing.touch()\n",
    "a row": "def thing_save(thing):\n    Thing.objects.create(thing=thing)\n",
    "an update": "def thing_save(thing):\n    Thing.objects.filter(pk=1).update(a=1)\n",
    "a helper that leaves none": "def _told():\n    print('record')\n\n\n@transaction.atomic\ndef thing_save(thing):\n    _told()\n",
    "another record": "def record_nothing(): ...\n\n\n@transaction.atomic\ndef thing_save(thing):\n    record_nothing()\n",
    "a method of that name": "@transaction.atomic\ndef thing_save(thing):\n    thing.record()\n",
}
GOOD = {
    "an event": "@transaction.atomic\ndef thing_save(thing):\n    record(thing)\n",
    "by a helper": "def _told():\n    record()\n\n\n@transaction.atomic\ndef thing_save(thing):\n    _told()\n",
    "by two": "def _a():\n    record()\n\n\ndef _b():\n    _a()\n\n\n@transaction.atomic\ndef thing_save(thing):\n    _b()\n",
    "a private part": "@transaction.atomic\ndef _thing_save(thing):\n    thing.save()\n",
    "a part of others": "def part(t):\n    t.save()\n\n\n@transaction.atomic\ndef thing_save(thing):\n    part(thing)\n    record()\n",
    "only reading": "def things():\n    return Thing.objects.all()\n",
}


def wrong(text: str, silent=None, **others: str) -> list[str]:
    sources = {"caselib/audit/services.py": SERVICES, "caselib/things/services.py": START + text, **others}
    return audit_rules.unrecorded(sources, silent or {})


@pytest.mark.parametrize("name", BAD)
def test_a_write_without_an_event_is_named(name):
    assert wrong(BAD[name]) == ["caselib.things.services.thing_save: opens a transaction and leaves no event"]


@pytest.mark.parametrize("name", GOOD)
def test_a_write_with_an_event_is_left_alone(name):
    assert wrong(GOOD[name]) == []


def test_calls_are_followed_through_other_modules_and_what_packages_hand_on():
    others = {
        "caselib/things/__init__.py": "from .telling import told\n",
        "caselib/things/telling.py": "from caselib.audit import services\n\n\ndef told():\n    services.record()\n",
    }
    for lead in ("from . import told\n", "from caselib.things import told\n", "from .telling import told as told\n"):
        assert wrong(lead + "@transaction.atomic\ndef thing_save(t):\n    told()\n", **others) == []


def test_a_part_that_a_view_or_a_command_uses_by_itself_is_a_deed():
    part = (
        "def part(t):\n    t.save()\n\n\n@transaction.atomic\ndef thing_save(thing):\n    part(thing)\n    record()\n"
    )
    lead = "from caselib.things.services import part, thing_save\n\n\n"
    for door in ("caselib/things/views.py", "caselib/things/management/commands/do.py"):
        found = wrong(part, **{door: f"{lead}def view(request):\n    part(1)\n    thing_save(1)\n"})
        assert found == ["caselib.things.services.part: opens a transaction and leaves no event"]


def test_an_exception_has_to_be_needed():
    silent = {"caselib.things.services.thing_save": "why"}
    assert wrong(BAD["a row"], silent) == []
    assert wrong(GOOD["an event"], silent) == ["caselib.things.services.thing_save: is an exception and needs none"]


def test_every_service_of_the_product_leaves_an_event():
    assert audit_rules.unrecorded(audit_rules.sources()) == []


def test_every_exception_has_a_reason():
    assert all(len(reason) > 5 for reason in audit_rules.SILENT.values())


def test_every_kind_of_deed_is_used_and_has_a_label_of_its_own():
    assert audit_rules.unused_actions(audit_rules.sources(), [action.name for action in Action]) == []
    assert audit_rules.unused_actions({"caselib/a.py": "Action.GAP_FILED"}, ["GAP_FILED", "GAP"]) == ["GAP"]
    assert set(LABELS) == set(Action) and len(set(LABELS.values())) == len(LABELS)


def test_every_kind_of_deed_is_written_by_a_test():
    """Best by a line in tests/services/deeds.py, where it is tried with personal data as well."""
    actions = {action.name: action.value for action in Action}
    assert audit_rules.untested_actions(audit_rules.tests(), actions) == []
    assert audit_rules.untested_actions(
        {"a.py": 'Action.GAP_FILED, "b.c"'}, {"GAP_FILED": "x", "B": "b.c", "GAP": "y"}
    ) == ["GAP"]


def test_every_kind_of_deed_is_found_in_one_group_of_the_auditors_page():
    """A new kind (`ticket.…`) needs a line in caselib/desk/trail/words.py, or the auditor finds it under 其他."""
    assert {group_of(action) for action in Action} <= {*GROUPS, OTHERS[0]}
    firsts = [first for _, parts in GROUPS.values() for first in parts]
    assert len(firsts) == len(set(firsts))
