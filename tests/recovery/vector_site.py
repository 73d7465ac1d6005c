"""A site of its own with a small model, whose writer of vectors is killed. Prints JSON.

Run by tests/recovery/test_vectors_killed.py in a process of its own, because forked children need a database in a file.
"""

import json
import signal
import sys

from tests.recovery import index_site


def _set_up() -> None:
    index_site._set_up()
    from caselib.search.semantic import live, sync
    from tests.search.semantic.fake import FakeEmbedder

    model = FakeEmbedder()
    for module in (live, sync):
        module.embedder = lambda: model
    sync.fill()


def kill_everywhere(name: str, step: str = "1") -> dict[str, object]:
    """Kills the writer at every `step`-th operation until it gets through; what was wrong after each kill."""
    from caselib.search import outbox
    from caselib.search.semantic import live, sync
    from caselib.search.semantic.chosen import store

    def drain_and_sync() -> None:
        outbox.drain()
        while sync.sync():
            pass

    work = {"sync": drain_and_sync, "begin": _begin_and_fill}[name]
    wrong: list[str] = []
    kills = 0
    for nth in range(1, 400, int(step)):
        index_site.change(nth)
        if name != "sync":
            outbox.drain()
        status = index_site.in_child(lambda nth=nth: index_site.killed_at(nth, work, folder=str(store().folder)))()
        if not store().snapshot().model or (name != "begin" and live.closeness("补办营业执照") is None):
            wrong.append(f"no vectors can be read after kill {nth}")
        drain_and_sync()
        if problem := _differs():
            wrong.append(f"after kill {nth}: {problem}")
        if status == 0:
            break
        if status != -signal.SIGKILL:
            wrong.append(f"exit {status} at {nth}")
        kills += 1
    return {"kills": kills, "wrong": wrong, "got_through": status == 0}


def _begin_and_fill() -> None:
    from caselib.search.semantic import sync

    sync._begin(sync.embedder())
    sync.fill()


def _differs() -> str:
    """What is not as a store made anew from the database would be; empty when all is."""
    from caselib.core.marks import pending
    from caselib.search.indexing import eligible
    from caselib.search.semantic import sync
    from caselib.search.semantic.chosen import store
    from caselib.search.semantic.passages import TOPIC, digest_of, passages_of
    from caselib.search.semantic.store import quantised

    if pending(TOPIC).exists():
        return "marks are left"
    texts = passages_of(eligible().values_list("pk", flat=True))
    snapshot = store().snapshot()
    if dict(snapshot.digests()).keys() != texts.keys():
        return f"holds {sorted(dict(snapshot.digests()))} instead of {sorted(texts)}"
    for pk, passages in texts.items():
        own = snapshot.rows_of(pk)
        fresh = quantised(sync.embedder().passages(passages))
        expected = {int(digest_of(text)): row.tolist() for text, row in zip(passages, fresh, strict=True)}
        if dict(zip(own.digests.tolist(), own.rows.tolist(), strict=True)) != expected:
            return f"other rows of {pk}"
    names = {segment.name for segment in snapshot.segments}
    left = {
        file.name for file in store().folder.iterdir() if file.suffix == ".npy" and file.name.split(".")[0] not in names
    }
    return f"files of nobody: {left}" if left else ""


if __name__ == "__main__":
    _set_up()
    sys.stdout.write(json.dumps(kill_everywhere(*sys.argv[1:]), ensure_ascii=False))
