"""A site of its own whose server is killed while it publishes. Prints JSON.

Run by tests/recovery/test_approval_killed.py in a process of its own: see tests/recovery/index_site.py.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import django

from tests.tables import tables_made

from .index_site import in_child


def _set_up() -> None:
    django.setup()
    from caselib.orgs.models import Role
    from tests import factories

    tables_made()
    home = factories.department(code="ONE")
    factories.user(Role.EDITOR, within=home, username="author")
    factories.user(Role.REVIEWER, within=home, username="reviewer")


def submitted() -> int:
    """A text that waits for a decision, every second one a change of what is published; its key."""
    from caselib.orgs.models import Department, User
    from caselib.precedents.models import Precedent
    from caselib.precedents.services import revision_start, revision_submit
    from tests import factories

    author = User.objects.get(username="author")
    published = Precedent.objects.findable().exclude(revisions__state__in=["draft", "submitted"]).first()
    if published is not None and Precedent.objects.count() % 2:
        revision = revision_start(published, author=author)
    else:
        revision = factories.draft(owner=Department.objects.get(), author=author)
    return revision_submit(revision, lock_version=revision.lock_version, actor=author).pk


def approve(key: int) -> None:
    from caselib.orgs.models import User
    from caselib.precedents.deciding import revision_approve
    from caselib.precedents.models import Revision

    revision = Revision.objects.get(pk=key)
    revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=User.objects.get(username="reviewer"),
        digest_seen=revision.content_digest,
        comment="核对过",
    )


def wrong_after(key: int) -> list[str]:
    """What does not fit together: either everything of a publication is there or nothing of it."""
    from caselib.audit.actions import Action
    from caselib.audit.models import AuditEvent
    from caselib.audit.services import broken_events
    from caselib.core.marks import pending
    from caselib.precedents.models import ReviewDecision, Revision
    from caselib.precedents.services import TOPIC

    revision = Revision.objects.select_related("precedent").get(pk=key)
    precedent = revision.precedent
    done = {
        "state": revision.state == "approved",
        "approver": revision.approved_by_id is not None,
        "live": precedent.live_revision_id == revision.pk,
        "decision": ReviewDecision.objects.filter(revision=revision).exists(),
        "event": AuditEvent.objects.filter(action=Action.REVISION_APPROVED, object_id=str(key)).exists(),
        "mark": pending(TOPIC).filter(object_id=precedent.pk).exists(),
    }
    if revision.number == 1:
        done["number"] = bool(precedent.number)
    else:
        done["older gone"] = not precedent.revisions.filter(state="approved").exclude(pk=key).exists()
    wrong = [] if len(set(done.values())) == 1 else [f"half done: {done}"]
    return wrong + [f"chain broken at {event.pk}" for event in broken_events()]


def killed_at_statement(nth: int, work: Callable[[], None]) -> None:
    """Does the work and dies by SIGKILL right before its nth statement, which may be the commit."""
    from django.db import connection

    seen = 0

    def watch(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        nonlocal seen
        seen += 1
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        work()


def _forget_marks() -> None:
    from caselib.core.models import DirtyMark

    DirtyMark.objects.all().delete()


def kill_at_statements() -> dict[str, Any]:
    """Kills the server before every statement of a publication until it gets through."""
    wrong: list[str] = []
    kills, status = 0, 1
    for nth in range(1, 200):
        _forget_marks()
        key = submitted()
        _forget_marks()
        status = in_child(lambda nth=nth, key=key: killed_at_statement(nth, lambda: approve(key)))()
        wrong += [f"before statement {nth}: {each}" for each in wrong_after(key)]
        if status == 0:
            break
        kills += 1
        approve(key)
        wrong += [f"again after statement {nth}: {each}" for each in wrong_after(key)]
    return {"kills": kills, "wrong": wrong, "got_through": status == 0, "numbers": _numbers()}


def kill_at_moments(rounds: int) -> dict[str, Any]:
    """Kills the server at moments all over a publication: `whole` counts those that were through, `none` the others."""
    from caselib.precedents.models import Revision

    wrong: list[str] = []
    ways = {"whole": 0, "none": 0}
    longest = _how_long(submitted())
    for turn in range(rounds):
        key = submitted()
        _forget_marks()
        # Which statement is hit is chance enough: the clock of a busy machine is never the same twice.
        moment = 1.2 * longest * (turn + 0.5) / rounds
        _killed_after(moment, lambda key=key: approve(key))
        wrong += [f"round {turn}, after {moment:.3f} s: {each}" for each in wrong_after(key)]
        is_through = Revision.objects.get(pk=key).state == "approved"
        ways["whole" if is_through else "none"] += 1
        if not is_through:
            approve(key)
            wrong += [f"again in round {turn}: {each}" for each in wrong_after(key)]
    return {**ways, "wrong": wrong, "numbers": _numbers()}


def _how_long(key: int) -> float:
    started = time.monotonic()
    in_child(lambda: approve(key))()
    return time.monotonic() - started


def _killed_after(seconds: float, work: Callable[[], None]) -> None:
    """Forks, lets the child work and kills it after that time, wherever it is."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            # Whoever is through waits for its end like a server that has not answered yet.
            signal.pause()
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _numbers() -> bool:
    """Whether the serials count from 1 without a gap: a number of a publication that failed is given to the next."""
    from caselib.precedents.models import Precedent

    given = [number for number in Precedent.objects.values_list("number", flat=True) if number]
    serials = sorted(int(number[-4:]) for number in given)
    return serials == list(range(1, len(serials) + 1))


if __name__ == "__main__":
    _set_up()
    task, *arguments = sys.argv[1:]
    answer = kill_at_statements() if task == "statements" else kill_at_moments(int(arguments[0]))
    sys.stdout.write(json.dumps(answer, ensure_ascii=False))
