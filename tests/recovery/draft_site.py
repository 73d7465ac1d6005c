"""A site of its own whose process is killed between saving a draft and answering. Prints JSON.

Run by tests/recovery/test_drafts_killed.py in a process of its own: forked children need a database in a file.
"""

import json
import os
import signal
import sys
import time
from typing import Any

import django

from tests.tables import tables_made

from .index_site import in_child


def _set_up() -> None:
    django.setup()
    from caselib.orgs.models import Role, User
    from caselib.orgs.services import department_save, membership_grant, region_save
    from caselib.precedents.content import RevisionContent
    from caselib.precedents.services import precedent_create

    tables_made()
    region = region_save(full_name="某区", name="某区", parent=None, code="", actor=None)
    home = department_save(region=region, code="ONE", name="某局", actor=None)
    editor = User.objects.create(username="editor", display_name="编辑")
    membership_grant(user=editor, department=home, role=Role.EDITOR, actor=None)
    precedent_create(RevisionContent(title="草稿", problem="开始"), owner_department=home, author=editor)


def _signed_in() -> Any:
    from django.test import Client

    from caselib.orgs.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="editor"))
    return client


def _posted(client: Any, words: str, *, lock: int) -> bytes:
    """What the site answers to an autosave that was typed at this lock."""
    from caselib.orgs.models import User
    from caselib.precedents.models import Revision

    revision, editor = Revision.objects.get(), User.objects.get(username="editor")
    form = {
        "title": "草稿", "problem": words, "lock_version": lock, "revision": revision.number, "base": "", "window": "w",
        "account": editor.pk,
    }  # fmt: skip
    return client.post(f"/desk/write/{revision.precedent.code}/autosave/", form).content


def _typing(answers: int, first: str) -> None:
    """Types and saves until it is killed. An acknowledgement is written to the pipe as soon as it is there."""
    client, lock, number = _signed_in(), _lock(), 0
    while True:
        words = f"{first}-{number}"
        answer = json.loads(_posted(client, words, lock=lock))
        if answer["state"] == "saved":
            os.write(answers, f"{words}\n".encode())
            lock = answer["lock_version"]
        number += 1


def _lock() -> int:
    from caselib.precedents.models import Revision

    return Revision.objects.get().lock_version


def kill_while_typing(rounds: int) -> dict[str, object]:
    """Kills the process that saves at another moment of its work each round; what was acknowledged and is not there."""
    from caselib.precedents.models import Revision, SiblingDraft

    lost: list[str] = []
    acknowledged = 0
    # What is loaded at the first request need not be loaded in each child.
    _posted(_signed_in(), "开始", lock=_lock())
    for turn in range(rounds):
        reading, writing = os.pipe()
        before = _lock()
        done = in_child(lambda writing=writing, turn=turn: _typing(writing, f"轮{turn}"))
        os.close(writing)
        time.sleep(0.25 + 0.017 * turn)
        os.kill(_child(), signal.SIGKILL)
        done()
        with os.fdopen(reading, "rb") as pipe:
            words = pipe.read().decode().split()
        acknowledged += len(words)
        revision = Revision.objects.get()
        if words and not _is_held(revision.problem, words[-1]):
            lost.append(f"{words[-1]} after kill {turn}: {revision.problem}")
        if revision.lock_version < before:
            lost.append(f"the lock went back after kill {turn}")
    return {"acknowledged": acknowledged, "lost": lost, "siblings": SiblingDraft.objects.count()}


def _is_held(problem: str, last: str) -> bool:
    """The last that was acknowledged, or the one after it: saved, and killed before the answer."""
    turn, _, number = last.rpartition("-")
    return problem in (last, f"{turn}-{int(number) + 1}")


def _child() -> int:
    """The one process that this one has forked."""
    with open(f"/proc/self/task/{os.getpid()}/children") as children:
        return int(children.read().split()[0])


def retry_after_a_lost_answer() -> dict[str, object]:
    """A save whose answer never came, sent again with the lock from before, and then newer words."""
    from caselib.precedents.models import Revision, SiblingDraft

    client, lock = _signed_in(), _lock()
    _posted(client, "答复丢了", lock=lock)
    again = json.loads(_posted(client, "答复丢了", lock=lock))
    newer = json.loads(_posted(client, "又写了", lock=again["lock_version"]))
    states = [again["state"], newer["state"]]
    return {"states": states, "problem": Revision.objects.get().problem, "siblings": SiblingDraft.objects.count()}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselib.settings.dev")
    _set_up()
    work = {"kill": lambda: kill_while_typing(int(sys.argv[2])), "retry": retry_after_a_lost_answer}[sys.argv[1]]
    sys.stdout.write(json.dumps(work(), ensure_ascii=False))
