"""A site of its own whose process is killed at its questions to the database, while it takes something off view or scans.

Run by tests/recovery/test_keeping_killed.py in a process of its own: see tests/recovery/index_site.py. Prints JSON.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from .index_site import _set_up, in_child

PHONE = "13800138000"


def killed_at(nth: int, work: Callable[[], object]) -> None:
    """Does the work and dies by SIGKILL at its nth question to the database."""
    from django.db import connection

    seen = 0

    def watch(execute: Callable, *arguments: Any) -> object:
        nonlocal seen
        seen += 1
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    with connection.execute_wrapper(watch):
        work()


def kill_withholding() -> dict[str, object]:
    """At every question: either nothing happened, or all of it with the trail and the mark of the index."""
    from caselib.audit.models import AuditEvent
    from caselib.core.marks import pending
    from caselib.precedents.models import Precedent
    from caselib.precedents.services import TOPIC
    from caselib.precedents.withholding import precedent_withhold

    wrong: list[str] = []
    kills, status = 0, 1
    precedent = Precedent.objects.findable().first()
    for nth in range(1, 60):
        work = partial(precedent_withhold, precedent, reason="脸", actor=None)
        status = in_child(lambda nth=nth, work=work: killed_at(nth, work))()
        precedent.refresh_from_db()
        event = AuditEvent.objects.filter(action="precedent.withheld").count()
        marked = pending(TOPIC).filter(object_id=precedent.pk).count()
        told = {"published": (0, 0), "withheld": (1, 1)}[precedent.status]
        if (event, min(1, marked)) != told:
            wrong.append(f"kill {nth}: {precedent.status}, {event} events, {marked} marks")
        if status == 0:
            break
        kills += 1
    return {"kills": kills, "wrong": wrong, "got_through": status == 0}


def kill_scanning() -> dict[str, object]:
    """At every third question: what was done stays done, and in the end each has one task and was looked at once."""
    from caselib.audit.services import broken_events
    from caselib.core import clock
    from caselib.precedents import rescan
    from caselib.precedents.models import Doubt, PrivacyScan, Revision

    rescan.BATCH = 3
    Revision.objects.update(script=f"打 {PHONE}")
    kills, status = 0, 1
    for nth in range(3, 400, 3):
        status = in_child(lambda nth=nth: killed_at(nth, lambda: rescan.scan_if_rules_changed(now=clock.now())))()
        if status == 0:
            break
        kills += 1
    scan = PrivacyScan.objects.get()
    return {
        "kills": kills,
        "got_through": status == 0,
        "scanned": scan.scanned,
        "is_finished": scan.finished_at is not None,
        "tasks": Doubt.objects.count(),
        "broken": len(list(broken_events())),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselib.settings.dev")
    _set_up()
    answer = {"withhold": kill_withholding, "scan": kill_scanning}[sys.argv[1]]()
    sys.stdout.write(json.dumps(answer, ensure_ascii=False))
