"""One size, in two processes: `build` fills the site of CASELIB_DATA_DIR, `ask` measures whole requests on it.

Each leaves a JSON file in that folder. What building needed in memory does not count for asking.
"""

import argparse
import datetime as dt
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (models need Django set up)
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from caselib.core import clock  # noqa: E402
from caselib.core.marks import mark_done, pending  # noqa: E402
from caselib.orgs.models import User  # noqa: E402
from caselib.precedents.bulk import precedents_import  # noqa: E402
from caselib.precedents.completeness import DECLARABLE  # noqa: E402
from caselib.precedents.content import RevisionContent, content_of  # noqa: E402
from caselib.precedents.deciding import revision_approve  # noqa: E402
from caselib.precedents.models import Precedent  # noqa: E402
from caselib.precedents.services import TOPIC, revision_save, revision_start, revision_submit  # noqa: E402
from caselib.search.engine.port import EngineQuery  # noqa: E402
from caselib.search.indexing import all_documents  # noqa: E402
from caselib.search.live import live_engine, preload  # noqa: E402
from caselib.search.sounds import readings_of  # noqa: E402
from caselib.search.understanding import understand  # noqa: E402

from .crowd import crowd_times  # noqa: E402
from .engines import Numbers, in_both  # noqa: E402
from .texts import corpus_contents, queries_of, recombined, starter_contents  # noqa: E402
from .vectors import made_up_vectors  # noqa: E402

BATCH = 500
EDITS = 20
WARM_UP = 20
WORKER_REQUESTS = 300


def say(text: str) -> None:
    sys.stderr.write(f"  {time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


def timed(deed: Callable[[], object]) -> float:
    """Milliseconds that it took."""
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def fill(contents: Sequence[RevisionContent], *, size: int) -> float:
    """Fills the library up to `size` published precedents; returns the seconds that importing took."""
    began = time.perf_counter()
    wanted = size - Precedent.objects.findable().count()
    items = iter(recombined(contents, size=max(0, wanted)))
    batch_number = 0
    while batch := list(islice(items, BATCH)):
        # Published over five years, so that sorting and the facet of years have something to do.
        now = clock.now() - dt.timedelta(days=batch_number * 9 % 1800)
        precedents_import(batch, publish=True, actor=None, now=now)
        batch_number += 1
    return time.perf_counter() - began


def build(options: argparse.Namespace) -> dict[str, Any]:
    """The site with its library and index; returns the queries and how long it took."""
    call_command("migrate", verbosity=0)
    # Without the model: what it would make of the texts takes longer than all that is measured here.
    with django.test.override_settings(CASELIB_INDEX_INLINE=False, CASELIB_EMBEDDING="off"):
        with (options.folder / "load.log").open("w", encoding="utf-8") as log:
            call_command("load_starter", stdout=log)
        contents = starter_contents()
        if options.texts:
            contents = corpus_contents(options.texts, bases=contents)
        say(f"{options.size:,}: importing")
        import_s = fill(contents, size=options.size)
    say(f"{options.size:,}: rebuilding the index")
    off = django.test.override_settings(CASELIB_EMBEDDING="off")
    with off, (options.folder / "rebuild.log").open("w", encoding="utf-8") as log:
        began = time.perf_counter()
        # The rebuild alone: what the import marked is in it, and would otherwise be written a second time.
        mark_done(TOPIC, dict(pending(TOPIC).values_list("object_id", "wanted")))
        call_command("search_rebuild", stdout=log)
        rebuild_s = time.perf_counter() - began
    queries = queries_of(options.texts, contents, count=options.queries)
    return {"size": options.size, "import_s": import_s, "rebuild_s": rebuild_s, "asked": queries}


def signed_in(username: str) -> Client:
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=True)
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_times(client: Client, queries: Iterable[str]) -> list[float]:
    def find(query: str) -> None:
        answer = client.get(reverse("search:results"), {"q": query})
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code} for {query!r}")

    return [timed(lambda query=query: find(query)) for query in queries]


def suggestion_times(client: Client, queries: Iterable[str]) -> list[float]:
    """Each query as it is typed: one, two and four characters of it, and the four by their initials."""
    address = reverse("search:suggest")
    typed = [text for query in queries for text in (query[:1], query[:2], query[:4], _initials(query[:4]))]
    return [timed(lambda text=text: client.get(address, {"q": text})) for text in typed]


def _initials(text: str) -> str:
    return "".join(readings[0][0] if (readings := readings_of(character)) else character for character in text)


def precedent_times(client: Client) -> list[float]:
    codes = list(Precedent.objects.findable().order_by("code").values_list("code", flat=True)[:200])
    addresses = [reverse("pages:precedent", args=[code]) for code in codes]
    for address in addresses[:5]:
        client.get(address)
    return [timed(lambda address=address: client.get(address)) for address in addresses[5:]]


def findable_times(client: Client) -> list[float]:
    """From pressing 通过 to the page that shows the new words."""
    editor, reviewer = User.objects.get(username="editor"), User.objects.get(username="reviewer")
    times = []
    for number, precedent in enumerate(Precedent.objects.findable().order_by("-code")[:EDITS]):
        marker = f"zq{number}k7"
        revision = revision_start(precedent, author=editor)
        content = content_of(revision)
        changed = RevisionContent(
            **{name: getattr(content, name) for name in content.__slots__}
            | {"problem": f"{content.problem}{marker}", "gist": content.gist or "略", "script": content.script or "略"}
            | {name: getattr(content, name) or ("略",) for name in ("applies_when", "not_when")}
            | {name: getattr(content, name) or "略" for name in ("blocker", "resolution")}
            | {"unverified": (*content.unverified, *DECLARABLE)}
        )
        revision_save(revision, changed, lock_version=revision.lock_version, editor=editor)
        revision_submit(revision, lock_version=revision.lock_version, actor=editor)
        times.append(timed(lambda args=(revision, reviewer, marker, precedent): _until_found(client, *args)))
    return times


def _until_found(client: Client, revision, reviewer: User, marker: str, precedent: Precedent) -> None:
    revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=reviewer,
        digest_seen=revision.content_digest,
        comment="核对过，可以入库",
    )
    deadline = time.perf_counter() + 60
    while precedent.code.encode() not in client.get(reverse("search:results"), {"q": marker}).content:
        if time.perf_counter() > deadline:
            raise RuntimeError(f"not findable after a minute: {marker}")


def private_megabytes() -> float:
    """What this process alone holds; mapped files that others share do not count."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) / 1024
    return 0.0


def worker_megabytes(queries: Sequence[str]) -> float:
    """What a worker of gunicorn holds alone after 300 searches, beside what it shares with whom it was forked from.

    For a process that is preloaded and has no connection of the database yet: a worker must not inherit one.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            page_times(signed_in("window"), islice(cycle(queries), WORKER_REQUESTS))
            os.write(writing, str(private_megabytes()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return float(told)


def ask(built: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    """Every time in milliseconds, a list for each kind of request."""
    size, queries = built["size"], built.pop("asked")
    result = built | {"queries": len(queries)}
    if options.model:
        made_up_vectors()
    # As the server does before its workers part: deploy/gunicorn.conf.py.
    preload()
    result["worker_mb"] = worker_megabytes(queries)
    client = signed_in("window")
    client.get(reverse("orgs:sign_in"))
    say(f"{size:,}: asking")
    result["first_ms"] = page_times(client, queries[:1])[0]
    page_times(client, queries[:WARM_UP])
    # With a model this is the first time that it reads these questions, and the next line is the second.
    result["page"] = page_times(client, queries)
    if options.model:
        result["page_known"] = page_times(client, queries)
    result["suggestion"] = suggestion_times(client, queries)
    result["precedent"] = precedent_times(client)
    result["private_mb"] = private_megabytes()
    engine = live_engine()
    asked = [EngineQuery(groups=understand(query).groups, limit=20) for query in queries]
    result["engine"] = [timed(lambda query=query: engine.search(query)) for query in asked]
    result["with_hits"] = sum(1 for query in asked if engine.search(query).total)
    say(f"{size:,}: the other engines")
    result |= other_engines(queries, options.folder)
    if options.crowd:
        say(f"{size:,}: fifty people")
        result |= crowd_times(client, queries, reverse("search:results"))
    say(f"{size:,}: editing")
    result["findable"] = findable_times(client)
    return result


def other_engines(queries: Sequence[str], folder: Path) -> dict[str, list[float]]:
    numbers = Numbers()
    fts5, tantivy = in_both(all_documents(), folder, numbers)
    tokens = [numbers.question(query) for query in queries]
    times = {}
    for name, find in (("fts5", fts5), ("tantivy", tantivy)):
        if not sum(find(some) for some in tokens[:WARM_UP]):
            raise RuntimeError(f"{name} finds nothing: the comparison would be worth nothing")
        times[name] = [timed(lambda some=some, find=find: find(some)) for some in tokens]
    return times


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("phase", choices=["build", "ask"])
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--model", action="store_true")
    parser.add_argument("--crowd", action="store_true")
    options = parser.parse_args()
    built, asked = options.folder / "build.json", options.folder / "ask.json"
    if options.phase == "build":
        built.write_text(json.dumps(build(options), ensure_ascii=False), encoding="utf-8")
    else:
        result = ask(json.loads(built.read_text(encoding="utf-8")), options)
        asked.write_text(json.dumps(result), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
