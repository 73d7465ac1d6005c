"""A site of its own that tells a system of changes, whose senders are killed, or run against each other. Prints JSON.

Run by tests/recovery/test_hooks_killed.py in a process of its own: see tests/recovery/index_site.py. The receiver is a thread of
the process that forks, and sees what each of them sends.
"""

import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.hooks.receiver import Receiver, receiving

from .index_site import _set_up, in_child, publish
from .keeping_site import killed_at


def hooked(receiver: Receiver, folder: Path) -> None:
    """A system with an address of that receiver, before anything happens; and what a first sending would have to load."""
    from django.conf import settings

    from caselib.connect.clients.models import Deed
    from caselib.connect.clients.services import client_create
    from caselib.connect.hooks import telling
    from caselib.connect.hooks.models import Event
    from caselib.connect.hooks.services import hook_create
    from caselib.connect.hooks.wire import post
    from caselib.orgs.models import Department, Role, User
    from caselib.orgs.scope import scope_of
    from caselib.orgs.services import membership_grant
    from caselib.precedents.privacy import kinds_in

    settings.CASELIB_HOOK_HOSTS = frozenset({receiver.host})
    settings.CASELIB_HOOK_CA = str(folder / "receiver.pem")
    department = Department.objects.get()
    manager = User.objects.create(username="manager", display_name="管理员")
    membership_grant(user=manager, department=department, role=Role.DEPARTMENT_ADMIN, actor=None)
    scope = scope_of(manager)
    client = client_create("综窗平台", scope=scope, department=department, deeds=[Deed.HOOKS])
    hook_create(client, scope=scope, address=receiver.address, events=Event.values)
    post(receiver.address, b"{}", headers={})
    receiver.got.clear()
    kinds_in("说明")
    # All pages would be loaded for it, in each of fifty processes; and a fork after that may not come to its end.
    telling.address_of = lambda precedent: f"/p/{precedent.code}/"


def _told(receiver: Receiver) -> dict[str, set[str]]:
    """The ids of messages by precedent."""
    told: dict[str, set[str]] = {}
    for got in receiver.got:
        told.setdefault(got.message["precedent"]["code"], set()).add(got.message["delivery"])
    return told


def kill_sending(receiver: Receiver) -> dict[str, object]:
    """At every second question to the database: in the end each of six is told, each always by the same id and event."""
    from caselib.connect.hooks.models import Delivery, Hook
    from caselib.connect.hooks.sending import hooks_send

    publish([f"新来的案例{number}" for number in range(6)])
    kills, status = 0, 1
    for nth in range(1, 400, 2):
        # The dead one's lease would be over in a minute and a half.
        Hook.objects.update(leased_until=None, due_at=None)
        status = in_child(lambda nth=nth: killed_at(nth, hooks_send))()
        if status == 0:
            break
        kills += 1
    told = _told(receiver)
    return {
        "kills": kills,
        "got_through": status == 0,
        "told": len(told),
        "with_two_ids": sum(1 for ids in told.values() if len(ids) > 1),
        "events": sorted({got.message["event"] for got in receiver.got}),
        "sent_again": len(receiver.got) - len(told),
        "states": dict(Counter(Delivery.objects.values_list("state", flat=True))),
    }


def send_together(receiver: Receiver) -> dict[str, object]:
    """Three senders at once: each message goes once."""
    from caselib.connect.hooks.models import Delivery
    from caselib.connect.hooks.sending import hooks_send

    publish([f"新来的案例{number}" for number in range(20)])

    def work() -> None:
        for _ in range(3):
            hooks_send()

    statuses = [wait() for wait in [in_child(work) for _ in range(3)]]
    return {
        "statuses": statuses,
        "sent": len(receiver.got),
        "ids": len({got.message["delivery"] for got in receiver.got}),
        "states": dict(Counter(Delivery.objects.values_list("state", flat=True))),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselib.settings.dev")
    _set_up()
    with tempfile.TemporaryDirectory() as name, receiving(Path(name)) as listening:
        hooked(listening, Path(name))
        answer = {"kill": kill_sending, "together": send_together}[sys.argv[1]](listening)
    sys.stdout.write(json.dumps(answer, ensure_ascii=False))
