"""A site of its own in a temporary folder, whose processes are killed or run against each other. Prints JSON.

Run by tests/recovery/test_index_killed.py and tests/concurrency/test_index_writers.py in a process of its own, because
forked children need a database in a file.
"""

import json
import os
import signal
import sys
from collections.abc import Callable

import django

from tests.tables import tables_made


def _set_up() -> None:
    django.setup()
    from caselib.orgs.services import department_save, region_save
    from caselib.search.outbox import rebuild

    tables_made()
    region = region_save(full_name="某区", name="某区", parent=None, code="", actor=None)
    department_save(region=region, code="ONE", name="某局", actor=None)
    publish([f"补办营业执照之{number}" for number in range(12)])
    rebuild()


def publish(titles: list[str]) -> None:
    from caselib.core import clock
    from caselib.orgs.models import Department
    from caselib.precedents.bulk import NewPrecedent, precedents_import
    from caselib.precedents.content import RevisionContent

    department = Department.objects.get()
    rows = [
        NewPrecedent(content=RevisionContent(title=title, problem="执照丢了怎么补办"), owner_department=department)
        for title in titles
    ]
    precedents_import(rows, publish=True, actor=None, now=clock.now())


def change(number: int) -> None:
    """Something is published, something is counted, something goes, as on a working day."""
    from caselib.precedents.keeping import precedent_retire
    from caselib.precedents.models import Precedent
    from caselib.precedents.services import precedent_reuse_counted

    publish([f"新来的案例{number}"])
    findable = Precedent.objects.findable().order_by("pk")
    precedent_reuse_counted(findable[number % 5], by=1)
    precedent_retire(findable[3], reason="政策已变", actor=None)


def in_child(work: Callable[[], None]) -> Callable[[], int]:
    """Starts the work in a forked process; the result waits for it and returns its exit status, negative if killed."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid:
        return lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def killed_at(nth: int, work: Callable[[], None], *, folder: str = "") -> None:
    """Does the work and dies by SIGKILL at its nth operation on a file of the folder, which is the index's if none is given."""
    from django.conf import settings

    folder = folder or settings.HAYSTACK_CONNECTIONS["default"]["PATH"]
    seen = 0

    def watch(event: str, arguments: tuple) -> None:
        nonlocal seen
        if event in {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.listdir"} and folder in str(
            arguments[0]
        ):
            seen += 1
            if seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    work()


def kill_everywhere(name: str, step: str = "1") -> dict[str, object]:
    """Kills the writer at every `step`-th operation until it gets through; what was wrong after each kill."""
    from caselib.search import outbox
    from caselib.search.scopes import library_scope
    from caselib.search.selectors import results_for_page

    work = {"drain": outbox.drain, "rebuild": outbox.rebuild}[name]
    wrong: list[str] = []
    kills = 0
    for nth in range(1, 400, int(step)):
        change(nth)
        status = in_child(lambda nth=nth: killed_at(nth, work))()
        found = results_for_page(scope=library_scope(), text="补办营业执照")
        if not found.from_index or not found.rows:
            wrong.append(f"search after kill {nth}: {found.notes}")
        outbox.drain()
        left = outbox.drift()
        if left.count:
            wrong.append(f"drift after kill {nth}: {left}")
        if status == 0:
            break
        if status != -signal.SIGKILL:
            wrong.append(f"exit {status} at {nth}")
        kills += 1
    return {"kills": kills, "wrong": wrong, "got_through": status == 0}


def write_together(processes: int, rounds: int) -> dict[str, object]:
    """Several processes change and drain at once while one rebuilds; what was wrong at the end."""
    from caselib.search import outbox
    from caselib.search.engine.port import IndexBusy

    def work(number: int) -> None:
        for turn in range(rounds):
            publish([f"第{number}个进程的第{turn}件"])
            outbox.drain_after_commit()

    def rebuild_twice() -> None:
        for _ in range(2):
            try:
                outbox.rebuild()
            except IndexBusy:
                continue

    waits = [in_child(lambda number=number: work(number)) for number in range(processes)] + [in_child(rebuild_twice)]
    statuses = [wait() for wait in waits]
    from caselib.core.marks import pending
    from caselib.precedents.services import TOPIC
    from caselib.search.live import live_engine

    left_over = pending(TOPIC).count()
    outbox.drain()
    return {
        "statuses": statuses,
        "left_over": left_over,
        "drift": outbox.drift().count,
        "count": live_engine().count(),
    }


if __name__ == "__main__":
    _set_up()
    task, *arguments = sys.argv[1:]
    answer = kill_everywhere(*arguments) if task == "kill" else write_together(*map(int, arguments))
    sys.stdout.write(json.dumps(answer, ensure_ascii=False))
